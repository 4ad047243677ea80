//! The statements of a rule's `check`, to run without asking again at each run what was known when the script was read.
//!
//! At each call of a function the engine first looks whether the script defines one of that name, for a method twice: for
//! the type's name, which it looks up, and for any type. Whatever a script defines is known once it is read, and no module
//! that it imports adds to it, so calls of other names are told to be native ones. What a property gives in the middle of
//! `change.findings.level("error")` the engine finds by a call, and holds on to, to set the property afterwards; collections of
//! the change can't be set, so they are variables which the runner knows. Statements stand in the place of the function itself,
//! as the engine gives nobody a function to change; what they do and say is what `check` does, and so is what they count, but
//! for vain attempts to set a property.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use rhai::{
    AST, ASTNode, BinaryExpr, Caches, Dynamic, Engine, EvalAltResult, Expr, FlowControl, FnCallExpr, FnCallHashes,
    GlobalRuntimeState, Identifier, ImmutableString, Module, Namespace, Position, Scope, Stmt, StmtBlock,
};

use super::host::COLLECTIONS;
use super::runner::{CALLS_BEFORE_CHECK, collection_index};

/// The body of `check`, as one block.
#[derive(Debug)]
pub(crate) struct Body {
    statements: [Stmt; 1],
    /// What `check` calls the change and the parameters.
    names: [Identifier; 2],
    /// The two as variables, without values between two runs.
    scope: Scope<'static>,
    /// What the engine takes for the source of the function.
    source: Option<ImmutableString>,
    /// Whether the parameters are looked at; where they are not, they need not be there.
    pub(crate) reads_parameters: bool,
}

impl Body {
    /// The body of the `check` of a script that imports nothing; `None` where the engine has to call it as a function.
    pub(crate) fn of(script: &AST) -> Option<Self> {
        let functions = script.shared_lib().iter_script_fn_info().map(|(.., function)| function);
        let mut functions = functions.filter(|function| function.name == "check" && function.params.len() == 2);
        let function = functions.next()?;
        let names: [Identifier; 2] = match function.params.as_slice() {
            [change, parameters] if function.this_type.is_none() && functions.next().is_none() => {
                [change.as_str().into(), parameters.as_str().into()]
            }
            _ => return None,
        };
        let [change, parameters] = &names;
        // Statements of a function are shown by going through a script that has no other.
        let mut alone = Module::new();
        alone.set_script_fn(Arc::clone(function));
        let alone = AST::new_from_module(alone);
        let mut statements = Vec::new();
        let mut reads_parameters = false;
        // A function that is called on the change may put something else in its place.
        let mut renames_change = false;
        script.walk(&mut |path| {
            renames_change |= matches!(path.last(), Some(ASTNode::Stmt(Stmt::Assignment(to))) if is_this(&to.1.lhs));
            true
        });
        alone.walk(&mut |path| {
            if let [ASTNode::Stmt(statement)] = path {
                statements.push((*statement).clone());
            }
            reads_parameters |= path.last().is_some_and(|node| may_read(node, parameters));
            renames_change |= path.last().is_some_and(|node| may_be_another(node, change));
            true
        });
        if statements.is_empty() {
            return None;
        }
        let mut body = StmtBlock::new(statements, Position::NONE, Position::NONE);
        let own = script.iter_functions().map(|function| function.name).collect();
        Calls { own, change: (!renames_change).then_some(change) }.block(&mut body);
        let mut scope = Scope::new();
        scope.push_dynamic(change.clone(), Dynamic::UNIT).push_dynamic(parameters.clone(), Dynamic::UNIT);
        let source = script.shared_lib().id().map(Into::into);
        Some(Self { statements: [Stmt::Block(Box::new(body))], names, scope, source, reads_parameters })
    }

    /// Makes of a state what it is where a call of `check` begins.
    pub(crate) fn begin(&self, global: &mut GlobalRuntimeState) {
        global.level = CALLS_BEFORE_CHECK;
        global.source.clone_from(&self.source);
    }

    /// Does what a call of `check` does, in a state that it has begun. The change is given back as it leaves it; after an
    /// error it can't run again.
    pub(crate) fn run(
        &mut self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        caches: &mut Caches,
        change: &mut Dynamic,
        parameters: Dynamic,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        let [its_name, their_name] = &self.names;
        if self.reads_parameters
            && let Some(variable) = self.scope.get_mut(their_name)
        {
            *variable = parameters;
        }
        if let Some(variable) = self.scope.get_mut(its_name) {
            *variable = change.take();
        }
        #[expect(deprecated, reason = "the only way to run statements with what is kept for them")]
        let returned = engine.eval_statements_raw(global, caches, &mut self.scope, &self.statements);
        if let Some(variable) = self.scope.get_mut(its_name) {
            *change = variable.take();
        }
        returned.map_err(|mut error| {
            // A call says of these where it stands, which is nowhere.
            if error.is_system_exception() {
                error.set_position(Position::NONE);
            }
            error
        })
    }
}

/// Whether a variable is looked at, or all that there are.
fn may_read(node: &ASTNode<'_>, name: &str) -> bool {
    match node {
        ASTNode::Expr(Expr::Variable(variable, _, _)) => variable.1 == name,
        ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)) => call.capture_parent_scope,
        _ => false,
    }
}

/// Whether a statement may make a name that of something else than it was.
fn may_be_another(node: &ASTNode<'_>, name: &str) -> bool {
    match node {
        ASTNode::Stmt(Stmt::Var(variable, _, _)) => variable.0.name == name,
        ASTNode::Stmt(Stmt::For(each, _)) => {
            each.0.name == name || each.1.as_ref().is_some_and(|counter| counter.name == name)
        }
        ASTNode::Stmt(Stmt::Assignment(assignment)) => is_variable(&assignment.1.lhs, name),
        ASTNode::Stmt(Stmt::TryCatch(..) | Stmt::Import(..)) => true,
        _ => false,
    }
}

const fn is_this(expression: &Expr) -> bool {
    matches!(expression, Expr::ThisPtr(_))
}

fn is_variable(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Variable(variable, _, _) if variable.1 == name)
}

/// Tells calls of what the script does not define that they are of native functions. What it does not go into stays as it
/// was read, and means the same.
struct Calls<'a> {
    own: BTreeSet<&'a str>,
    /// What the change is called, where no statement gives the name to anything else.
    change: Option<&'a Identifier>,
}

impl Calls<'_> {
    fn block(&self, block: &mut StmtBlock) {
        block.statements_mut().iter_mut().for_each(|statement| self.statement(statement));
    }

    fn statement(&self, statement: &mut Stmt) {
        match statement {
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, _, _) => self.flow(flow),
            Stmt::For(each, _) => self.flow(&mut each.2),
            Stmt::Var(variable, _, _) => self.expression(&mut variable.1),
            Stmt::Assignment(assignment) => self.both(&mut assignment.1),
            Stmt::FnCall(call, _) => self.call(call),
            Stmt::Block(block) => self.block(block),
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::BreakLoop(Some(expression), _, _) | Stmt::Return(Some(expression), _, _) => {
                self.expression(expression)
            }
            _ => {}
        }
    }

    fn flow(&self, flow: &mut FlowControl) {
        self.expression(&mut flow.expr);
        self.block(&mut flow.body);
        self.block(&mut flow.branch);
    }

    fn both(&self, sides: &mut BinaryExpr) {
        self.expression(&mut sides.lhs);
        self.expression(&mut sides.rhs);
    }

    fn expression(&self, expression: &mut Expr) {
        match expression {
            Expr::FnCall(call, _) | Expr::MethodCall(call, _) => self.call(call),
            Expr::Dot(sides, _, _) => {
                if self.change.is_some_and(|change| is_variable(&sides.lhs, change))
                    && let Some((collection, rest)) = name_collection(&sides.lhs, &mut sides.rhs)
                {
                    **sides = BinaryExpr { lhs: collection, rhs: rest };
                }
                self.both(sides);
            }
            Expr::Index(sides, _, _) => self.both(sides),
            Expr::And(parts, _) | Expr::Or(parts, _) => parts.iter_mut().for_each(|part| self.expression(part)),
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter_mut().for_each(|part| self.expression(part));
            }
            Expr::Map(map, _) => map.0.iter_mut().for_each(|(_, value)| self.expression(value)),
            Expr::Stmt(block) => self.block(block),
            _ => {}
        }
    }

    fn call(&self, call: &mut FnCallExpr) {
        call.args.iter_mut().for_each(|argument| self.expression(argument));
        if call.namespace.is_empty() && !self.own.contains(call.name.as_str()) {
            call.hashes = FnCallHashes::from_native_only(call.hashes.native());
        }
    }
}

/// Makes of a collection of the change, where more is asked of it, a variable that the runner knows.
fn name_collection(change: &Expr, rest: &mut Expr) -> Option<(Expr, Expr)> {
    let Expr::Dot(chain, _, _) = rest else { return None };
    let Expr::Property(property, _) = &chain.lhs else { return None };
    let number = COLLECTIONS.iter().position(|(name, _)| *name == property.2)?;
    // Of what takes no arguments after a variable the engine does not go through the arguments.
    let is_short = match &chain.rhs {
        Expr::MethodCall(call, _) => call.args.is_empty(),
        Expr::Property(..) => true,
        _ => false,
    };
    let index = NonZeroUsize::new(collection_index(number, is_short));
    let variable = Box::new((index, property.2.clone(), Namespace::NONE, 0));
    Some((Expr::Variable(variable, None, change.position()), std::mem::take(&mut chain.rhs)))
}
