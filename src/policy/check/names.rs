//! What can be asked about a value of which nothing is known: whether anything at all has such a name, and whether any
//! function of that name takes what is written out for it.

use std::collections::BTreeSet;

use rhai::Position;

use super::arguments::{fault, literal_texts};
use super::calls::Argument;
use super::checker::Checker;
use super::unit::Unit;
use crate::diagnostic::Code;
use crate::policy::host::{HostError, Param, Signature, signatures};

impl super::Names<'_> {
    /// Whether a script is a rule, and no module of the pack.
    pub(super) fn is_rule(&self, unit: &Unit) -> bool {
        self.modules.values().all(|module| !std::ptr::eq(module, unit))
    }
}

impl Checker<'_> {
    /// Whether a map literal of the script, or of a module of the pack, has a key.
    fn is_key(&self, name: &str) -> bool {
        self.names.keys.contains(name) || self.checked().keys.contains(name) || self.unit().keys.contains(name)
    }

    /// A property of a value of which nothing is known.
    pub(super) fn unknown_property(&mut self, name: &str, position: Position) {
        let names = self.names;
        let known = names.known.is_property(name) || self.is_key(name) || names.parameters.contains_key(name);
        if known {
            return;
        }
        let help = if names.known.is_function(name) {
            format!("`{name}` is a method: write `{name}()`")
        } else {
            let (root, unit) = (self.checked(), self.unit());
            let keys: BTreeSet<&str> = names.keys.iter().chain(&root.keys).map(String::as_str).collect();
            let keys = keys.into_iter().chain(unit.keys.iter().map(String::as_str));
            match self.near(name, names.known.property_names().chain(keys)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("for an entry of a map write `[\"{name}\"]`"),
            }
        };
        self.report(Code::UnknownProperty, position, format!("nothing has a property `{name}`"), Some(help));
    }

    /// A function on a value of which nothing is known.
    pub(super) fn unknown_method(&mut self, name: &str, arguments: &[Argument<'_>], position: Position, dotted: bool) {
        // A value of a map may be a function, called like a method.
        if dotted && self.is_key(name) {
            return;
        }
        let arity = arguments.len() + 1;
        let arities = self.names.known.arities(name);
        if arities.is_empty() {
            self.unknown_function(name, position);
        } else if arities.contains(&arity) {
            self.literals(name, arguments);
        } else {
            self.wrong_arity(name, &arities, arity, usize::from(dotted), position);
        }
    }

    pub(super) fn unknown_function(&mut self, name: &str, position: Position) {
        let known = self.names.known;
        let help = if let Some(why) = crate::policy::sandbox::why_disabled(name) {
            Some(why.to_owned())
        } else if known.is_property(name) {
            Some(format!("`{name}` is a property: write it without `()`"))
        } else {
            self.near(name, known.function_names().chain(self.unit().names()))
                .map(|near| format!("did you mean `{near}`?"))
        };
        self.report(Code::UnknownFunction, position, format!("there is no function `{name}`"), help);
    }

    /// `receiver` is 1 where what stands before the dot is among the arguments that were counted.
    pub(super) fn wrong_arity(
        &mut self,
        name: &str,
        takes: &BTreeSet<usize>,
        arity: usize,
        receiver: usize,
        position: Position,
    ) {
        let takes: Vec<String> = takes.iter().map(|count| count.saturating_sub(receiver).to_string()).collect();
        let help =
            signatures().find(|signature| signature.name == name).map(|signature| format!("write `{signature}`"));
        let noun = if takes.as_slice() == ["1"] { "argument" } else { "arguments" };
        let message = format!("`{name}` takes {} {noun}, found {}", takes.join(" or "), arity.saturating_sub(receiver));
        self.report(Code::UnknownFunction, position, message, help);
    }

    /// What is written out is wrong where it is for every function that may be meant.
    fn literals(&mut self, name: &str, arguments: &[Argument<'_>]) {
        let candidates = self.names.known.candidates(name, arguments.len() + 1);
        for (index, argument) in arguments.iter().enumerate() {
            let takes = |signature: &&'static Signature| {
                let skipped = usize::from(signature.receiver.is_empty());
                signature.params.and_then(|params| params.get(index + skipped)).map(|(_, param)| *param)
            };
            let Some(params) = candidates.iter().map(takes).collect::<Option<Vec<Param>>>() else { continue };
            for (text, at) in argument.written.map(literal_texts).unwrap_or_default() {
                let faults: Option<Vec<HostError>> = params.iter().map(|takes| fault(&text, *takes)).collect();
                self.worst(faults.unwrap_or_default(), at);
            }
        }
    }

    /// Of mistakes of which any may be meant, the one that comes with advice.
    fn worst(&mut self, faults: Vec<HostError>, position: Position) {
        let advised = faults.iter().position(|fault| fault.help.is_some()).unwrap_or(0);
        if let Some(error) = faults.into_iter().nth(advised) {
            self.report(error.code, position, error.message, error.help);
        }
    }
}
