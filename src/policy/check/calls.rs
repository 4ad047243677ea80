//! Calls: of functions of the pack with the types that they are given, of the host's and of the engine's.

use rhai::{Expr, FnCallExpr, ImmutableString, Position};

use super::changes::Changes;
use super::checker::{Checker, Frame, FunctionId, Memo, Origin};
use super::kind::{Kind, Meaning, TEXT, Texts};
use super::selections::Query;
use super::standard::{FUNCTIONS, Standard, named};
use super::statements::Want;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::Vocabulary;
use crate::policy::host::{Param, Signature};

/// How many functions may call each other before nothing more is said of what is called.
const MAX_CALLS: usize = 12;
/// How deep expressions may stand in each other, those of calling functions included, for the same reason.
const MAX_DEPTH: usize = 120;
/// For how many combinations of arguments a function is gone through knowing the texts among them.
const MAX_TEXTS: usize = 8;
/// For how many combinations of types a function is gone through; the others are not told apart.
const MAX_TYPES: usize = 24;

/// A value before a dot or a bracket, and whether what changes in it is kept by a variable.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) kind: Kind,
    /// The variable that it is in.
    pub(super) variable: Option<ImmutableString>,
    /// Whether a change of it stays.
    pub(super) kept: bool,
    /// Whether it is all of the variable.
    pub(super) whole: bool,
    /// The queries that selected it.
    pub(super) queries: Vec<Query>,
}

impl Holder {
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, variable: None, kept: false, whole: false, queries: Vec::new() }
    }

    pub(super) const fn variable(kind: Kind, name: ImmutableString) -> Self {
        Self { kind, variable: Some(name), kept: true, whole: true, queries: Vec::new() }
    }

    /// A part of it. Parts of evidence are copies.
    pub(super) fn inside(&self, kind: Kind) -> Self {
        let kept = self.kept && !matches!(self.kind, Kind::Host(_));
        Self { kind, variable: self.variable.clone(), kept, whole: false, queries: Vec::new() }
    }
}

/// An argument: what it is, and how it is written.
#[derive(Debug)]
pub(super) struct Argument<'e> {
    pub(super) kind: Kind,
    pub(super) at: Position,
    pub(super) written: Option<&'e Expr>,
}

impl Checker<'_> {
    /// `name(..)`, `module::name(..)`, or an operator.
    pub(super) fn call(&mut self, frame: &mut Frame, call: &FnCallExpr, position: Position) -> Kind {
        if call.op_token.is_some() {
            let kind = self.operator(frame, call, position);
            self.did = false;
            return kind;
        }
        let name = call.name.as_str();
        let path: Vec<&str> = call.namespace.path.iter().map(|part| part.name.as_str()).collect();
        if let [alias] = path.as_slice() {
            return self.module_call(frame, alias, call, position);
        }
        let unit = self.unit();
        if let Some(local) = frame.locals.iter().rev().find(|local| local.name == name)
            && (local.origin != Origin::Parameter || self.names.known.is_free(name))
        {
            let place = unit.script.place(local.at);
            let message = format!("`{name}` is a variable here, and a function is called");
            let mistake = self.mistake(Code::ShadowedName, position, message).related(place, "the variable");
            self.push(mistake.help("give the variable another name"));
        }
        let arities = unit.arities(name);
        if !arities.is_empty() {
            let arguments = self.arguments(frame, &call.args);
            return match unit.function(name, call.args.len()) {
                Some(index) => self.called(frame, (self.current(), index), Kind::Nothing, &arguments, position),
                None => {
                    self.wrong_arity(name, &arities, call.args.len(), 0, position);
                    Kind::Unknown
                }
            };
        }
        if !self.names.known.is_function(name) {
            self.arguments(frame, &call.args);
            self.unknown_function(name, position);
            return Kind::Unknown;
        }
        let (first, rest) = match call.args.as_slice() {
            [first, rest @ ..] if !self.names.known.of("").iter().any(|known| known.name == name) => (first, rest),
            all => {
                let arguments = self.arguments(frame, all);
                return self.free(frame, name, &arguments, position);
            }
        };
        if name == "contains"
            && let [item] = rest
        {
            return self.contained(frame, first, item, position);
        }
        // A function that is called with what could stand before its dot.
        let holder = match first {
            Expr::Variable(variable, _, _) if variable.2.is_empty() => {
                let kind = match self.before_change(frame, first) {
                    Kind::Nothing | Kind::Maybe(_) => self.needed(frame, first),
                    kind => kind,
                };
                Holder::variable(kind, variable.1.clone())
            }
            _ => Holder::of(self.needed(frame, first)),
        };
        let arguments = self.arguments(frame, rest);
        let kind = self.apply(frame, &holder, name, arguments, (position, false));
        self.looked_at(frame, first);
        kind
    }

    pub(super) fn contained(&mut self, frame: &mut Frame, holder: &Expr, item: &Expr, position: Position) -> Kind {
        let holder_kind = self.needed(frame, holder);
        let item_kind = self.needed(frame, item);
        let elements = match holder {
            Expr::Array(elements, _) => Some(elements.as_slice()),
            _ => None,
        };
        let sides = ((&holder_kind, holder.start_position()), (&item_kind, item.start_position()));
        let found = self.found();
        self.membership(sides.0, elements, sides.1, position);
        if self.found() == found {
            self.never_in(frame, (holder, &holder_kind), sides.1);
        }
        self.compared(frame, item);
        self.did = false;
        Kind::Flag
    }

    pub(super) fn arguments<'e>(&mut self, frame: &mut Frame, written: &'e [Expr]) -> Vec<Argument<'e>> {
        written
            .iter()
            .map(|argument| Argument {
                kind: self.needed(frame, argument),
                at: argument.start_position(),
                written: Some(argument),
            })
            .collect()
    }

    fn module_call(&mut self, frame: &mut Frame, alias: &str, call: &FnCallExpr, position: Position) -> Kind {
        let name = call.name.as_str();
        let arguments = self.arguments(frame, &call.args);
        let Some(module) = self.module(alias) else {
            // A module that is not there was told of where it is imported.
            if self.unit().imports.iter().all(|(known, _, _)| known != alias) {
                let message = format!("the script imports nothing as `{alias}`");
                self.report(Code::UnknownModule, position, message, None::<String>);
            }
            return Kind::Unknown;
        };
        let before = self.enter(module);
        let unit = self.unit();
        self.enter(before);
        let arities = unit.arities(name);
        match unit.function(name, arguments.len()) {
            Some(index) => self.called(frame, (module, index), Kind::Nothing, &arguments, position),
            None if arities.is_empty() => {
                let mistake =
                    self.mistake(Code::UnknownFunction, position, format!("there is no function `{alias}::{name}`"));
                self.push(mistake.suggest(name, unit.names()));
                Kind::Unknown
            }
            None => {
                self.wrong_arity(name, &arities, arguments.len(), 0, position);
                Kind::Unknown
            }
        }
    }

    /// A function of the host that belongs to no type.
    fn free(&mut self, frame: &mut Frame, name: &str, arguments: &[Argument<'_>], position: Position) -> Kind {
        let names = self.names.known.of("").iter().copied().filter(|known| known.name == name);
        let fitting: Vec<&'static Signature> = names.filter(|known| known.arity() == Some(arguments.len())).collect();
        if fitting.is_empty() {
            let arities = self.names.known.arities(name);
            if !arities.contains(&arguments.len()) {
                self.wrong_arity(name, &arities, arguments.len(), 0, position);
            }
            self.did = false;
            return self.standard_call(frame, &Holder::of(Kind::Unknown), name, arguments);
        }
        self.host(frame, &fitting, arguments, position)
    }

    /// One of several functions of the host with one name: the first that takes what it is given.
    pub(super) fn host(
        &mut self,
        frame: &Frame,
        candidates: &[&'static Signature],
        arguments: &[Argument<'_>],
        position: Position,
    ) -> Kind {
        let mut wrong: Option<Vec<Diagnostic>> = None;
        for candidate in candidates {
            let faults = self.faults(candidate, arguments, position);
            if faults.is_empty() {
                wrong = None;
                break;
            }
            wrong.get_or_insert(faults);
        }
        let effect = candidates.iter().any(|candidate| self.names.known.is_effect(candidate));
        self.called = candidates.first().copied();
        self.did = effect;
        self.acts |= effect && !frame.dead;
        for mistake in wrong.into_iter().flatten() {
            self.push(mistake);
        }
        let given = candidates.iter().map(|candidate| super::known::given(candidate));
        let given = given.reduce(|all, kind| if all == kind { all } else { Kind::Unknown }).unwrap_or(Kind::Unknown);
        match (given, by_word(candidates, arguments)) {
            (Kind::Map(values), Some(words)) => Kind::ByWord(words, values),
            (given, _) => given,
        }
    }

    /// A function of the engine, of which it is known that there is one of that name.
    pub(super) fn standard_call(
        &mut self,
        frame: &mut Frame,
        holder: &Holder,
        name: &str,
        arguments: &[Argument<'_>],
    ) -> Kind {
        let entry = named(FUNCTIONS, name).iter().find(|entry| entry.takes.is_empty() && arguments.is_empty());
        entry.map_or(Kind::Unknown, |entry| self.standard(frame, entry, holder, arguments))
    }

    /// What a function of the engine gives, and what it leaves of the variable that it is called on.
    pub(super) fn standard(
        &mut self,
        frame: &mut Frame,
        entry: &'static Standard,
        holder: &Holder,
        arguments: &[Argument<'_>],
    ) -> Kind {
        let from_callback = self.callback(frame, entry, holder, arguments);
        self.did = entry.changes;
        self.wrote = entry.only_changes() && holder.kept && holder.variable.is_some();
        if let Some(first) = arguments.first() {
            match (entry.name, &holder.kind) {
                ("get" | "remove", Kind::ByWord(words, _)) => {
                    self.keyed(words, &first.kind, first.at);
                }
                ("get" | "remove" | "contains", record @ Kind::Record(_)) => {
                    self.keyed_by_word(record, &first.kind, first.at);
                }
                ("starts_with" | "ends_with", text) => self.part_of(entry.name, text, &first.kind, first.at),
                _ => {}
            }
        }
        if entry.changes {
            self.changed(frame, entry, holder, arguments);
        }
        from_callback.unwrap_or_else(|| self.gives(entry, &holder.kind, arguments))
    }

    fn changed(&mut self, frame: &mut Frame, entry: &Standard, holder: &Holder, arguments: &[Argument<'_>]) {
        let Some(local) = holder.variable.as_ref().and_then(|name| frame.local(name)) else { return };
        let before = local.kind.clone();
        let last = arguments.last().map_or(Kind::Unknown, |argument| argument.kind.clone());
        let after = match entry.name {
            _ if !holder.whole => before.touched(),
            "make_lower" if matches!(before, Kind::Text(_)) => Kind::Text(Texts::Of(Meaning::Lower)),
            "make_upper" if matches!(before, Kind::Text(_)) => Kind::Text(Texts::Of(Meaning::Upper)),
            // What it meant before may be gone.
            _ if matches!(before, Kind::Text(_)) => TEXT,
            "push" | "insert" | "pad" | "set" => {
                let key = arguments.first().map(|argument| argument.kind.clone());
                self.put(&before, key.as_ref(), last)
            }
            "append" | "mixin" | "fill_with" | "splice" => match (&before, &last) {
                (Kind::Array(_), Kind::Array(_)) => before.join(last),
                (left, right) if left.is_map() => Kind::Map(Box::new(left.values().join(right.values()))),
                _ => before.touched(),
            },
            _ if entry.name == "for_each" || before == Kind::Parameters => before.touched(),
            _ if before.is_map() => Kind::Map(Box::new(before.values())),
            _ => before.plain(),
        };
        if let Some(local) = holder.variable.as_ref().and_then(|name| frame.local(name)) {
            local.kind = after;
        }
    }

    /// A function of the pack, called somewhere.
    pub(super) fn called(
        &mut self,
        frame: &Frame,
        function: FunctionId,
        this: Kind,
        arguments: &[Argument<'_>],
        position: Position,
    ) -> Kind {
        let kinds: Vec<Kind> = arguments.iter().map(|argument| argument.kind.clone()).collect();
        let acted = std::mem::replace(&mut self.acts, false);
        let found = self.found();
        let gives = self.instance(function, this, &kinds);
        let place = self.unit().script.place(position);
        for mistake in self.take_since(found) {
            let told =
                mistake.place.as_deref() == Some(&place) || mistake.related.iter().any(|near| near.place == place);
            let mistake = if told || kinds.is_empty() {
                mistake
            } else {
                mistake.related(place.clone(), format!("called here with {}", list(&kinds)))
            };
            self.push(mistake);
        }
        self.did = self.acts;
        self.acts = acted | (self.acts && !frame.dead);
        gives
    }

    /// Goes through a function with types of arguments, once for each combination.
    pub(super) fn instance(&mut self, function: FunctionId, this: Kind, arguments: &[Kind]) -> Kind {
        let Some(body) = self.body(function) else { return Kind::Unknown };
        let known = self.memo.iter().filter(|memo| memo.function == function).count();
        let arguments: Vec<Kind> = arguments
            .iter()
            .map(|kind| match known {
                0..MAX_TEXTS => kind.clone(),
                MAX_TEXTS..MAX_TYPES => kind.clone().plain(),
                _ => Kind::Unknown,
            })
            .collect();
        let this = if known < MAX_TYPES { this } else { Kind::Unknown };
        let same = |memo: &&Memo| memo.function == function && memo.this == this && memo.arguments == arguments;
        if let Some(memo) = self.memo.iter().find(same) {
            let (gives, acts, mistakes) = (memo.gives.clone(), memo.acts, memo.mistakes.clone());
            self.acts |= acts;
            mistakes.into_iter().for_each(|mistake| self.push(mistake));
            return gives;
        }
        if self.running.contains(&function) {
            return Kind::Unknown;
        }
        if self.running.len() >= MAX_CALLS || self.depth >= MAX_DEPTH {
            self.acts = true;
            return Kind::Unknown;
        }
        let is_rule = self.running.is_empty() && function.0 == 0 && body.name == "check" && body.params.len() == 2;
        let before = self.enter(function.0);
        self.running.push(function);
        let acted = std::mem::replace(&mut self.acts, false);
        let found = self.found();
        let mut frame = Frame {
            locals: Vec::with_capacity(8),
            this: this.clone(),
            loops: Vec::new(),
            returns: Kind::Never,
            dead: false,
            changes: Changes::default(),
            is_rule: is_rule && self.names.is_rule(self.unit()),
        };
        for (name, kind) in body.params.iter().zip(&arguments) {
            frame.declare(name, kind.clone(), Origin::Parameter, body.start);
        }
        let want = if frame.is_rule { Want::Nothing } else { Want::Value };
        let last = self.block(&mut frame, &body.statements, want);
        self.unseen_changes(&frame);
        let gives = frame.returns.join(last);
        self.running.pop();
        self.enter(before);
        let mistakes = self.take_since(found);
        mistakes.iter().for_each(|mistake| self.push(mistake.clone()));
        let acts = std::mem::replace(&mut self.acts, acted);
        self.acts |= acts;
        self.memo.push(Memo { function, this, arguments, gives: gives.clone(), acts, mistakes });
        gives
    }
}

/// The vocabulary of the column that a selection is grouped by, where it is one of words.
fn by_word(candidates: &[&'static Signature], arguments: &[Argument<'_>]) -> Option<&'static Vocabulary> {
    let (&[candidate], [column]) = (candidates, arguments) else { return None };
    match (candidate.params, column.kind.texts()) {
        (Some([(_, Param::Column(columns))]), [name]) => columns.words_of(name),
        _ => None,
    }
}

/// Kinds in words, one after the other.
fn list(kinds: &[Kind]) -> String {
    kinds.iter().map(Kind::to_string).collect::<Vec<_>>().join(", ")
}
