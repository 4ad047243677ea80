//! Reviews as forges give them: who said what about the change, when, and of which commit.
//!
//! What is read, told apart by its content:
//!
//! - GitHub REST `GET /repos/../pulls/N/reviews`: a list; several lists in a row (one for each page), or a list of lists
//!   (`gh api --paginate --slurp`). One review alone, and the webhook `pull_request_review`, hold one of possibly many.
//! - GitHub GraphQL `reviews`, `latestReviews` or `latestOpinionatedReviews` of a pull request, and what
//!   `gh pr view --json reviews` makes of it.
//! - GitLab `GET /projects/:id/merge_requests/:iid/approvals` and `../approval_state`.
//! - Bitbucket Cloud `pullrequests/N` (its `participants`), Bitbucket Server and Data Center `pull-requests/N` (`reviewers`
//!   and `participants`) and `pull-requests/N/participants`; the webhooks of both that carry the whole pull request.
//!
//! Anything else is refused by its name. What is visibly one page of several is `truncated`; so is a list of exactly 30 or
//! 100 reviews, the lengths of a full page, unless the file shows that its pages were asked for one after the other.
//! An entry that can't be taken as it stands is a problem; the others still count.
//!
//! Limits: [`MAX_BYTES`], [`MAX_REVIEWS`], and [`MAX_VALUES`](super::forge::MAX_VALUES).

mod bitbucket;
mod github;
mod gitlab;
mod graphql;

pub(super) use bitbucket::{is_cloud as is_bitbucket_cloud, is_server as is_bitbucket_server, unwrapped};

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::forge::{Fields, Forge, Notes, Person, Problems, documents, error_of, is_github_pull_request, what_is};
use super::input::{self, Refusal, Report};
use crate::evidence::{Completeness, ReviewState};

/// The largest file that is read, in bytes: some 10,000 reviews with their texts.
pub const MAX_BYTES: u64 = 32 << 20;

/// How many reviews of one file are read.
pub const MAX_REVIEWS: usize = 20_000;

/// What one file says of reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFile {
    /// The forge that it comes from.
    pub forge: Forge,
    /// In the order of the file.
    pub reviews: Vec<WireReview>,
    /// Participants who said nothing as reviewers: the author.
    pub set_aside: u64,
    /// The numbers of the pull requests that it names.
    pub numbers: BTreeSet<u64>,
    /// `owner/name` of the repositories that it names, in lower case. Only answers of GitHub's REST and webhooks name them.
    pub repositories: BTreeSet<String>,
    /// What could not be taken as it stands.
    pub problems: Problems,
    /// Why there may be more reviews than it has, and what to do.
    pub incomplete: Option<String>,
}

/// One review as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireReview {
    /// Where it stands: a JSON pointer.
    pub at: String,
    /// The login; `None` for a deleted account.
    pub reviewer: Option<String>,
    /// Whether the reviewer is a bot, where the forge says.
    pub bot: Option<bool>,
    /// What they said; `None`, and a problem, where that can't be told.
    pub state: Option<ReviewState>,
    /// The commit that they looked at, in lower case.
    pub commit: Option<String>,
    /// When.
    pub time: Option<WireTime>,
}

/// A time as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireTime {
    /// A text, which should be of RFC 3339.
    Text(String),
    /// Milliseconds since 1970, as Bitbucket Server has them.
    Milliseconds(i64),
}

/// Reads one file.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<ReviewFile> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// What was expected, for messages.
const EXPECTED: &str = "reviews of GitHub, GitLab or Bitbucket";

/// Reads the bytes of one file.
///
/// # Errors
/// A [`Refusal`] where they are not reviews of one of the forges, or not one whole answer.
pub fn parse(bytes: &[u8]) -> Result<ReviewFile, Refusal> {
    let documents = documents(bytes, EXPECTED)?;
    let (pages, slurped) = pages(documents);
    let notes = Notes::default();
    let mut reading = Reading::new(&notes, pages.len(), slurped);
    let mut dialect = None;
    for (index, page) in pages.iter().enumerate() {
        let found = dialect_of(page)?;
        if *dialect.get_or_insert(found) != found {
            let first = pages.first().map(what_is).unwrap_or_default();
            return Err(Refusal::failed(format!(
                "begins with {first} and goes on with {}, expected pages of one answer",
                what_is(page)
            )));
        }
        reading.page = index;
        match found {
            Dialect::Rest => github::list(page, &mut reading),
            Dialect::OneReview => github::one(page, &mut reading),
            Dialect::Webhook => github::webhook(page, &mut reading),
            Dialect::GraphQl => graphql::page(page, &mut reading)?,
            Dialect::GitLab => gitlab::approvals(page, &mut reading),
            Dialect::BitbucketCloud => bitbucket::cloud(page, &mut reading)?,
            Dialect::BitbucketServer => bitbucket::server(page, &mut reading),
            Dialect::Participants => bitbucket::participants(page, &mut reading),
        }
    }
    let dialect = dialect.ok_or_else(|| Refusal::failed(format!("is an empty list of pages, expected {EXPECTED}")))?;
    let mut file = reading.finish(dialect);
    file.problems = notes.into_problems();
    Ok(file)
}

/// The pages of an answer, and whether something wrote them as a list of pages, which shows that it asked for all.
fn pages(mut documents: Vec<Value>) -> (Vec<Value>, bool) {
    if let [Value::Array(entries)] = documents.as_mut_slice() {
        let paged = |entry: &Value| entry.is_array() || entry.get("data").is_some() || entry.get("values").is_some();
        if !entries.is_empty() && entries.iter().all(paged) {
            return (std::mem::take(entries), true);
        }
    }
    (documents, false)
}

/// The shapes that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Rest,
    OneReview,
    Webhook,
    GraphQl,
    GitLab,
    BitbucketCloud,
    BitbucketServer,
    Participants,
}

impl Dialect {
    const fn forge(self) -> Forge {
        match self {
            Self::Rest | Self::OneReview | Self::Webhook | Self::GraphQl => Forge::GitHub,
            Self::GitLab => Forge::GitLab,
            Self::BitbucketCloud => Forge::BitbucketCloud,
            Self::BitbucketServer | Self::Participants => Forge::BitbucketServer,
        }
    }
}

/// Which shape a page has.
fn dialect_of(page: &Value) -> Result<Dialect, Refusal> {
    if let Some(error) = error_of(page) {
        return Err(Refusal::failed(format!("is the forge's error {error}, expected {EXPECTED}")));
    }
    let refused = || Refusal::failed(format!("is {}, expected {EXPECTED}{}", what_is(page), hint(page)));
    match page {
        Value::Array(entries) => {
            let any = entries.iter().any(|entry| entry.as_object().is_some_and(super::forge::is_github_review));
            if entries.is_empty() || any { Ok(Dialect::Rest) } else { Err(refused()) }
        }
        Value::Object(object) => {
            let is = |name: &str, test: fn(&Value) -> bool| object.get(name).is_some_and(test);
            if is("review", Value::is_object) && is("pull_request", Value::is_object) {
                Ok(Dialect::Webhook)
            } else if is_bitbucket_cloud(unwrapped(object)) {
                Ok(Dialect::BitbucketCloud)
            } else if is_bitbucket_server(unwrapped(object)) {
                Ok(Dialect::BitbucketServer)
            } else if bitbucket::is_participants(object) {
                Ok(Dialect::Participants)
            } else if gitlab::is_approvals(object) {
                Ok(Dialect::GitLab)
            } else if graphql::find(page, &mut Vec::new()) || is("data", |_| true) {
                Ok(Dialect::GraphQl)
            } else if super::forge::is_github_review(object) {
                Ok(Dialect::OneReview)
            } else {
                Err(refused())
            }
        }
        _ => Err(refused()),
    }
}

/// What to do instead, for answers that people mistake for reviews.
fn hint(page: &Value) -> &'static str {
    let users = |entries: &Vec<Value>| entries.iter().all(|entry| entry.get("login").is_some());
    match page {
        Value::Array(entries) if users(entries) => {
            "; those who were asked for a review did not give one yet: get `pulls/N/reviews`"
        }
        Value::Object(object) if object.contains_key("users") && object.contains_key("teams") => {
            "; those who were asked for a review did not give one yet: get `pulls/N/reviews`"
        }
        Value::Object(object) if is_github_pull_request(object) => {
            "; a pull request has no reviews in it: give it with `--change`, and get `pulls/N/reviews`"
        }
        Value::Object(object) if object.get("pull_request").is_some_and(Value::is_object) => {
            "; give it with `--change`, and get `pulls/N/reviews`"
        }
        Value::Object(object) if object.contains_key("iid") || object.contains_key("object_kind") => {
            "; give it with `--change`, and get `merge_requests/IID/approvals`"
        }
        _ => "",
    }
}

/// What is read so far.
struct Reading<'a> {
    notes: &'a Notes,
    /// How many pages there are, and which one is being read.
    pages: usize,
    page: usize,
    /// Whether the file itself shows that all pages were asked for.
    slurped: bool,
    reviews: Vec<WireReview>,
    over: bool,
    set_aside: u64,
    numbers: BTreeSet<u64>,
    repositories: BTreeSet<String>,
    incomplete: Option<String>,
    /// What pages say of those before and after them.
    seen: Seen,
}

/// What pages say of those before and after them.
#[derive(Debug, Default)]
struct Seen {
    first: bool,
    last: bool,
    /// How many there are in all, by the forge's word.
    total: Option<u64>,
    entries: u64,
}

impl<'a> Reading<'a> {
    fn new(notes: &'a Notes, pages: usize, slurped: bool) -> Self {
        Self {
            notes,
            pages,
            page: 0,
            slurped,
            reviews: Vec::new(),
            over: false,
            set_aside: 0,
            numbers: BTreeSet::new(),
            repositories: BTreeSet::new(),
            incomplete: None,
            seen: Seen::default(),
        }
    }

    /// Where the page being read stands: in a list of pages its number, of documents in a row nothing that JSON has.
    fn at(&self) -> String {
        match (self.slurped, self.page) {
            (true, page) => format!("/{page}"),
            (false, 0) => String::new(),
            (false, page) => format!("document {}: ", page + 1),
        }
    }

    fn fields(&self, value: &'a Value, at: String) -> Option<Fields<'a>> {
        Fields::of(value, at, "a review", self.notes)
    }

    fn push(&mut self, fields: &Fields<'_>, person: Person, state: Option<ReviewState>) -> Option<&mut WireReview> {
        if self.reviews.len() >= MAX_REVIEWS {
            self.over = true;
            return None;
        }
        self.reviews.push(WireReview {
            at: fields.pointer(""),
            reviewer: person.login,
            bot: person.bot,
            state,
            commit: None,
            time: None,
        });
        self.reviews.last_mut()
    }

    /// Says that there may be more; the first reason stays.
    fn cut(&mut self, why: impl Into<String>) {
        self.incomplete.get_or_insert_with(|| why.into());
    }

    fn finish(mut self, dialect: Dialect) -> ReviewFile {
        match dialect {
            Dialect::GraphQl => graphql::all_there(&mut self),
            Dialect::Participants => bitbucket::all_there(&mut self),
            Dialect::OneReview | Dialect::Webhook if self.pages > 0 => self.cut(ONE_OF_MANY),
            _ => {}
        }
        if dialect.forge() == Forge::GitHub {
            github::who_is_a_person(&mut self);
        }
        if self.over {
            self.incomplete = Some(format!("has more than the limit of {MAX_REVIEWS} reviews"));
        }
        ReviewFile {
            forge: dialect.forge(),
            reviews: self.reviews,
            set_aside: self.set_aside,
            numbers: self.numbers,
            repositories: self.repositories,
            problems: Problems::default(),
            incomplete: self.incomplete,
        }
    }
}

const ONE_OF_MANY: &str = "is one review, and others are not in it: get all with \
    `gh api --paginate --slurp repos/OWNER/NAME/pulls/N/reviews`";

/// A time of a field, in either writing.
fn time(fields: &Fields<'_>, name: &str) -> Option<WireTime> {
    match fields.get(name)? {
        Value::String(text) => Some(WireTime::Text(text.clone())),
        Value::Number(number) if number.is_i64() => number.as_i64().map(WireTime::Milliseconds),
        other => {
            fields.problem(name, format!("found {}, expected a time", what_is(other)));
            None
        }
    }
}

impl ReviewFile {
    /// How much of it is there by its own word.
    #[must_use]
    pub const fn completeness(&self) -> Completeness {
        if self.incomplete.is_some() { Completeness::Truncated } else { Completeness::Complete }
    }
}
