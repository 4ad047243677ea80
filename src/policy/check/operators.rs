//! Operators: which types go together, as the host's own operators hold it when a rule runs.

use rhai::{Expr, FnCallExpr, Position};

use super::checker::{Checker, Frame};
use super::expressions::is_shown;
use super::kind::{Kind, Meaning, TEXT, Texts};
use super::meanings::text_of;
use crate::diagnostic::Code;
use crate::policy::host::{DATE, item_of, one_scale};

/// A side of an operator: what it is, and where it stands.
type Side<'a> = (&'a Kind, Position);

impl Checker<'_> {
    pub(super) fn operator(&mut self, frame: &mut Frame, call: &FnCallExpr, position: Position) -> Kind {
        let name = call.name.as_str();
        match call.args.as_slice() {
            [only] if name == "!" => {
                let kind = self.expression(frame, only);
                self.flag(&kind, only.start_position());
                Kind::Flag
            }
            [only] => {
                let kind = self.needed(frame, only);
                if matches!(kind, Kind::Number | Kind::Decimal) || !kind.is_known() {
                    return kind;
                }
                self.mismatch(only.start_position(), format!("found {kind} behind `{name}`, expected a number"));
                Kind::Unknown
            }
            [holder, item] if name == "contains" => self.contained(frame, holder, item, position),
            [left, right] => {
                let kinds = (self.side(frame, left, name), self.side(frame, right, name));
                let sides = ((&kinds.0, left.start_position()), (&kinds.1, right.start_position()));
                self.whole_quotient(name, (left, &kinds.0), (right, &kinds.1));
                match name {
                    "==" | "!=" | "<" | "<=" | ">" | ">=" => {
                        let found = self.found();
                        self.beside_nothing((left, &kinds.0), (right, &kinds.1));
                        self.compare(name, sides.0, sides.1, position);
                        if self.found() == found {
                            self.settled(name, (left, &kinds.0), (right, &kinds.1));
                        }
                        if !matches!((&kinds.0, &kinds.1), (Kind::Word(_), _) | (_, Kind::Word(_))) {
                            self.compared(frame, left);
                            self.compared(frame, right);
                        }
                        Kind::Flag
                    }
                    ".." | "..=" => {
                        for (kind, at) in [sides.0, sides.1] {
                            if kind.is_known() && *kind != Kind::Number {
                                self.mismatch(at, format!("found {kind} at an end of a range, expected a number"));
                            }
                        }
                        Kind::Range
                    }
                    _ => self.arithmetic(name, sides.0, sides.1, position),
                }
            }
            _ => Kind::Unknown,
        }
    }

    /// A whole number divided by one is whole: as a share it is nothing, also once it is compared with a decimal or multiplied.
    fn whole_quotient(&mut self, operator: &str, left: (&Expr, &Kind), right: (&Expr, &Kind)) {
        let compares = matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=");
        for ((expression, kind), (_, other)) in [(left, right), (right, left)] {
            let Expr::FnCall(call, position) = expression else { continue };
            let [_, divisor] = call.args.as_slice() else { continue };
            if call.name != "/" || *kind != Kind::Number {
                continue;
            }
            // Rounding down to a step, as in `line / 10 * 10`, is meant.
            let is_share = operator == "*" && !matches!(divisor, Expr::IntegerConstant(..));
            if is_share || compares && *other == Kind::Decimal {
                let message = "a whole number divided by a whole number loses its fraction";
                let help =
                    "multiply first, as in `part * 100 / all`, or divide decimals, as in `part.to_float() / all`";
                self.report(Code::TypeMismatch, *position, message, Some(help));
                return;
            }
        }
    }

    /// To compare something with `()` errs where it is a value, so that it asks nothing.
    fn beside_nothing(&mut self, left: (&Expr, &Kind), right: (&Expr, &Kind)) {
        for ((nothing, _), (_, kind)) in [(left, right), (right, left)] {
            if matches!(nothing, Expr::Unit(_)) && *kind == Kind::Unknown {
                let message = "to compare a value with nothing errs where the value is there";
                let help =
                    "ask before it is taken, by `some(..)`, `in` or `len()`, as in `if list.len() > 0 { list[0] }`";
                self.report(Code::TypeMismatch, nothing.start_position(), message, Some(help));
            }
        }
    }

    /// `()` stands in a comparison as itself; elsewhere a value is needed.
    fn side(&mut self, frame: &mut Frame, expression: &Expr, operator: &str) -> Kind {
        let kind = self.needed(frame, expression);
        let compares = operator.contains(['=', '<', '>']);
        if kind == Kind::Nothing && !compares {
            self.mismatch(expression.start_position(), "found nothing, expected a value");
            return Kind::Unknown;
        }
        kind
    }

    /// A text that is asked about is not taken to be the one that it was given first: the question may be what keeps it
    /// from places where it does not fit.
    pub(super) fn compared(&mut self, frame: &mut Frame, expression: &Expr) {
        if let Expr::Variable(variable, _, _) = expression
            && let Some(local) = frame.local(&variable.1)
            && matches!(local.kind, Kind::Text(Texts::One(_) | Texts::Each(_)))
        {
            local.kind = TEXT;
        }
    }

    pub(super) fn compare(&mut self, operator: &str, left: Side<'_>, right: Side<'_>, position: Position) {
        let orders = !matches!(operator, "==" | "!=");
        for ((word, _), (text, at)) in [(left, right), (right, left)] {
            let fits = match word {
                Kind::Word(vocabulary) => self.keyed(vocabulary, text, at),
                Kind::Text(Texts::Of(meaning)) => self.beside(operator, *meaning, text, at),
                _ => true,
            };
            if !fits {
                return;
            }
        }
        if let (Kind::Text(Texts::Of(Meaning::Version)), Kind::Text(_), true)
        | (Kind::Text(_), Kind::Text(Texts::Of(Meaning::Version)), true) = (left.0, right.0, orders)
        {
            let message = format!("`{operator}` compares versions letter by letter: as texts, 1.10 is below 1.9");
            let help = format!("write `compare_versions(ecosystem, left, right) {operator} 0`");
            self.report(Code::TypeMismatch, position, message, Some(help));
            return;
        }
        if !comparable(left.0, right.0) {
            let help = match (left.0, right.0) {
                (Kind::Nothing, _) | (_, Kind::Nothing) => {
                    Some("nothing can be compared only with nothing; ask whether the value is there first")
                }
                (Kind::Host(name), _) | (_, Kind::Host(name)) if item_of(name).is_some() => {
                    Some("write how many there are, as in `selection.count()`")
                }
                (Kind::Character, Kind::Text(_)) | (Kind::Text(_), Kind::Character) => {
                    Some("a character is written between single quotes, as in `'a'`")
                }
                _ => None,
            };
            self.report(Code::TypeMismatch, position, format!("can't compare {} with {}", left.0, right.0), help);
            return;
        }
        if !orders {
            return;
        }
        for (kind, _) in [left, right] {
            match kind {
                Kind::Word(vocabulary) if !vocabulary.ordered => {
                    let message = format!("{kind} has no order; only `==`, `!=` and `in` mean something");
                    self.mismatch(position, message);
                    return;
                }
                Kind::Host(DATE) => {}
                Kind::Flag
                | Kind::Host(_)
                | Kind::Array(_)
                | Kind::Map(_)
                | Kind::ByWord(..)
                | Kind::Record(_)
                | Kind::Nothing => {
                    self.mismatch(position, format!("{kind} has no order; only `==` and `!=` mean something"));
                    return;
                }
                _ => {}
            }
        }
    }

    /// `+`, `-` and the like: what comes out.
    pub(super) fn arithmetic(&mut self, operator: &str, left: Side<'_>, right: Side<'_>, position: Position) -> Kind {
        match (operator, left.0, right.0) {
            ("+", Kind::Text(_), Kind::Unknown | Kind::Never) => return TEXT,
            (_, Kind::Unknown | Kind::Never, _) | (_, _, Kind::Unknown | Kind::Never) => return Kind::Unknown,
            (_, Kind::Number, Kind::Number) => return Kind::Number,
            ("+" | "-" | "*" | "/" | "%" | "**", Kind::Number | Kind::Decimal, Kind::Number | Kind::Decimal) => {
                return Kind::Decimal;
            }
            ("+", text, word) | ("+", word, text)
                if matches!(text.texts(), [only] if only.is_empty()) && word.word().is_some() =>
            {
                return text_of(word);
            }
            ("+", Kind::Text(_), kind) if is_shown(kind) => return TEXT,
            ("+", Kind::Word(_) | Kind::Character, Kind::Text(_)) => return TEXT,
            ("+", Kind::Array(left), Kind::Array(right)) => {
                return Kind::Array(Box::new((**left).clone().join((**right).clone())));
            }
            ("+", left, right) if left.is_map() && right.is_map() => {
                return Kind::Map(Box::new(left.values().join(right.values())));
            }
            ("&" | "|" | "^", Kind::Flag, Kind::Flag) => return Kind::Flag,
            // Whatever else the engine does with texts and characters is not told apart here.
            ("-", Kind::Text(_) | Kind::Character, Kind::Text(_) | Kind::Character)
            | ("+", Kind::Character, Kind::Character) => return Kind::Unknown,
            _ => {}
        }
        let text = matches!(left.0, Kind::Text(_)) || matches!(right.0, Kind::Text(_));
        let message = format!("`{operator}` does not go with {} and {}", left.0, right.0);
        let help = (operator == "+" && text).then_some("write one text with `${..}` in it");
        self.report(Code::TypeMismatch, position, message, help);
        if operator == "+" && text { TEXT } else { Kind::Unknown }
    }

    /// `item in holder`, or `holder.contains(item)`.
    pub(super) fn membership(
        &mut self,
        holder: Side<'_>,
        elements: Option<&[Expr]>,
        item: Side<'_>,
        position: Position,
    ) {
        let (kind, at) = holder;
        match kind {
            Kind::Unknown | Kind::Never => {}
            Kind::Array(element) => {
                if let (Kind::Word(_) | Kind::Text(Texts::Of(_)), Some(elements)) = (item.0, elements) {
                    // Each element has its own place.
                    for element in elements {
                        if let Expr::StringConstant(text, at) = element {
                            self.compare("==", item, (&Kind::Text(Texts::One(text.clone())), *at), position);
                        }
                    }
                }
                let element = (**element).clone();
                let element = if elements.is_some() { element.plain() } else { element };
                self.compare("==", item, (&element, at), position);
            }
            Kind::Map(_) | Kind::ByWord(..) | Kind::Record(_) | Kind::Parameters => {
                self.looked_up(item, matches!(item.0, Kind::Text(_)), "a text", kind);
                self.keyed_by_word(kind, item.0, item.1);
                if let Some(words) = kind.key_words() {
                    self.keyed(words, item.0, item.1);
                }
            }
            Kind::Text(_) => {
                self.part_of("contains", kind, item.0, item.1);
                self.looked_up(item, matches!(item.0, Kind::Text(_) | Kind::Character), "a text", kind);
            }
            Kind::Range => self.looked_up(item, *item.0 == Kind::Number, "a number", kind),
            Kind::Host(view) if item_of(view).is_some() => {
                let fits = matches!(item.0, Kind::Host(host) if item_of(view) == Some(*host));
                self.looked_up(item, fits, "one of its items", kind);
            }
            kind => self.mismatch(at, format!("can't look into {kind} for {}", item.0)),
        }
    }

    fn looked_up(&mut self, (item, at): Side<'_>, fits: bool, expected: &str, holder: &Kind) {
        if item.is_known() && !fits {
            self.mismatch(at, format!("can't look for {item} in {holder}, expected {expected}"));
        }
    }
}

/// Whether two values can be compared.
fn comparable(left: &Kind, right: &Kind) -> bool {
    match (left, right) {
        (Kind::Unknown | Kind::Never, _) | (_, Kind::Unknown | Kind::Never) => true,
        (Kind::Number | Kind::Decimal, Kind::Number | Kind::Decimal) => true,
        (Kind::Text(_), Kind::Text(_) | Kind::Word(_)) | (Kind::Word(_), Kind::Text(_)) => true,
        (Kind::Word(left), Kind::Word(right)) => left.name == right.name || one_scale(left, right),
        (Kind::Character, Kind::Character) | (Kind::Flag, Kind::Flag) | (Kind::Nothing, Kind::Nothing) => true,
        (Kind::Host(left), Kind::Host(right)) => left == right,
        (Kind::Array(left), Kind::Array(right)) => comparable(left, right),
        (left, right) => left.is_map() && right.is_map(),
    }
}
