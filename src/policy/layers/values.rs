//! Values that layers set: of each, who gave it and where, and of rules and parameters what they are before they are ready.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::civil::Date;
use rhai::AST;

use super::pack::Pack;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::metadata::{Approver, Enforcement, RuleMeta, SetBy};
use crate::policy::parameter::Parameter;
use crate::policy::rule::{Parsed, Script};

/// A value, who gave it and where.
#[derive(Debug, Clone)]
pub(super) struct Held<T> {
    pub(super) value: T,
    pub(super) set_by: SetBy,
    /// Where that stands; a flag stands nowhere.
    pub(super) place: Option<Place>,
    /// Whether it is what the declaration itself says.
    pub(super) declared: bool,
}

impl<T> Held<T> {
    pub(super) fn declared(value: T, set_by: SetBy, place: Place) -> Self {
        Self { value, set_by, place: Some(place), declared: true }
    }

    /// Adds to a mistake where the value is from that it does not agree with.
    pub(super) fn explain(&self, mistake: Diagnostic) -> Diagnostic {
        match &self.place {
            Some(place) => mistake.related(place.clone(), if self.declared { "declared here" } else { "set here" }),
            None => mistake,
        }
    }
}

/// A parameter of a pack.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) parameter: Parameter,
    pub(super) held: Held<toml::Value>,
    /// Where it is declared.
    pub(super) place: Place,
    /// The layer of its pack.
    pub(super) layer: u32,
    /// What the packs made of it, where it was moved from outside of them and not to a stricter value.
    pub(super) relaxed_from: Option<toml::Value>,
}

/// The parameters of a pack, by name.
pub(super) type Declarations = IndexMap<String, Declared>;

/// What a pack declares.
pub(super) fn declare(pack: &Pack, mistakes: &mut Vec<Diagnostic>) -> Declarations {
    let mut declarations = Declarations::new();
    for (name, table) in &pack.manifest.parameters {
        let place = pack.place(name.span());
        let name = name.get_ref();
        if name.contains('.') || name.is_empty() {
            let message = format!("the name `{name}` of a parameter can't be empty or have a dot in it");
            mistakes.push(Diagnostic::new(Code::BrokenPack, message).at(place));
            continue;
        }
        match Parameter::declare(name, table) {
            Ok(parameter) => {
                let default = pack.place(table.default.span());
                let held = Held::declared(parameter.default.clone(), pack.set_by(), default);
                declarations
                    .insert(name.clone(), Declared { parameter, held, place, layer: pack.layer, relaxed_from: None });
            }
            Err((diagnostic, span)) => mistakes.push(diagnostic.at(pack.place(span))),
        }
    }
    declarations
}

/// A rule, while layers say what becomes of it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) meta: RuleMeta,
    pub(super) script: Script,
    pub(super) ast: AST,
    pub(super) top_level: bool,
    /// The position of its pack.
    pub(super) pack: usize,
    pub(super) enforcement: Held<Enforcement>,
    pub(super) approvers: Held<Vec<Approver>>,
    pub(super) effective_on: Option<Held<Date>>,
    /// What later layers may lower its enforcement to.
    pub(super) tunable: Option<Held<Vec<Enforcement>>>,
    /// Values of parameters for this rule alone.
    pub(super) own: BTreeMap<String, Held<toml::Value>>,
    /// Where its metadata begins.
    pub(super) place: Place,
}

impl Draft {
    /// A rule as its file has it.
    pub(super) fn new(
        script: Script,
        parsed: Parsed,
        (index, pack): (usize, &Pack),
        declarations: &Declarations,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Self {
        let Parsed { meta, ast, top_level, position, positions, parameters } = parsed;
        let set_by = pack.set_by();
        let place = script.place(position);
        let at = |entry: &str| script.place(positions.get(entry).copied().unwrap_or(position));
        let mut own = BTreeMap::new();
        // What is wrong with a declaration is told of it, not of who relies on it.
        let broken = |name: &str| !declarations.contains_key(name) && pack.manifest.parameters.contains_key(name);
        for said in parameters.into_iter().filter(|said| !broken(&said.name)) {
            let key = script.place(said.key);
            match fit(declarations, &said.name, &said.value) {
                Ok(value) => {
                    own.insert(said.name, Held::declared(value, set_by.clone(), script.place(said.at)));
                }
                Err(mistake) => mistakes.push(mistake.at(key)),
            }
        }
        Self {
            enforcement: Held::declared(meta.enforcement, set_by.clone(), at("enforcement")),
            approvers: Held::declared(meta.approvers.clone(), set_by.clone(), at("approvers")),
            effective_on: meta.effective_on.map(|date| Held::declared(date, set_by, at("effective_on"))),
            tunable: None,
            own,
            place,
            pack: index,
            meta,
            script,
            ast,
            top_level,
        }
    }
}

/// A value for a parameter of a pack, in the form that it is kept in.
pub(super) fn fit(declarations: &Declarations, name: &str, value: &toml::Value) -> Result<toml::Value, Diagnostic> {
    let Some(declared) = declarations.get(name) else {
        let known = declarations.keys().map(String::as_str);
        return Err(
            Diagnostic::new(Code::BadParameter, format!("the pack has no parameter `{name}`")).suggest(name, known)
        );
    };
    declared
        .parameter
        .of
        .fit(value)
        .map_err(|what| Diagnostic::new(Code::BadParameter, format!("parameter `{name}`: {what}")))
}
