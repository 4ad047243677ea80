//! One rule file: compiled, its metadata read without running it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{AST, ASTFlags, Dynamic, Engine, Expr, ImmutableString, ParseErrorType, Position, Stmt};

use super::check::Names;
use super::layers::Pack;
use super::metadata::{Approver, Enforcement, Risk, RuleMeta};
use super::parameter::{LAST_YEAR, day};
use super::undefined;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{EvidenceKind, Word};

/// A script and how it is called in diagnostics.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: Arc<str>,
}

impl Script {
    /// A place in it; nothing more than its name where the engine gives no position.
    pub(crate) fn place(&self, position: Position) -> Place {
        let number = |number: Option<usize>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        Place {
            file: self.name.clone(),
            line: number(position.line()),
            column: number(position.position()),
            text: Some(Arc::clone(&self.text)),
        }
    }

    /// A mistake at a position.
    pub(crate) fn mistake(&self, code: Code, position: Position, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, message).at(self.place(position))
    }

    /// What to write for a name that is not known at its place.
    fn instead_of(&self, name: &str, position: Position) -> Option<String> {
        let at = undefined::offset(&self.text, position.line()?, position.position()?)?;
        undefined::help(&self.text, name, at)
    }

    /// Parses it.
    pub(crate) fn compile(&self, engine: &Engine) -> Result<AST, Diagnostic> {
        let mut ast = engine.compile(&*self.text).map_err(|error| {
            let message = error.err_type().to_string();
            let diagnostic = self.mistake(Code::SyntaxError, error.position(), lower_first(&message));
            let help = match error.err_type() {
                ParseErrorType::VariableUndefined(name) => self.instead_of(name, error.position()),
                _ => disabled_symbol(&message).map(str::to_owned),
            };
            match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        })?;
        ast.set_source(self.name.as_str());
        Ok(ast)
    }
}

fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Why the symbol that the engine does not take is not in the language.
fn disabled_symbol(message: &str) -> Option<&'static str> {
    message.split('\'').skip(1).step_by(2).find_map(super::sandbox::why_disabled)
}

/// The `//!` lines at the top of a script.
fn description(text: &str) -> String {
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let lines: Vec<&str> = lines.map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

/// Top-level statements other than constants and imports would run before the rule, where nobody looks.
pub(crate) fn check_top_level(script: &Script, ast: &AST) -> Result<(), Diagnostic> {
    let mut constants = std::collections::BTreeSet::new();
    for statement in ast.statements() {
        if let Stmt::Var(variable, _, position) = statement
            && !constants.insert(variable.0.name.as_str())
        {
            let message = format!("`{}` is there twice, and only one of them would count", variable.0.name);
            return Err(script.mistake(Code::BrokenMetadata, *position, message));
        }
        let allowed = match statement {
            Stmt::Noop(..) | Stmt::Import(..) => true,
            Stmt::Var(variable, flags, _) => {
                // Told of most without making the value.
                let is_literal = variable.1.is_constant() || variable.1.get_literal_value(None).is_some();
                flags.intersects(ASTFlags::CONSTANT) && is_literal
            }
            _ => false,
        };
        if !allowed {
            return Err(script
                .mistake(
                    Code::BrokenMetadata,
                    statement.position(),
                    "outside of functions only `const NAME = literal` and `import` may stand",
                )
                .help("move the statement into `check` or a function"));
        }
    }
    Ok(())
}

/// A rule as it is written, before layers touch it.
pub(crate) struct Parsed {
    pub(crate) meta: RuleMeta,
    /// The script without its metadata, and whether there is anything else at its top level.
    pub(crate) ast: AST,
    pub(crate) top_level: bool,
    /// Where `RULE` stands, for diagnostics about the metadata as a whole.
    pub(crate) position: Position,
    /// Where its entries stand.
    pub(crate) positions: BTreeMap<String, Position>,
    /// Values of the pack's parameters for this rule alone, not yet looked at.
    pub(crate) parameters: Vec<OwnValue>,
}

/// A parameter's value in a rule's metadata.
pub(crate) struct OwnValue {
    pub(crate) name: String,
    pub(crate) value: toml::Value,
    pub(crate) key: Position,
    pub(crate) at: Position,
}

/// Reads and checks one rule file.
pub(crate) fn parse(
    script: &Script,
    mut ast: AST,
    id: &str,
    pack: &Pack,
    categories: &[String],
    names: &Names<'_>,
) -> Result<Parsed, Vec<Diagnostic>> {
    let one = |diagnostic: Diagnostic| vec![diagnostic];
    check_top_level(script, &ast).map_err(one)?;
    let checks = || ast.iter_functions().filter(|function| function.name == "check");
    match checks().find(|function| function.params.len() == 2).or_else(|| checks().next()) {
        Some(function) if function.params.len() == 2 => {}
        Some(function) => {
            return Err(one(script.mistake(
                Code::BrokenMetadata,
                Position::NONE,
                format!("`check` takes {} parameters, expected `fn check(change, params)`", function.params.len()),
            )));
        }
        None => {
            return Err(one(script.mistake(
                Code::BrokenMetadata,
                Position::NONE,
                "the rule has no `fn check(change, params)`",
            )));
        }
    }
    // What an author reads first comes first: the header, then what `check` does.
    let header = header(script, &ast, id, pack, categories);
    let mistakes = names.check(script, &ast);
    let Header { meta, position, positions, parameters } = match header {
        Ok(header) if mistakes.is_empty() => header,
        Ok(_) => return Err(mistakes),
        Err(mut first) => {
            first.extend(mistakes);
            // Nobody reads more.
            first.truncate(100);
            return Err(first);
        }
    };
    let top_level = ast.statements().iter().filter(|statement| !matches!(statement, Stmt::Noop(..))).count() > 1;
    if !top_level {
        ast.clear_statements();
    }
    Ok(Parsed { meta, ast, top_level, position, positions, parameters })
}

/// What the metadata of a rule say.
struct Header {
    meta: RuleMeta,
    position: Position,
    positions: BTreeMap<String, Position>,
    parameters: Vec<OwnValue>,
}

/// Reads and checks the metadata of a rule.
fn header(script: &Script, ast: &AST, id: &str, pack: &Pack, categories: &[String]) -> Result<Header, Vec<Diagnostic>> {
    let (position, entries) = metadata(script, ast).map_err(|mistake| vec![mistake])?;
    let positions = entries.iter().map(|entry| (entry.name.to_string(), entry.at)).collect();
    let mut reader = Reader { script, entries, mistakes: Vec::new() };
    let meta = reader.rule(id, pack, categories, position);
    let parameters = reader.parameters();
    reader.finish();
    if reader.mistakes.is_empty() { Ok(Header { meta, position, positions, parameters }) } else { Err(reader.mistakes) }
}

/// One entry of `RULE`.
struct Entry {
    name: ImmutableString,
    key: Position,
    value: Dynamic,
    at: Position,
    /// The entries of a map.
    inner: Option<Vec<Entry>>,
}

impl Entry {
    fn of((key, value): &(rhai::Ident, Expr)) -> Self {
        let inner = match value {
            Expr::Map(map, _) => Some(map.0.iter().map(Self::of).collect()),
            _ => None,
        };
        Self {
            name: key.name.clone(),
            key: key.pos,
            value: value.get_literal_value(None).unwrap_or(Dynamic::UNIT),
            at: value.start_position(),
            inner,
        }
    }
}

/// Finds `const RULE = #{ .. }`.
fn metadata(script: &Script, ast: &AST) -> Result<(Position, Vec<Entry>), Diagnostic> {
    let rule = ast.statements().iter().find_map(|statement| match statement {
        Stmt::Var(variable, _, position) if variable.0.name == "RULE" => Some((&variable.1, *position)),
        _ => None,
    });
    let Some((expression, position)) = rule else {
        return Err(script.mistake(Code::BrokenMetadata, Position::NONE, "the rule has no metadata").help(
            "begin the file with `const RULE = #{ title: .., category: .., enforcement: .., risk: .., needs: [..] };`",
        ));
    };
    let Expr::Map(map, _) = expression else {
        return Err(script.mistake(Code::BrokenMetadata, position, "`RULE` has to be a map literal, `#{ .. }`"));
    };
    Ok((position, map.0.iter().map(Entry::of).collect()))
}

/// A literal of a script as `pack.toml` would have it.
fn as_toml(value: &Dynamic) -> Option<toml::Value> {
    if let Some(array) = value.read_lock::<rhai::Array>() {
        return array.iter().map(as_toml).collect::<Option<Vec<_>>>().map(toml::Value::Array);
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(toml::Value::String(text.to_string()));
    }
    let number = || value.as_int().map(toml::Value::Integer).or_else(|_| value.as_float().map(toml::Value::Float));
    value.as_bool().map(toml::Value::Boolean).or_else(|_| number()).ok()
}

/// Reads metadata entry by entry; what is left over at the end is unknown.
struct Reader<'a> {
    script: &'a Script,
    entries: Vec<Entry>,
    mistakes: Vec<Diagnostic>,
}

const KEYS: &[&str] = &[
    "title",
    "category",
    "enforcement",
    "risk",
    "needs",
    "optional",
    "approvers",
    "controls",
    "remedy",
    "owner",
    "docs",
    "parameters",
    "effective_on",
];

impl Reader<'_> {
    fn take(&mut self, key: &str) -> Option<Entry> {
        let index = self.entries.iter().position(|entry| entry.name == key)?;
        Some(self.entries.remove(index))
    }

    fn mistake(&mut self, position: Position, message: String) {
        self.mistakes.push(self.script.mistake(Code::BrokenMetadata, position, message));
    }

    fn text(&mut self, key: &str) -> Option<(String, Position)> {
        let entry = self.take(key)?;
        match entry.value.into_immutable_string() {
            Ok(text) if !text.trim().is_empty() => Some((text.to_string(), entry.at)),
            Ok(_) => {
                self.mistake(entry.at, format!("`{key}` is empty, expected a text"));
                None
            }
            Err(_) => {
                self.mistake(entry.at, format!("`{key}` has to be a text"));
                None
            }
        }
    }

    fn required(&mut self, key: &str, position: Position) -> Option<(String, Position)> {
        if !self.entries.iter().any(|entry| entry.name == key) {
            self.mistake(position, format!("the metadata has no `{key}`"));
            return None;
        }
        self.text(key)
    }

    fn word<W: Word>(&mut self, key: &str, position: Position) -> Option<W> {
        let (text, at) = self.required(key, position)?;
        let word = W::parse(&text);
        if word.is_none() {
            self.unknown(at, W::VOCABULARY.name, &text, W::VOCABULARY.words);
        }
        word
    }

    fn unknown(&mut self, at: Position, what: &str, text: &str, known: &[&str]) {
        self.mistakes.push(
            self.script
                .mistake(
                    Code::UnknownWord,
                    at,
                    format!("unknown {what} `{text}`, expected one of {}", known.join(", ")),
                )
                .suggest(text, known.iter().copied()),
        );
    }

    fn texts(&mut self, key: &str) -> Vec<(String, Position)> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        let Ok(array) = entry.value.into_array() else {
            self.mistake(entry.at, format!("`{key}` has to be an array of texts"));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(array.len());
        for value in array {
            match value.into_immutable_string() {
                Ok(text) => texts.push((text.to_string(), entry.at)),
                Err(_) => self.mistake(entry.at, format!("`{key}` has to be an array of texts")),
            }
        }
        texts
    }

    fn kinds(&mut self, key: &str) -> Vec<EvidenceKind> {
        let mut kinds = Vec::new();
        for (text, at) in self.texts(key) {
            match EvidenceKind::parse(&text) {
                Some(kind) => kinds.push(kind),
                None => self.unknown(at, EvidenceKind::VOCABULARY.name, &text, EvidenceKind::VOCABULARY.words),
            }
        }
        kinds.sort();
        kinds.dedup();
        kinds
    }

    fn approvers(&mut self) -> Vec<Approver> {
        let mut approvers = Vec::new();
        for (text, at) in self.texts("approvers") {
            match Approver::parse(&text) {
                Some(approver) => approvers.push(approver),
                None => self.mistake(
                    at,
                    format!("unknown approver `{text}`, expected `user:LOGIN`, `team:NAME`, `owners` or `any`"),
                ),
            }
        }
        approvers.sort();
        approvers.dedup();
        approvers
    }

    fn date(&mut self, key: &str) -> Option<jiff::civil::Date> {
        let (text, at) = self.text(key)?;
        let date = day(&text);
        match date {
            None => self.mistake(at, format!("`{key}` has to be a date, as in `2027-01-01`, found `{text}`")),
            Some(date) if date.year() > LAST_YEAR => {
                self.mistake(at, format!("`{key}` is in the year {}, expected one up to {LAST_YEAR}", date.year()));
            }
            Some(_) => {}
        }
        date
    }

    fn parameters(&mut self) -> Vec<OwnValue> {
        let Some(entry) = self.take("parameters") else { return Vec::new() };
        let Some(inner) = entry.inner else {
            self.mistake(entry.at, "`parameters` has to be a map, as in `#{ limit: 3 }`".to_owned());
            return Vec::new();
        };
        let mut parameters = Vec::new();
        for Entry { name, key, value, at, .. } in inner {
            match as_toml(&value) {
                Some(value) => parameters.push(OwnValue { name: name.to_string(), value, key, at }),
                None => self.mistake(
                    at,
                    format!("the value of `{name}` has to be a text, a number, true or false, or a list of these"),
                ),
            }
        }
        parameters
    }

    fn rule(&mut self, id: &str, pack: &Pack, categories: &[String], position: Position) -> RuleMeta {
        let title = self.required("title", position);
        let category = self.required("category", position);
        if let Some((category, at)) = &category
            && !categories.contains(category)
        {
            let known: Vec<&str> = categories.iter().map(String::as_str).collect();
            self.unknown(*at, "category", category, &known);
        }
        let enforcement = self.word::<Enforcement>("enforcement", position);
        let risk = self.word::<Risk>("risk", position);
        if !self.entries.iter().any(|entry| entry.name == "needs") {
            self.mistake(position, "the metadata has no `needs`".to_owned());
        }
        let needs = self.kinds("needs");
        let optional = self.kinds("optional");
        if let Some(kind) = optional.iter().find(|kind| needs.contains(kind)) {
            self.mistake(position, format!("the rule can't both need {kind} and do without them"));
        }
        RuleMeta {
            id: id.to_owned(),
            pack: pack.name().to_owned(),
            layer: pack.layer,
            title: title.map(|(text, _)| text).unwrap_or_default(),
            description: description(&self.script.text),
            category: category.map(|(text, _)| text).unwrap_or_default(),
            enforcement: enforcement.unwrap_or(Enforcement::HardMandatory),
            risk: risk.unwrap_or(Risk::Critical),
            needs,
            optional,
            approvers: self.approvers(),
            further_approvers: Vec::new(),
            controls: self.texts("controls").into_iter().map(|(text, _)| text).collect(),
            remedy: self.text("remedy").map(|(text, _)| text),
            owner: self.text("owner").map(|(text, _)| text),
            docs: self.text("docs").map(|(text, _)| text),
            scope: None,
            effective_on: self.date("effective_on"),
            pending: None,
            parameters: Vec::new(),
            set_by: BTreeMap::new(),
        }
    }

    fn finish(&mut self) {
        for entry in std::mem::take(&mut self.entries) {
            self.mistakes.push(
                self.script
                    .mistake(
                        Code::BrokenMetadata,
                        entry.key,
                        format!("unknown metadata `{}`, expected one of {}", entry.name, KEYS.join(", ")),
                    )
                    .suggest(&entry.name, KEYS.iter().copied()),
            );
        }
    }
}
