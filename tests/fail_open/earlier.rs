//! Approvals that a push should have dropped, and verdicts that should keep none.

use serde_json::{Value, json};

use crate::people::{World, asks};
use crate::{all, code, stderr};

/// A world whose first head was judged and approved, with the verdict in `first.json`.
fn judged() -> World {
    let world = World::new();
    let (pack, teams) = (world.at("p"), world.at("teams.toml"));
    let output = format!("json={}", world.at("first.json"));
    let all = ["--base", "main", "--policy", &pack, "--teams", &teams, "--author", "dev", "--output", &output];
    let output = world.place.eval(&all);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    world
}

impl World {
    /// What the present head ends in with the approval of the first one, and the first one's verdict.
    fn kept(&self, name: &str, more: &[&str]) -> String {
        let first = self.at("first.json");
        let reviews = json!([self.review(json!({}))]).to_string();
        self.with(name, &reviews, &[&["--previous", &first], more].concat())
    }

    /// The first head's verdict, with something in it replaced.
    fn rewrite(&self, edit: impl FnOnce(&mut Value)) {
        let file = self.away.path().join("first.json");
        let mut verdict: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        edit(&mut verdict);
        std::fs::write(file, verdict.to_string()).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn pushes_that_drop_an_approval() {
    let after = |name: &'static str, push: &dyn Fn(&World)| {
        let world = judged();
        push(&world);
        world.place.commit();
        (name, world.kept(name, &[]))
    };
    let approved = [
        after("nothing", &|_| {}),
        after("a page", &|world| world.place.write("docs/page.md", "another page\n")),
        after("there and back", &|world| {
            world.place.write("src/auth.js", "c\n");
            world.place.commit();
            world.place.write("src/auth.js", "b\n");
        }),
    ];
    all(approved.map(|(name, found)| (name, "approved", found)));
    let dropped = [
        after("what was approved", &|world| world.place.write("src/auth.js", "c\n")),
        after("a blank in it", &|world| world.place.write("src/auth.js", "b \n")),
        after("another file of the kind", &|world| world.place.write("src/more.js", "b\n")),
        after("it is gone", &|world| world.place.remove("src/auth.js")),
        after("it moved", &|world| drop(world.place.git(&["mv", "src/auth.js", "src/login.js"]))),
        after("it moved by its case", &|world| drop(world.place.git(&["mv", "src/auth.js", "src/Auth.js"]))),
        after("it may be run", &|world| {
            use std::os::unix::fs::PermissionsExt as _;
            let file = world.place.path().join("src/auth.js");
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }),
        after("it became a link", &|world| {
            world.place.remove("src/auth.js");
            std::os::unix::fs::symlink("b\n", world.place.path().join("src/auth.js")).unwrap();
        }),
    ];
    all(dropped.map(|(name, found)| (name, "approval_required", found)));
}

#[test]
fn an_approval_is_not_kept_where_another_policy_asks() {
    let world = judged();
    world.place.write("docs/page.md", "another page\n");
    world.place.commit();
    assert_eq!(world.kept("control", &[]), "approved");
    let mut rows = Vec::new();
    for (name, text) in [
        ("other people are asked", asks("team:other", "")),
        ("more are asked", asks("team:security", "").replace("\"team:security\"", "\"team:security\", \"user:eve\"")),
    ] {
        world.away.write("p/rules/the-rule.rhai", text);
        world.away.write("teams.toml", "[teams]\nsecurity = [\"sam\"]\nother = [\"sam\"]\n");
        rows.push((name, "approval_required", world.kept(name, &[])));
    }
    all(rows);
}

#[test]
fn an_approval_is_not_kept_for_one_who_wrote_a_commit_since() {
    let world = judged();
    world.place.write("docs/page.md", "another page\n");
    world.place.git(&["add", "-A"]);
    world.place.git(&["commit", "-q", "-m", "x", "--author", "Sam <sam@example.org>"]);
    assert_eq!(world.kept("wrote", &[]), "approval_required");
}

#[test]
fn verdicts_that_keep_nothing() {
    let of = |name: &'static str, edit: &dyn Fn(&mut Value)| {
        let world = judged();
        world.place.write("docs/page.md", "another page\n");
        let head = world.place.commit();
        world.rewrite(|verdict| {
            edit(verdict);
            if verdict["subject"]["head"] == json!("HEAD") {
                verdict["subject"]["head"] = json!(head);
            }
        });
        (name, world.kept(name, &[]))
    };
    assert_eq!(of("control", &|_| {}).1, "approved");
    let required = [
        of("of another head", &|verdict| {
            verdict["subject"]["head"] = json!("0123456789012345678901234567890123456789")
        }),
        of("of this head", &|verdict| verdict["subject"]["head"] = json!("HEAD")),
        of("that asked for nothing", &|verdict| verdict["approvals"]["required"] = json!([])),
        of("that asked for something else", &|verdict| {
            verdict["approvals"]["required"][0]["fingerprint"] = json!("0".repeat(64));
        }),
    ];
    all(required.map(|(name, found)| (name, "approval_required", found)));
    let broken = [
        of("of another schema", &|verdict| verdict["schema"] = json!("tollgate/verdict/v0")),
        of("of no head", &|verdict| verdict["subject"]["head"] = json!(null)),
        of("of no requirements", &|verdict| verdict["approvals"]["required"] = json!(null)),
        of("that is a list", &|verdict| *verdict = json!([verdict])),
    ];
    all(broken.map(|(name, found)| (name, "none", found)));
}

#[test]
fn reviewed_heads_that_are_no_commit() {
    let world = World::new();
    let reviews = json!([world.review(json!({}))]).to_string();
    let head = world.head.clone();
    world.place.commit();
    let of = |name: &'static str, reviewed: &str| world.with(name, &reviews, &["--reviewed-head", reviewed]);
    all([
        ("the one that was reviewed", "approved", of("control", &head)),
        ("another one", "approval_required", of("other", "0123456789012345678901234567890123456789")),
        ("a short one", "none", of("short", &head[..12])),
        ("a name", "none", of("name", "main")),
        ("nothing", "none", of("nothing", "")),
        ("denied", "none", world.with("denied", &reviews, &["--reviewed-head", &head, "--deny-weakening"])),
    ]);
}
