//! What a script says without being run: its functions, what each calls, reads and writes out.

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::check::imports_of;
use crate::policy::rule::Script;

/// What is written out as an argument.
pub(super) enum Argument {
    /// Texts, one or an array of them, each with its place.
    Texts(Vec<(String, Position)>),
    /// Anything else, which only a run can tell.
    Other,
}

impl Argument {
    fn of(expression: &Expr) -> Self {
        let text = |expression: &Expr| match expression {
            Expr::StringConstant(text, position) => Some((text.to_string(), *position)),
            _ => None,
        };
        match expression {
            Expr::Array(elements, _) => {
                elements.iter().map(text).collect::<Option<_>>().map_or(Self::Other, Self::Texts)
            }
            other => text(other).map_or(Self::Other, |text| Self::Texts(vec![text])),
        }
    }

    /// The only text that it is.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Texts(texts) => match texts.as_slice() {
                [(text, _)] => Some(text),
                _ => None,
            },
            Self::Other => None,
        }
    }
}

/// One call.
pub(super) struct Call {
    /// The name of the import that it goes through.
    pub(super) alias: Option<String>,
    pub(super) name: String,
    /// Whether something stands before the dot.
    pub(super) method: bool,
    pub(super) arguments: Vec<Argument>,
}

/// A property that is read.
pub(super) struct Property {
    pub(super) name: String,
    /// The variable that it is read of; `None` where it is read of what a property or a function gives.
    pub(super) of: Option<String>,
    pub(super) at: Position,
}

/// One function, with what the nameless functions in it do.
pub(super) struct Function {
    pub(super) name: String,
    start: Position,
    end: Position,
    pub(super) calls: Vec<Call>,
    /// The names of imports of which it reads a constant.
    pub(super) reads: Vec<String>,
    pub(super) properties: Vec<Property>,
    /// Every text that is written out in it.
    pub(super) texts: Vec<String>,
    /// Texts that a property is compared with, by the property's name.
    pub(super) compared: Vec<(String, Vec<(String, Position)>)>,
}

/// One import.
pub(super) struct Import {
    pub(super) alias: String,
    pub(super) module: String,
    pub(super) at: Position,
}

/// One script.
pub(super) struct Facts {
    /// The stem of its file.
    pub(super) name: String,
    pub(super) script: Script,
    /// The entries that the metadata of a rule have.
    metadata: Vec<String>,
    pub(super) imports: Vec<Import>,
    pub(super) functions: Vec<Function>,
}

impl Facts {
    /// Reads a script that has loaded before.
    pub(super) fn read(name: &str, script: Script, engine: &Engine) -> Result<Self, Diagnostic> {
        let ast = script.compile(engine)?;
        let imports = imports_of(&script, &ast)?;
        let imports = imports.into_iter().map(|(alias, module, at)| Import { alias, module, at }).collect();
        Ok(Self { name: name.to_owned(), script, metadata: metadata(&ast), imports, functions: functions(&ast) })
    }

    /// Whether the metadata have an entry, be it an empty one.
    pub(super) fn says(&self, key: &str) -> bool {
        self.metadata.iter().any(|entry| entry == key)
    }

    /// The functions of a name; more than one where they differ in their parameters.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Function> {
        self.functions.iter().filter(move |function| function.name == name)
    }

    /// A warning at the first place where some text stands, or about the script as a whole.
    pub(super) fn warn(&self, code: Code, needle: &str, message: impl Into<String>) -> Diagnostic {
        let place = match self.script.text.find(needle) {
            Some(offset) => crate::diagnostic::Place::at_offset(self.script.name.clone(), &self.script.text, offset),
            None => crate::diagnostic::Place::file(self.script.name.clone()),
        };
        Diagnostic::new(code, message).at(place)
    }

    /// A warning where a function is defined.
    pub(super) fn warn_of(&self, code: Code, function: &str, message: impl Into<String>) -> Diagnostic {
        let mut found = self.script.text.match_indices("fn ").filter_map(|(at, fun)| {
            let rest = self.script.text.get(at + fun.len()..)?.trim_start();
            let after = rest.strip_prefix(function)?;
            after.trim_start().starts_with('(').then_some(at)
        });
        let place = found.next().map(|at| {
            crate::diagnostic::Place::at_offset(self.script.name.clone(), &self.script.text, at + "fn ".len())
        });
        Diagnostic::new(code, message)
            .at(place.unwrap_or_else(|| crate::diagnostic::Place::file(self.script.name.clone())))
    }
}

/// The names of the entries of `RULE`.
fn metadata(ast: &AST) -> Vec<String> {
    let rule = ast.statements().iter().find_map(|statement| match statement {
        Stmt::Var(variable, ..) if variable.0.name == "RULE" => Some(&variable.1),
        _ => None,
    });
    match rule {
        Some(Expr::Map(map, _)) => map.0.iter().map(|(key, _)| key.name.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// The named functions of a script. What a nameless one does belongs to the function that it stands in.
fn functions(ast: &AST) -> Vec<Function> {
    let defined = ast.shared_lib().iter_script_fn_info().map(|(_, _, name, _, function)| Function {
        name: name.to_owned(),
        start: function.body.start_position(),
        end: function.body.end_position(),
        calls: Vec::new(),
        reads: Vec::new(),
        properties: Vec::new(),
        texts: Vec::new(),
        compared: Vec::new(),
    });
    let mut functions: Vec<Function> = defined.filter(|function| !function.name.starts_with("anon$")).collect();
    functions.sort_by_key(|function| function.start);
    ast.walk(&mut |path| {
        if let Some(node) = path.last() {
            let at = node.position();
            let within = functions.iter_mut().rfind(|function| function.start <= at && at <= function.end);
            if let Some(function) = within {
                function.node(node);
            }
        }
        true
    });
    functions
}

impl Function {
    fn node(&mut self, node: &ASTNode<'_>) {
        match node {
            ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)) => self.call(call, false),
            ASTNode::Expr(Expr::MethodCall(call, _)) => self.call(call, true),
            ASTNode::Expr(Expr::Property(property, at)) => {
                self.properties.push(Property { name: property.2.to_string(), of: None, at: *at });
            }
            ASTNode::Expr(Expr::Dot(pair, _, _)) => {
                if let (Expr::Variable(variable, _, _), Some((name, at))) = (&pair.lhs, first_property(&pair.rhs)) {
                    self.properties.push(Property { name, of: Some(variable.1.to_string()), at });
                }
            }
            ASTNode::Expr(Expr::Variable(variable, _, _)) => {
                self.reads.extend(variable.2.path.first().map(|part| part.name.to_string()));
            }
            ASTNode::Expr(Expr::StringConstant(text, _)) => self.texts.push(text.to_string()),
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, method: bool) {
        if let ("==" | "!=" | "contains", [one, other], false) = (call.name.as_str(), call.args.as_slice(), method) {
            for (property, text) in [(one, other), (other, one)] {
                if let (Some(name), Argument::Texts(texts)) = (last_property(property), Argument::of(text)) {
                    self.compared.push((name, texts));
                }
            }
        }
        if call.op_token.is_some() {
            return;
        }
        self.calls.push(Call {
            alias: call.namespace.path.first().map(|part| part.name.to_string()),
            name: call.name.to_string(),
            method,
            arguments: call.args.iter().map(Argument::of).collect(),
        });
    }
}

/// The property that an expression ends in.
fn last_property(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Dot(pair, _, _) => last_property(&pair.rhs),
        Expr::Property(property, _) => Some(property.2.to_string()),
        _ => None,
    }
}

/// The property that comes first after a dot.
fn first_property(expression: &Expr) -> Option<(String, Position)> {
    match expression {
        Expr::Property(property, at) => Some((property.2.to_string(), *at)),
        Expr::Dot(pair, _, _) | Expr::Index(pair, _, _) => first_property(&pair.lhs),
        _ => None,
    }
}
