//! What rules reach: the functions that `check` calls, theirs, and so on, through the modules of the pack.

use std::collections::BTreeSet;

use super::Pack;
use super::script::{Call, Facts, Function, Property};
use crate::diagnostic::{Code, Diagnostic};

/// All functions that one rule can come to.
pub(super) struct Reach<'a> {
    functions: Vec<&'a Function>,
    /// Functions by script and name: rules and modules never share a script's name, which is its path.
    names: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Reach<'a> {
    /// What a rule comes to from its `check`.
    pub(super) fn of(rule: &'a Facts, pack: &'a Pack<'a>) -> Self {
        let mut reach = Self { functions: Vec::new(), names: BTreeSet::new() };
        // By a list and not by recursion: how far calls go is the pack's to say.
        let mut open = vec![(rule, "check")];
        while let Some((script, name)) = open.pop() {
            if reach.names.insert((script.script.name.as_str(), name)) {
                reach.take(script, name, pack, &mut open);
            }
        }
        reach
    }

    /// Functions of one name are taken together: which of them is meant, arguments tell only at run time.
    fn take(&mut self, script: &'a Facts, name: &'a str, pack: &'a Pack<'a>, open: &mut Vec<(&'a Facts, &'a str)>) {
        for function in script.functions.iter().filter(|function| function.name == name) {
            self.functions.push(function);
            for call in &function.calls {
                match &call.alias {
                    None => open.push((script, &call.name)),
                    Some(alias) => {
                        let module = script.imports.iter().find(|import| import.alias == *alias);
                        let library = module.and_then(|import| pack.module(&import.module));
                        open.extend(library.map(|library| (library, call.name.as_str())));
                    }
                }
            }
        }
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &'a Call> {
        self.functions.iter().flat_map(|function| function.calls.iter())
    }

    pub(super) fn properties(&self) -> impl Iterator<Item = &'a Property> {
        self.functions.iter().flat_map(|function| function.properties.iter())
    }

    /// Whether it comes to a function of the host that has one of some names.
    pub(super) fn calls_host(&self, names: &[&str]) -> bool {
        self.calls().any(|call| call.alias.is_none() && !call.method && names.contains(&call.name.as_str()))
    }
}

/// Functions, modules and imports that nothing uses.
pub(super) fn unused(pack: &Pack<'_>, found: &mut Vec<Diagnostic>) {
    let reached: BTreeSet<(&str, &str)> = pack.rules.iter().flat_map(|rule| Reach::of(rule, pack).names).collect();
    let scripts = || pack.rules.iter().chain(&pack.modules);
    for module in &pack.modules {
        if !scripts().any(|script| script.imports.iter().any(|import| import.module == module.name)) {
            let message = format!("nothing imports the module `{}`", module.name);
            let place = crate::diagnostic::Place::file(module.script.name.clone());
            found.push(
                Diagnostic::new(Code::UnusedModule, message)
                    .at(place)
                    .help(format!("remove it, or write `import \"{0}\" as {0};` where it is needed", module.name)),
            );
        }
    }
    let imported = |module: &Facts| scripts().any(|script| script.imports.iter().any(|one| one.module == module.name));
    for script in pack.rules.iter().chain(pack.modules.iter().filter(|module| imported(module))) {
        let mut told = BTreeSet::new();
        for function in &script.functions {
            let name = function.name.as_str();
            if !reached.contains(&(script.script.name.as_str(), name)) && told.insert(name) {
                let message = format!("nothing calls the function `{name}`");
                found.push(script.warn_of(Code::UnusedFunction, name, message).help("call it, or remove it"));
            }
        }
        for import in &script.imports {
            let called = |call: &Call| call.alias.as_deref() == Some(import.alias.as_str());
            let used =
                |function: &Function| function.calls.iter().any(called) || function.reads.contains(&import.alias);
            if !script.functions.iter().any(used) {
                let message = format!("nothing of the module `{}` is used", import.module);
                found.push(script.script.mistake(Code::UnusedImport, import.at, message).help("remove the import"));
            }
        }
    }
}
