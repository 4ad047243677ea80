//! Who owns the changed paths, by the CODEOWNERS of the base. A renamed file is owned by both its paths.

mod decide;
mod index;

use self::decide::Deciding;
use crate::collect::codeowners::{CodeOwners, CodeOwnersFile, Effect, Rule};
use crate::evidence::{Completeness, EvidenceKind, FileChange, Ownership, Source};

/// Digits of a commit that are shown.
const SHORT: usize = 12;

/// Fills in who owns each file, and says how much is known of it. A base without CODEOWNERS is complete: nobody owns anything.
/// Problems of the file are listed; they make it `failed` where they concern a changed path.
pub fn own(files: &mut [FileChange], found: &CodeOwnersFile) -> Source {
    let mut source = Source::complete(EvidenceKind::Owners);
    source.path = found.path.as_ref().map(|path| match &found.commit {
        Some(commit) => format!("{path}@{}", commit.get(..SHORT).unwrap_or(commit)),
        None => path.clone(),
    });
    source.commit.clone_from(&found.commit);
    source.sha256.clone_from(&found.sha256);
    let file = match &found.outcome {
        Ok(Some(file)) => file,
        Ok(None) => return source,
        Err(refusal) => {
            source.worsen(refusal.completeness, refusal.reason.clone());
            return source;
        }
    };
    source.items = file.rules.iter().filter(|rule| rule.effect != Effect::PassedOver).count() as u64;
    for problem in &file.problems {
        source.problem(problem.at.clone(), problem.message.clone());
    }
    if let Some(reason) = fill(files, file) {
        source.worsen(Completeness::Failed, reason);
    }
    source
}

/// Nothing is known of owners, because nothing was given that has a base.
#[must_use]
pub fn unknown() -> Source {
    let reason = "the change was not given with its base, where CODEOWNERS lies";
    Source::incomplete(EvidenceKind::Owners, Completeness::Missing, reason)
}

/// Fills in owners; why those of a path are not known, where it is so.
fn fill(files: &mut [FileChange], file: &CodeOwners) -> Option<String> {
    let deciding = Deciding::new(file);
    let mut doubt: Option<(usize, String)> = None;
    let mut doubtful: u64 = 0;
    for change in files {
        let mut ownership = Vec::new();
        let mut doubted = false;
        for path in [Some(&change.path), change.previous_path.as_ref()].into_iter().flatten() {
            let decided = deciding.of(path);
            ownership.extend(decided.rules.into_iter().filter_map(|rule| asked(file, rule, path)));
            if let Some(problem) = decided.doubt {
                doubted = true;
                doubt.get_or_insert_with(|| (problem, path.clone()));
            }
        }
        doubtful += u64::from(doubted);
        let mut owners: Vec<String> = ownership.iter().flat_map(|ownership| ownership.owners.clone()).collect();
        owners.sort();
        owners.dedup();
        (change.owners, change.ownership) = (owners, ownership);
    }
    let (problem, path) = doubt?;
    let problem = file.problems.get(problem)?;
    let more = match doubtful - 1 {
        0 => String::new(),
        more => format!(" and of {more} more"),
    };
    Some(format!("who owns `{path}`{more} can't be told: {}: {}", problem.at, problem.message))
}

/// What a line asks for a path; `None` where it says that nobody owns it.
fn asked(file: &CodeOwners, rule: &Rule, path: &str) -> Option<Ownership> {
    let section = file.sections.get(rule.section)?;
    match &rule.effect {
        Effect::Owned(owners) if !owners.is_empty() => Some(Ownership {
            path: path.to_owned(),
            section: section.name.clone(),
            owners: owners.clone(),
            // An optional section asks for nothing, whatever its heading counts.
            count: if section.optional { 1 } else { rule.count },
            optional: section.optional,
            line: rule.line,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
