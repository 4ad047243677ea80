//! What stands behind a dot or in brackets: properties, methods and entries, each of the type that is before it.

use rhai::{ASTFlags, Expr, Position};

use super::calls::Holder;
use super::checker::{Checker, Frame};
use super::kind::{Kind, TEXT, Texts};
use super::known::given;
use super::meanings::meant;
use super::standard::{FUNCTIONS, PROPERTIES, named};
use crate::diagnostic::Code;
use crate::policy::host::item_of;

impl Checker<'_> {
    /// `a.b`, `a[b]`, and whatever follows.
    pub(super) fn chain(&mut self, frame: &mut Frame, expression: &Expr) -> Kind {
        match expression {
            Expr::Dot(sides, _, _) => {
                let holder = self.root(frame, &sides.lhs);
                self.wrote = false;
                let kind = self.follow(frame, &holder, &sides.rhs).kind;
                self.looked_at(frame, &sides.lhs);
                kind
            }
            Expr::Index(sides, flags, position) => {
                let holder = self.root(frame, &sides.lhs);
                self.wrote = false;
                let kind = self.indexed(frame, &holder, &sides.rhs, *flags, *position).kind;
                self.looked_at(frame, &sides.lhs);
                kind
            }
            _ => Kind::Unknown,
        }
    }

    fn root(&mut self, frame: &mut Frame, expression: &Expr) -> Holder {
        if let Expr::Variable(variable, _, position) = expression
            && variable.2.is_empty()
        {
            // Whether it is read shows at the end of what stands behind it.
            let known = self.step(*position);
            let kind = frame.local(&variable.1).filter(|_| known).map_or(Kind::Unknown, |local| local.kind.clone());
            return Holder::variable(kind, variable.1.clone());
        }
        let kind = self.expression(frame, expression);
        match expression {
            // An element that a function changes through `this` is kept.
            Expr::ThisPtr(_) => Holder { kept: true, ..Holder::of(kind) },
            _ => Holder::of(kind),
        }
    }

    /// What stands behind a dot.
    fn follow(&mut self, frame: &mut Frame, holder: &Holder, rest: &Expr) -> Holder {
        match rest {
            Expr::Property(property, position) => {
                self.did = false;
                let kind = self.property(holder, &property.2, *position);
                holder.inside(kind)
            }
            Expr::MethodCall(call, position) => {
                let found = self.found();
                self.called = None;
                let kind = self.method(frame, holder, call, *position);
                let queries =
                    if self.found() == found { self.queried(holder, call, &kind, *position) } else { Vec::new() };
                Holder { queries, ..Holder::of(kind) }
            }
            Expr::Dot(sides, _, _) => {
                let next = self.follow(frame, holder, &sides.lhs);
                self.follow(frame, &next, &sides.rhs)
            }
            Expr::Index(sides, flags, position) => {
                let next = self.follow(frame, holder, &sides.lhs);
                self.indexed(frame, &next, &sides.rhs, *flags, *position)
            }
            _ => Holder::of(Kind::Unknown),
        }
    }

    /// What stands in brackets, and whatever follows unless that is all.
    fn indexed(
        &mut self,
        frame: &mut Frame,
        holder: &Holder,
        rest: &Expr,
        flags: ASTFlags,
        position: Position,
    ) -> Holder {
        match rest {
            Expr::Dot(sides, _, _) if !flags.intersects(ASTFlags::BREAK) => {
                let next = self.element(frame, holder, &sides.lhs, position);
                self.follow(frame, &next, &sides.rhs)
            }
            Expr::Index(sides, inner, at) if !flags.intersects(ASTFlags::BREAK) => {
                let next = self.element(frame, holder, &sides.lhs, position);
                self.indexed(frame, &next, &sides.rhs, *inner, *at)
            }
            key => self.element(frame, holder, key, position),
        }
    }

    fn element(&mut self, frame: &mut Frame, holder: &Holder, key: &Expr, position: Position) -> Holder {
        let index = self.needed(frame, key);
        self.did = false;
        let at = key.start_position();
        let kind = match &holder.kind {
            Kind::Unknown | Kind::Never => Kind::Unknown,
            Kind::Array(element) => {
                self.key(&index, matches!(index, Kind::Number), "a number", at);
                (**element).clone().plain().taken()
            }
            Kind::Text(_) => {
                self.key(&index, matches!(index, Kind::Number | Kind::Range), "a number or a range", at);
                if index == Kind::Range { TEXT } else { Kind::Character }
            }
            Kind::Record(_) | Kind::Parameters => {
                self.key(&index, matches!(index, Kind::Text(_)), "a text", at);
                self.keyed_by_word(&holder.kind, &index, at);
                match &index {
                    Kind::Text(Texts::One(name)) => self.property(holder, name, at),
                    _ => holder.kind.values().taken(),
                }
            }
            Kind::Map(value) => {
                self.key(&index, matches!(index, Kind::Text(_)), "a text", at);
                (**value).clone().taken()
            }
            Kind::ByWord(words, value) => {
                self.key(&index, matches!(index, Kind::Text(_)), "a text", at);
                self.keyed(words, &index, at);
                (**value).clone().taken()
            }
            Kind::Host(name) if item_of(name).is_some() => {
                let help = "go through it with `for`";
                self.report(
                    Code::TypeMismatch,
                    position,
                    format!("{} has no elements by number", holder.kind),
                    Some(help),
                );
                Kind::Unknown
            }
            kind => {
                self.mismatch(position, format!("there is nothing in brackets behind {kind}"));
                Kind::Unknown
            }
        };
        holder.inside(kind)
    }

    /// Reports an index that does not fit.
    fn key(&mut self, index: &Kind, fits: bool, expected: &str, position: Position) {
        if index.is_known() && !fits {
            let help = matches!(index, Kind::Word(_)).then_some("write it as a text: `${word}` between backticks");
            self.report(Code::TypeMismatch, position, format!("found {index} in brackets, expected {expected}"), help);
        }
    }

    /// A property of a value.
    fn property(&mut self, holder: &Holder, name: &str, position: Position) -> Kind {
        match &holder.kind {
            Kind::Unknown | Kind::Never => {
                if holder.variable.as_ref().is_some_and(|variable| variable == "params") && holder.whole {
                    self.parameter(name, position)
                } else {
                    self.unknown_property(name, position);
                    Kind::Unknown
                }
            }
            Kind::Host(host) => {
                let names = self.names.known.of(host);
                match names.iter().find(|signature| signature.name == name && signature.params.is_none()) {
                    Some(signature) => meant(host, name, given(signature)),
                    None => self.missing(&holder.kind, name, position),
                }
            }
            Kind::Parameters => self.parameter(name, position),
            Kind::Record(_) => match holder.kind.entry(name) {
                Some(kind) => kind.clone(),
                None => self.missing(&holder.kind, name, position),
            },
            Kind::Map(values) => (**values).clone().taken(),
            Kind::ByWord(words, values) => {
                self.keyed(words, &Kind::Text(Texts::One(name.into())), position);
                (**values).clone().taken()
            }
            kind @ (Kind::Nothing | Kind::Maybe(_)) => {
                self.mismatch(position, format!("found {kind} before `.{name}`, expected a value"));
                Kind::Unknown
            }
            kind => {
                let found = named(PROPERTIES, name)
                    .iter()
                    .find(|entry| entry.takes.first().is_some_and(|takes| takes.fits(kind)));
                match found {
                    Some(entry) => self.gives(entry, kind, &[]),
                    None => self.missing(kind, name, position),
                }
            }
        }
    }

    /// `params.NAME`: the name has to be one of the pack's parameters.
    fn parameter(&mut self, name: &str, position: Position) -> Kind {
        if let Some(given) = self.names.parameters.get(name) {
            return given.clone().map_or(Kind::Unknown, Kind::of);
        }
        let mistake = self.mistake(Code::UnknownParameter, position, format!("the pack has no parameter `{name}`"));
        self.push(mistake.suggest(name, self.names.parameters.keys().map(String::as_str)));
        Kind::Unknown
    }

    /// A property that the type before it does not have.
    fn missing(&mut self, kind: &Kind, name: &str, position: Position) -> Kind {
        let help = self.instead_of_property(kind, name);
        let message = match kind {
            Kind::Record(_) => format!("the map has no entry `{name}`"),
            kind => format!("{kind} has no property `{name}`"),
        };
        self.report(Code::UnknownProperty, position, message, help);
        Kind::Unknown
    }

    fn instead_of_property(&self, kind: &Kind, name: &str) -> Option<String> {
        let known = self.names.known;
        match kind {
            Kind::Host(host) => {
                let names = known.of(host);
                if let Some(method) = names.iter().find(|signature| signature.name == name) {
                    return Some(format!("`{name}` is a method: write `{method}`"));
                }
                let item = item_of(host).filter(|item| {
                    known.of(item).iter().any(|signature| signature.name == name && signature.params.is_none())
                });
                if let Some(item) = item {
                    let whole = Kind::Host(item);
                    return Some(format!("{whole} has it: go through the selection with `for`"));
                }
                let near = self.near(name, names.iter().map(|signature| signature.name))?;
                Some(format!("did you mean `{near}`?"))
            }
            Kind::Record(entries) => {
                let near = self.near(name, entries.iter().map(|(key, _)| key.as_str()))?;
                Some(format!("did you mean `{near}`?"))
            }
            kind => {
                let fits =
                    |entry: &&super::standard::Standard| entry.takes.first().is_some_and(|takes| takes.fits(kind));
                if named(FUNCTIONS, name).iter().any(|entry| fits(&entry)) {
                    return Some(format!("`{name}` is a method: write `{name}()`"));
                }
                let near = self.near(name, PROPERTIES.iter().filter(fits).map(|entry| entry.name))?;
                Some(format!("did you mean `{near}`?"))
            }
        }
    }

    /// `a.b = value`, `a[b] = value`.
    pub(super) fn write(&mut self, frame: &mut Frame, target: &Expr, value: Kind) {
        let (Expr::Dot(sides, flags, _) | Expr::Index(sides, flags, _)) = target else { return };
        let in_brackets = matches!(target, Expr::Index(..));
        let position = sides.rhs.start_position();
        let Expr::Variable(variable, _, at) = &sides.lhs else {
            self.expression(frame, &sides.lhs);
            if !matches!(sides.lhs, Expr::ThisPtr(_)) {
                self.mismatch(position, "what is changed here is kept by nothing");
            }
            return;
        };
        let name = variable.1.as_str();
        let holder = frame.local(name).map_or(Kind::Unknown, |local| local.kind.clone());
        self.given(frame, name, *at);
        if matches!(holder, Kind::Host(_)) {
            self.mismatch(position, format!("{holder} can't be changed: evidence is what it is"));
        }
        let after = match &sides.rhs {
            key if in_brackets
                && (flags.intersects(ASTFlags::BREAK) || !matches!(key, Expr::Dot(..) | Expr::Index(..))) =>
            {
                let key = self.needed(frame, key);
                match &holder {
                    Kind::Array(_) => self.key(&key, key == Kind::Number, "a number", position),
                    kind if kind.is_map() => self.key(&key, matches!(key, Kind::Text(_)), "a text", position),
                    _ => {}
                }
                self.put(&holder, Some(&key), value)
            }
            Expr::Property(property, _) => {
                let key = Kind::Text(Texts::One(property.2.clone()));
                self.put(&holder, Some(&key), value)
            }
            rest => {
                let whole = Holder::variable(holder.clone(), name.into());
                if in_brackets {
                    self.target_in_brackets(frame, &whole, rest, *flags, position);
                } else {
                    self.target(frame, &whole, rest);
                }
                holder.touched()
            }
        };
        if let Some(local) = frame.local(name) {
            local.kind = after;
        }
        frame.change(&variable.1, *at, false);
    }

    /// What is on the way to what is changed has to be there; what is changed itself may be new.
    fn target(&mut self, frame: &mut Frame, holder: &Holder, rest: &Expr) {
        match rest {
            Expr::Dot(sides, _, _) => {
                let next = self.follow(frame, holder, &sides.lhs);
                self.target(frame, &next, &sides.rhs);
            }
            Expr::Index(sides, flags, position) => {
                let next = self.follow(frame, holder, &sides.lhs);
                self.target_in_brackets(frame, &next, &sides.rhs, *flags, *position);
            }
            _ if matches!(holder.kind, Kind::Host(_)) => {
                let message = format!("{} can't be changed: evidence is what it is", holder.kind);
                self.mismatch(rest.start_position(), message);
            }
            _ => {}
        }
    }

    fn target_in_brackets(
        &mut self,
        frame: &mut Frame,
        holder: &Holder,
        rest: &Expr,
        flags: ASTFlags,
        position: Position,
    ) {
        match rest {
            Expr::Dot(sides, _, _) if !flags.intersects(ASTFlags::BREAK) => {
                let next = self.element(frame, holder, &sides.lhs, position);
                self.target(frame, &next, &sides.rhs);
            }
            Expr::Index(sides, inner, at) if !flags.intersects(ASTFlags::BREAK) => {
                let next = self.element(frame, holder, &sides.lhs, position);
                self.target_in_brackets(frame, &next, &sides.rhs, *inner, *at);
            }
            key => {
                self.needed(frame, key);
            }
        }
    }
}
