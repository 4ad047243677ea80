//! Whose approval counts: who belongs to whom is asked, who may not approve this change, and which approvals there are.
//!
//! Everything that is not known counts against the approval, and is said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Given, NotCounted, Requirement};
use crate::evidence::{Completeness, Evidence, EvidenceKind, Review, ReviewState};
use crate::policy::Approver;

/// What is known about approvals beside the evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approving {
    /// The commit that the judged one was made from, as a merge queue does: its reviews count.
    pub reviewed_head: Option<String>,
    /// What was asked for at earlier heads, in any order.
    pub previous: Vec<Earlier>,
    /// Whom each pack asks where nobody can meet a requirement, by its name.
    pub fallbacks: BTreeMap<String, Vec<Approver>>,
}

/// What a verdict about an earlier head asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Earlier {
    /// That head: a full commit id.
    pub head: String,
    /// Fingerprints of its requirements.
    pub requirements: BTreeSet<String>,
}

/// Why no approval counts, or not everybody's who may be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uncounted {
    /// Who proposed the change is not known, so nobody is known to be somebody else.
    NoAuthor,
    /// The change's last commit is not known, so no review is known to be of it.
    NoHead,
    /// Evidence of a kind is not complete.
    Incomplete(EvidenceKind, Completeness),
    /// Somebody is asked whose login nothing tells: an address, or a role of the forge.
    NoLogin(String),
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAuthor => {
                f.write_str("who proposed the change is not known, so nobody is known to be somebody else")
            }
            Self::NoHead => {
                f.write_str("the last commit of the change is not known, so no review is known to be of it")
            }
            Self::Incomplete(kind, completeness) => write!(f, "{kind}: {completeness}"),
            Self::NoLogin(owner) => write!(f, "`{owner}` is asked, and nothing tells whose login that is"),
        }
    }
}

/// The people of one change.
pub(crate) struct People<'a> {
    evidence: &'a Evidence,
    approving: &'a Approving,
    heads: BTreeSet<&'a str>,
    /// Logins without capitals, and why each may not approve.
    excluded: BTreeMap<String, &'static str>,
}

/// Logins that belong to whom is asked, by their form without capitals.
#[derive(Default)]
struct Members {
    logins: BTreeMap<String, String>,
    /// Why there may be more, in order, each once.
    unknown: Vec<Uncounted>,
    /// Why a part of whom is asked is nobody.
    nobody: Vec<String>,
}

impl<'a> People<'a> {
    pub(crate) fn of(evidence: &'a Evidence, approving: &'a Approving) -> Self {
        let change = &evidence.change;
        let mut excluded = BTreeMap::new();
        for author in &change.commit_authors {
            excluded.extend(logins(author).into_iter().map(|login| (login, "wrote a commit of it")));
        }
        excluded.extend(change.author.iter().map(|author| (author.to_lowercase(), "proposed the change")));
        let mut heads: BTreeSet<&str> = evidence.heads().collect();
        heads.extend(approving.reviewed_head.as_deref());
        Self { evidence, approving, heads, excluded }
    }

    /// Finds who could meet a requirement, and who has.
    pub(crate) fn settle(&self, requirement: &mut Requirement) {
        let mut members = self.members(&requirement.from, requirement);
        requirement.unsatisfiable = self.why_nobody(&members, requirement);
        let fallback = std::mem::take(&mut requirement.fallback);
        if requirement.unsatisfiable.is_some() && !fallback.is_empty() {
            let further = self.members(&fallback, requirement);
            members.logins.extend(further.logins);
            further.unknown.into_iter().for_each(|why| members.lack(why));
            members.nobody.extend(further.nobody);
            let fails = self.why_nobody(&members, requirement).is_some();
            if let (Some(why), true) = (&mut requirement.unsatisfiable, fails) {
                why.push_str("; nor can the fallback");
            }
            requirement.fallback = fallback;
        }
        requirement.uncounted = self.why_uncounted();
        requirement.uncounted.extend(members.unknown.iter().cloned());
        let given = self.given(&members, requirement);
        let has_given = |login: &str| given.iter().any(|given| given.by.to_lowercase() == login);
        let could = members.logins.iter().filter(|(login, _)| self.may(login) && !has_given(login));
        requirement.candidates = could.map(|(_, spelled)| spelled.clone()).collect();
        requirement.give(given);
        if requirement.outstanding > 0 {
            requirement.not_counted = self.not_counted(&members, requirement);
        }
    }

    /// Whether somebody's approval can count.
    fn may(&self, login: &str) -> bool {
        !self.excluded.contains_key(login) && !is_bot(login)
    }

    /// Why nobody's approval counts, whoever they are: all that is not known.
    fn why_uncounted(&self) -> Vec<Uncounted> {
        let author = self.evidence.change.author.is_none().then_some(Uncounted::NoAuthor);
        let head = self.heads.is_empty().then_some(Uncounted::NoHead);
        author.into_iter().chain(head).chain(self.lacks(EvidenceKind::Reviews)).collect()
    }

    fn lacks(&self, kind: EvidenceKind) -> Option<Uncounted> {
        let completeness = self.evidence.completeness(kind);
        (completeness != Completeness::Complete).then_some(Uncounted::Incomplete(kind, completeness))
    }

    /// Approvals that people hold now and that count for a requirement.
    fn given(&self, members: &Members, requirement: &Requirement) -> Vec<Given> {
        let counts = |review: &&Review| self.why_not(review, members, requirement).is_none();
        let given = self
            .held()
            .filter(counts)
            .filter_map(|review| Some(Given { by: review.reviewer.clone()?, commit: review.commit.clone() }));
        given.collect()
    }

    /// Approvals that people hold now and that do not count for a requirement, each once.
    fn not_counted(&self, members: &Members, requirement: &Requirement) -> Vec<NotCounted> {
        let told = |review: &Review| {
            let why = self.why_not(review, members, requirement)?;
            Some(NotCounted { by: review.reviewer.clone(), commit: review.commit.clone(), why })
        };
        let told: BTreeSet<NotCounted> = self.held().filter_map(told).collect();
        told.into_iter().collect()
    }

    /// Approvals that people hold now.
    fn held(&self) -> impl Iterator<Item = &Review> {
        self.evidence.reviews.iter().filter(|review| review.latest && review.state == ReviewState::Approved)
    }

    /// Why an approval does not count for a requirement, as what is said of who gave it; `None` where it counts.
    fn why_not(&self, review: &Review, members: &Members, requirement: &Requirement) -> Option<String> {
        let Some(reviewer) = &review.reviewer else { return Some("is an account that is gone".to_owned()) };
        let login = reviewer.to_lowercase();
        if let Some(why) = self.excluded.get(&login) {
            return Some((*why).to_owned());
        }
        if review.bot || is_bot(&login) {
            return Some("is a bot".to_owned());
        }
        if let Some(why) = self.why_uncounted().first() {
            return Some(format!("counts for nothing: {why}"));
        }
        if !members.logins.contains_key(&login) {
            let known = if members.unknown.is_empty() { "" } else { ", as far as is known" };
            return Some(format!("is not one of those who are asked{known}"));
        }
        match review.commit.as_deref() {
            None => Some("approved a commit that is not known".to_owned()),
            Some(commit) if self.is_of(commit, requirement) => None,
            Some(commit) => {
                let earlier = self.approving.previous.iter().any(|earlier| earlier.head == commit);
                let since = if earlier { ", and what it is about was another then" } else { "" };
                let commit: String = commit.chars().take(12).collect();
                Some(format!("approved {commit}, which is not the head{since}"))
            }
        }
    }

    /// Whether a review of a commit is one of what the requirement is about now: of the head, or of an earlier one that asked
    /// for the very same.
    fn is_of(&self, commit: &str, requirement: &Requirement) -> bool {
        let asked =
            |earlier: &Earlier| earlier.head == commit && earlier.requirements.contains(&requirement.fingerprint);
        self.heads.contains(commit) || self.approving.previous.iter().any(asked)
    }

    fn members(&self, from: &[Approver], requirement: &Requirement) -> Members {
        let mut members = Members::default();
        for approver in from {
            match approver {
                Approver::User(login) => members.add(login),
                Approver::Team(name) => self.team(&mut members, &[name]),
                Approver::Owners => self.owners(&mut members, requirement),
                Approver::Any => {
                    self.know_teams(&mut members);
                    self.evidence.teams.values().flatten().for_each(|login| members.add(login));
                    if self.evidence.teams.values().all(Vec::is_empty) {
                        members.nobody.push("no team has a member".to_owned());
                    }
                }
            }
        }
        members
    }

    fn know_teams(&self, members: &mut Members) {
        self.lacks(EvidenceKind::Teams).into_iter().for_each(|why| members.lack(why));
    }

    /// The members of a team, under the first of its names that there is.
    fn team(&self, members: &mut Members, names: &[&str]) {
        self.know_teams(members);
        let shown = names.first().copied().unwrap_or_default();
        match names.iter().find_map(|name| self.evidence.teams.get(*name)) {
            Some(team) if team.is_empty() => members.nobody.push(format!("the team `{shown}` has no members")),
            Some(team) => team.iter().for_each(|login| members.add(login)),
            None => members.nobody.push(format!("there is no team `{shown}`")),
        }
    }

    fn owners(&self, members: &mut Members, requirement: &Requirement) {
        // A line that can't be read may name others than those that the lines around it name: then nobody is known to own it.
        let lacks = self.lacks(EvidenceKind::Owners);
        let known = lacks.is_none();
        lacks.into_iter().for_each(|why| members.lack(why));
        if known && requirement.owners.is_empty() {
            members.nobody.push(if requirement.paths.is_empty() {
                "no changed file has a code owner".to_owned()
            } else {
                "no code owner is named for what it is about".to_owned()
            });
        }
        for owner in &requirement.owners {
            match owner.strip_prefix('@') {
                Some(name) if !name.starts_with('@') => match name.rsplit_once('/') {
                    _ if !known => {}
                    Some((_, team)) => self.team(members, &[name, team]),
                    None => members.add(name),
                },
                // A role of which only the forge knows the people, or an address.
                _ => members.lack(Uncounted::NoLogin(owner.clone())),
            }
        }
    }

    /// Why nobody can meet a requirement, where that is known.
    fn why_nobody(&self, members: &Members, requirement: &Requirement) -> Option<String> {
        if requirement.from.is_empty() {
            return Some("no approver is named".to_owned());
        }
        if !members.unknown.is_empty() || self.evidence.change.author.is_none() {
            return None;
        }
        let able: Vec<&str> =
            members.logins.iter().filter(|(login, _)| self.may(login)).map(|(_, spelled)| spelled.as_str()).collect();
        if able.len() >= requirement.count as usize {
            return None;
        }
        let barred =
            members.logins.iter().filter(|(login, _)| !self.may(login)).map(|(login, spelled)| {
                format!("{spelled} {}", self.excluded.get(login).copied().unwrap_or("is a bot"))
            });
        let why: Vec<String> = members.nobody.iter().cloned().chain(barred).collect();
        let number = match (able.as_slice(), requirement.count) {
            ([], _) => String::new(),
            (able, count) => format!("{count} people are asked for, and only {} could", able.join(", ")),
        };
        let parts: Vec<String> = [number].into_iter().filter(|part| !part.is_empty()).chain(why).collect();
        Some(parts.join("; "))
    }
}

impl Members {
    /// Of several spellings the first in order is told, whichever comes first.
    fn add(&mut self, login: &str) {
        let spelled = self.logins.entry(login.to_lowercase()).or_insert_with(|| login.to_owned());
        if login < spelled.as_str() {
            login.clone_into(spelled);
        }
    }

    fn lack(&mut self, why: Uncounted) {
        if !self.unknown.contains(&why) {
            self.unknown.push(why);
        }
    }
}

/// Whether the forge's own spelling tells a bot.
fn is_bot(login: &str) -> bool {
    login.ends_with("[bot]")
}

/// What logins the author of a commit may have, without capitals: the name as a login, the part of the address before `@`,
/// and what the addresses that forges make up for people hold (`12345+LOGIN@users.noreply..`, `12345-LOGIN@..`).
fn logins(author: &str) -> Vec<String> {
    let author = author.to_lowercase();
    let Some((name, address)) = author.split_once('<') else { return vec![author.trim().to_owned()] };
    let local = address.trim_end_matches('>').split('@').next().unwrap_or_default().trim();
    let made_up = address.contains("noreply");
    let own = local
        .split_once(['+', '-'])
        .filter(|(number, _)| made_up && !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()));
    // A tag, as in `sam+work@..`, is the same mailbox.
    let untagged = local.split('+').next().unwrap_or_default();
    let all = [name.trim().trim_start_matches('@'), local, untagged, own.map_or("", |(_, login)| login)];
    all.into_iter().filter(|login| !login.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
