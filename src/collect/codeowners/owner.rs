//! How an owner is written.

use super::Dialect;

/// Roles that GitLab asks all holders of, in the singular.
const ROLES: &[&str] = &["developer", "maintainer", "owner"];

/// Whether a word names an owner. Whether there is such an owner is for the forge to know.
pub(super) fn is_owner(word: &str, dialect: Dialect) -> bool {
    match word.strip_prefix('@') {
        Some(name) => match (name.strip_prefix('@'), dialect) {
            (Some(role), Dialect::GitLab) => is_role(role),
            (Some(_), Dialect::GitHub) => false,
            // GitHub has teams of an organization, GitLab groups in groups.
            (None, _) => {
                let depth = name.split('/').count();
                name.split('/').all(is_name) && (dialect == Dialect::GitLab || depth <= 2)
            }
        },
        None => is_email(word),
    }
}

/// Whether a word is one that only GitLab takes for an owner: a role, or a group in a group of a group.
pub(super) fn is_gitlabs(word: &str) -> bool {
    is_owner(word, Dialect::GitLab) && !is_owner(word, Dialect::GitHub)
}

fn is_role(role: &str) -> bool {
    let role = role.to_ascii_lowercase();
    ROLES.contains(&role.strip_suffix('s').unwrap_or(&role))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character))
}

/// One `@` with something on both sides; whether mail would arrive is not asked.
fn is_email(word: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(['@', ',', ';', '<', '>', '(', ')', '"', '#']);
    word.split_once('@').is_some_and(|(local, domain)| {
        plain(local) && plain(domain) && domain.contains('.') && domain.split('.').all(|label| !label.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::super::Dialect::{GitHub, GitLab};
    use super::is_owner;

    #[test]
    fn owners_are_logins_teams_and_addresses_and_with_gitlab_groups_and_roles() {
        for word in ["@octocat", "@octo-org/octocats", "docs@example.com", "@ph--", "@a.b_c", "o'neil@example.co.uk"] {
            assert!(is_owner(word, GitHub) && is_owner(word, GitLab), "{word}");
        }
        for word in ["@group/sub/deeper", "@@maintainer", "@@Developers", "@@OWNER"] {
            assert!(!is_owner(word, GitHub) && is_owner(word, GitLab), "{word}");
        }
        for word in
            ["octocat", "@", "@@", "@@dev", "@a//b", "@/a", "@a/", "@a,@b", "a@b", "a@b@c.d", "@a b", "@é", "@a#b"]
        {
            assert!(!is_owner(word, GitHub) && !is_owner(word, GitLab), "{word}");
        }
    }
}
