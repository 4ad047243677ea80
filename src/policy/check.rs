//! What can be known of a script without running it: every name it uses, and every word and glob that it writes out.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use super::host::{
    Entry, HostError, Param, Signature, Type, approver, check_date, check_glob, check_licence, signatures, words,
};
use super::rule::Script;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::Vocabulary;

/// Functions that the engine itself has.
const ENGINE_FUNCTIONS: &[(&str, usize)] =
    &[("print", 1), ("debug", 1), ("call", 1), ("call", 2), ("call", 3), ("call", 4)];

/// Functions by name, each with the numbers of arguments that it takes.
pub(crate) type Functions = BTreeMap<String, BTreeSet<usize>>;

/// The names that every script may use.
#[derive(Debug)]
pub(crate) struct Vocabularies {
    functions: Functions,
    properties: BTreeSet<String>,
}

impl Vocabularies {
    /// Collects them from the engine that reads scripts and from the host's table.
    pub(crate) fn new(engine: &Engine) -> Self {
        let mut functions = Functions::new();
        let mut properties = BTreeSet::new();
        for (name, arity) in ENGINE_FUNCTIONS {
            functions.entry((*name).to_owned()).or_default().insert(*arity);
        }
        for signature in engine.gen_fn_signatures(true) {
            let (name, parameters) = signature.split_once('(').unwrap_or((&signature, ""));
            match name.strip_prefix("get$") {
                Some(property) => {
                    properties.insert(property.to_owned());
                }
                None => {
                    functions.entry(name.to_owned()).or_default().insert(count_parameters(parameters));
                }
            }
        }
        for signature in signatures() {
            match signature.arity() {
                Some(arity) => {
                    functions.entry(signature.name.to_owned()).or_default().insert(arity);
                }
                None => {
                    properties.insert(signature.name.to_owned());
                }
            }
        }
        Self { functions, properties }
    }
}

/// How many parameters `a: i64, b: Map<K, V>) -> ..` has.
fn count_parameters(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut commas = 0;
    for character in text.chars() {
        match character {
            '(' | '<' | '[' => depth += 1,
            ')' if depth == 0 => break,
            ')' | '>' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => commas += 1,
            _ => {}
        }
    }
    if text.trim_start().starts_with(')') { 0 } else { commas + 1 }
}

/// The names that the scripts of one pack may use.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    pub(crate) known: &'a Vocabularies,
    /// Keys of map literals anywhere in the pack.
    pub(crate) keys: BTreeSet<String>,
    /// The pack's parameters, and what each is.
    pub(crate) parameters: BTreeMap<String, Type>,
    /// Functions of the pack's modules, by module.
    pub(crate) modules: BTreeMap<String, Functions>,
}

/// The keys of all map literals of a script.
pub(crate) fn map_keys(ast: &AST) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    ast.walk(&mut |path| {
        if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
            keys.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
        }
        true
    });
    keys
}

/// The functions that a script defines.
pub(crate) fn functions_of(ast: &AST) -> Functions {
    let mut functions = Functions::new();
    for function in ast.iter_functions() {
        functions.entry(function.name.to_owned()).or_default().insert(function.params.len());
    }
    functions
}

/// The modules that a script imports: alias, module, position.
pub(crate) fn imports_of(script: &Script, ast: &AST) -> Result<Vec<(String, String, Position)>, Diagnostic> {
    let mut imports = Vec::new();
    for statement in ast.statements() {
        let Stmt::Import(import, position) = statement else { continue };
        let Expr::StringConstant(module, at) = &import.0 else {
            return Err(script.mistake(
                Code::UnknownModule,
                *position,
                "the name of an imported module has to be a text",
            ));
        };
        if import.1.name.is_empty() {
            return Err(script
                .mistake(Code::UnknownModule, *at, format!("the import of `{module}` has no name"))
                .help(format!("write `import \"{module}\" as name;`")));
        }
        imports.push((import.1.name.to_string(), module.to_string(), *at));
    }
    Ok(imports)
}

impl Names<'_> {
    /// Every mistake that shows without running the script.
    pub(crate) fn check(&self, script: &Script, ast: &AST) -> Vec<Diagnostic> {
        let imports = match imports_of(script, ast) {
            Ok(imports) => imports,
            Err(diagnostic) => return vec![diagnostic],
        };
        let constants = ast.statements().iter().filter_map(|statement| match statement {
            Stmt::Var(variable, _, _) => Some(variable.0.name.to_string()),
            _ => None,
        });
        let mut checker = Checker {
            names: self,
            script,
            own: functions_of(ast),
            constants: constants.collect(),
            imports: BTreeMap::new(),
            imported_at: imports.iter().map(|(_, _, position)| *position).collect(),
            mistakes: Vec::new(),
        };
        for (alias, module, position) in imports {
            if self.modules.contains_key(&module) {
                checker.imports.insert(alias, module);
            } else {
                checker.mistakes.push(
                    script
                        .mistake(Code::UnknownModule, position, format!("the pack has no module `{module}` in `lib/`"))
                        .suggest(&module, self.modules.keys().map(String::as_str)),
                );
            }
        }
        checker.shadowed();
        ast.walk(&mut |path| {
            if let Some(node) = path.last() {
                checker.node(node);
            }
            checker.mistakes.len() < MAX_MISTAKES
        });
        checker.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
        checker.mistakes.dedup();
        checker.mistakes
    }
}

/// How many mistakes of one script are told; whoever has more mends these first.
const MAX_MISTAKES: usize = 100;

struct Checker<'a> {
    names: &'a Names<'a>,
    script: &'a Script,
    own: Functions,
    constants: BTreeSet<String>,
    imports: BTreeMap<String, String>,
    imported_at: Vec<Position>,
    mistakes: Vec<Diagnostic>,
}

impl Checker<'_> {
    /// A function of a script that is named like one of the host's would be called instead of it.
    fn shadowed(&mut self) {
        for name in self.own.keys().filter(|name| self.names.known.functions.contains_key(*name)) {
            let needle = format!("fn {name}");
            let position = self.script.text.lines().enumerate().find_map(|(index, line)| {
                let column = line.find(&needle)?;
                Some(Position::new(u16::try_from(index + 1).ok()?, u16::try_from(column + 4).ok()?))
            });
            self.mistakes.push(
                self.script
                    .mistake(
                        Code::ShadowedFunction,
                        position.unwrap_or(Position::NONE),
                        format!("the script defines `{name}`, which is a host function"),
                    )
                    .help("give it another name"),
            );
        }
    }

    fn node(&mut self, node: &ASTNode<'_>) {
        match node {
            ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position)) => {
                self.call(call, *position, 0);
            }
            ASTNode::Expr(Expr::MethodCall(call, position)) => self.call(call, *position, 1),
            ASTNode::Expr(Expr::Property(property, position)) => self.property(&property.2, *position),
            ASTNode::Stmt(Stmt::Import(import, position)) if !self.imported_at.contains(&import.0.start_position()) => {
                let message = "an import stands at the top of the script, not in a function".to_owned();
                self.push(Code::UnknownModule, *position, message, None);
            }
            ASTNode::Expr(Expr::Dot(pair, _, _)) => self.parameter(&pair.lhs, &pair.rhs),
            ASTNode::Expr(Expr::Variable(variable, _, position)) => {
                let path: Vec<&str> = variable.2.path.iter().map(|part| part.name.as_str()).collect();
                if path == ["global"] && !self.constants.contains(variable.1.as_str()) {
                    self.push(
                        Code::UnknownProperty,
                        *position,
                        format!("the script has no constant `{}`", variable.1),
                        None,
                    );
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, code: Code, position: Position, message: String, help: Option<String>) {
        let mistake = self.script.mistake(code, position, message);
        self.mistakes.push(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    fn property(&mut self, name: &str, position: Position) {
        let known = self.names.known.properties.contains(name)
            || self.names.keys.contains(name)
            || self.names.parameters.contains_key(name);
        if known {
            return;
        }
        let help = if self.names.known.functions.contains_key(name) {
            Some(format!("`{name}` is a method: write `{name}()`"))
        } else {
            let candidates = self.names.known.properties.iter().chain(&self.names.keys).map(String::as_str);
            Some(match crate::evidence::nearest(name, candidates) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("for an entry of a map write `[\"{name}\"]`"),
            })
        };
        self.push(Code::UnknownProperty, position, format!("nothing has a property `{name}`"), help);
    }

    /// `params.NAME`: the name has to be one of the pack's parameters.
    fn parameter(&mut self, left: &Expr, right: &Expr) {
        let Expr::Variable(variable, _, _) = left else { return };
        if variable.1 != "params" || !variable.2.is_empty() {
            return;
        }
        let property = match right {
            Expr::Property(property, position) => Some((&property.2, *position)),
            Expr::Dot(pair, _, _) | Expr::Index(pair, _, _) => match &pair.lhs {
                Expr::Property(property, position) => Some((&property.2, *position)),
                _ => None,
            },
            _ => None,
        };
        let Some((name, position)) = property else { return };
        if !self.names.parameters.contains_key(name.as_str()) {
            let near = crate::evidence::nearest(name, self.names.parameters.keys().map(String::as_str));
            self.push(
                Code::UnknownParameter,
                position,
                format!("the pack has no parameter `{name}`"),
                near.map(|near| format!("did you mean `{near}`?")),
            );
        }
    }

    /// A call; `receiver` is 1 where the first argument stands before the dot.
    fn call(&mut self, call: &FnCallExpr, position: Position, receiver: usize) {
        if call.op_token.is_some() {
            self.comparison(call);
            return;
        }
        let name = call.name.as_str();
        let arity = call.args.len() + receiver;
        let path: Vec<&str> = call.namespace.path.iter().map(|part| part.name.as_str()).collect();
        if let [alias] = path.as_slice() {
            let functions = self.imports.get(*alias).and_then(|module| self.names.modules.get(module));
            let takes = functions.map(|functions| functions.get(name).cloned());
            match takes {
                Some(Some(takes)) if takes.contains(&arity) => {}
                Some(Some(takes)) => self.wrong_arity(name, &takes, arity, receiver, position),
                Some(None) => self.unknown_function(&format!("{alias}::{name}"), name, position),
                None => {
                    self.push(Code::UnknownModule, position, format!("the script imports nothing as `{alias}`"), None)
                }
            }
            return;
        }
        // A value of a map may be a function, called like a method.
        if receiver == 1 && self.names.keys.contains(name) {
            return;
        }
        let own = self.own.get(name);
        match own.or_else(|| self.names.known.functions.get(name)).cloned() {
            Some(takes) if takes.contains(&arity) => self.literals(call, receiver),
            Some(takes) => self.wrong_arity(name, &takes, arity, receiver, position),
            None => self.unknown_function(name, name, position),
        }
    }

    fn unknown_function(&mut self, shown: &str, name: &str, position: Position) {
        let help = if let Some(why) = super::sandbox::why_disabled(name) {
            Some(why.to_owned())
        } else if self.names.known.properties.contains(name) {
            Some(format!("`{name}` is a property: write it without `()`"))
        } else {
            let candidates = self.names.known.functions.keys().chain(self.own.keys()).map(String::as_str);
            crate::evidence::nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
        };
        self.push(Code::UnknownFunction, position, format!("there is no function `{shown}`"), help);
    }

    fn wrong_arity(&mut self, name: &str, takes: &BTreeSet<usize>, arity: usize, receiver: usize, position: Position) {
        let takes: Vec<String> = takes.iter().map(|count| count.saturating_sub(receiver).to_string()).collect();
        let help =
            signatures().find(|signature| signature.name == name).map(|signature| format!("write `{signature}`"));
        self.push(
            Code::UnknownFunction,
            position,
            format!("`{name}` takes {} arguments, found {}", takes.join(" or "), arity.saturating_sub(receiver)),
            help,
        );
    }

    /// Words and globs that are written out are checked by what every function of that name takes there.
    fn literals(&mut self, call: &FnCallExpr, receiver: usize) {
        let arity = call.args.len() + receiver;
        let candidates: Vec<&Signature> = signatures()
            .filter(|signature| signature.name == call.name.as_str() && signature.arity() == Some(arity))
            .collect();
        for (index, argument) in call.args.iter().enumerate() {
            let takes = |signature: &&Signature| {
                let skipped = usize::from(receiver == 0 && !signature.receiver.is_empty());
                signature.params.and_then(|params| params.get(index.checked_sub(skipped)?)).map(|(_, param)| *param)
            };
            let kinds: Option<Vec<Param>> = candidates.iter().map(takes).collect();
            self.literal(argument, &kinds.unwrap_or_default());
        }
    }

    /// What is written out for a parameter: wrong where it is for each function that may be meant. `takes` says what they
    /// take there; nothing is known of it where there is none.
    fn literal(&mut self, argument: &Expr, takes: &[Param]) {
        match argument {
            Expr::Array(elements, _)
                if takes.iter().all(|takes| {
                    matches!(takes, Param::Words(_) | Param::Globs | Param::Licences | Param::Approvers)
                }) =>
            {
                elements.iter().for_each(|element| self.literal(element, takes));
            }
            Expr::Map(map, position) => {
                if let [Param::Map(entries)] = takes {
                    let names = map.0.iter().map(|(key, _)| key.name.as_str());
                    self.worst(Entry::fault(entries, names).into_iter().collect(), *position);
                    for (key, value) in &map.0 {
                        let entry = entries.iter().find(|entry| entry.name == key.name);
                        entry.into_iter().for_each(|entry| self.literal(value, &[entry.takes]));
                    }
                }
            }
            Expr::StringConstant(text, position) => {
                let faults: Option<Vec<HostError>> = takes.iter().map(|takes| fault(text, *takes)).collect();
                self.worst(faults.unwrap_or_default(), *position);
            }
            _ => {}
        }
    }

    /// Of mistakes of which any may be meant, the one that comes with advice.
    fn worst(&mut self, faults: Vec<HostError>, position: Position) {
        let advised = faults.iter().position(|fault| fault.help.is_some()).unwrap_or(0);
        if let Some(error) = faults.into_iter().nth(advised) {
            self.push(error.code, position, error.message, error.help);
        }
    }

    /// `item.severity == "hihg"`: a property that gives a word is compared only with words of its vocabulary.
    fn comparison(&mut self, call: &FnCallExpr) {
        if !matches!(call.name.as_str(), "==" | "!=" | "<" | "<=" | ">" | ">=") {
            return;
        }
        if let [left, right] = call.args.as_slice() {
            for (one, other) in [(left, right), (right, left)] {
                if let Expr::StringConstant(text, position) = other {
                    let words =
                        self.vocabularies_of(one).into_iter().map(|vocabulary| fault(text, Param::Word(vocabulary)));
                    let faults: Option<Vec<HostError>> = words.collect();
                    self.worst(faults.unwrap_or_default(), *position);
                }
            }
        }
    }

    /// The vocabularies of the property that an expression ends in, where every property of that name gives a word.
    fn vocabularies_of(&self, expression: &Expr) -> Vec<&'static Vocabulary> {
        let Expr::Dot(pair, _, _) = expression else { return Vec::new() };
        let name = match &pair.rhs {
            Expr::Property(property, _) => property.2.as_str(),
            rest @ Expr::Dot(..) => return self.vocabularies_of(rest),
            _ => return Vec::new(),
        };
        if self.names.keys.contains(name) {
            return Vec::new();
        }
        let given =
            signatures().filter(|signature| signature.params.is_none() && signature.name == name).map(|signature| {
                match Type::parse(signature.returns) {
                    Some(Type::Word(vocabulary)) => Some(vocabulary),
                    _ => None,
                }
            });
        given.collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// What is wrong with a text that is written out for a parameter.
fn fault(text: &str, takes: Param) -> Option<HostError> {
    match takes {
        Param::Word(vocabulary) | Param::Words(vocabulary) => {
            vocabulary.index_of(text).is_none().then(|| words::unknown_word(vocabulary, text))
        }
        Param::Globs => check_glob(text).err(),
        Param::Licences => check_licence(text).err(),
        Param::Approvers => approver(text).err(),
        Param::Date => check_date(text).err(),
        Param::Column(columns) => columns.get(text).err(),
        _ => None,
    }
}
