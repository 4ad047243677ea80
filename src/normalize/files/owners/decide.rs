//! Who owns a path, by one CODEOWNERS.

use std::collections::BTreeMap;

use super::index::Index;
use crate::collect::codeowners::{CodeOwners, Effect, Rule};

/// A file, ready to be asked.
pub(super) struct Deciding<'a> {
    file: &'a CodeOwners,
    index: Index,
}

/// What a file says of a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decided<'a> {
    /// The line that decides in each section, in the order of the sections; such a line may say that nobody owns it.
    pub(super) rules: Vec<&'a Rule>,
    /// The problem that makes somebody else possible, as a place in the file's problems.
    pub(super) doubt: Option<usize>,
}

/// What the lines of one section say of a path: the last of each sort.
#[derive(Default)]
struct Matched {
    owned: Option<usize>,
    passed_over: Option<usize>,
    excluded: bool,
}

impl<'a> Deciding<'a> {
    pub(super) fn new(file: &'a CodeOwners) -> Self {
        Self { file, index: Index::new(&file.rules) }
    }

    pub(super) fn of(&self, path: &str) -> Decided<'a> {
        decide(self.file, self.index.matching(path))
    }
}

/// The outcome, given the numbers of all lines that match.
fn decide(file: &CodeOwners, matching: Vec<usize>) -> Decided<'_> {
    let mut sections: BTreeMap<usize, Matched> = BTreeMap::new();
    let mut doubts = Vec::new();
    for number in matching {
        let Some(rule) = file.rules.get(number) else { continue };
        doubts.extend(rule.doubt.filter(|doubt| doubt.always).map(|doubt| doubt.problem));
        let matched = sections.entry(rule.section).or_default();
        match rule.effect {
            Effect::Owned(_) => matched.owned = matched.owned.max(Some(number)),
            Effect::PassedOver => matched.passed_over = matched.passed_over.max(Some(number)),
            Effect::Excluded => matched.excluded = true,
        }
    }
    let mut rules = Vec::new();
    for matched in sections.values().filter(|matched| !matched.excluded) {
        let decides = matched.owned.max(matched.passed_over).and_then(|number| file.rules.get(number));
        doubts.extend(decides.and_then(|rule| rule.doubt).map(|doubt| doubt.problem));
        rules.extend(matched.owned.and_then(|number| file.rules.get(number)));
    }
    Decided { rules, doubt: doubts.into_iter().min() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Deciding, decide};
    use crate::collect::codeowners::pattern::{End, Pattern, Step};
    use crate::collect::codeowners::{Dialect, parse};

    /// Right by inspection: every way to spend the names of a path on the steps of a pattern.
    fn slowly(steps: &[Step], end: End, names: &[&str]) -> bool {
        match steps {
            [] => match end {
                End::Here => names.is_empty(),
                End::HereOrBelow => true,
                End::Below => !names.is_empty(),
            },
            [Step::Directories, rest @ ..] => {
                (0..=names.len()).any(|directories| slowly(rest, end, &names[directories..]))
            }
            [Step::Name(glob), rest @ ..] => {
                names.first().is_some_and(|name| glob.matches(name)) && slowly(rest, end, &names[1..])
            }
        }
    }

    fn matches(pattern: &Pattern, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        slowly(&pattern.steps, pattern.end, &names)
    }

    /// Text of a file whose patterns and paths are made of few names, so that they meet.
    fn lines() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec!["a", "b", "*", "**", "a*", "*b", "?", "[ab]", "{a,b}", "ab", ".a"]);
        let pattern =
            (any::<bool>(), prop::collection::vec(name, 1..5), any::<bool>()).prop_map(|(root, names, directory)| {
                format!("{}{}{}", if root { "/" } else { "" }, names.join("/"), if directory { "/" } else { "" })
            });
        let owners = prop::sample::select(vec!["", " @x", " @y z@z.org", " nobody"]);
        let entry = (any::<bool>(), pattern, owners)
            .prop_map(|(not, pattern, owners)| format!("{}{pattern}{owners}", if not { "!" } else { "" }));
        let heading =
            prop::sample::select(vec!["[A]", "^[B][2] @d", "[a]", "[broken", "[C] nobody"]).prop_map(str::to_owned);
        prop::collection::vec(prop_oneof![6 => entry, 1 => heading], 0..14).prop_map(|lines| lines.join("\n"))
    }

    fn path() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a", "b", "ab", "c", ".a", "ba"]), 1..6)
            .prop_map(|names| names.join("/"))
    }

    proptest! {
        #[test]
        fn the_index_decides_as_asking_every_line_does(text in lines(), paths in prop::collection::vec(path(), 1..8)) {
            for dialect in [Dialect::GitHub, Dialect::GitLab] {
                let file = parse(text.as_bytes(), Some(dialect)).unwrap();
                let deciding = Deciding::new(&file);
                for path in &paths {
                    let matching = (0..file.rules.len()).filter(|rule| matches(&file.rules[*rule].pattern, path)).collect();
                    prop_assert_eq!(deciding.of(path), decide(&file, matching), "{} in {}", path, text);
                }
            }
        }
    }

    /// What is seen to be so of GitHub's patterns, pattern by pattern: those that match and those that don't.
    #[test]
    fn patterns_of_github_match_what_its_documentation_says() {
        for (pattern, fits, others) in [
            ("*", &["a", "a/b", ".x/y"][..], &[][..]),
            ("*.js", &["a.js", "x/a.js", "x/a.js/b"], &["a.jsx", "A.JS"]),
            ("/build/logs/", &["build/logs/a", "build/logs/x/a"], &["build/logs", "x/build/logs/a"]),
            ("docs/*", &["docs/getting-started.md"], &["docs/build-app/troubleshooting.md", "x/docs/a", "docs"]),
            ("apps/", &["apps/a", "x/apps/y/a"], &["apps", "x/apps"]),
            ("/docs/", &["docs/a", "docs/b/a"], &["x/docs/a"]),
            ("**/logs", &["logs", "logs/a", "build/logs/a", "deeply/nested/logs"], &["blogs/a"]),
            ("/apps/github", &["apps/github", "apps/github/a"], &["apps/githubs", "x/apps/github"]),
            ("/*", &["a", ".env"], &["a/b"]),
            ("/*/", &["a/b", "a/b/c"], &["a"]),
            ("foo", &["foo", "foo/a", "a/foo", "a/foo/b"], &["foo.txt"]),
            ("foo/bar", &["foo/bar", "foo/bar/baz"], &["baz/foo/bar", "foo/bart"]),
            ("foo/*.txt", &["foo/a.txt"], &["foo/a/b.txt", "x/foo/a.txt"]),
            ("foo/*/baz", &["foo/a/baz", "foo/a/baz/q"], &["foo/baz", "foo/a/b/baz"]),
            ("foo/**", &["foo/a", "foo/a/b"], &["foo", "x/foo/a"]),
            ("foo/**/", &["foo/a", "foo/a/b"], &["foo"]),
            ("foo/**/bar", &["foo/bar", "foo/a/b/bar/c"], &["x/foo/bar"]),
            ("/src/**/test/", &["src/test/a", "src/a/b/test/c"], &["src/test", "test/a"]),
            ("**", &["a", "a/b"], &[]),
            ("**/", &["a/b"], &[]),
            ("a**b", &["ab", "axb"], &["a/b"]),
            ("f\\*o", &["f*o"], &["foo"]),
            ("f?o", &["foo", "féo"], &["fo", "f/o"]),
            ("*.{ts,tsx}", &["a.{ts,tsx}"], &["a.ts"]),
            ("path\\ with/*.rs", &["path with/a.rs"], &["path\\ with/a.rs"]),
        ] {
            let pattern_read = Pattern::github(pattern).unwrap();
            fits.iter().for_each(|path| assert!(matches(&pattern_read, path), "{pattern} fits {path}"));
            others.iter().for_each(|path| assert!(!matches(&pattern_read, path), "{pattern} does not fit {path}"));
        }
    }

    /// By `File.fnmatch("/" + path)` after GitLab's changes to the pattern; from its documentation, "Path matching".
    #[test]
    fn patterns_of_gitlab_match_what_its_documentation_says() {
        for (pattern, fits, others) in [
            ("*", &["a", "a/b", ".x/.y"][..], &[][..]),
            ("/README.md", &["README.md"], &["docs/README.md"]),
            ("README.md", &["README.md", "app/lib/README.md"], &["README.md/x"]),
            ("internal/README.md", &["internal/README.md", "docs/api/internal/README.md"], &["README.md"]),
            ("/docs/", &["docs/a", "docs/b/.c"], &["docs", "x/docs/a"]),
            ("docs/", &["docs/a", "x/docs/b/a"], &["docs"]),
            ("docs", &["docs", "x/docs"], &["docs/a"]),
            ("/docs/*.md", &["docs/a.md", "docs/.md"], &["docs/a/b.md"]),
            ("/docs/index.*", &["docs/index.html"], &["docs/index"]),
            ("/docs/*spec*", &["docs/qa_specs.rb", "docs/spec"], &["docs/x/spec"]),
            ("/docs/*/README.md", &["docs/api/README.md"], &["docs/README.md", "docs/a/b/README.md"]),
            ("/docs/**/index.md", &["docs/index.md", "docs/api/graphql/index.md"], &["index.md"]),
            ("/docs/**", &["docs/a"], &["docs/a/b", "docs"]),
            ("/docs/**/*", &["docs/a", "docs/a/b"], &["docs"]),
            ("**/generated/", &["generated/a", "x/generated/y/a"], &["generated"]),
            ("/*", &["README.md"], &["nested/path/README.md"]),
            ("foo/*", &["foo/bar", "baz/foo/bar"], &["fufoo/bar"]),
            ("*.[ch]", &["a.c", "x/b.h"], &["a.cc"]),
            ("*.{a,b}", &["x.{a,b}"], &["x.a"]),
            ("\\#file.rb", &["#file.rb", "examples/#file.rb"], &["\\#file.rb"]),
            ("path\\ with\\ spaces/", &["path with spaces/docs.md"], &["path"]),
            ("/", &["a", "a/b"], &[]),
        ] {
            let pattern_read = Pattern::gitlab(pattern, true).unwrap();
            fits.iter().for_each(|path| assert!(matches(&pattern_read, path), "{pattern} fits {path}"));
            others.iter().for_each(|path| assert!(!matches(&pattern_read, path), "{pattern} does not fit {path}"));
        }
    }
}
