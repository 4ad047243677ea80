//! What can never hold, or always does, by what is written out: comparisons of constants, empty ranges and arrays, numbers
//! below zero, and one value that is to be two.

use rhai::{Expr, FLOAT, FnCallExpr, INT, Position};

use super::calls::Holder;
use super::checker::{Checker, Frame, Origin};
use super::is_constant;
use super::kind::{Kind, Texts};
use crate::diagnostic::Code;

/// Properties that are never below zero.
const COUNTS: &[&str] = &["line", "added", "removed", "attempts", "covered", "missed", "len"];
/// Functions that are never below zero.
const COUNTING: &[&str] = &["count", "len", "lines_added", "lines_removed", "lines_changed"];
/// How many parts of one condition are compared with each other.
const MAX_PARTS: usize = 50;

impl<'a> Checker<'a> {
    /// What a constant is, at the top of the script or of a module.
    fn constant_of(&mut self, expression: &Expr) -> Option<&'a Expr> {
        let Expr::Variable(variable, ..) = expression else { return None };
        match variable.2.path.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().as_slice() {
            ["global"] => self.unit().constants.get(&variable.1),
            [alias] => {
                let module = self.module(alias)?;
                let before = self.enter(module);
                let constants = &self.unit().constants;
                self.enter(before);
                constants.get(&variable.1)
            }
            _ => None,
        }
    }

    /// A whole number that is written out, or a constant.
    fn number(&mut self, expression: &Expr) -> Option<INT> {
        match expression {
            Expr::IntegerConstant(number, _) => Some(*number),
            Expr::FnCall(call, _) if call.name == "-" => match call.args.as_slice() {
                [only] => self.number(only)?.checked_neg(),
                _ => None,
            },
            other => self.constant_of(other).and_then(|constant| self.number(constant)),
        }
    }

    /// A decimal number that is written out, or a constant.
    fn decimal(&mut self, expression: &Expr) -> Option<FLOAT> {
        match expression {
            Expr::FloatConstant(number, _) => Some(**number),
            Expr::FnCall(call, _) if call.name == "-" => match call.args.as_slice() {
                [only] => self.decimal(only).map(|number| -number),
                _ => None,
            },
            other => self.constant_of(other).and_then(|constant| self.decimal(constant)),
        }
    }

    /// `left op right`: what is the same on every path.
    pub(super) fn settled(&mut self, operator: &str, left: (&Expr, &Kind), right: (&Expr, &Kind)) {
        let at = left.0.start_position();
        if is_constant(left.0) && is_constant(right.0) {
            self.constant(at);
            return;
        }
        let turned = match operator {
            "<" => ">",
            "<=" => ">=",
            ">" => "<",
            ">=" => "<=",
            same => same,
        };
        for (whole, part) in [(left, right), (right, left)] {
            let is_quotient = matches!(whole.0, Expr::FnCall(call, _) if call.name == "/");
            let Some(part) = self.decimal(part.0).filter(|_| *whole.1 == Kind::Number && !is_quotient) else {
                continue;
            };
            if part.fract() != 0.0 && (part.abs() < 1.0 || matches!(operator, "==" | "!=")) {
                let message = format!("a whole number is compared with {part}, which is none");
                let help = "percentages are whole, as in `percent() < 80`; a share comes of decimals, as in `part.to_float() / all`";
                self.report(Code::ConstantCondition, at, message, Some(help));
                return;
            }
        }
        for (count, number, operator) in [(left, right, operator), (right, left, turned)] {
            let Some(name) = counted(count.0).filter(|_| *count.1 == Kind::Number) else { continue };
            let Some(number) = self.number(number.0) else { continue };
            let outcome = match operator {
                ">=" if number <= 0 => true,
                ">" | "!=" if number < 0 => true,
                "<" if number <= 0 => false,
                "<=" | "==" if number < 0 => false,
                _ => continue,
            };
            let message = format!("`{name}` is never below 0, so that this is always {outcome}");
            self.report(Code::ConstantCondition, at, message, Some("ask `> 0`, or `== 0`"));
            return;
        }
    }

    /// A range without a number in it, as a loop goes through it.
    pub(super) fn empty_range(&mut self, expression: &Expr) -> bool {
        let Expr::FnCall(call, _) = expression else { return false };
        let numbers: Option<Vec<INT>> = call.args.iter().map(|argument| self.number(argument)).collect();
        match (call.name.as_str(), numbers.as_deref()) {
            (".." | "range", Some([from, to])) => from >= to,
            ("..=", Some([from, to])) => from > to,
            ("range", Some([from, to, step])) => *step > 0 && from >= to || *step < 0 && from <= to,
            _ => false,
        }
    }

    /// An array that never has an element: one that is written out, a constant, or a variable that nothing was put into.
    pub(super) fn empty_array(&mut self, frame: &mut Frame, expression: &Expr, kind: &Kind) -> bool {
        match expression {
            Expr::Array(elements, _) => elements.is_empty(),
            Expr::Variable(variable, ..) if variable.2.is_empty() => {
                let filled = !matches!(kind, Kind::Array(element) if **element == Kind::Never);
                !filled && frame.local(&variable.1).is_some_and(|local| local.origin == Origin::Let)
            }
            other => matches!(self.constant_of(other), Some(Expr::Array(elements, _)) if elements.is_empty()),
        }
    }

    /// `item in holder`, where what is in the holder is known.
    pub(super) fn never_in(&mut self, frame: &mut Frame, holder: (&Expr, &Kind), item: (&Kind, Position)) {
        if self.empty_array(frame, holder.0, holder.1) {
            let message = "nothing is in an empty array";
            self.report(Code::ConstantCondition, holder.0.start_position(), message, None::<String>);
            return;
        }
        let mine = match holder.0 {
            Expr::Map(..) => true,
            Expr::Variable(variable, ..) if variable.2.is_empty() => {
                self.is_own(frame, &Holder::variable(Kind::Unknown, variable.1.clone()))
            }
            other => self.constant_of(other).is_some(),
        };
        if mine {
            self.no_entry(holder.1, item);
        }
    }

    /// Whether a variable has what this function alone put into it. What a function is given may be another map each time.
    pub(super) fn is_own(&self, frame: &mut Frame, holder: &Holder) -> bool {
        let given = frame.locals.iter().any(|local| local.origin == Origin::Parameter && local.kind.is_map());
        let local = holder.variable.as_ref().and_then(|name| frame.local(name));
        !given && local.is_some_and(|local| local.origin == Origin::Let)
    }

    /// A key that a map whose entries are known does not have.
    pub(super) fn no_entry(&mut self, holder: &Kind, (item, at): (&Kind, Position)) {
        if let (Kind::Record(entries), Kind::Text(Texts::One(name))) = (holder, item)
            && holder.entry(name).is_none()
        {
            let message = format!("the map never has an entry `{name}`");
            let mistake = self.mistake(Code::ConstantCondition, at, message);
            self.push(mistake.suggest(name, entries.iter().map(|(key, _)| key.as_str())));
        }
    }

    /// `a == 1 && a == 2`, which never holds; `a != 1 || a != 2`, which always does.
    pub(super) fn one_value(&mut self, parts: &[Expr], all: bool) {
        let operator = if all { "==" } else { "!=" };
        let asked: Vec<(&Expr, &Expr)> = parts
            .iter()
            .take(MAX_PARTS)
            .filter_map(|part| match part {
                Expr::FnCall(call, _) if call.name == operator => literal_side(call),
                _ => None,
            })
            .collect();
        for (index, (value, literal)) in asked.iter().enumerate() {
            let earlier = asked.get(..index).unwrap_or_default();
            if earlier.iter().any(|(other, known)| same(value, other) && differ(literal, known)) {
                let (message, help) = if all {
                    ("one value can't be both, so that this never holds", "write `||`, or `value in [..]`")
                } else {
                    ("one value is never both, so that this always holds", "write `&&`, or `value !in [..]`")
                };
                self.report(Code::ConstantCondition, value.start_position(), message, Some(help));
                return;
            }
        }
    }
}

/// What stands at the end of a chain, where that counts something.
fn counted(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Dot(sides, ..) => counted(&sides.rhs),
        Expr::Property(property, _) => Some(property.2.as_str()).filter(|name| COUNTS.contains(name)),
        Expr::MethodCall(call, _) if call.args.is_empty() => counting(call),
        Expr::FnCall(call, _) if call.args.len() == 1 => counting(call),
        _ => None,
    }
}

fn counting(call: &FnCallExpr) -> Option<&str> {
    Some(call.name.as_str()).filter(|name| COUNTING.contains(name))
}

/// The value that is compared, and what is written out beside it.
fn literal_side(call: &FnCallExpr) -> Option<(&Expr, &Expr)> {
    match call.args.as_slice() {
        [value, literal] if is_literal(literal) => Some((value, literal)),
        [literal, value] if is_literal(literal) => Some((value, literal)),
        _ => None,
    }
}

const fn is_literal(expression: &Expr) -> bool {
    matches!(expression, Expr::StringConstant(..) | Expr::IntegerConstant(..) | Expr::CharConstant(..))
}

fn differ(left: &Expr, right: &Expr) -> bool {
    match (left, right) {
        (Expr::StringConstant(left, _), Expr::StringConstant(right, _)) => left != right,
        (Expr::IntegerConstant(left, _), Expr::IntegerConstant(right, _)) => left != right,
        (Expr::CharConstant(left, _), Expr::CharConstant(right, _)) => left != right,
        _ => false,
    }
}

/// Whether two expressions read the same variable or property.
fn same(left: &Expr, right: &Expr) -> bool {
    match (left, right) {
        (Expr::Variable(left, ..), Expr::Variable(right, ..)) => {
            left.1 == right.1 && left.2.is_empty() && right.2.is_empty()
        }
        (Expr::Property(left, _), Expr::Property(right, _)) => left.2 == right.2,
        (Expr::Dot(left, ..), Expr::Dot(right, ..)) => same(&left.lhs, &right.lhs) && same(&left.rhs, &right.rhs),
        (Expr::ThisPtr(_), Expr::ThisPtr(_)) => true,
        _ => false,
    }
}
