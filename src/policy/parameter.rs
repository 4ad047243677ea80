//! Parameters: typed values that a pack declares and that somebody may move, in the stricter direction or as far as declared.

use rhai::Dynamic;

use super::host::{self, WordValue, check_glob, check_licence, date_value};
use super::manifest::{ParameterTable, Stricter};
use super::metadata::Risk;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Severity, Word};

/// The type of a parameter, or of the elements of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Severity,
    Risk,
    Glob,
    Licence,
    Date,
}

const KINDS: &[(&str, Kind)] = &[
    ("string", Kind::String),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("severity", Kind::Severity),
    ("risk", Kind::Risk),
    ("glob", Kind::Glob),
    ("licence", Kind::Licence),
    ("date", Kind::Date),
];

/// Every type, as `pack.toml` writes it.
pub(crate) fn type_names() -> Vec<String> {
    let lists = KINDS.iter().map(|(name, _)| format!("list<{name}>"));
    KINDS.iter().map(|(name, _)| (*name).to_owned()).chain(lists).collect()
}

/// A type as `pack.toml` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Type {
    kind: Kind,
    list: bool,
}

impl Type {
    /// Reads `severity` or `list<severity>`.
    pub(crate) fn parse(text: &str) -> Result<Self, Diagnostic> {
        let (name, list) = match text.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
            Some(name) => (name, true),
            None => (text, false),
        };
        let names = KINDS.iter().map(|(name, _)| *name);
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| Self { kind: *kind, list }).ok_or_else(|| {
            let known: Vec<&str> = names.clone().collect();
            Diagnostic::new(
                Code::BrokenPack,
                format!("unknown parameter type `{text}`, expected {} or `list<..>` of one of them", known.join(", ")),
            )
            .suggest(name, names)
        })
    }

    /// The type of its values as scripts see them.
    pub(crate) fn of_values(self) -> host::Type {
        let element = match self.kind {
            Kind::String | Kind::Glob | Kind::Licence => host::Type::Text,
            Kind::Date => host::Type::Host("Date"),
            Kind::Integer => host::Type::Number,
            Kind::Number => host::Type::Decimal,
            Kind::Boolean => host::Type::Flag,
            Kind::Severity => host::Type::Word(Severity::VOCABULARY),
            Kind::Risk => host::Type::Word(Risk::VOCABULARY),
        };
        if self.list { host::Type::Array(Box::new(element)) } else { element }
    }

    /// Checks a value of `pack.toml`; what is wrong, in words, where it does not fit.
    pub(crate) fn value(self, value: &toml::Value) -> Result<Dynamic, String> {
        match (self.list, value) {
            (true, toml::Value::Array(values)) => {
                let values = values.iter().map(|value| self.kind.value(value)).collect::<Result<rhai::Array, _>>()?;
                Ok(Dynamic::from(values))
            }
            (true, other) => Err(format!("found {}, expected a list", describe(other))),
            (false, value) => self.kind.value(value),
        }
    }

    /// A value that fits, in the one form that it is kept in; what is wrong, in words, where it does not fit.
    pub(crate) fn fit(self, value: &toml::Value) -> Result<toml::Value, String> {
        self.value(value).map(|_| canonical(self.kind, value))
    }

    /// Reads a value from the command line: as TOML where that fits, else as the text that it is.
    pub(crate) fn read(self, text: &str) -> Result<toml::Value, String> {
        let parsed =
            toml::from_str::<toml::Table>(&format!("value = {text}")).ok().and_then(|mut table| table.remove("value"));
        match parsed {
            Some(value) if self.value(&value).is_ok() => Ok(value),
            _ => {
                let value = toml::Value::String(text.to_owned());
                self.value(&value).map(|_| value)
            }
        }
    }
}

/// A date as its text, and whole numbers among others as these: two spellings of a value are the same value.
fn canonical(kind: Kind, value: &toml::Value) -> toml::Value {
    match (kind, value) {
        (_, toml::Value::Array(values)) => {
            toml::Value::Array(values.iter().map(|value| canonical(kind, value)).collect())
        }
        (Kind::Date, toml::Value::Datetime(time)) => toml::Value::String(time.to_string()),
        #[expect(clippy::cast_precision_loss, reason = "a parameter is a small number that a person wrote")]
        (Kind::Number, toml::Value::Integer(number)) => toml::Value::Float(*number as f64),
        (_, other) => other.clone(),
    }
}

/// A value as JSON writes it.
pub(crate) fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(flag) => (*flag).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.iter().map(json).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

impl std::fmt::Display for Type {
    /// As `pack.toml` writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.list { write!(f, "list<{}>", self.kind.name()) } else { f.write_str(self.kind.name()) }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

pub(crate) fn describe(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("the text `{text}`"),
        toml::Value::Integer(number) => format!("the number {number}"),
        toml::Value::Float(number) => format!("the number {number}"),
        toml::Value::Boolean(value) => format!("`{value}`"),
        toml::Value::Datetime(time) => format!("the time {time}"),
        toml::Value::Array(_) => "a list".to_owned(),
        toml::Value::Table(_) => "a table".to_owned(),
    }
}

impl Kind {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    fn value(self, value: &toml::Value) -> Result<Dynamic, String> {
        let expected = || format!("found {}, expected {} {}", describe(value), article(self.name()), self.name());
        match (self, value) {
            (Self::String, toml::Value::String(text)) => Ok(Dynamic::from(text.clone())),
            (Self::Integer, toml::Value::Integer(number)) => Ok(Dynamic::from(*number)),
            (Self::Number, toml::Value::Float(number)) if number.is_finite() => Ok(Dynamic::from(*number)),
            #[expect(clippy::cast_precision_loss, reason = "a parameter is a small number that a person wrote")]
            (Self::Number, toml::Value::Integer(number)) => Ok(Dynamic::from(*number as f64)),
            (Self::Boolean, toml::Value::Boolean(value)) => Ok(Dynamic::from(*value)),
            (Self::Severity, toml::Value::String(text)) => word::<Severity>(text),
            (Self::Risk, toml::Value::String(text)) => word::<Risk>(text),
            (Self::Glob, toml::Value::String(text)) => {
                check_glob(text).map(|_| Dynamic::from(text.clone())).map_err(|error| error.message)
            }
            (Self::Licence, toml::Value::String(text)) => check_licence(text)
                .map(|()| Dynamic::from(text.clone()))
                .map_err(|error| error.help.map_or(error.message.clone(), |help| format!("{}; {help}", error.message))),
            (Self::Date, toml::Value::String(text)) => date_value(text).ok_or_else(expected),
            (Self::Date, toml::Value::Datetime(time)) => date_value(&time.to_string()).ok_or_else(expected),
            _ => Err(expected()),
        }
    }
}

fn word<W: Word>(text: &str) -> Result<Dynamic, String> {
    W::parse(text).map(|word| Dynamic::from(WordValue::of(word))).ok_or_else(|| {
        format!("unknown {} `{text}`, expected one of {}", W::VOCABULARY.name, W::VOCABULARY.words.join(", "))
    })
}

/// A date in its one spelling, as in `2027-01-01`.
pub(crate) fn day(text: &str) -> Option<jiff::civil::Date> {
    text.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == text)
}

/// The last year from which on a rule can be in force: what is later is mistyped, and the rule would never hold anything.
pub(crate) const LAST_YEAR: i16 = 2100;

/// A date as TOML writes it, with or without quotes.
pub(crate) fn date_of(value: &toml::Value) -> Option<jiff::civil::Date> {
    match value {
        toml::Value::String(text) => day(text),
        toml::Value::Datetime(time) => day(&time.to_string()),
        _ => None,
    }
}

/// One declared parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) of: Type,
    pub(crate) default: toml::Value,
    pub(crate) description: Option<String>,
    pub(crate) stricter: Option<Stricter>,
    pub(crate) tunable: Option<(toml::Value, toml::Value)>,
}

impl Parameter {
    /// Checks a declaration; the diagnostic's place is a span of `pack.toml`.
    pub(crate) fn declare(name: &str, table: &ParameterTable) -> Result<Self, (Diagnostic, std::ops::Range<usize>)> {
        let broken = |what: String, span: std::ops::Range<usize>| {
            (Diagnostic::new(Code::BrokenPack, format!("parameter `{name}`: {what}")), span)
        };
        let of = Type::parse(table.kind.get_ref()).map_err(|diagnostic| (diagnostic, table.kind.span()))?;
        let fit =
            |value: &toml::Spanned<toml::Value>| of.fit(value.get_ref()).map_err(|what| broken(what, value.span()));
        let default = fit(&table.default)?;
        let lists = matches!(table.stricter, Some(Stricter::Subset | Stricter::Superset));
        if table.stricter.is_some() && lists != of.list {
            return Err(broken(
                "`stricter` has to be `lower` or `higher`, or for a list `subset` or `superset`".to_owned(),
                table.kind.span(),
            ));
        }
        let mut tunable = None;
        if let Some(range) = &table.tunable {
            if of.list {
                return Err(broken("a list has no range, so it can't be `tunable`".to_owned(), range.from.span()));
            }
            let (from, to) = (fit(&range.from)?, fit(&range.to)?);
            if of.rank(&from) > of.rank(&to) {
                return Err(broken("`from` lies above `to`".to_owned(), range.from.span()));
            }
            let rank = of.rank(&default);
            if rank < of.rank(&from) || of.rank(&to) < rank {
                let what = format!(
                    "the range from {} to {} does not hold the default, {}",
                    describe(&from),
                    describe(&to),
                    describe(&default)
                );
                return Err(broken(what, range.from.span()));
            }
            tunable = Some((from, to));
        }
        Ok(Self { of, default, description: table.description.clone(), stricter: table.stricter, tunable })
    }

    /// A value that fits as rules see it.
    pub(crate) fn dynamic(&self, value: &toml::Value) -> Dynamic {
        // Only what fits is kept.
        self.of.value(value).unwrap_or(Dynamic::UNIT)
    }

    /// Whether a later layer may move it from one value to another; why not, in words.
    pub(crate) fn may_move(&self, from: &toml::Value, to: &toml::Value) -> Result<(), String> {
        if to == from || self.is_stricter(from, to) || self.in_range(to) {
            return Ok(());
        }
        let list = |value: &toml::Value| value.as_array().cloned().unwrap_or_default();
        let quoted = |entries: Vec<&toml::Value>| {
            entries.into_iter().map(describe).collect::<Vec<_>>().join(", ").replace("the text ", "")
        };
        match self.stricter {
            Some(Stricter::Superset) => {
                let (old, new) = (list(from), list(to));
                let gone = quoted(old.iter().filter(|entry| !new.contains(entry)).collect());
                Err(format!("has to keep every entry that it has: {gone} would be gone"))
            }
            Some(Stricter::Subset) => {
                let (old, new) = (list(from), list(to));
                let added = quoted(new.iter().filter(|entry| !old.contains(entry)).collect());
                Err(format!("can only lose entries: {added} would be new"))
            }
            _ => Err(format!("can't be moved from {} to {}: {}", describe(from), describe(to), self.freedom())),
        }
    }

    /// What later layers may do with it, in words.
    pub(crate) fn freedom(&self) -> String {
        match (&self.stricter, &self.tunable) {
            (None, None) => "the pack declares neither `stricter` nor `tunable` for it".to_owned(),
            (Some(stricter), None) => format!("the pack lets it be moved only to a {} value", direction(*stricter)),
            (stricter, Some((from, to))) => {
                let also =
                    stricter.map_or(String::new(), |stricter| format!(", or to a {} value", direction(stricter)));
                format!("the pack lets it be moved from {} to {}{also}", describe(from), describe(to))
            }
        }
    }

    /// Whether a move is one in the direction that the pack calls stricter.
    pub(crate) fn is_stricter(&self, from: &toml::Value, to: &toml::Value) -> bool {
        let old = self.of.rank(from);
        let new = self.of.rank(to);
        let holds = |inner: &toml::Value, outer: &toml::Value| match (inner.as_array(), outer.as_array()) {
            (Some(inner), Some(outer)) => inner.iter().all(|element| outer.contains(element)),
            _ => false,
        };
        match self.stricter {
            Some(Stricter::Lower) => new < old,
            Some(Stricter::Higher) => new > old,
            Some(Stricter::Subset) => holds(to, from),
            Some(Stricter::Superset) => holds(from, to),
            None => false,
        }
    }

    fn in_range(&self, value: &toml::Value) -> bool {
        self.tunable.as_ref().is_some_and(|(from, to)| {
            let rank = self.of.rank(value);
            self.of.rank(from) <= rank && rank <= self.of.rank(to)
        })
    }
}

const fn direction(stricter: Stricter) -> &'static str {
    match stricter {
        Stricter::Lower => "lower",
        Stricter::Higher => "higher",
        Stricter::Subset => "shorter, by leaving entries out",
        Stricter::Superset => "longer, by adding entries",
    }
}

/// What orders the values of a type.
#[derive(Debug, PartialEq, PartialOrd)]
enum Rank {
    Word(usize),
    Number(f64),
    Text(String),
}

impl Type {
    fn rank(self, value: &toml::Value) -> Rank {
        match (self.kind, value) {
            (Kind::Severity, toml::Value::String(text)) => Rank::Word(Severity::VOCABULARY.index_of(text).unwrap_or(0)),
            (Kind::Risk, toml::Value::String(text)) => Rank::Word(Risk::VOCABULARY.index_of(text).unwrap_or(0)),
            #[expect(clippy::cast_precision_loss, reason = "a parameter is a small number that a person wrote")]
            (_, toml::Value::Integer(number)) => Rank::Number(*number as f64),
            (_, toml::Value::Float(number)) => Rank::Number(*number),
            (_, toml::Value::Boolean(value)) => Rank::Word(usize::from(*value)),
            (_, other) => Rank::Text(other.as_str().map_or_else(|| other.to_string(), str::to_owned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameter, Type};
    use crate::policy::manifest::ParameterTable;

    fn parameter(text: &str) -> Parameter {
        let table: ParameterTable = toml::from_str(text).unwrap();
        Parameter::declare("p", &table).unwrap()
    }

    fn moves(declared: &str, to: &toml::Value) -> bool {
        let parameter = parameter(declared);
        parameter.of.fit(to).is_ok_and(|to| parameter.may_move(&parameter.default, &to).is_ok())
    }

    fn text(value: &str) -> toml::Value {
        toml::Value::String(value.to_owned())
    }

    #[test]
    fn a_stricter_value_is_always_taken_and_a_laxer_one_only_in_the_declared_range() {
        let declared = "type = \"severity\"\ndefault = \"high\"\nstricter = \"lower\"\ntunable = { from = \"medium\", to = \"critical\" }";
        for (value, taken) in [("low", true), ("none", true), ("critical", true), ("high", true), ("hihg", false)] {
            assert_eq!(moves(declared, &text(value)), taken, "{value}");
        }
        let narrow = "type = \"severity\"\ndefault = \"high\"\nstricter = \"lower\"";
        assert!(!moves(narrow, &text("critical")));
        let fixed = "type = \"integer\"\ndefault = 3";
        assert!(!moves(fixed, &toml::Value::Integer(4)));
        assert!(moves(fixed, &toml::Value::Integer(3)));
    }

    #[test]
    fn a_range_that_does_not_hold_the_default_is_refused() {
        let table = |range: &str| -> ParameterTable {
            toml::from_str(&format!("type = \"severity\"\ndefault = \"high\"\ntunable = {range}")).unwrap()
        };
        let refused = Parameter::declare("p", &table("{ from = \"low\", to = \"medium\" }")).unwrap_err().0;
        assert!(refused.message.contains("does not hold the default"), "{}", refused.message);
        Parameter::declare("p", &table("{ from = \"high\", to = \"critical\" }")).unwrap();
    }

    #[test]
    fn a_list_is_moved_only_to_the_stricter_side() {
        let declared = "type = \"list<glob>\"\ndefault = [\"a/**\", \"b/**\"]\nstricter = \"superset\"";
        let list = |globs: &[&str]| toml::Value::Array(globs.iter().map(|glob| text(glob)).collect());
        assert!(moves(declared, &list(&["b/**", "a/**", "c/**"])));
        assert!(!moves(declared, &list(&["a/**"])));
        assert!(!moves(declared, &list(&["a/**", "b/**", "/c"])));
        let why = |declared: &str, to: &[&str]| {
            let parameter = parameter(declared);
            parameter.may_move(&parameter.default, &list(to)).unwrap_err()
        };
        assert_eq!(why(declared, &["b/**", "c/**"]), "has to keep every entry that it has: `a/**` would be gone");
        let subset = declared.replace("superset", "subset");
        assert_eq!(why(&subset, &["a/**", "c/**"]), "can only lose entries: `c/**` would be new");
    }

    #[test]
    fn text_of_the_command_line_is_read_by_the_type() {
        let of = |name: &str| Type::parse(name).unwrap();
        assert_eq!(of("integer").read("7").unwrap(), toml::Value::Integer(7));
        assert_eq!(of("string").read("7").unwrap(), text("7"));
        assert_eq!(of("severity").read("high").unwrap(), text("high"));
        assert!(of("list<glob>").read("[\"a/**\"]").unwrap().is_array());
        assert!(of("boolean").read("yes").is_err());
        assert!(of("list<licence>").read("[\"MIT\", \"Apache-2.0 WITH LLVM-exception\"]").is_ok());
        assert!(of("licence").read("Apache2").unwrap_err().contains("did you mean `Apache-2.0`"));
        assert!(Type::parse("sevrity").unwrap_err().help.unwrap().contains("severity"));
    }
}
