//! A script taken apart: its functions with their statements, what it imports, and its constants.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, ImmutableString, Position, Stmt};

use super::unchanged::Mentioned;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::rule::Script;

/// One function of a script.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) name: ImmutableString,
    pub(super) params: Vec<ImmutableString>,
    /// Whether it is for one type of `this` alone.
    pub(super) typed: bool,
    pub(super) start: Position,
    end: Position,
    pub(super) statements: Vec<Stmt>,
    /// What is said of its variables.
    pub(super) mentioned: Mentioned,
}

impl Body {
    /// Whether it stands inside of another function, as in `list.filter(|x| x > 3)`.
    pub(super) fn is_anonymous(&self) -> bool {
        self.name.starts_with("anon$")
    }

    /// Whether a statement lies inside of it. A function of one expression has no end: it begins with that expression.
    fn has(&self, at: Position) -> bool {
        if self.end.is_none() { order(self.start) == order(at) } else { self.spans(at) }
    }

    fn spans(&self, at: Position) -> bool {
        order(self.start) <= order(at) && order(at) <= order(self.end)
    }
}

fn order(position: Position) -> (usize, usize) {
    (position.line().unwrap_or(0), position.position().unwrap_or(0))
}

/// One script.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(super) script: Script,
    pub(super) bodies: Vec<Body>,
    /// Modules by the name that the script gives them, and where it imports each.
    pub(super) imports: Vec<(String, String, Position)>,
    pub(super) constants: BTreeMap<ImmutableString, Expr>,
    /// Keys of its map literals.
    pub(super) keys: BTreeSet<String>,
    /// Every `import`, at the top of the script or not: where what it imports stands, and where it stands itself.
    pub(super) every_import: Vec<(Position, Position)>,
}

impl Unit {
    /// Takes a script apart.
    pub(crate) fn new(script: &Script, ast: &AST) -> Result<Self, Diagnostic> {
        let imports = imports_of(script, ast)?;
        let constants = ast.statements().iter().filter_map(|statement| match statement {
            Stmt::Var(variable, _, _) => Some((variable.0.name.clone(), variable.1.clone())),
            _ => None,
        });
        let bodies = ast.shared_lib().iter_script_fn_info().map(|(_, _, _, _, function)| Body {
            name: function.name.clone(),
            params: function.params.iter().cloned().collect(),
            typed: function.this_type.is_some(),
            start: function.body.start_position(),
            end: function.body.end_position(),
            statements: Vec::new(),
            mentioned: Mentioned::default(),
        });
        let mut unit = Self {
            script: script.clone(),
            bodies: bodies.collect(),
            imports,
            constants: constants.collect(),
            keys: BTreeSet::new(),
            every_import: Vec::new(),
        };
        unit.bodies.sort_by_key(|body| order(body.start));
        unit.take_statements(ast);
        Ok(unit)
    }

    /// The engine shows statements of functions one at a time, those of the script itself first.
    fn take_statements(&mut self, ast: &AST) {
        let mut outside = ast.statements().len();
        let mut inside = None;
        ast.walk(&mut |path| {
            match path {
                [ASTNode::Stmt(_)] if outside > 0 => outside -= 1,
                [ASTNode::Stmt(statement)] => inside = self.take(statement),
                _ => {}
            }
            if let (Some(index), Some(node)) = (inside, path.last())
                && let Some(body) = self.bodies.get_mut(index)
            {
                body.mentioned.take(node);
            }
            match path.last() {
                Some(ASTNode::Expr(Expr::Map(map, _))) => {
                    self.keys.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
                }
                Some(ASTNode::Stmt(Stmt::Import(import, position))) => {
                    self.every_import.push((import.0.start_position(), *position));
                }
                _ => {}
            }
            true
        });
    }

    /// Gives a statement to the innermost function that it lies in.
    fn take(&mut self, statement: &Stmt) -> Option<usize> {
        let at = statement.position();
        let exact = self.bodies.iter().rposition(|body| body.end.is_none() && body.has(at));
        let index = exact.or_else(|| self.bodies.iter().rposition(|body| body.has(at)));
        self.bodies.get_mut(index?)?.statements.push(statement.clone());
        index
    }

    /// A function by its name and number of arguments.
    pub(super) fn function(&self, name: &str, arity: usize) -> Option<usize> {
        self.bodies.iter().position(|body| body.name == name && body.params.len() == arity)
    }

    /// A function without a name, by the one that the engine gives it.
    pub(super) fn function_named(&self, name: &str) -> Option<usize> {
        self.bodies.iter().position(|body| body.name == name)
    }

    /// With how many arguments a function can be called; empty where there is none.
    pub(super) fn arities(&self, name: &str) -> BTreeSet<usize> {
        self.bodies.iter().filter(|body| body.name == name).map(|body| body.params.len()).collect()
    }

    /// The names of functions that have one.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.bodies.iter().filter(|body| !body.is_anonymous()).map(|body| body.name.as_str())
    }
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
