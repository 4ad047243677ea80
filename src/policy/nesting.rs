//! Whether scripts can put one container into another. Such values are copied, compared and let go by recursion, one level of
//! the stack for each level of nesting; the limits on sizes bound it, but not within every stack. So do calls in calls: 32 of
//! functions whose expressions are as deep as they may be take more than 2 MiB in a debug build, 64 of them more than 8.

use rhai::{AST, ASTNode, Expr, Stmt};

/// Stack on which scripts run that may nest containers, in bytes. Arrays and maps may be as deep as their limits together,
/// at about 2 KiB a level in a debug build.
pub(crate) const STACK_BYTES: usize = 128 << 20;

/// Functions that put a value into a container.
const PUT: &[&str] = &["push", "insert", "append", "splice", "pad", "set", "fill_with", "mixin", "map"];

/// Whether a script can put one container into another, or one call.
pub(crate) fn may_nest(ast: &AST) -> bool {
    // Functions without a name are among them; `check` alone calls nothing but itself.
    let mut found = ast.iter_functions().any(|function| function.name != "check");
    ast.walk(&mut |path| {
        found |= path.last().is_some_and(puts);
        !found
    });
    found
}

fn puts(node: &ASTNode<'_>) -> bool {
    match node {
        ASTNode::Expr(literal @ (Expr::Array(..) | Expr::Map(..))) => literal.get_literal_value(None).is_none(),
        ASTNode::Expr(Expr::MethodCall(call, _) | Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)) => {
            PUT.contains(&call.name.as_str()) || call.name == "check"
        }
        ASTNode::Stmt(Stmt::Assignment(assignment)) => !matches!(assignment.1.lhs, Expr::Variable(..)),
        _ => false,
    }
}
