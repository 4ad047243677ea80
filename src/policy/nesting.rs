//! Whether scripts can put one container into another. Such values are copied, compared and let go by recursion, one level of
//! the stack for each level of nesting; the limits on sizes bound it, but not within every stack.

use rhai::{AST, ASTNode, Expr, Stmt};

/// Stack on which scripts run that may nest containers, in bytes. Arrays and maps may be as deep as their limits together,
/// at about 2 KiB a level in a debug build.
pub(crate) const STACK_BYTES: usize = 128 << 20;

/// Functions that put a value into a container.
const PUT: &[&str] = &["push", "insert", "append", "splice", "pad", "set", "fill_with", "mixin", "map"];

/// Whether a script can put one container into another.
pub(crate) fn may_nest(ast: &AST) -> bool {
    let mut found = false;
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
            PUT.contains(&call.name.as_str())
        }
        ASTNode::Stmt(Stmt::Assignment(assignment)) => !matches!(assignment.1.lhs, Expr::Variable(..)),
        _ => false,
    }
}
