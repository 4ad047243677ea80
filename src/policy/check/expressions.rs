//! Expressions: what each gives, and what can't be put together.

use std::sync::Arc;

use rhai::{Expr, FnPtr, ImmutableString, Position};

use super::checker::{Checker, Frame};
use super::is_constant;
use super::kind::{Kind, TEXT, Texts};
use super::meanings::text_of;
use super::statements::Want;
use crate::diagnostic::Code;
use crate::policy::host::{DATE, item_of};

impl Checker<'_> {
    /// What an expression gives.
    pub(super) fn expression(&mut self, frame: &mut Frame, expression: &Expr) -> Kind {
        if !self.step(expression.start_position()) {
            return Kind::Unknown;
        }
        self.depth += 1;
        let kind = match expression {
            Expr::FnCall(call, position) => self.call(frame, call, *position),
            Expr::Dot(..) | Expr::Index(..) => self.chain(frame, expression),
            _ => {
                let kind = self.simple(frame, expression);
                self.did = false;
                kind
            }
        };
        self.depth -= 1;
        kind
    }

    /// What an expression gives where a value is needed.
    pub(super) fn needed(&mut self, frame: &mut Frame, expression: &Expr) -> Kind {
        let kind = self.expression(frame, expression);
        let position = expression.start_position();
        match (kind, expression) {
            (Kind::Nothing, Expr::Unit(_)) => Kind::Nothing,
            (Kind::Nothing, _) => {
                self.mismatch(position, "this gives nothing, expected a value");
                Kind::Unknown
            }
            (Kind::Maybe(kind), _) => {
                let message = format!("this gives {kind} on some paths and nothing on others, expected a value");
                let help = "give a value on every path, as with `else`";
                self.report(Code::TypeMismatch, position, message, Some(help));
                *kind
            }
            (kind, _) => kind,
        }
    }

    fn simple(&mut self, frame: &mut Frame, expression: &Expr) -> Kind {
        match expression {
            Expr::InterpolatedString(parts, _) => {
                let mut all: Option<Kind> = None;
                for part in parts.iter().filter(|part| !is_empty_text(part)) {
                    let kind = self.needed(frame, part);
                    self.shown(&kind, part.start_position());
                    all = Some(if all.is_none() { text_of(&kind) } else { TEXT });
                }
                all.unwrap_or(TEXT).plain()
            }
            Expr::Array(elements, _) => {
                let kinds: Vec<Kind> = elements.iter().map(|element| self.needed(frame, element)).collect();
                array_of(kinds)
            }
            Expr::Map(map, _) => {
                let entries = map.0.iter().map(|(name, value)| (name.name.clone(), self.needed(frame, value)));
                Kind::Record(entries.collect::<Vec<_>>().into()).bounded()
            }
            Expr::Variable(variable, _, position) => {
                let path: Vec<&str> = variable.2.path.iter().map(|part| part.name.as_str()).collect();
                self.variable(frame, &path, &variable.1, *position)
            }
            Expr::ThisPtr(_) => frame.this.clone(),
            Expr::Stmt(block) => self.block(frame, block.statements(), Want::Value),
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                self.one_value(parts, matches!(expression, Expr::And(..)));
                for part in parts.iter() {
                    let kind = self.expression(frame, part);
                    self.flag(&kind, part.start_position());
                    if is_constant(part) && !matches!(part, Expr::And(..) | Expr::Or(..)) {
                        self.constant(part.start_position());
                    }
                }
                Kind::Flag
            }
            literal => {
                let kind = literal_kind(literal);
                if let Kind::Function(name) = &kind {
                    self.shadowing_parameters(frame, name, literal.start_position());
                }
                if let Expr::StringConstant(text, position) = literal {
                    self.unfilled(frame, text, *position);
                }
                kind
            }
        }
    }

    /// A text between quotes that names a variable as one between backticks does: it would be shown, or compared, as it stands.
    fn unfilled(&mut self, frame: &mut Frame, text: &str, position: Position) {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        for (at, _) in text.match_indices("${") {
            let inside = text.get(at + 2..).unwrap_or_default().trim_start();
            let name = inside.get(..inside.find(|other| !is_part(other)).unwrap_or(inside.len())).unwrap_or_default();
            if inside.contains('}') && frame.local(name).is_some() {
                frame.read(name, self.steps());
                let message =
                    format!("`${{{name}` is not filled in between quotes, where a text stands as it is written");
                self.report(Code::SyntaxError, position, message, Some("write the text between backticks: `..`"));
                return;
            }
        }
    }

    fn variable(&mut self, frame: &mut Frame, path: &[&str], name: &ImmutableString, position: Position) -> Kind {
        let unit = self.unit();
        match path {
            [] => {
                frame.read(name, self.steps());
                frame.local(name).map_or(Kind::Unknown, |local| local.kind.clone())
            }
            ["global"] => match unit.constants.get(name) {
                Some(value) => literal_kind(value),
                None => {
                    let message = format!("the script has no constant `{name}`");
                    let mistake = self.mistake(Code::UnknownProperty, position, message);
                    self.push(mistake.suggest(name, unit.constants.keys().map(ImmutableString::as_str)));
                    Kind::Unknown
                }
            },
            [alias] => {
                let Some(module) = self.module(alias) else {
                    let message = format!("the script imports nothing as `{alias}`");
                    self.report(Code::UnknownModule, position, message, None::<String>);
                    return Kind::Unknown;
                };
                let before = self.enter(module);
                let constants = &self.unit().constants;
                self.enter(before);
                match constants.get(name) {
                    Some(value) => literal_kind(value),
                    None => {
                        let message = format!("the module `{alias}` has no constant `{name}`");
                        let mistake = self.mistake(Code::UnknownProperty, position, message);
                        self.push(mistake.suggest(name, constants.keys().map(ImmutableString::as_str)));
                        Kind::Unknown
                    }
                }
            }
            _ => Kind::Unknown,
        }
    }

    /// What stands in a text has to be something that people can read: of a selection there would be its type's name.
    pub(super) fn shown(&mut self, kind: &Kind, position: Position) {
        if is_shown(kind) {
            return;
        }
        let help = match kind {
            Kind::Host(name) if item_of(name).is_some() => Some("write how many there are, as in `selection.count()`"),
            Kind::Host(_) => Some("write one of its properties"),
            Kind::Array(_) => Some("write `list.join(\", \")`"),
            _ => None,
        };
        self.report(Code::TypeMismatch, position, format!("{kind} can't be written into a text"), help);
    }
}

/// Whether people can read a value in a text: of a list of texts they would see the quotes, of evidence a type's name.
pub(super) fn is_shown(kind: &Kind) -> bool {
    if let Kind::Array(element) = kind {
        return matches!(**element, Kind::Unknown | Kind::Number | Kind::Decimal | Kind::Flag);
    }
    matches!(
        kind,
        Kind::Unknown
            | Kind::Never
            | Kind::Text(_)
            | Kind::Character
            | Kind::Number
            | Kind::Decimal
            | Kind::Flag
            | Kind::Word(_)
            | Kind::Host(DATE)
    )
}

fn is_empty_text(expression: &Expr) -> bool {
    matches!(expression, Expr::StringConstant(text, _) if text.is_empty())
}

/// An array of some elements; where all of them are written out, it is known which texts they are.
pub(super) fn array_of(kinds: Vec<Kind>) -> Kind {
    let texts: Option<Vec<ImmutableString>> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Text(Texts::One(text)) => Some(text.clone()),
            _ => None,
        })
        .collect();
    let element = match texts {
        Some(texts) if !texts.is_empty() => Kind::Text(Texts::Each(Arc::from(texts))),
        _ => kinds.into_iter().fold(Kind::Never, Kind::join),
    };
    Kind::Array(Box::new(element)).bounded()
}

/// What is written out.
fn literal_kind(expression: &Expr) -> Kind {
    match expression {
        Expr::BoolConstant(..) => Kind::Flag,
        Expr::IntegerConstant(..) => Kind::Number,
        Expr::FloatConstant(..) => Kind::Decimal,
        Expr::CharConstant(..) => Kind::Character,
        Expr::StringConstant(text, _) => Kind::Text(Texts::One(text.clone())),
        Expr::Unit(_) => Kind::Nothing,
        Expr::DynamicConstant(value, _) => match value.read_lock::<FnPtr>() {
            Some(function) => Kind::Function(function.fn_name().into()),
            None => Kind::Unknown,
        },
        Expr::Array(elements, _) => array_of(elements.iter().map(literal_kind).collect()),
        Expr::Map(map, _) => Kind::Record(
            map.0.iter().map(|(name, value)| (name.name.clone(), literal_kind(value))).collect::<Vec<_>>().into(),
        ),
        // A number below zero is written with an operator.
        Expr::FnCall(call, _) => call.args.first().map_or(Kind::Unknown, literal_kind),
        _ => Kind::Unknown,
    }
}
