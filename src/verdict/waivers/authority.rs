//! Whether who approved a waiver may: one of those that the rule's pack names, and nobody who is in it himself.

use super::Waiver;
use crate::evidence::{Completeness, Evidence, EvidenceKind};
use crate::policy::Approver;

/// Why a waiver is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) why: String,
    /// Whether it is that somebody approved what is his own.
    pub(super) own: bool,
}

/// Why a waiver is not valid for a change, where it is not. Without a change, what can be told without one.
pub(super) fn refusal(waiver: &Waiver, evidence: Option<&Evidence>) -> Option<Refusal> {
    let refused = |why: String| Some(Refusal { why, own: false });
    let Some(login) = &waiver.approved_by else {
        return refused("nobody has approved it: it has no `approved_by`".to_owned());
    };
    let is = |other: &str| other.to_lowercase() == login.to_lowercase();
    if is(&waiver.owner) {
        return Some(Refusal { why: format!("its own owner, {login}, approved it"), own: true });
    }
    let evidence = evidence?;
    let Some(author) = evidence.change.author.as_deref() else {
        return refused(format!(
            "who proposed the change is not known, so {login}, who approved it, is not known to be somebody else: `--author` or `--change` tells it"
        ));
    };
    if is(author) {
        return Some(Refusal { why: format!("{login}, who approved it, proposed the change"), own: true });
    }
    let lacking = waiver.terms.by.iter().find(|list| !list.iter().any(|approver| fits(approver, login, evidence)))?;
    let asked: Vec<String> = lacking.iter().map(ToString::to_string).collect();
    let teams = evidence.completeness(EvidenceKind::Teams);
    let by_team = lacking.iter().any(|approver| matches!(approver, Approver::Team(_) | Approver::Any));
    let unknown = match by_team && teams != Completeness::Complete {
        true => format!(" as far as is known (teams: {teams})"),
        false => String::new(),
    };
    refused(format!("{login}, who approved it, is not one of {}{unknown}", asked.join(", ")))
}

/// What has to come before a waiver is valid for a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::verdict) struct Lacking {
    /// Who proposed the change has to be known.
    pub(in crate::verdict) author: bool,
    /// Who is in which team has to be known.
    pub(in crate::verdict) teams: bool,
    /// Somebody else has to approve it, or somebody at all: one of each list, of anybody where there is none.
    pub(in crate::verdict) approval: bool,
}

/// Everything that has to come before a waiver is valid for a change.
pub(in crate::verdict) fn lacking(waiver: &Waiver, evidence: &Evidence) -> Lacking {
    let author = evidence.change.author.is_none();
    let Some(login) = &waiver.approved_by else { return Lacking { author, teams: false, approval: true } };
    let is = |other: &str| other.to_lowercase() == login.to_lowercase();
    let own = is(&waiver.owner) || evidence.change.author.as_deref().is_some_and(is);
    let by = || waiver.terms.by.iter().filter(|list| !list.iter().any(|approver| fits(approver, login, evidence)));
    let by_team = by().flatten().any(|approver| matches!(approver, Approver::Team(_) | Approver::Any));
    let teams = by_team && evidence.completeness(EvidenceKind::Teams) != Completeness::Complete;
    Lacking { author, teams, approval: own || by().next().is_some() }
}

fn fits(approver: &Approver, login: &str, evidence: &Evidence) -> bool {
    let login = login.to_lowercase();
    let has = |members: &Vec<String>| members.iter().any(|member| member.to_lowercase() == login);
    match approver {
        Approver::User(user) => user.to_lowercase() == login,
        Approver::Team(team) => evidence.teams.get(team).is_some_and(has),
        Approver::Any => evidence.teams.values().any(has),
        // A pack that names them does not load.
        Approver::Owners => false,
    }
}
