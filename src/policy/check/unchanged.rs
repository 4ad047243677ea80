//! Variables that hold what is written out, and which nothing changes: to compare one with a number, or to go by a flag of that
//! kind, asks nothing of the change. Mostly, what should have counted or collected was forgotten.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rhai::{ASTNode, Expr, FLOAT, FnCallExpr, INT, ImmutableString, OpAssignment, Position, Stmt};

use super::checker::Checker;
use super::standard::{FUNCTIONS, named};
use super::unit::Body;
use crate::diagnostic::Code;

/// What is said of the variables of a function, gathered while its statements are gone through once.
#[derive(Debug, Default)]
pub(super) struct Mentioned {
    /// Each declaration of a name, with what is written there where that is a value.
    declared: Vec<(ImmutableString, Option<Written>)>,
    changed: Vec<ImmutableString>,
    /// What variables are set to by statements that leave some values as they are.
    set: Vec<(ImmutableString, Set)>,
    compared: Vec<Compared>,
    /// What something goes by.
    conditions: Vec<(Side, Position)>,
    /// Whether a function sees all variables.
    shared: bool,
}

/// A value that is written out.
#[derive(Debug, Clone, PartialEq)]
enum Written {
    Number(INT),
    Decimal(FLOAT),
    Flag(bool),
    Text(ImmutableString),
    /// An array or a map without anything in it.
    Empty,
}

/// What an assignment does that changes nothing where its variable has a certain value.
#[derive(Debug)]
enum Set {
    To(Written),
    Plus(Written),
    /// It and something else, which makes no false true.
    And,
    Or,
}

impl Set {
    fn of(name: &str, operation: &OpAssignment, value: &Expr) -> Option<Self> {
        let has = |parts: &[Expr]| parts.iter().any(|part| variable(part).is_some_and(|of| of == name));
        let operator = operation.get_op_assignment_info().map(|(.., operator)| operator);
        match (operator, value) {
            (None, Expr::And(parts, _)) if has(parts) => Some(Self::And),
            (None, Expr::Or(parts, _)) if has(parts) => Some(Self::Or),
            (None, value) => Written::of(value).map(Self::To),
            (Some("+"), value) => Written::of(value).map(Self::Plus),
            (Some("&"), _) => Some(Self::And),
            (Some("|"), _) => Some(Self::Or),
            _ => None,
        }
    }

    fn keeps(&self, value: &Written) -> bool {
        match self {
            Self::To(other) => other == value,
            Self::Plus(more) => more.is_a_beginning() && !matches!(more, Written::Empty),
            Self::And => *value == Written::Flag(false),
            Self::Or => *value == Written::Flag(true),
        }
    }
}

#[derive(Debug)]
struct Compared {
    operator: ImmutableString,
    sides: [Side; 2],
    at: Position,
}

/// One side of a comparison, or a condition.
#[derive(Debug)]
enum Side {
    Written(Written),
    Variable(ImmutableString),
    /// How much is in a variable.
    Length(ImmutableString),
    /// Whether nothing is in a variable.
    Emptiness(ImmutableString),
    /// A constant of the script.
    Constant(ImmutableString),
    /// What a pack or a rule is set to.
    Parameter,
    Other,
}

impl Mentioned {
    /// Takes in one node of a function.
    pub(super) fn take(&mut self, node: &ASTNode<'_>) {
        match node {
            ASTNode::Stmt(Stmt::Var(variable, _, _)) => {
                self.declared.push((variable.0.name.clone(), Written::of(&variable.1)));
            }
            ASTNode::Stmt(Stmt::For(parts, _)) => {
                let names = std::iter::once(&parts.0).chain(&parts.1);
                self.declared.extend(names.map(|name| (name.name.clone(), None)));
            }
            ASTNode::Stmt(Stmt::Assignment(assignment)) => {
                let set = variable(&assignment.1.lhs)
                    .and_then(|name| Some((name.clone(), Set::of(name, &assignment.0, &assignment.1.rhs)?)));
                match set {
                    Some(set) => self.set.push(set),
                    None => self.change(&assignment.1.lhs),
                }
            }
            ASTNode::Stmt(Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, _, _)) => self.go_by(&flow.expr),
            ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)) => self.call(call),
            ASTNode::Expr(Expr::And(parts, _) | Expr::Or(parts, _)) => parts.iter().for_each(|part| self.go_by(part)),
            ASTNode::Expr(Expr::Dot(sides, _, _)) => {
                let first = match &sides.rhs {
                    Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) => &chain.lhs,
                    other => other,
                };
                if matches!(first, Expr::MethodCall(call, _) if may_change(&call.name)) {
                    self.change(&sides.lhs);
                }
            }
            // Something is asked of an element, which may change it.
            ASTNode::Expr(Expr::Index(sides, _, _)) if matches!(sides.rhs, Expr::Dot(..) | Expr::Index(..)) => {
                self.change(&sides.lhs);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr) {
        self.shared |= call.capture_parent_scope;
        match (call.name.as_str(), call.args.as_slice()) {
            ("==" | "!=" | "<" | "<=" | ">" | ">=", [left, right]) => {
                let (sides, at) = ([Side::of(left), Side::of(right)], left.start_position());
                if sides.iter().any(|side| side.name().is_some()) {
                    self.compared.push(Compared { operator: call.name.clone(), sides, at });
                }
            }
            ("!", [only]) => self.go_by(only),
            (name, [first, ..]) if call.op_token.is_none() && may_change(name) => self.change(first),
            _ => {}
        }
    }

    fn go_by(&mut self, condition: &Expr) {
        let side = Side::of(condition);
        if side.name().is_some() {
            self.conditions.push((side, condition.start_position()));
        }
    }

    /// What is changed is the variable that all of it lies in.
    fn change(&mut self, place: &Expr) {
        match place {
            Expr::Dot(sides, _, _) | Expr::Index(sides, _, _) => self.change(&sides.lhs),
            other => self.changed.extend(variable(other).cloned()),
        }
    }

    /// The variables that keep what they are written with.
    fn kept(&self, params: &[ImmutableString]) -> BTreeMap<&str, &Written> {
        if self.shared {
            return BTreeMap::new();
        }
        let once = |name: &ImmutableString| self.declared.iter().filter(|(other, _)| other == name).count() == 1;
        let kept = |name: &ImmutableString| !self.changed.contains(name) && !params.contains(name) && once(name);
        let left = |name: &ImmutableString, written: &Written| {
            self.set.iter().filter(|(other, _)| other == name).all(|(_, set)| set.keeps(written))
        };
        let written = self.declared.iter().filter_map(|(name, written)| Some((name, written.as_ref()?)));
        written
            .filter(|(name, written)| kept(name) && left(name, written))
            .map(|(name, written)| (name.as_str(), written))
            .collect()
    }
}

/// Whether a function may change what it is called on: one of the script itself may.
fn may_change(name: &str) -> bool {
    let known = named(FUNCTIONS, name);
    known.is_empty() || known.iter().any(|function| function.changes)
}

/// A variable of the function.
fn variable(expression: &Expr) -> Option<&ImmutableString> {
    match expression {
        Expr::Variable(variable, _, _) if variable.2.is_empty() => Some(&variable.1),
        _ => None,
    }
}

impl Written {
    fn of(expression: &Expr) -> Option<Self> {
        match expression {
            Expr::IntegerConstant(number, _) => Some(Self::Number(*number)),
            Expr::FloatConstant(number, _) => Some(Self::Decimal(**number)),
            Expr::BoolConstant(flag, _) => Some(Self::Flag(*flag)),
            Expr::StringConstant(text, _) => Some(Self::Text(text.clone())),
            Expr::Array(elements, _) if elements.is_empty() => Some(Self::Empty),
            Expr::Map(entries, _) if entries.0.is_empty() => Some(Self::Empty),
            Expr::FnCall(call, _) if call.name == "-" && call.args.len() == 1 => match Self::of(call.args.first()?)? {
                Self::Number(number) => number.checked_neg().map(Self::Number),
                Self::Decimal(number) => Some(Self::Decimal(-number)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is what counting and collecting begin with.
    fn is_a_beginning(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0,
            Self::Decimal(number) => *number == 0.0,
            Self::Flag(flag) => !flag,
            Self::Text(text) => text.is_empty(),
            Self::Empty => true,
        }
    }

    /// How two compare that are of one type.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(one.cmp(other)),
            (Self::Decimal(one), Self::Decimal(other)) => one.partial_cmp(other),
            (Self::Flag(one), Self::Flag(other)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(one.as_str().cmp(other.as_str())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{number:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => write!(f, "`{text:?}`"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

impl Side {
    fn of(expression: &Expr) -> Self {
        if let Some(written) = Written::of(expression) {
            return Self::Written(written);
        }
        match expression {
            Expr::Variable(of, _, _) if of.2.is_empty() => Self::Variable(of.1.clone()),
            Expr::Variable(of, _, _) if of.2.path.iter().map(|part| part.name.as_str()).eq(["global"]) => {
                Self::Constant(of.1.clone())
            }
            Expr::Dot(sides, _, _) => {
                let Some(name) = variable(&sides.lhs) else { return Self::Other };
                match &sides.rhs {
                    _ if name == "params" => Self::Parameter,
                    Expr::MethodCall(call, _) if call.name == "len" => Self::Length(name.clone()),
                    Expr::MethodCall(call, _) if call.name == "is_empty" => Self::Emptiness(name.clone()),
                    Expr::Property(property, _) if property.2 == "len" => Self::Length(name.clone()),
                    Expr::Property(property, _) if property.2 == "is_empty" => Self::Emptiness(name.clone()),
                    _ => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }

    /// The variable that it is about.
    fn name(&self) -> Option<&ImmutableString> {
        match self {
            Self::Variable(name) | Self::Length(name) | Self::Emptiness(name) => Some(name),
            Self::Written(_) | Self::Constant(_) | Self::Parameter | Self::Other => None,
        }
    }

    /// What it is on every path, where its variable keeps what it is written with.
    fn known(&self, kept: &BTreeMap<&str, &Written>) -> Option<Written> {
        let of = *kept.get(self.name()?.as_str())?;
        let length = match of {
            Written::Empty => Some(0),
            Written::Text(text) => INT::try_from(text.chars().count()).ok(),
            _ => None,
        };
        match self {
            Self::Variable(_) => Some(of.clone()),
            Self::Length(_) => length.map(Written::Number),
            Self::Emptiness(_) => length.map(|length| Written::Flag(length == 0)),
            _ => None,
        }
    }
}

impl Checker<'_> {
    /// Conditions of a script's functions that its variables answer by themselves.
    pub(super) fn unchanged(&mut self) {
        for body in &self.unit().bodies {
            self.unchanged_in(body);
        }
    }

    fn unchanged_in(&mut self, body: &Body) {
        let mentioned = &body.mentioned;
        let kept = mentioned.kept(&body.params);
        if kept.is_empty() {
            return;
        }
        for (side, at) in &mentioned.conditions {
            if let Some(Written::Flag(flag)) = side.known(&kept) {
                self.never_changed(side, &kept, &format!(", so that this is always {flag}"), *at);
            }
        }
        for Compared { operator, sides: [left, right], at } in &mentioned.compared {
            let value = |side: &Side| match side {
                Side::Written(written) => Some(written.clone()),
                Side::Constant(name) => self.unit().constants.get(name).and_then(Written::of),
                other => other.known(&kept),
            };
            let Some(side) = [left, right].into_iter().find(|side| side.known(&kept).is_some()) else { continue };
            let by_parameter = matches!((left, right), (Side::Parameter, _) | (_, Side::Parameter));
            let says = match value(left).zip(value(right)).and_then(|(left, right)| left.compare(&right)) {
                Some(order) => format!(", so that this is always {}", holds(operator, order)),
                None if by_parameter && side.known(&kept).is_some_and(|known| known.is_a_beginning()) => String::new(),
                None => continue,
            };
            self.never_changed(side, &kept, &says, *at);
        }
    }

    fn never_changed(&mut self, side: &Side, kept: &BTreeMap<&str, &Written>, says: &str, at: Position) {
        let Some((name, written)) = side.name().and_then(|name| Some((name, *kept.get(name.as_str())?))) else {
            return;
        };
        let help = match written {
            Written::Number(_) => format!("count with `{name} += 1`, or write the number itself"),
            Written::Decimal(_) => format!("add to it with `{name} += ..`, or write the number itself"),
            Written::Flag(flag) => format!("set it with `{name} = {};`, or leave the condition out", !flag),
            Written::Text(_) => format!("set it with `{name} = ..;`, or write the text itself"),
            Written::Empty => format!("fill it, as in `{name}.push(..);` for an array"),
        };
        let message = format!("`{name}` is always {written}: nothing makes it anything else{says}");
        self.report(Code::ConstantCondition, at, message, Some(help));
    }
}

fn holds(operator: &str, order: Ordering) -> bool {
    match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}
