//! GitLab's approvals of a merge request. They say who approves now; GitLab keeps no request for changes there.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Reading, time};
use crate::collect::forge::{Fields, gitlab, gitlab_account};
use crate::evidence::ReviewState;

/// Whether an object is an answer of `approvals` or of `approval_state`.
pub(super) fn is_approvals(object: &Map<String, Value>) -> bool {
    let list = |name: &str| object.get(name).is_some_and(Value::is_array);
    list("approved_by") || (list("rules") && object.contains_key("approval_rules_overwritten"))
}

/// Who approves. The same person under several rules of `approval_state` approves once.
pub(super) fn approvals<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    let Some(fields) = reading.fields(page, reading.at()) else { return };
    if let Some(number) = fields.number("iid") {
        reading.numbers.insert(number);
    }
    for entry in fields.objects("approved_by", "an approval") {
        let time = time(&entry, "approved_at");
        if let Some(person) = gitlab(&entry, "user")
            && let Some(review) = reading.push(&entry, person, Some(ReviewState::Approved))
        {
            review.time = time;
        }
    }
    if fields.get("rules").is_some() {
        rules(&fields, reading);
    }
}

fn rules(fields: &Fields<'_>, reading: &mut Reading<'_>) {
    let mut known = BTreeSet::new();
    for rule in fields.objects("rules", "a rule") {
        if rule.raw("approved_by").is_none() {
            rule.problem("approved_by", "is absent, expected a list of users");
        }
        for user in rule.objects("approved_by", "a user") {
            if let Some(person) = gitlab_account(&user)
                && known.insert(person.login.clone())
            {
                reading.push(&user, person, Some(ReviewState::Approved));
            }
        }
    }
}
