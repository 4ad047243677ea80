use super::pattern::{End, Pattern};
use super::{CodeOwners, Dialect, Effect, MAX_BYTES, parse, read};
use crate::collect::snapshot::SnapshotError;
use crate::evidence::Completeness;

fn github(text: &str) -> CodeOwners {
    parse(text.as_bytes(), Some(Dialect::GitHub)).unwrap()
}

fn gitlab(text: &str) -> CodeOwners {
    parse(text.as_bytes(), Some(Dialect::GitLab)).unwrap()
}

/// Line, and owners where it has an effect.
fn owned(file: &CodeOwners) -> Vec<(u32, Vec<&str>)> {
    file.rules
        .iter()
        .filter_map(|rule| match &rule.effect {
            Effect::Owned(owners) => Some((rule.line, owners.iter().map(String::as_str).collect())),
            Effect::Excluded => Some((rule.line, vec!["!"])),
            Effect::PassedOver => None,
        })
        .collect()
}

fn problem_lines(file: &CodeOwners) -> Vec<&str> {
    file.problems.iter().map(|problem| problem.at.as_str()).collect()
}

#[test]
fn a_line_of_github_is_a_pattern_owners_and_a_comment() {
    let file = github(
        "\u{feff}# c\n\n* @a @b/c  d@e.fg @a # @x\r\n/none\t# only a comment\nwith\\ blank/ @s\n  indented\t@t  \na#b @u\n",
    );
    assert_eq!(
        owned(&file),
        [(3, vec!["@a", "@b/c", "d@e.fg"]), (4, vec![]), (5, vec!["@s"]), (6, vec!["@t"]), (7, vec!["@u"])]
    );
    assert_eq!(file.problems, []);
}

#[test]
fn a_line_that_github_passes_over_has_no_effect_and_is_a_problem() {
    for line in
        ["!x @a", "\\#x @a", "[ab].c @a", "a*** @a", "a\\", "/ @a", "a//b @a", "x nobody", "x @@owner", "x @a/b/c"]
    {
        let file = github(line);
        assert_eq!((owned(&file).len(), file.problems.len()), (0, 1), "{line}");
        assert_eq!(
            file.rules.is_empty(),
            !line.contains(' '),
            "{line}: what was meant is kept where somebody is missed"
        );
    }
    let braces = github("*.{ts,tsx} @a");
    assert_eq!((owned(&braces), problem_lines(&braces)), (vec![(1, vec!["@a"])], vec!["line 1"]));
    assert_eq!(braces.rules.iter().filter(|rule| rule.doubt.is_some()).count(), 2);
}

#[test]
fn a_line_with_more_readings_than_the_limit_may_be_about_everything() {
    let pattern = format!("x/{}", "{a,b}".repeat(7));
    assert_eq!(Pattern::readings(&pattern), [Pattern::everything()]);
    assert_eq!(Pattern::readings(&"{a,b}".repeat(6)).len(), 64);
    assert_eq!(Pattern::readings(&format!("{{{}}}", ",".repeat(1_000_000))), [Pattern::everything()]);
    assert_eq!(Pattern::readings("/"), [Pattern::everything()]);
    assert_eq!(Pattern::readings("a}{b,c}").len(), 2);
}

/// The table of GitLab's own documentation, "Section headings and names", and of its published tests of headings.
#[test]
fn headings_of_gitlab_are_read_as_far_as_they_go() {
    for (heading, name, optional, count, owners, problems) in [
        ("[Doc]", "Doc", false, 1, vec![], 0),
        ("  [Doc]", "Doc", false, 1, vec![], 0),
        ("^[Doc]", "Doc", true, 1, vec![], 0),
        ("[Doc][5]", "Doc", false, 5, vec![], 0),
        ("[Two words][2] @a @g/s", "Two words", false, 2, vec!["@a", "@g/s"], 0),
        ("[Doc] @@developer", "Doc", false, 1, vec!["@@developer"], 0),
        ("[]", "", false, 1, vec![], 1),
        ("[Doc][]", "Doc", false, 1, vec![], 1),
        ("[Doc][0]", "Doc", false, 1, vec![], 1),
        ("[Doc][one]", "Doc", false, 1, vec![], 1),
        ("[Doc][ 1]", "Doc", false, 1, vec![], 0),
        ("[Doc][99999999999]", "Doc", false, u32::MAX, vec![], 0),
        ("^[Doc][2] @a", "Doc", true, 2, vec!["@a"], 1),
        ("[Doc] @owner oops", "Doc", false, 1, vec!["@owner"], 1),
        ("[Doc] malformed", "Doc", false, 1, vec![], 1),
        ("[Doc]] @owner", "Doc", false, 1, vec![], 1),
    ] {
        let file = gitlab(&format!("{heading}\nx @own\ny\n"));
        let section = &file.sections[1];
        assert_eq!((section.name.as_deref(), section.optional), (Some(name), optional), "{heading}");
        assert!(file.rules.iter().all(|rule| rule.count == count && rule.section == 1), "{heading}");
        assert_eq!(owned(&file), [(2, vec!["@own"]), (3, owners.clone())], "{heading}");
        let without =
            usize::from(owners.is_empty() && problems == 0 || owners.is_empty() && file.rules[1].doubt.is_none());
        assert_eq!(file.problems.len(), problems + without, "{heading}: {:?}", file.problems);
    }
}

#[test]
fn sections_of_one_name_are_one_and_optional_only_where_all_are() {
    let file = gitlab("* @all\n[Docs] @d\na\n^[Ruby]\nb @r\n[DOCS][2]\nc @e\n^[docs]\nd @f\n^[RUBY]\n");
    let sections: Vec<_> = file.sections.iter().map(|section| (section.name.as_deref(), section.optional)).collect();
    assert_eq!(sections, [(None, false), (Some("Docs"), false), (Some("Ruby"), true)]);
    let rules: Vec<_> = file.rules.iter().map(|rule| (rule.line, rule.section, rule.count)).collect();
    assert_eq!(rules, [(1, 0, 1), (3, 1, 1), (5, 2, 1), (7, 1, 2), (9, 1, 1)]);
}

#[test]
fn a_line_of_gitlab_keeps_the_owners_that_it_can_read() {
    let file = gitlab("/p/* @group user @user\nx nobody\ny\n!z @a\n# c\n\\#f.rb @o\na @b # see @c\n");
    assert_eq!(
        owned(&file),
        [
            (1, vec!["@group", "@user"]),
            (2, vec![]),
            (3, vec![]),
            (4, vec!["!"]),
            (6, vec!["@o"]),
            (7, vec!["@b", "@c"])
        ]
    );
    assert_eq!(problem_lines(&file), ["line 1", "line 2", "line 3", "line 7"]);
    let doubtful: Vec<_> = file.rules.iter().filter(|rule| rule.doubt.is_some()).map(|rule| rule.line).collect();
    assert_eq!(doubtful, [2], "where an owner is left, somebody is asked; where none was named, nobody was meant");
}

#[test]
fn after_a_heading_that_cannot_be_read_every_line_is_in_doubt_until_the_next() {
    let file = gitlab("* @g\n[Section name\ndocs/ @d\n[Next]\nx @x\n");
    assert_eq!(owned(&file), [(1, vec!["@g"]), (3, vec!["@d"]), (5, vec!["@x"])]);
    let doubts: Vec<_> = file.rules.iter().map(|rule| rule.doubt.is_some_and(|doubt| doubt.always)).collect();
    assert_eq!((doubts, problem_lines(&file)), (vec![false, true, false], vec!["line 2"]));
}

#[test]
fn patterns_end_where_their_dialect_says() {
    for (pattern, end) in [
        ("foo", End::HereOrBelow),
        ("foo/", End::Below),
        ("/*", End::Here),
        ("docs/*", End::Here),
        ("docs/**", End::Below),
        ("*", End::Here),
        ("**", End::Here),
    ] {
        assert_eq!(Pattern::github(pattern).unwrap().end, end, "{pattern}");
    }
    assert_eq!(Pattern::gitlab("/docs/", true), Pattern::gitlab("/docs/**/*", true));
    assert_eq!(Pattern::gitlab("*", true).unwrap(), Pattern::everything());
    assert_eq!(Pattern::gitlab("a\\/b", true), Pattern::gitlab("a/b", true));
    assert!(Pattern::gitlab("[a", true).is_err());
}

/// The places that have a file, and which of them counts in which dialect.
#[test]
fn the_place_says_which_file_counts_and_in_which_dialect() {
    use Dialect::{GitHub, GitLab};
    const SECTION: &str = "[Docs]\nx @a\n";
    for (files, counts) in [
        (&[][..], None),
        (&[(".github/CODEOWNERS", "* @a"), ("CODEOWNERS", "* @b")], Some((".github/CODEOWNERS", GitHub))),
        (&[("CODEOWNERS", "* @a"), ("docs/CODEOWNERS", "* @b")], Some(("CODEOWNERS", GitHub))),
        (&[("docs/CODEOWNERS", SECTION)], Some(("docs/CODEOWNERS", GitLab))),
        (&[("CODEOWNERS", "* @@maintainers")], Some(("CODEOWNERS", GitLab))),
        (&[("CODEOWNERS", "* @a/b/c")], Some(("CODEOWNERS", GitLab))),
        (&[("CODEOWNERS", "[abc].txt @a\n/x @@double")], Some(("CODEOWNERS", GitHub))),
        (&[(".gitlab/CODEOWNERS", "* @a")], Some((".gitlab/CODEOWNERS", GitLab))),
        (&[(".gitlab/CODEOWNERS", "* @a"), ("docs/CODEOWNERS", "* @b")], Some(("docs/CODEOWNERS", GitLab))),
        (&[(".gitlab/CODEOWNERS", "* @a"), (".github/CODEOWNERS", SECTION)], Some((".github/CODEOWNERS", GitHub))),
    ] {
        let found = read(
            |path| Ok(files.iter().find(|(known, _)| *known == path).map(|(_, text)| text.as_bytes().to_vec())),
            Some("abc"),
        );
        assert_eq!(found.path.as_deref(), counts.map(|(path, _)| path), "{files:?}");
        assert_eq!(found.outcome.unwrap().map(|file| file.dialect), counts.map(|(_, dialect)| dialect), "{files:?}");
        assert_eq!(found.sha256.is_some(), counts.is_some());
    }
}

#[test]
fn a_file_that_cannot_be_had_is_no_empty_one() {
    let refused = |bytes: Vec<u8>, path: &str| {
        read(|asked| Ok((asked == path).then(|| bytes.clone())), None).outcome.unwrap_err().completeness
    };
    assert_eq!(refused(vec![b'\n'; MAX_BYTES + 1], "CODEOWNERS"), Completeness::Failed);
    assert_eq!(refused(vec![b'\n'; MAX_BYTES + 1], ".gitlab/CODEOWNERS"), Completeness::Truncated);
    assert_eq!(refused(b"* @a\0".to_vec(), "CODEOWNERS"), Completeness::Failed);
    let broken = |_: &str| Err(SnapshotError::Unusable { message: "object 1 is gone".to_owned(), help: String::new() });
    assert_eq!(read(broken, None).outcome.unwrap_err().reason, "object 1 is gone");
    assert!(parse(&vec![b'\n'; MAX_BYTES], None).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_text_is_read_with_a_panic(text in "(\\PC|\n|\\[|\\]|\\^|!|\\\\|@| |#|/|\\*|\\{|,|\\}){0,80}") {
        for dialect in [None, Some(Dialect::GitHub), Some(Dialect::GitLab)] {
            let file = parse(text.as_bytes(), dialect).unwrap();
            for rule in &file.rules {
                proptest::prop_assert!(rule.section < file.sections.len());
                proptest::prop_assert!(rule.doubt.is_none_or(|doubt| doubt.problem < file.problems.len()));
            }
        }
    }
}
