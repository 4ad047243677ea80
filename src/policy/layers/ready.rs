//! Rules and parameters after all layers, ready to run and to be told about.

use std::sync::Arc;

use rhai::Map;

use super::pack::Pack;
use super::values::{Declarations, Declared, Draft};
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::EvidenceKind;
use crate::policy::host::PathScope;
use crate::policy::manifest::Stricter;
use crate::policy::metadata::{Enforcement, RuleParameter};
use crate::policy::parameter::json;
use crate::policy::set::{PolicySet, Rule, SetParameter};

/// Puts the rules and parameters into the set.
pub(super) fn finish(
    set: &mut PolicySet,
    packs: &[Pack],
    drafts: Vec<Draft>,
    declarations: &[Declarations],
) -> Result<(), Vec<Diagnostic>> {
    let mut mistakes = Vec::new();
    let mut scopes: Vec<Option<Arc<PathScope>>> = Vec::new();
    for (index, pack) in packs.iter().enumerate() {
        match scope(pack, index) {
            Ok(scope) => scopes.push(scope),
            Err(mistake) => {
                mistakes.push(mistake);
                scopes.push(None);
            }
        }
    }
    let none = Declarations::new();
    for draft in drafts {
        let declared = declarations.get(draft.pack).unwrap_or(&none);
        let scope = scopes.get(draft.pack).cloned().flatten();
        match rule(draft, declared, scope) {
            Ok((text, mut rule)) => {
                rule.index = set.rules.len();
                set.texts.insert(rule.source.clone(), text);
                set.rules.push(rule);
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    set.parameters = packs
        .iter()
        .zip(declarations)
        .flat_map(|(pack, declared)| declared.iter().map(|(name, declared)| parameter(pack, name, declared)))
        .collect();
    set.insists = insists(set);
    set.parameters.sort_by(|a, b| (a.layer, &a.pack, &a.name).cmp(&(b.layer, &b.pack, &b.name)));
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// See [`PolicySet::insists_on`].
fn insists(set: &PolicySet) -> Vec<(EvidenceKind, String)> {
    let mut insists: Vec<(EvidenceKind, String)> = Vec::new();
    for pack in &set.packs {
        let own = set.rules.iter().filter(|rule| rule.meta.pack == pack.name);
        for kind in own.flat_map(|rule| &rule.meta.needs) {
            if !pack.may_lack.contains(kind) && !insists.iter().any(|(other, _)| other == kind) {
                insists.push((*kind, pack.name.clone()));
            }
        }
    }
    insists
}

fn scope(pack: &Pack, index: usize) -> Result<Option<Arc<PathScope>>, Diagnostic> {
    let Some(scope) = &pack.manifest.scope else { return Ok(None) };
    let globs = scope.paths.get_ref();
    if globs.is_empty() {
        return Err(pack
            .broken(scope.paths.span(), "the scope has no paths, so that no rule would see anything")
            .help("leave `[scope]` out for the whole repository"));
    }
    let mut compiled = PathScope::new(index);
    for glob in globs {
        compiled.add(glob.get_ref()).map_err(|error| {
            let mistake = pack.mistake(error.code, glob.span(), error.message);
            match error.help {
                Some(help) => mistake.help(help),
                None => mistake,
            }
        })?;
    }
    Ok(Some(Arc::new(compiled)))
}

fn rule(draft: Draft, declared: &Declarations, scope: Option<Arc<PathScope>>) -> Result<(Arc<str>, Rule), Diagnostic> {
    let Draft { mut meta, script, ast, top_level, enforcement, approvers, effective_on, own, place, .. } = draft;
    let nobody = approvers.value.is_empty() && meta.further_approvers.is_empty();
    if enforcement.value == Enforcement::SoftMandatory && nobody {
        let mistake = Diagnostic::new(Code::BrokenMetadata, "a soft-mandatory rule needs `approvers`")
            .at(if enforcement.declared { place } else { enforcement.place.unwrap_or(place) });
        return Err(mistake.help("name who may let a violation pass, such as `approvers: [\"team:security\"]`"));
    }
    meta.enforcement = enforcement.value;
    meta.approvers = approvers.value;
    if !enforcement.declared {
        meta.set_by.insert("enforcement".to_owned(), enforcement.set_by);
    }
    if !approvers.declared {
        meta.set_by.insert("approvers".to_owned(), approvers.set_by);
    }
    if let Some(held) = effective_on {
        meta.effective_on = Some(held.value);
        if !held.declared {
            meta.set_by.insert("effective_on".to_owned(), held.set_by);
        }
    }
    meta.scope = scope.as_ref().map(|scope| scope.globs().to_vec());
    // A rule that never reads its parameters need not be given them.
    let reads = script.text.contains("params");
    let mut parameters = Map::new();
    for (name, declared) in declared {
        let held = own.get(name).unwrap_or(&declared.held);
        if !held.declared {
            meta.set_by.insert(format!("parameters.{name}"), held.set_by.clone());
        }
        if reads {
            parameters.insert(name.as_str().into(), declared.parameter.dynamic(&held.value));
        }
        if own.contains_key(name) || (reads && script.text.contains(name.as_str())) {
            meta.parameters.push(RuleParameter {
                name: name.clone(),
                value: json(&held.value),
                own: own.contains_key(name),
                set_by: held.set_by.clone(),
            });
        }
    }
    meta.parameters.sort_by(|a, b| a.name.cmp(&b.name));
    let source = script.name.clone();
    Ok((script.text, Rule { meta: Arc::new(meta), index: 0, ast, top_level, source, parameters, scope }))
}

fn parameter(pack: &Pack, name: &str, declared: &Declared) -> SetParameter {
    let Declared { parameter, held, .. } = declared;
    SetParameter {
        pack: pack.name().to_owned(),
        layer: pack.layer,
        name: name.to_owned(),
        kind: parameter.of.to_string(),
        description: parameter.description.clone(),
        default: json(&parameter.default),
        value: json(&held.value),
        set_by: held.set_by.clone(),
        relaxed_from: declared.relaxed_from.as_ref().map(json),
        stricter: parameter.stricter.map(|stricter| match stricter {
            Stricter::Lower => "lower",
            Stricter::Higher => "higher",
            Stricter::Subset => "subset",
            Stricter::Superset => "superset",
        }),
        tunable: parameter.tunable.as_ref().map(|(from, to)| (json(from), json(to))),
    }
}
