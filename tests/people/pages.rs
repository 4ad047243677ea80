//! What is visibly one page of several is never complete, and what is visibly all of it is.

use serde_json::{Value, json};
use tollgate::evidence::Completeness::{self, Complete, Failed, Truncated};

use super::{one, rest, user};

fn many(count: usize) -> Value {
    (0..count).map(|index| rest(&format!("p{index}"), "COMMENTED", u32::try_from(index % 60).unwrap())).collect()
}

fn graphql(info: Value) -> String {
    let mut reviews = json!({"nodes": [{"author": {"__typename": "User", "login": "a"}, "state": "APPROVED"}]});
    reviews.as_object_mut().unwrap().extend(info.as_object().unwrap().clone());
    json!({"data": {"repository": {"pullRequest": {"reviews": reviews}}}}).to_string()
}

fn participants(start: u64, last: bool) -> String {
    let user = json!({"name": format!("p{start}"), "type": "NORMAL"});
    let entry = json!({"user": user, "role": "REVIEWER", "approved": true, "status": "APPROVED"});
    json!({"size": 1, "limit": 1, "start": start, "isLastPage": last, "values": [entry]}).to_string()
}

#[test]
fn completeness_is_what_the_pages_show() {
    let next = |more: bool| json!({"pageInfo": {"hasNextPage": more}});
    let late = |more: bool| json!({"pageInfo": {"hasNextPage": more, "hasPreviousPage": true}});
    let cases: Vec<(&str, String, usize, Completeness)> = vec![
        ("no review at all", "[]".to_owned(), 0, Complete),
        ("no review, as a list of pages", "[[]]".to_owned(), 0, Complete),
        ("less than a page", many(29).to_string(), 29, Complete),
        ("a full page", many(30).to_string(), 30, Truncated),
        ("more than a default page", many(31).to_string(), 31, Complete),
        ("a full page of the largest size", many(100).to_string(), 100, Truncated),
        ("pages that were put together", many(130).to_string(), 130, Complete),
        ("a full page and an empty one", format!("{}[]", many(30)), 30, Complete),
        ("two pages in a row", format!("{}\n{}", many(30), json!([rest("x", "APPROVED", 1)])), 31, Complete),
        ("a full page as a list of pages", json!([many(30)]).to_string(), 30, Complete),
        ("pages of a list", json!([many(100), [rest("x", "APPROVED", 1)]]).to_string(), 101, Complete),
        ("GraphQL, the last page", graphql(next(false)), 1, Complete),
        ("GraphQL, not the last page", graphql(next(true)), 1, Truncated),
        ("GraphQL, not the first page", graphql(late(false)), 1, Truncated),
        ("GraphQL, two pages", format!("{}{}", graphql(next(true)), graphql(late(false))), 1, Complete),
        ("GraphQL that does not say", graphql(json!({})), 1, Truncated),
        ("GraphQL with a count", graphql(json!({"totalCount": 1})), 1, Complete),
        (
            "GraphQL with a larger count",
            graphql(json!({"totalCount": 2, "pageInfo": {"hasNextPage": false}})),
            1,
            Truncated,
        ),
        ("Bitbucket Server, the only page", participants(0, true), 1, Complete),
        ("Bitbucket Server, the first page", participants(0, false), 1, Truncated),
        ("Bitbucket Server, the last page", participants(1, true), 1, Truncated),
        ("Bitbucket Server, both", format!("{}{}", participants(0, false), participants(1, true)), 2, Complete),
        ("one review", rest("x", "APPROVED", 1).to_string(), 1, Truncated),
        ("pages of two kinds", format!("[]{}", graphql(next(false))), 0, Failed),
        ("a list of pages without one", "[{\"data\": 1}, []]".to_owned(), 0, Failed),
    ];
    for (name, text, count, completeness) in cases {
        let (reviews, source) = one(&text);
        assert_eq!((reviews.len(), source.completeness), (count, completeness), "{name}: {:?}", source.reason);
        assert_eq!(source.reason.is_some(), completeness != Complete, "{name}");
    }
}

#[test]
fn a_full_page_says_how_to_get_the_others() {
    let (_, source) = one(&many(30).to_string());
    assert!(source.reason.unwrap().contains("gh api --paginate --slurp"));
}

#[test]
fn the_last_word_of_somebody_who_only_commented_hides_what_they_decided() {
    let answer = |name: &str, state: &str| {
        let node = json!({"author": user("ada"), "state": state, "submittedAt": "2026-03-01T10:00:00Z"});
        json!({"repository": {"pullRequest": {name: {"nodes": [node], "pageInfo": {"hasNextPage": false}}}}})
            .to_string()
    };
    for (name, state, completeness) in [
        ("latestReviews", "CHANGES_REQUESTED", Complete),
        ("latestReviews", "COMMENTED", Truncated),
        ("reviews", "COMMENTED", Complete),
        ("latestOpinionatedReviews", "DISMISSED", Complete),
    ] {
        assert_eq!(one(&answer(name, state)).1.completeness, completeness, "{name} {state}");
    }
    // Where both are there, the one with all of them counts.
    let node = |state: &str| json!([{"author": user("ada"), "state": state}]);
    let both = json!({"reviews": node("CHANGES_REQUESTED"), "latestReviews": node("COMMENTED")}).to_string();
    assert_eq!(super::shown(&one(&both).0), ["ada changes_requested latest"]);
}

#[test]
fn more_reviews_than_the_limit_are_truncated_and_the_limit_is_not() {
    use tollgate::collect::reviews::MAX_REVIEWS;
    let row = r#"{"user":{"login":"a","type":"User"},"state":"COMMENTED","submitted_at":null}"#;
    for (count, completeness) in [(MAX_REVIEWS, Complete), (MAX_REVIEWS + 1, Truncated)] {
        let (_, source) = one(&format!("[{}]", vec![row; count].join(",")));
        assert_eq!((source.completeness, source.items), (completeness, MAX_REVIEWS as u64));
    }
}
