//! What lockfiles of Python are refused for, with the line where that is known.

use crate::real::read_one;

#[test]
fn what_is_not_the_format_is_refused_with_its_reason() {
    let pdm = |entry: &str| format!("[metadata]\nlock_version = \"4.5.0\"\n[[package]]\nname = \"a\"\n{entry}\n");
    let pipfile = |entry: &str| {
        format!(
            "{{\"_meta\": {{\"pipfile-spec\": 6, \"sources\": []}},\n\"default\": {{\"a\": {entry}}},\n\"develop\": {{}}}}"
        )
    };
    let pylock =
        |entry: &str| format!("lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"a\"\n{entry}\n");
    for (path, text, part) in [
        ("pdm.lock", String::new(), "-: has no `[metadata]`"),
        ("pdm.lock", "[metadata]\n".to_owned(), "-: has no `lock_version`"),
        ("pdm.lock", "[metadata]\nlock_version = \"5.0\"\n".to_owned(), "2: is of lock version `5.0`; 4 is read"),
        (
            "pdm.lock",
            "[[package]]\nname = \"a\"\n[package.dependencies]\nb = \"*\"\n[metadata]\nlock_version = \"2\"\n"
                .to_owned(),
            "6: is of lock version `2`; 4 is read",
        ),
        ("pdm.lock", pdm(""), "3: `a` has no version"),
        (
            "pdm.lock",
            pdm("version = \"1\"\nhg = \"x\"\nrevision = \"1\""),
            "3: `a` lies in a repository that is not of git",
        ),
        ("pdm.lock", pdm("version = \"1\"\ngit = \"x\""), "3: `a` names no commit"),
        ("pdm.lock", pdm("version = \"1\"\ngit = \"x\"\nurl = \"y\""), "3: `a` comes from several places"),
        ("pdm.lock", pdm("version = \"1\"\ndependencies = [\"b\"]"), "3: `a` depends on `b`"),
        ("pdm.lock", pdm("version = \"1\"\nversion = \"2\""), "6: can't be read as TOML"),
        ("Pipfile.lock", "{}".to_owned(), "-: has no `_meta`"),
        ("Pipfile.lock", "[]".to_owned(), "1: can't be read as a Pipfile.lock"),
        ("Pipfile.lock", "{\"_meta\": {}}".to_owned(), "has no `pipfile-spec`"),
        ("Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 7}}".to_owned(), "is of `pipfile-spec` 7; 6 is read"),
        ("Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {}}".to_owned(), "has no `develop`"),
        ("Pipfile.lock", pipfile("\"*\""), "2: can't be read as a Pipfile.lock: invalid type"),
        ("Pipfile.lock", pipfile("{}"), "`a` has no version"),
        ("Pipfile.lock", pipfile("{\"version\": \"*\"}"), "`a` is locked to `*`"),
        ("Pipfile.lock", pipfile("{\"version\": \">=1\"}"), "`a` is locked to `>=1`"),
        ("Pipfile.lock", pipfile("{\"version\": \"==1.*\"}"), "`a` is locked to `==1.*`"),
        ("Pipfile.lock", pipfile("{\"git\": \"x\"}"), "`a` names no commit"),
        ("Pipfile.lock", pipfile("{\"version\": \"==1\", \"index\": \"b\"}"), "comes from the index `b`"),
        (
            "Pipfile.lock",
            pipfile("{\"version\": \"==1\"}, \"A\": {\"version\": \"==2\"}"),
            "`a` stands twice in `default`",
        ),
        (
            "Pipfile.lock",
            pipfile("{\"version\": \"==1\"},\n\"a\": {\"version\": \"==2\"}"),
            "3: can't be read as a Pipfile.lock: `a` stands there twice",
        ),
        ("pylock.toml", String::new(), "has no `lock-version`"),
        ("pylock.toml", "lock-version = \"2.0\"".to_owned(), "1: is of lock version `2.0`; 1 is read"),
        ("pylock.toml", "lock-version = \"1\"".to_owned(), "1: is of lock version `1`; 1 is read"),
        ("pylock.toml", "lock-version = \"1.0\"".to_owned(), "has no `created-by`"),
        ("pylock.toml", "lock-version = \"1.0\"\ncreated-by = \"x\"".to_owned(), "has no `packages`"),
        ("pylock.toml", pylock("version = \"1\""), "3: `a` comes from nowhere"),
        ("pylock.toml", pylock("version = \"1\"\nwheels = []"), "3: `a` comes from nowhere"),
        ("pylock.toml", pylock("sdist = { name = \"a\" }"), "3: `a` has no version"),
        (
            "pylock.toml",
            pylock("directory = { path = \".\" }\nsdist = { name = \"a\" }"),
            "3: `a` comes from several kinds of places",
        ),
        (
            "pylock.toml",
            pylock("vcs = { type = \"hg\", url = \"x\", commit-id = \"1\" }"),
            "lies in a repository of `hg`",
        ),
        ("pylock.toml", pylock("vcs = { type = \"git\", commit-id = \"1\" }"), "neither `url` nor `path`"),
        ("pylock.toml", pylock("archive = {}"), "neither `url` nor `path`"),
        (
            "pylock.toml",
            pylock("version = \"1\"\nsdist = { name = \"a\" }\ndependencies = [{ name = \"b\" }]"),
            "3: `a` depends on `b`",
        ),
    ] {
        let found = read_one(path, text.clone(), &[]).unwrap_err();
        assert!(found.contains(part), "{path}: expected `{part}`, found `{found}` of\n{text}");
    }
}
