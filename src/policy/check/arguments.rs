//! Arguments: whether a function takes what it is given, and methods of a known type.

use rhai::{Expr, FnCallExpr, Position};

use super::calls::{Argument, Holder};
use super::checker::{Checker, Frame};
use super::expressions::is_shown;
use super::kind::{Kind, Meaning, TEXT, Texts};
use super::meanings::{joined, text_of};
use super::standard::{FUNCTIONS, Gives, Standard, Takes, named};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::host::{
    DATE, Entry, HostError, Param, Signature, Type, approver, check_date, check_glob, check_licence, is_item, item_of,
    one_scale, words,
};

impl Takes {
    /// Whether a value can stand there.
    pub(super) fn fits(self, kind: &Kind) -> bool {
        match (self, kind) {
            (_, Kind::Unknown | Kind::Never) | (Self::Anything, _) => true,
            (Self::Text | Self::Letters, Kind::Text(_)) | (Self::Character | Self::Letters, Kind::Character) => true,
            (Self::Number | Self::Numeric, Kind::Number) | (Self::Decimal | Self::Numeric, Kind::Decimal) => true,
            (Self::Array | Self::Printable, Kind::Array(_)) | (Self::Range, Kind::Range) => true,
            (Self::Map | Self::Printable, Kind::Map(_) | Kind::ByWord(..) | Kind::Record(_))
            | (Self::Map, Kind::Parameters) => true,
            (Self::Function, Kind::Function(_)) => true,
            (Self::Printable, kind) => is_shown(kind),
            _ => false,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Character => "a character",
            Self::Letters => "a text or a character",
            Self::Number => "a number",
            Self::Decimal => "a decimal number",
            Self::Numeric => "a number, decimal or not",
            Self::Array => "an array",
            Self::Map => "a map",
            Self::Range => "a range",
            Self::Function => "a function, as in `|item| ..`",
            Self::Printable => "what people can read",
            Self::Anything => "a value",
        }
    }
}

impl Checker<'_> {
    /// `holder.name(..)`.
    pub(super) fn method(&mut self, frame: &mut Frame, holder: &Holder, call: &FnCallExpr, position: Position) -> Kind {
        let name = call.name.as_str();
        if name == "contains"
            && let [item] = call.args.as_slice()
            && !matches!(holder.kind, Kind::Host(_))
        {
            let kind = self.needed(frame, item);
            self.membership((&holder.kind, position), None, (&kind, item.start_position()), position);
            if holder.whole && self.is_own(frame, holder) {
                self.no_entry(&holder.kind, (&kind, item.start_position()));
            }
            self.did = false;
            return Kind::Flag;
        }
        let arguments = self.arguments(frame, &call.args);
        let unit = self.unit();
        if let Some(index) = unit.function(name, arguments.len()) {
            // The function may change what stands before the dot.
            if let Some(local) = holder.variable.as_ref().and_then(|name| frame.local(name)) {
                local.kind = local.kind.clone().touched();
            }
            let typed = unit.bodies.get(index).is_some_and(|body| body.typed);
            let this = if typed { Kind::Unknown } else { holder.kind.clone() };
            return self.called(frame, (self.current(), index), this, &arguments, position);
        }
        let arities = unit.arities(name);
        if !arities.is_empty() {
            self.wrong_arity(name, &arities, arguments.len(), 0, position);
            return Kind::Unknown;
        }
        self.apply(frame, holder, name, arguments, (position, true))
    }

    /// A function of the host or the engine on a value.
    pub(super) fn apply(
        &mut self,
        frame: &mut Frame,
        holder: &Holder,
        name: &str,
        arguments: Vec<Argument<'_>>,
        (position, dotted): (Position, bool),
    ) -> Kind {
        let known = self.names.known;
        match &holder.kind {
            Kind::Unknown | Kind::Never => {
                self.unknown_method(name, &arguments, position, dotted);
                let effect =
                    known.candidates(name, arguments.len() + 1).iter().any(|candidate| known.is_effect(candidate));
                self.acts |= effect && !frame.dead;
                self.did = true;
                self.nothing_known(frame, holder, name, &arguments)
            }
            Kind::Nothing | Kind::Maybe(_) => {
                self.mismatch(position, format!("found {} before `.{name}(..)`, expected a value", holder.kind));
                Kind::Unknown
            }
            Kind::Record(_) if matches!(holder.kind.entry(name), Some(Kind::Function(_) | Kind::Unknown)) => {
                Kind::Unknown
            }
            kind => {
                let mine = host_functions(known, kind, name);
                let fitting: Vec<&'static Signature> = mine
                    .iter()
                    .copied()
                    .filter(|one| one.params.is_some_and(|params| params.len() == arguments.len()))
                    .collect();
                if !fitting.is_empty() {
                    let given = self.host(frame, &fitting, &arguments, position);
                    return if name == "join" { joined(kind) } else { given };
                }
                let entries: Vec<&'static Standard> = named(FUNCTIONS, name)
                    .iter()
                    .filter(|entry| entry.takes.first().is_some_and(|takes| takes.fits(kind)))
                    .collect();
                if let Some(kind) = self.of_engine(frame, &entries, holder, &arguments, position) {
                    return kind;
                }
                let free: Vec<&'static Signature> =
                    known.of("").iter().copied().filter(|free| free.name == name).collect();
                if free.iter().any(|free| free.arity() == Some(arguments.len() + 1)) {
                    let mut all = vec![Argument { kind: kind.clone(), at: position, written: None }];
                    all.extend(arguments);
                    let free: Vec<_> = free.into_iter().filter(|free| free.arity() == Some(all.len())).collect();
                    return self.host(frame, &free, &all, position);
                }
                self.did = false;
                let counts = mine
                    .iter()
                    .filter_map(|one| one.params.map(<[_]>::len))
                    .chain(entries.iter().map(|entry| entry.takes.len().saturating_sub(1)));
                let counts: std::collections::BTreeSet<usize> = counts.collect();
                if counts.is_empty() {
                    self.no_method(kind, name, position);
                } else {
                    self.wrong_arity(name, &counts, arguments.len(), 0, position);
                }
                Kind::Unknown
            }
        }
    }

    /// A function of the engine on a value of a known type, where one takes as many arguments.
    fn of_engine(
        &mut self,
        frame: &mut Frame,
        entries: &[&'static Standard],
        holder: &Holder,
        arguments: &[Argument<'_>],
        position: Position,
    ) -> Option<Kind> {
        let fitting = entries.iter().filter(|entry| entry.takes.len() == arguments.len() + 1);
        let all_fit = |entry: &&&Standard| {
            let takes = entry.takes.iter().skip(1);
            takes.zip(arguments).all(|(takes, argument)| takes.fits(&argument.kind))
        };
        let first = fitting.clone().next()?;
        let Some(entry) = fitting.clone().find(all_fit) else {
            let wrong = first.takes.iter().skip(1).zip(arguments).find(|(takes, argument)| !takes.fits(&argument.kind));
            if let Some((takes, argument)) = wrong {
                let message = format!("`{}` takes {}, found {}", first.name, takes.name(), argument.kind);
                self.report(Code::BadArguments, argument.at, message, None::<String>);
            }
            self.did = first.changes;
            return Some(self.gives(first, &holder.kind, &[]));
        };
        if entry.only_changes() && !holder.kept && holder.kind.is_known() {
            let message = format!("`{}` changes {} that nothing keeps", entry.name, holder.kind);
            self.report(
                Code::UnusedValue,
                position,
                message,
                Some("put it into a variable first, and go on with that"),
            );
        }
        Some(self.standard(frame, entry, holder, arguments))
    }

    /// What is left of a value of which nothing is known, and of functions that are given to it.
    fn nothing_known(&mut self, frame: &mut Frame, holder: &Holder, name: &str, arguments: &[Argument<'_>]) -> Kind {
        let entries = named(FUNCTIONS, name).iter().filter(|entry| entry.takes.len() == arguments.len() + 1);
        let changes = entries.clone().any(|entry| entry.changes);
        self.wrote = changes && entries.clone().all(Standard::only_changes) && holder.kept && holder.variable.is_some();
        if changes && let Some(local) = holder.variable.as_ref().and_then(|name| frame.local(name)) {
            local.kind = local.kind.clone().touched();
        }
        Kind::Unknown
    }

    /// A method that the type before it does not have.
    fn no_method(&mut self, kind: &Kind, name: &str, position: Position) {
        let known = self.names.known;
        let help = super::super::sandbox::why_disabled(name).map(str::to_owned).or_else(|| match kind {
            Kind::Host(host) => {
                let names = known.of(host);
                if names.iter().any(|signature| signature.name == name) {
                    return Some(format!("`{name}` is a property: write it without `()`"));
                }
                let item = item_of(host).filter(|item| known.of(item).iter().any(|signature| signature.name == name));
                if let Some(item) = item {
                    return Some(format!("{} has it: go through the selection with `for`", Kind::Host(item)));
                }
                let near = self.near(name, names.iter().map(|signature| signature.name))?;
                Some(format!("did you mean `{near}`?"))
            }
            kind => {
                let fits = |entry: &&Standard| entry.takes.first().is_some_and(|takes| takes.fits(kind));
                let near = self.near(name, FUNCTIONS.iter().filter(fits).map(|entry| entry.name))?;
                Some(format!("did you mean `{near}`?"))
            }
        });
        let message = if known.is_function(name) {
            format!("{kind} has no function `{name}`")
        } else {
            format!("there is no function `{name}` for {kind}")
        };
        self.report(Code::UnknownFunction, position, message, help);
    }

    /// What a function of the host does not take of what it is given.
    pub(super) fn faults(
        &self,
        signature: &Signature,
        arguments: &[Argument<'_>],
        position: Position,
    ) -> Vec<Diagnostic> {
        let mut params = signature.params.unwrap_or_default().iter();
        let mut faults = Vec::new();
        for argument in arguments {
            let Some((name, param)) = params.next() else { break };
            let at = if argument.at.is_none() { position } else { argument.at };
            if !takes(*param, &argument.kind) {
                let message = format!("`{}` takes {param}, found {}", signature.name, argument.kind);
                let help = wrong_kind(*param, &argument.kind).unwrap_or_else(|| format!("write `{signature}`"));
                faults.push(self.mistake(Code::BadArguments, at, message).help(help));
                continue;
            }
            if let Some(wrong) = self.nothing_asked(signature, *param, argument) {
                faults.push(self.of_host(wrong, at));
                continue;
            }
            if let (Param::Map(entries), Kind::Record(values)) = (*param, &argument.kind) {
                let names = values.iter().map(|(name, _)| name.as_str());
                faults.extend(Entry::fault(entries, names).map(|wrong| self.of_host(wrong, at)));
                for (entry, (_, kind)) in entries
                    .iter()
                    .filter_map(|entry| values.iter().find(|(name, _)| name == entry.name).map(|value| (entry, value)))
                {
                    if !takes(entry.takes, kind) {
                        let message = format!("`{}` of the map takes {}, found {kind}", entry.name, entry.takes);
                        faults.push(self.mistake(Code::BadArguments, at, message));
                    }
                    let wrong = kind.texts().iter().find_map(|text| {
                        fault(text, entry.takes).or_else(|| self.special(signature, entry.name, text))
                    });
                    faults.extend(wrong.map(|wrong| self.of_host(wrong, at)));
                }
            }
            for (text, at) in written(argument, at) {
                faults.extend(whole_name(signature, *param, &text).map(|wrong| self.of_host(wrong, at)));
                let wrong = fault(&text, *param).or_else(|| self.special(signature, name, &text));
                faults.extend(wrong.map(|wrong| self.of_host(wrong, at)));
            }
        }
        faults
    }

    /// An empty array that is written out for what a query looks for.
    fn nothing_asked(&self, signature: &Signature, param: Param, argument: &Argument<'_>) -> Option<HostError> {
        let asks = matches!(param, Param::Words(_) | Param::Globs | Param::Licences | Param::Texts | Param::Numbers);
        let empty = match argument.written {
            Some(Expr::Array(elements, _)) => elements.is_empty(),
            // A constant is not filled either.
            Some(Expr::Variable(variable, ..)) => {
                !variable.2.is_empty() && matches!(&argument.kind, Kind::Array(element) if **element == Kind::Never)
            }
            _ => false,
        };
        if !asks || !empty {
            return None;
        }
        let name = signature.name;
        let what = match name {
            _ if item_of(signature.receiver).is_none() => "nothing matches",
            _ if name.starts_with("not_") => "everything is selected",
            _ => "nothing is selected",
        };
        let message = format!("`{name}` is given an empty array, so that {what}");
        Some(HostError::new(Code::EmptySelection, message).help(format!("say what to look for, or leave `{name}` out")))
    }

    /// What the host finds wrong with a text, at its place.
    fn of_host(&self, wrong: HostError, at: Position) -> Diagnostic {
        let mistake = self.mistake(wrong.code, at, wrong.message);
        match wrong.help {
            Some(help) => mistake.help(help),
            None => mistake,
        }
    }

    /// Texts that are words of something that the pack or the command line knows.
    fn special(&self, function: &Signature, parameter: &str, text: &str) -> Option<HostError> {
        let wrong = |message: String| HostError::new(Code::UnknownWord, message);
        let says = function.receiver.is_empty() && self.names.known.is_effect(function) || function.name == "remedy";
        match parameter {
            "category" if !self.names.categories.iter().any(|known| known == text) => Some(
                wrong(format!("unknown category `{text}`"))
                    .suggest(text, self.names.categories.iter().map(String::as_str)),
            ),
            // An empty value may be what a word or an approver has of its own to be wrong about.
            "message" | "text" | "reason" | "because" | "threat" | "mitigation" if says && text.trim().is_empty() => {
                Some(HostError::nothing_said(function.name))
            }
            _ => None,
        }
    }

    /// What a function or property of the engine gives.
    pub(super) fn gives(&self, entry: &Standard, receiver: &Kind, arguments: &[Argument<'_>]) -> Kind {
        match entry.gives {
            Gives::Nothing => Kind::Nothing,
            Gives::Text if entry.name == "to_string" => text_of(receiver),
            // The words of the vocabularies are written small.
            Gives::Text if entry.name == "to_lower" && receiver.word().is_some() => receiver.clone(),
            Gives::Text if entry.name == "to_lower" => Kind::Text(Texts::Of(Meaning::Lower)),
            Gives::Text if entry.name == "to_upper" => Kind::Text(Texts::Of(Meaning::Upper)),
            Gives::Text => TEXT,
            Gives::Texts => {
                let words = receiver.key_words().filter(|_| entry.name == "keys");
                Kind::Array(Box::new(words.map_or(TEXT, |words| Kind::Text(Texts::Of(Meaning::Word(words))))))
            }
            Gives::Character => Kind::Character,
            Gives::Characters => Kind::Array(Box::new(Kind::Character)),
            Gives::CharacterStream => Kind::Stream(Box::new(Kind::Character)),
            Gives::Number => Kind::Number,
            Gives::NumberStream => Kind::Stream(Box::new(Kind::Number)),
            Gives::Decimal => Kind::Decimal,
            Gives::Flag => Kind::Flag,
            Gives::Range => Kind::Range,
            Gives::Receiver => receiver.clone(),
            Gives::Element => match receiver {
                Kind::Array(element) => (**element).clone().plain().taken(),
                _ => Kind::Unknown,
            },
            Gives::Values => Kind::Array(Box::new(receiver.values())),
            Gives::Either => match arguments.first() {
                Some(other) if matches!((&other.kind, receiver), (Kind::Text(_), Kind::Text(_))) => TEXT,
                Some(other) if other.kind == *receiver => receiver.clone(),
                _ => Kind::Unknown,
            },
            Gives::Unknown => Kind::Unknown,
        }
    }
}

/// The methods of the host that a value has.
fn host_functions(known: &super::Vocabularies, kind: &Kind, name: &str) -> Vec<&'static Signature> {
    let of = |receiver: &str| known.of(receiver).iter().copied().filter(|one| one.name == name && one.params.is_some());
    match kind {
        Kind::Host(host) => of(host).collect(),
        // Few belong to a type of the engine.
        kind => {
            let belongs = |receiver: &'static str| match (kind, receiver) {
                (Kind::Array(element), "array of texts") => {
                    matches!(**element, Kind::Text(_) | Kind::Word(_) | Kind::Host(DATE) | Kind::Unknown | Kind::Never)
                }
                (Kind::Array(_), receiver) => receiver.starts_with("array"),
                (kind, receiver) if kind.is_map() => receiver.starts_with("map"),
                (Kind::Text(_), receiver) => receiver == "text",
                (kind, receiver) => Type::parse(receiver).is_some_and(|named| Kind::of(named) == *kind),
            };
            known.receivers().filter(|receiver| !receiver.is_empty() && belongs(receiver)).flat_map(of).collect()
        }
    }
}

/// The texts of an argument that are known, each with its place.
fn written(argument: &Argument<'_>, at: Position) -> Vec<(rhai::ImmutableString, Position)> {
    match (&argument.kind, argument.written) {
        (Kind::Array(_), Some(Expr::Array(elements, _))) => elements
            .iter()
            .filter_map(|element| match element {
                Expr::StringConstant(text, at) => Some((text.clone(), *at)),
                _ => None,
            })
            .collect(),
        (Kind::Array(element), _) => element.texts().iter().map(|text| (text.clone(), at)).collect(),
        (kind, _) => kind.texts().iter().map(|text| (text.clone(), at)).collect(),
    }
}

/// Whether a parameter of the host takes a value.
fn takes(param: Param, kind: &Kind) -> bool {
    let text = |kind: &Kind| matches!(kind, Kind::Text(_) | Kind::Unknown | Kind::Never);
    let number = |kind: &Kind| matches!(kind, Kind::Number | Kind::Unknown | Kind::Never);
    let or_list = |kind: &Kind, fits: &dyn Fn(&Kind) -> bool| match kind {
        Kind::Array(element) => fits(element),
        kind => fits(kind),
    };
    if !kind.is_known() {
        return true;
    }
    match param {
        Param::Word(vocabulary) => is_word(vocabulary, kind),
        Param::Words(vocabulary) => or_list(kind, &|kind| is_word(vocabulary, kind)),
        Param::Text | Param::Column(_) | Param::Date => text(kind),
        Param::Globs | Param::Licences | Param::Texts | Param::Approvers => or_list(kind, &text),
        Param::Number => number(kind),
        Param::Map(_) => kind.is_map(),
        Param::Value(name) => matches!(kind, Kind::Host(host) if *host == name),
        Param::Numbers => or_list(kind, &number),
        Param::Subject => matches!(kind, Kind::Host(name) if is_item(name) || *name == "Change"),
        Param::Files => matches!(kind, Kind::Host("Files")),
        Param::Claim => matches!(kind, Kind::Host("Claim")),
    }
}

fn is_word(vocabulary: &'static crate::evidence::Vocabulary, kind: &Kind) -> bool {
    match kind {
        Kind::Text(_) | Kind::Unknown | Kind::Never => true,
        Kind::Word(other) => other.name == vocabulary.name || one_scale(other, vocabulary),
        _ => false,
    }
}

/// What to do where a value of another type was given.
fn wrong_kind(param: Param, kind: &Kind) -> Option<String> {
    match (param, kind) {
        (Param::Subject, Kind::Host(name)) => {
            item_of(name).map(|_| "go through the selection with `for`, and object to each item".to_owned())
        }
        (Param::Text | Param::Texts, Kind::Word(_) | Kind::Number | Kind::Decimal | Kind::Flag) => {
            Some("write it as a text: `${value}` between backticks".to_owned())
        }
        _ => None,
    }
}

/// What is wrong with a text that is written out for a parameter.
pub(super) fn fault(text: &str, takes: Param) -> Option<HostError> {
    match takes {
        Param::Word(vocabulary) | Param::Words(vocabulary) => {
            vocabulary.index_of(text).is_none().then(|| words::unknown_word(vocabulary, text))
        }
        Param::Globs => check_glob(text).err(),
        Param::Licences => check_licence(text).err(),
        Param::Approvers => approver(text).err(),
        Param::Date => check_date(text).err(),
        Param::Column(columns) => columns.get(text).err(),
        _ => None,
    }
}

/// Queries by whole names, and the property that each asks for.
const WHOLE: &[(&str, &str)] = &[
    ("rule", "rule"),
    ("tool", "tool"),
    ("name", "name"),
    ("id", "id"),
    ("language", "language"),
    ("by", "reviewer"),
    ("not_by", "reviewer"),
    ("capability", "capability"),
];

/// A pattern where a whole name is looked for.
fn whole_name(signature: &Signature, param: Param, text: &str) -> Option<HostError> {
    let (query, property) = WHOLE.iter().find(|(name, _)| *name == signature.name)?;
    if param != Param::Texts || item_of(signature.receiver).is_none() || !text.contains('*') {
        return None;
    }
    let message = format!("`{query}` takes whole names, found `{text}`");
    let help = format!("go through the selection with `for`, and ask `item.{property}.matches_glob(\"{text}\")`");
    Some(HostError::new(Code::BadArguments, message).help(help))
}

/// The kind of a literal, for parameters whose function is not known.
pub(super) fn literal_texts(expression: &Expr) -> Vec<(rhai::ImmutableString, Position)> {
    match expression {
        Expr::StringConstant(text, at) => vec![(text.clone(), *at)],
        Expr::Array(elements, _) => elements.iter().flat_map(literal_texts).collect(),
        _ => Vec::new(),
    }
}
