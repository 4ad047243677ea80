//! What can be known of a script without running it: names, types, and whether what it does can have any effect.
//!
//! Every function is gone through once for each combination of types that it is called with, as an engine would run it, but
//! along all paths: a mistake is found whether or not some evidence would ever lead to its line. What is not known is not
//! reported; the typed operators and functions of the host ask again when the rule runs.
//!
//! - `kind`: what is known of a value; `standard` and `known`: what the engine and the host have names for
//! - `unit`: a script taken apart; `checker`: variables, paths and what was found on them
//! - `statements`, `expressions`, `chains`, `operators`, `calls`, `callbacks`, `arguments`: the language, one part each
//! - `changes`: changes of copies, which nobody sees
//! - `constants`, `selections`: what can never hold, and what selects nothing
//! - `meanings`: texts of words, versions, licences and paths
//! - `names`: what remains to be asked about values of which nothing is known

mod arguments;
mod callbacks;
mod calls;
mod chains;
mod changes;
mod checker;
mod constants;
mod expressions;
mod kind;
mod known;
mod meanings;
mod names;
mod operators;
mod selections;
mod standard;
mod statements;
mod unchanged;
mod unit;

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, Expr, Position};

use self::checker::Checker;
use self::kind::Kind;
pub(crate) use self::known::Vocabularies;
pub(crate) use self::unit::{Unit, imports_of, map_keys};
use super::host::Type;
use super::rule::Script;
use crate::diagnostic::{Code, Diagnostic};

/// The names that the scripts of one pack may use.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    pub(crate) known: &'a Vocabularies,
    /// Keys of map literals in the pack's modules.
    pub(crate) keys: BTreeSet<String>,
    /// The pack's parameters, and what each is; `None` of one whose declaration is broken.
    pub(crate) parameters: BTreeMap<String, Option<Type>>,
    /// The pack's modules.
    pub(crate) modules: BTreeMap<String, Unit>,
    /// Categories that a level of risk can be given to.
    pub(crate) categories: &'a [String],
}

impl Names<'_> {
    /// Every mistake of a rule that shows without running it.
    pub(crate) fn check(&self, script: &Script, ast: &AST) -> Vec<Diagnostic> {
        let unit = match Unit::new(script, ast) {
            Ok(unit) => unit,
            Err(diagnostic) => return vec![diagnostic],
        };
        let mut checker = Checker::new(self, &unit);
        checker.script();
        checker.rule();
        checker.others();
        checker.unchanged();
        checker.effects();
        checker.finish()
    }

    /// Every mistake of a module of `lib/` that shows whoever calls it.
    pub(crate) fn check_module(&self, name: &str) -> Vec<Diagnostic> {
        let Some(unit) = self.modules.get(name) else { return Vec::new() };
        let mut checker = Checker::new(self, unit);
        checker.script();
        checker.others();
        checker.unchanged();
        checker.finish()
    }
}

impl Checker<'_> {
    /// What can be said of a script as a whole: imports, and names of functions.
    fn script(&mut self) {
        let mut imported_at = Vec::new();
        for (_, module, position) in &self.unit().imports {
            imported_at.push(*position);
            if !self.names.modules.contains_key(module) {
                let mistake = self
                    .mistake(Code::UnknownModule, *position, format!("the pack has no module `{module}` in `lib/`"))
                    .suggest(module, self.names.modules.keys().map(String::as_str));
                self.push(mistake);
            }
        }
        for (_, position) in self.unit().every_import.iter().filter(|(at, _)| !imported_at.contains(at)) {
            let message = "an import stands at the top of the script, not in a function";
            let mistake = self.mistake(Code::UnknownModule, *position, message);
            self.push(mistake);
        }
        self.shadowed();
    }

    /// A function of a script that is named like one of the host's would be called instead of it.
    fn shadowed(&mut self) {
        let unit = self.unit();
        let names: BTreeSet<&str> = unit.names().filter(|name| self.names.known.is_function(name)).collect();
        for name in names {
            let needle = format!("fn {name}");
            let position = unit.script.text.lines().enumerate().find_map(|(index, line)| {
                let column = line.find(&needle)?;
                Some(Position::new(u16::try_from(index + 1).ok()?, u16::try_from(column + 4).ok()?))
            });
            let message = format!("the script defines `{name}`, which is a host function");
            let mistake = self.mistake(Code::ShadowedFunction, position.unwrap_or(Position::NONE), message);
            self.push(mistake.help("give it another name"));
        }
    }

    /// `check` is called with the change and the parameters of the pack.
    fn rule(&mut self) {
        let unit = self.unit();
        for body in unit.bodies.iter().filter(|body| body.name == "check" && body.params.len() != 2) {
            let message =
                format!("`check` is there a second time, with {} parameters, and is never called", body.params.len());
            let help = "the rule is `fn check(change, params)`; give the other function another name";
            self.report(Code::BrokenMetadata, body.start, message, Some(help));
        }
        let Some(index) = unit.function("check", 2) else { return };
        self.instance((0, index), Kind::Nothing, &[Kind::Host("Change"), Kind::Parameters]);
    }

    /// Functions that nobody called are gone through as well, with nothing known of what they are given.
    fn others(&mut self) {
        let acts = self.acts;
        for (index, body) in self.unit().bodies.iter().enumerate() {
            if !self.was_called((0, index)) {
                // A function without a name is called by whoever it is given to, if not by the script.
                let before = self.acts;
                self.instance((0, index), Kind::Unknown, &vec![Kind::Unknown; body.params.len()]);
                self.acts = if body.is_anonymous() { self.acts } else { before };
            }
        }
        self.acts |= acts;
    }

    /// A rule that does nothing, whatever the change, looks as if it held something.
    fn effects(&mut self) {
        let Some(body) = self.unit().function("check", 2).and_then(|index| self.unit().bodies.get(index)) else {
            return;
        };
        if !self.acts && self.found() == 0 {
            let mistake = self
                .mistake(
                    Code::NoEffect,
                    body.start,
                    "the rule can do nothing: it objects to no change, and remarks nothing",
                )
                .help(
                    "say what is wrong with `violation(..)`, or why the rule does not apply with `not_applicable(..)`",
                );
            self.push(mistake);
        }
    }
}

/// Whether an expression is written out, so that it is the same whatever the change is.
fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::FnCall(call, _) if call.op_token.is_some() => call.args.iter().all(is_constant),
        Expr::And(parts, _) | Expr::Or(parts, _) => parts.iter().any(is_constant),
        Expr::BoolConstant(..)
        | Expr::IntegerConstant(..)
        | Expr::FloatConstant(..)
        | Expr::CharConstant(..)
        | Expr::StringConstant(..)
        | Expr::Unit(_) => true,
        // What is not a variable of the function is a constant.
        Expr::Variable(variable, ..) => !variable.2.is_empty(),
        _ => false,
    }
}
