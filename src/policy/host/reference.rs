//! The reference for whoever writes rules: pages of Markdown, made from the tables that everything is registered from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::guide;
use super::signature::{Param, Signature};
use super::signatures;
use super::types::VOCABULARIES;
use crate::evidence::Vocabulary;
use crate::policy::language::{NATIVE_FUNCTIONS, NativeFunction};
use crate::policy::sandbox::DISABLED;

/// What stands before the list of types.
const INTRODUCTION: &str = include_str!("introduction.md");

/// One page of the reference.
#[derive(Debug)]
pub struct Page {
    /// Where it is kept, relative to the directory of the documentation.
    pub path: String,
    /// The whole page, as Markdown.
    pub text: String,
}

/// One name that rules can use, for tests and tools.
#[derive(Debug)]
pub struct Name {
    /// The type that it belongs to; empty for a function.
    pub receiver: &'static str,
    /// The name.
    pub name: &'static str,
    /// As the reference shows it.
    pub signature: String,
    /// What it means.
    pub meaning: &'static str,
    /// Statements of a `check` that use it; empty where nobody wrote any.
    pub example: &'static str,
}

/// Every name that rules can use.
pub fn names() -> impl Iterator<Item = Name> {
    signatures().map(|signature| Name {
        receiver: signature.receiver,
        name: signature.name,
        signature: shown(signature),
        meaning: signature.doc,
        example: signature.example,
    })
}

/// What a type is, and on which page it stands.
pub(super) struct About {
    pub(super) name: &'static str,
    page: &'static str,
    /// The selection that it is an item of; empty for others.
    pub(super) item_of: &'static str,
    pub(super) what: &'static str,
}

const fn about(name: &'static str, page: &'static str, item_of: &'static str, what: &'static str) -> About {
    About { name, page, item_of, what }
}

/// Types in the order of the reference. Functions are those of the type without a name.
const TYPES: &[About] = &[
    about("Change", "change", "", "the change that is judged: the first argument of `check`"),
    about("Findings", "findings", "", "a selection of scanner results"),
    about("Finding", "findings", "Findings", "one scanner result"),
    about("Files", "files", "", "a selection of the paths that the change adds, edits, deletes or renames"),
    about("File", "files", "Files", "one changed path"),
    about("Ownership", "files", "", "one rule of CODEOWNERS that decides over a path of a changed file"),
    about(
        "Dependencies",
        "dependencies",
        "",
        "a selection of the packages that are added, removed or locked otherwise than before",
    ),
    about("Dependency", "dependencies", "Dependencies", "one changed package in one lockfile or manifest"),
    about("Licences", "licences", "", "a selection of what is known of the licences of changed packages"),
    about("Licence", "licences", "Licences", "the licence of one version of a package"),
    about(
        "Advisories",
        "advisories",
        "",
        "a selection of what is known against packages of changed lockfiles: vulnerabilities, malware, abandonment",
    ),
    about("Advisory", "advisories", "Advisories", "one advisory about one package"),
    about("Reviews", "reviews", "", "a selection of what people said of the change on the forge"),
    about("Review", "reviews", "Reviews", "one review"),
    about("Tests", "tests", "", "a selection of the test cases that reports name"),
    about("Test", "tests", "Tests", "one test case"),
    about("Coverage", "coverage", "", "which lines that the change adds or edits were executed by tests, file by file"),
    about("FileCoverage", "coverage", "Coverage", "the coverage of one changed file"),
    about("Claims", "claims", "", "a selection of what the description and documents state about the change"),
    about("Claim", "claims", "Claims", "one statement: a line, a box, a row of a table or a sentence"),
    about(
        "Sources",
        "sources",
        "",
        "a selection of the inputs that the evidence was read from, with how complete each is",
    ),
    about("Source", "sources", "Sources", "one input"),
    about(
        "Capabilities",
        "capabilities",
        "",
        "a selection of what the change makes the code able to do that it could not before",
    ),
    about("Capability", "capabilities", "Capabilities", "one thing that the code can do now, and where it shows"),
    about("Date", "dates", "", "a day of the calendar"),
    about("", "effects", "", "what a rule does: it objects, remarks, assesses, asks for approval"),
    about("Violation", "effects", "", "what `violation` gives, to say more about it"),
    about("text", "effects", "", "a text, with what rules can ask of it beside the functions of the language"),
    about("array of texts", "effects", "", "a list of texts or words, as many properties give it"),
];

/// The page of types that nobody described yet.
const OTHER: &str = "other";

/// Every type that has names, described or not, in the order of the reference.
pub(super) fn types() -> Vec<About> {
    let mut all: Vec<About> = Vec::new();
    for described in TYPES.iter().filter(|described| signatures().any(|known| known.receiver == described.name)) {
        all.push(about(described.name, described.page, described.item_of, described.what));
    }
    for signature in signatures() {
        if !all.iter().any(|known| known.name == signature.receiver) {
            all.push(about(signature.receiver, OTHER, "", ""));
        }
    }
    all
}

/// All pages, the index first.
#[must_use]
pub fn reference() -> Vec<Page> {
    let types = types();
    let mut names: Vec<&str> = Vec::new();
    for kind in &types {
        if !names.contains(&kind.page) {
            names.push(kind.page);
        }
    }
    let page = |name: &&str| Page { path: format!("reference/{name}.md"), text: page(name, &types) };
    let index = Page { path: "host-functions.md".to_owned(), text: index(&types) };
    let words = Page { path: "reference/words.md".to_owned(), text: words() };
    let language = Page { path: "reference/language.md".to_owned(), text: language() };
    std::iter::once(index).chain(names.iter().map(page)).chain([words, language]).collect()
}

// Writing to a string can't fail, so what `write!` gives is not looked at in this file.

fn index(types: &[About]) -> String {
    let mut out = INTRODUCTION.to_owned();
    out.push_str(&guide::text());
    out.push_str("\n## Types\n");
    let mut anchors = Anchors::default();
    for kind in types {
        let place = format!("reference/{}.md#{}", kind.page, anchors.next(kind.page, &title(kind.name)));
        let links = signatures().filter(|signature| signature.receiver == kind.name).map(|signature| {
            let anchor = anchors.next(kind.page, &shown(signature));
            format!("[`{}`](reference/{}.md#{anchor})", signature.name, kind.page)
        });
        let links = links.collect::<Vec<_>>().join(" · ");
        let _ = write!(out, "\n### [{}]({place})\n\n{}\n\n{links}\n", title(kind.name), sentence(kind.what));
    }
    out.push_str(
        "\nThe words of closed vocabularies are in [words.md](reference/words.md), the functions of the language itself, \
         and what it has not, in [language.md](reference/language.md).\n",
    );
    out
}

fn page(name: &str, types: &[About]) -> String {
    let here: Vec<&About> = types.iter().filter(|kind| kind.page == name).collect();
    let mut title_of_page = name.to_owned();
    title_of_page.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    let mut out = format!(
        "# {title_of_page}\n\nGenerated from the table that the functions are registered from. \
         [How to read it](../host-functions.md#how-to-read-the-entries).\n"
    );
    for kind in here {
        let _ = write!(out, "\n## {}\n\n{}\n", title(kind.name), what(kind));
        for signature in signatures().filter(|signature| signature.receiver == kind.name) {
            entry(&mut out, signature);
        }
    }
    out
}

/// What a type is, and where a rule gets it from.
pub(super) fn what(kind: &About) -> String {
    let mut said = sentence(kind.what);
    let ways = ways(kind);
    if !ways.is_empty() {
        let _ = write!(said, " From {}.", ways.join(", "));
    }
    let parts = signatures().any(|signature| signature.receiver == kind.name && signature.returns == kind.name);
    if parts && signatures().any(|signature| signature.receiver == kind.name && signature.name == "count") {
        said.push_str(" Its queries give parts of it, of the same type.");
    }
    said
}

/// Which names give a value of a type, as a rule writes them.
fn ways(kind: &About) -> Vec<String> {
    let mut ways = Vec::new();
    if !kind.item_of.is_empty() {
        ways.push(format!("a loop over `{}`", kind.item_of));
    }
    for signature in signatures().filter(|signature| signature.receiver != kind.name && !kind.name.is_empty()) {
        let innermost = signature.returns.rsplit(" of ").next().unwrap_or_default();
        if signature.returns != kind.name && innermost != kind.name {
            continue;
        }
        let call = if signature.params.is_some() { "(..)" } else { "" };
        let way = match signature.receiver {
            "" => format!("`{}{call}`", signature.name),
            "Change" => format!("`change.{}{call}`", signature.name),
            receiver => format!("`{}{call}` of `{receiver}`", signature.name),
        };
        // What many names give needs no list of them.
        if ways.len() == MAX_WAYS {
            ways.push("others".to_owned());
            break;
        }
        ways.push(way);
    }
    ways
}

/// How many names that give a value of a type are listed.
const MAX_WAYS: usize = 6;

fn entry(out: &mut String, signature: &Signature) {
    let _ = write!(out, "\n### `{}`\n\n{}", shown(signature), sentence(signature.doc));
    for (name, param) in signature.params.unwrap_or_default() {
        // What the name of a type does not tell.
        if matches!(param, Param::Column(_) | Param::Map(_) | Param::Date | Param::Approvers) {
            let _ = write!(out, " `{name}` is {param}.");
        }
    }
    let used: Vec<&Vocabulary> = vocabularies().into_iter().filter(|known| uses(signature, known)).collect();
    for vocabulary in used {
        let _ = write!(out, " Words: [{}](words.md#{}).", vocabulary.name, slug(vocabulary.name));
    }
    if !signature.errors.is_empty() {
        let _ = write!(out, " Ends the rule as errored: {}.", signature.errors);
    }
    out.push('\n');
    if !signature.example.is_empty() {
        let _ = write!(out, "\n```rhai\n{}\n```\n", signature.example);
    }
}

/// Whether an entry takes or gives words of a vocabulary.
fn uses(signature: &Signature, vocabulary: &Vocabulary) -> bool {
    let takes = signature.params.unwrap_or_default().iter().any(|(_, param)| match param {
        Param::Word(known) | Param::Words(known) => known.name == vocabulary.name,
        _ => false,
    });
    let plural = format!("array of {}s", vocabulary.name);
    takes || signature.returns == vocabulary.name || signature.returns == plural
}

/// `severity_at_least(severity: severity) -> Findings`, `score: decimal number`.
pub(super) fn shown(signature: &Signature) -> String {
    let Some(params) = signature.params else { return format!("{}: {}", signature.name, signature.returns) };
    let params: Vec<String> = params.iter().map(|(name, param)| format!("{name}: {}", taken(*param))).collect();
    let given = if signature.returns.is_empty() { String::new() } else { format!(" -> {}", signature.returns) };
    format!("{}({}){given}", signature.name, params.join(", "))
}

/// What a parameter takes, as the reference writes types.
fn taken(param: Param) -> String {
    let or_array = |one: &str| format!("{one} | [{one}]");
    match param {
        Param::Word(vocabulary) => vocabulary.name.to_owned(),
        Param::Words(vocabulary) => or_array(vocabulary.name),
        Param::Globs => or_array("glob"),
        Param::Licences => or_array("licence"),
        Param::Text => "text".to_owned(),
        Param::Number => "number".to_owned(),
        Param::Column(_) => "column".to_owned(),
        Param::Date => "date".to_owned(),
        Param::Approvers => or_array("approver"),
        Param::Map(_) => "map".to_owned(),
        Param::Value(name) => name.to_owned(),
        Param::Texts => or_array("text"),
        Param::Numbers => or_array("number"),
        Param::Subject => "item | Change".to_owned(),
        Param::Files => "Files".to_owned(),
        Param::Claim => "Claim".to_owned(),
    }
}

/// The vocabularies that rules meet, as values or as words that they write.
pub(super) fn vocabularies() -> Vec<&'static Vocabulary> {
    let mut all: Vec<&'static Vocabulary> = VOCABULARIES.to_vec();
    for (_, param) in signatures().flat_map(|signature| signature.params.unwrap_or_default()) {
        if let Param::Word(vocabulary) | Param::Words(vocabulary) = param
            && !all.iter().any(|known| known.name == vocabulary.name)
        {
            all.push(vocabulary);
        }
    }
    all.sort_by_key(|vocabulary| vocabulary.name);
    all
}

fn words() -> String {
    let mut out = String::from(
        "# Words\n\nGenerated from the vocabularies. A value of a vocabulary is compared with its words as texts, as in \
         `f.severity == \"high\"`; any other word is an error. Of an ordered vocabulary, words can also be compared with \
         `<`, `<=`, `>` and `>=`; it is listed from the lowest to the highest.\n",
    );
    for vocabulary in vocabularies() {
        let order = if vocabulary.ordered { "Ordered, lowest first." } else { "Not ordered." };
        let _ = write!(out, "\n## {}\n\n{order}\n\n| word | means |\n| --- | --- |\n", vocabulary.name);
        for (word, meaning) in vocabulary.words.iter().zip(vocabulary.meanings) {
            let _ = writeln!(out, "| `{word}` | {} |", cell(meaning.trim()));
        }
    }
    out
}

fn language() -> String {
    let mut out = String::from(
        "# The language itself\n\nRules are written in [Rhai](https://rhai.rs/book/). Generated from a table that is tested \
         against the engine that runs them: what it has beside the names of Tollgate, and what it has not.\n\nA function is \
         called on a value, as in `m.keys()`, or with the value as its first argument, as in `keys(m)`. One that gives nothing \
         changes the value that it is called on: write `t.trim();`, then use `t`. `function` is written as in `|x| x > 3` and \
         sees its own parameters alone, no variable from around it: where one is needed, write a loop. A function of the \
         script does not see the constants at the top of it by their bare names either: write `global::NAME`. Parameters are \
         copies: what a function makes of one is seen by nobody unless it gives it back. In the sentences, \"it\" is the value \
         that a function is called on. A place in a text or an array counts from 0; one below 0 counts from the end, so that \
         -1 is the last. Operators are those of most languages; `+` joins texts, `in` looks for one and `!in` asks that it is \
         not there: `\"a\" !in list` is `!(\"a\" in list)`, for texts, arrays, maps, ranges and selections alike; and `${..}` \
         puts a value into a text between backticks.\n",
    );
    for (first, title) in NATIVE_TITLES {
        let of: Vec<&NativeFunction> =
            NATIVE_FUNCTIONS.iter().filter(|function| receiver(function) == *first).collect();
        if of.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n| function | gives | does |\n| --- | --- | --- |\n");
        for part in of.chunk_by(|left, right| left.name == right.name) {
            natives(&mut out, part);
        }
    }
    out.push_str("\n## What is not in the language\n\n| symbol | why |\n| --- | --- |\n");
    for (symbol, why) in DISABLED {
        let _ = writeln!(out, "| `{symbol}` | {} |", cell(why));
    }
    out.push_str(
        "| `exit`, `sleep`, `timestamp` | a rule can't end the run, wait, or see a clock |\n\
         | variables captured by a function | `|x| x > limit` would hold on to evidence; write a loop |\n\
         | reading files, the network, the environment, randomness | equal evidence gives equal outcomes |\n",
    );
    out
}

/// Types that functions of the language are called on, in the order of the reference.
const NATIVE_TITLES: &[(&str, &str)] = &[
    ("text", "Texts"),
    ("array", "Arrays"),
    ("map", "Maps"),
    ("number", "Numbers"),
    ("decimal number", "Decimal numbers"),
    ("range", "Ranges"),
    ("function", "Functions"),
    ("character", "Characters"),
    ("true or false", "True or false"),
    ("value", "Any value"),
    ("", "Without a value"),
];

/// The type that a function is called on.
fn receiver(function: &NativeFunction) -> &'static str {
    function.params.first().map_or("", |(_, of)| of.word())
}

/// One row for the functions of one name and one receiver; the first says what all of them do.
fn natives(out: &mut String, functions: &[&NativeFunction]) {
    let call = |function: &&NativeFunction| {
        let params: Vec<String> = function.params.iter().skip(1).map(|(name, of)| typed(name, of.word())).collect();
        format!("`{}({})`", function.name, params.join(", "))
    };
    let calls: Vec<String> = functions.iter().map(call).collect();
    let doc = functions.first().map(|function| sentence(function.doc)).unwrap_or_default();
    let gives = functions.iter().map(|function| function.returns.word());
    let mut gives: Vec<&str> = gives.map(|word| if word.is_empty() { "nothing" } else { word }).collect();
    gives.dedup();
    let _ = writeln!(out, "| {} | {} | {} |", calls.join("<br>"), gives.join(" or "), cell(&doc));
}

/// `index: number`; alone where the name says nothing more than the type.
fn typed(name: &str, of: &str) -> String {
    if name == of { name.to_owned() } else { format!("{name}: {of}") }
}

/// A text inside of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A text as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str())
}

fn title(receiver: &str) -> String {
    match receiver {
        "" => "Functions".to_owned(),
        "array of texts" => "Arrays of texts".to_owned(),
        other => other.to_owned(),
    }
}

/// The anchors that forges give to headings: the second of one page that would have the same gets a number.
#[derive(Default)]
struct Anchors {
    given: BTreeMap<(String, String), usize>,
}

impl Anchors {
    /// The anchor of the next heading of a page.
    fn next(&mut self, page: &str, heading: &str) -> String {
        let slug = slug(heading);
        let times = self.given.entry((page.to_owned(), slug.clone())).or_default();
        *times += 1;
        if *times == 1 { slug } else { format!("{slug}-{}", *times - 1) }
    }
}

/// How GitHub and GitLab make an anchor of a heading: lower case, dashes for blanks, without punctuation.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}
