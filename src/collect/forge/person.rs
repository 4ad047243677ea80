//! Who somebody is, by each forge's own words.
//!
//! A login has to tell two people apart for ever: it is what approvals are counted by. So where a forge shows names that
//! their owners choose and change (Bitbucket Cloud's nicknames), the account's id is taken instead.

use serde_json::Value;

use super::Fields;

/// Somebody with an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::collect) struct Person {
    /// The login; `None` for an account that was deleted, or that only stands for somebody.
    pub(in crate::collect) login: Option<String>,
    /// Whether it is a bot, where the forge says.
    pub(in crate::collect) bot: Option<bool>,
}

impl Person {
    const DELETED: Self = Self { login: None, bot: None };

    fn new(login: &str, bot: Option<bool>) -> Self {
        // The account that GitHub and GitLab show for all that were deleted.
        if login.eq_ignore_ascii_case("ghost") {
            return Self::DELETED;
        }
        Self { login: Some(login.to_owned()), bot }
    }
}

/// How GitHub's REST API ends the logins of bots.
const BOT_SUFFIX: &str = "[bot]";

/// The fields of an account; `Err` is the answer where there are none: null is an account that was deleted, anything else
/// is noted and names nobody.
fn account<'a>(parent: &Fields<'a>, name: &str) -> Result<Fields<'a>, Option<Person>> {
    match parent.raw(name) {
        None => {
            parent.problem(name, "is absent, expected an account");
            Err(None)
        }
        Some(Value::Null) => Err(Some(Person::DELETED)),
        Some(_) => parent.object(name).ok_or(None),
    }
}

/// The login in the first of some fields; noted where there is none.
fn login<'a>(fields: &Fields<'a>, names: &[&str]) -> Option<&'a str> {
    let login = names.iter().find_map(|name| fields.said(name));
    if login.is_none() {
        fields.problem("", format!("has no `{}`, expected an account", names.join("` or `")));
    }
    login
}

/// GitHub, REST and webhooks (`type`), GraphQL (`__typename`, where asked for) and `gh` (`is_bot`). GraphQL's logins of
/// bots lack the `[bot]` that tells them from people of the same name; they get it, so that one account has one spelling.
pub(in crate::collect) fn github(parent: &Fields<'_>, name: &str) -> Option<Person> {
    let fields = match account(parent, name) {
        Ok(fields) => fields,
        Err(answer) => return answer,
    };
    let login = login(&fields, &["login"])?;
    let kind = fields.said("type").or_else(|| fields.said("__typename"));
    // An account that an import made up for somebody who may have none.
    if kind == Some("Mannequin") {
        return Some(Person::DELETED);
    }
    let said = kind.map(|kind| kind == "Bot").or_else(|| fields.flag("is_bot"));
    if login.ends_with(BOT_SUFFIX) {
        return Some(Person::new(login, Some(true)));
    }
    if said == Some(true) {
        let login = login.strip_prefix("app/").unwrap_or(login);
        return Some(Person::new(&format!("{login}{BOT_SUFFIX}"), said));
    }
    Some(Person::new(login, said))
}

/// GitLab: `bot` where it is shown, else the names that GitLab gives to the users of access tokens.
pub(in crate::collect) fn gitlab(parent: &Fields<'_>, name: &str) -> Option<Person> {
    match account(parent, name) {
        Ok(fields) => gitlab_account(&fields),
        Err(answer) => answer,
    }
}

/// The same where the account itself is at hand.
pub(in crate::collect) fn gitlab_account(fields: &Fields<'_>) -> Option<Person> {
    let login = login(fields, &["username"])?;
    let said = fields.flag("bot");
    Some(Person::new(login, if is_gitlab_bot(login) { Some(true) } else { said }))
}

/// `project_7_bot_4ffca23f`, `group_7_bot`, `project_7_bot1` of old releases, `service_account_group_7_4ffca23f`.
fn is_gitlab_bot(login: &str) -> bool {
    let of_token = |rest: &str| {
        let rest = rest.trim_start_matches(|character: char| character.is_ascii_digit());
        rest.strip_prefix("_bot")
            .is_some_and(|end| end.starts_with('_') || end.bytes().all(|byte| byte.is_ascii_digit()))
    };
    login.strip_prefix("project_").is_some_and(of_token)
        || login.strip_prefix("group_").is_some_and(of_token)
        || login.starts_with("service_account_")
}

/// Bitbucket Cloud: the account's `uuid`, the one thing that every account has everywhere. Its nickname is neither unique nor
/// lasting, and its `account_id` is left out of some places, where the same person would be another one.
pub(in crate::collect) fn bitbucket_cloud(parent: &Fields<'_>, name: &str) -> Option<Person> {
    let fields = match account(parent, name) {
        Ok(fields) => fields,
        Err(answer) => return answer,
    };
    let login = login(&fields, &["uuid"])?;
    // `user`, `app_user`, formerly `AppUser`; a team is no person either.
    let bot = fields.said("type").map(|kind| !kind.eq_ignore_ascii_case("user"));
    Some(Person { login: Some(login.to_owned()), bot })
}

/// Bitbucket Server: `name` is what is logged in with; accounts of `type` SERVICE are of programs.
pub(in crate::collect) fn bitbucket_server(parent: &Fields<'_>, name: &str) -> Option<Person> {
    let fields = match account(parent, name) {
        Ok(fields) => fields,
        Err(answer) => return answer,
    };
    let login = login(&fields, &["name", "slug"])?;
    Some(Person { login: Some(login.to_owned()), bot: fields.said("type").map(|kind| kind != "NORMAL") })
}

#[cfg(test)]
mod tests {
    use super::{Person, bitbucket_cloud, bitbucket_server, github, gitlab};
    use crate::collect::forge::{Fields, Notes};
    use serde_json::{Value, json};

    type Read = fn(&Fields<'_>, &str) -> Option<Person>;

    /// Login and whether it is a bot, and how many problems were noted.
    type Found = (Option<(Option<String>, Option<bool>)>, u64);

    fn read(read: Read, user: Value) -> Found {
        let (notes, value) = (Notes::default(), json!({"user": user}));
        let fields = Fields::of(&value, String::new(), "x", &notes).unwrap();
        let person = read(&fields, "user").map(|person| (person.login, person.bot));
        (person, notes.into_problems().count)
    }

    #[test]
    fn an_account_has_one_login_and_is_a_bot_where_the_forge_says_so() {
        let cases: &[(Read, Value, &str, Option<bool>)] = &[
            (github, json!({"login": "Ada", "type": "User"}), "Ada", Some(false)),
            (github, json!({"login": "dependabot[bot]", "type": "Bot"}), "dependabot[bot]", Some(true)),
            (github, json!({"login": "dependabot", "__typename": "Bot"}), "dependabot[bot]", Some(true)),
            (github, json!({"login": "app/renovate", "is_bot": true}), "renovate[bot]", Some(true)),
            (github, json!({"login": "ada"}), "ada", None),
            (gitlab, json!({"username": "ada"}), "ada", None),
            (gitlab, json!({"username": "ada", "bot": false}), "ada", Some(false)),
            (gitlab, json!({"username": "project_7_bot_4ffc", "bot": false}), "project_7_bot_4ffc", Some(true)),
            (gitlab, json!({"username": "group_12_bot3"}), "group_12_bot3", Some(true)),
            (gitlab, json!({"username": "project_bottle"}), "project_bottle", None),
            (bitbucket_cloud, json!({"nickname": "root", "uuid": "{1}", "type": "user"}), "{1}", Some(false)),
            (bitbucket_cloud, json!({"account_id": "557:a", "uuid": "{1}", "type": "app_user"}), "{1}", Some(true)),
            (bitbucket_cloud, json!({"uuid": "{1}", "type": "AppUser"}), "{1}", Some(true)),
            (bitbucket_server, json!({"name": "a.b", "slug": "a_b", "type": "NORMAL"}), "a.b", Some(false)),
            (bitbucket_server, json!({"slug": "ci", "type": "SERVICE"}), "ci", Some(true)),
        ];
        for (reader, user, login, bot) in cases {
            assert_eq!(read(*reader, user.clone()), (Some((Some((*login).to_owned()), *bot)), 0), "{user}");
        }
    }

    #[test]
    fn accounts_that_are_gone_or_stand_for_others_have_no_login() {
        for (reader, user) in [
            (github as Read, Value::Null),
            (github, json!({"login": "ghost", "type": "User"})),
            (github, json!({"login": "old", "type": "Mannequin"})),
            (gitlab, json!({"username": "Ghost"})),
            (bitbucket_cloud, Value::Null),
        ] {
            assert_eq!(read(reader, user.clone()), (Some((None, None)), 0), "{user}");
        }
    }

    #[test]
    fn what_names_nobody_is_noted() {
        for (reader, user) in [
            (github as Read, json!("ada")),
            (github, json!({"login": " "})),
            (gitlab, json!({"username": 7})),
            (bitbucket_cloud, json!({"nickname": "ada"})),
            (bitbucket_cloud, json!({"username": "ada", "account_id": "557:a"})),
            (bitbucket_server, json!([])),
        ] {
            let (person, problems) = read(reader, user.clone());
            assert!(person.is_none() && problems > 0, "{user}");
        }
    }
}
