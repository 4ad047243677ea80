//! CODEOWNERS as projects have them, from a folder beside the repository where there is one, with the owners that each path
//! has by the forge's own rules.

use std::fmt::Write as _;

use tollgate::collect::codeowners::{CodeOwnersFile, Dialect, parse, read};
use tollgate::collect::git::{self, GitOptions, GitRepository};
use tollgate::collect::input::sha256_hex;
use tollgate::evidence::{Completeness, FileChange, FileKind, FileStatus, Source};
use tollgate::normalize::files::own;

use super::repository::Repository;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/codeowners");

const ARM: &str = "tarek.el-sherbiny@arm.com girish.pathak@arm.com leandro.belli@arm.com ahmed.gadallah@arm.com mohamed.omarasaker@arm.com wenping.teh@arm.com";
const GITLEAKS: &str = "@bryanbeverly @dustin-decker @dxa4481 @zricethezav";
const STARTER: &str =
    "@actions/actions-runtime @actions/actions-workflow-development-reviewers @actions/starter-workflows";
const SCANNING: &str = "@actions/advanced-security-code-scanning @actions/actions-workflow-development-reviewers @actions/advanced-security-dependency-graph @actions/starter-workflows";

/// A path, what decides over it (`line owners`, one section after the other with ` | ` between), and why.
type Row = (&'static str, String, &'static str);

fn row(path: &'static str, decides: impl Into<String>, why: &'static str) -> Row {
    (path, decides.into(), why)
}

/// Each file, its dialect, the lines that it has problems with, and its paths.
fn table() -> Vec<(&'static str, Dialect, &'static [u32], Vec<Row>)> {
    use Dialect::{GitHub, GitLab};
    vec![
        (
            "ARM-SCP-firmware.gitlab.CODEOWNERS",
            GitLab,
            &[],
            vec![
                row("main.c", format!("5 {ARM}"), "only the line outside of any section"),
                row(
                    ".gitlab/ci.yml",
                    format!("5 {ARM} | CI 13 {ARM}"),
                    "a line without owners takes those of its section",
                ),
                row(
                    "product/morello/a/b.c",
                    format!("5 {ARM} | Platform 20 deepak.pandey@arm.com chandni.cherukuri@arm.com"),
                    "each section decides",
                ),
                row("product/rcar", format!("5 {ARM}"), "a trailing slash is what is in the directory"),
                row("x/product/rcar/a", format!("5 {ARM}"), "a leading slash is the root"),
            ],
        ),
        (
            "AmadeusITGroup-gh-app-auth.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("main.go", "14 @wherka-ama @ph--", "the default"),
                row(
                    "docs/README.md",
                    "41 @wherka-ama @ph--",
                    "a name without slash is at any depth, and comes after /docs/",
                ),
                row(".github/README.md", "50 @wherka-ama @ph--", "/.github/ comes after README.md"),
                row(".github/workflows/security.yml", "51 @wherka-ama @ph--", "the directory comes after the file"),
                row("pkg/authority/x", "14 @wherka-ama @ph--", "another directory than /pkg/auth/"),
            ],
        ),
        (
            "DefectDojo-django-DefectDojo.CODEOWNERS",
            GitHub,
            &[],
            vec![row(
                "docs/content/a.md",
                "4 @Maffooch @blakeaowens",
                "the default stands last, so the line above it never decides",
            )],
        ),
        (
            "TBD54566975-tbdex-js.CODEOWNERS",
            GitHub,
            &[],
            vec![row(
                "a/b.js",
                "12 @michaelneale @mistermoe @jiyoontbd @KendallWeihe @kirahsapong @diehuxx @thehenrytsai @nitro-neal",
                "lines behind # are none",
            )],
        ),
        (
            "actions-starter-workflows.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("ci/go.yml", format!("1 {STARTER}"), "the default"),
                row("code-scanning/a/b.yml", format!("3 {SCANNING}"), "everything in the directory"),
                row(
                    "code-scanning/dependency-review.yml",
                    format!("4 {}", SCANNING.split_once(' ').unwrap().1),
                    "the file comes later",
                ),
                row("pages", format!("1 {STARTER}"), "a file is not what a trailing slash means"),
            ],
        ),
        ("constructed-syntax-corners.CODEOWNERS", GitHub, &[10, 13, 14, 16, 19], corners()),
        (
            "gitleaks-gitleaks.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("cmd/root.go", format!("2 {GITLEAKS}"), "the default"),
                row(".github/CODEOWNERS", format!("5 {GITLEAKS}"), "its own directory"),
                row("sub/go.mod", format!("2 {GITLEAKS}"), "a leading slash is the root"),
            ],
        ),
        (
            "input-output-hk-mithril.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("mithril-stm/src/a.rs", "7 @jpraynaud @curiecrypt @hjeljeli32 @damrobi", "the last that matches"),
                row("mithril-stm-old/a.rs", "4 @jpraynaud @Alenar @turmelclem", "another directory"),
            ],
        ),
        (
            "microsoft-component-detection.CODEOWNERS",
            GitHub,
            &[],
            vec![row(
                ".github/workflows/x.yml",
                "7 @microsoft/ose-component-detection-maintainers",
                "* is every file, at any depth",
            )],
        ),
        (
            "mszostok-codeowners-validator.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("x.c", "8 @global-owner1 @global-owner2", "the default"),
                row("a/b.js", "14 @js-owner", "*.js is at any depth"),
                row("a.go", "19 docs@example.com", "an address"),
                row("build/logs/x/y.log", "24 @doctocat", "and its subdirectories"),
                row("x/build/logs/y.log", "8 @global-owner1 @global-owner2", "from the root alone"),
                row("docs/getting-started.md", "37 @doctocat", "/docs/ comes after docs/*"),
                row("x/apps/y/z.js", "33 @octocat", "apps/ is at any depth, and comes after *.js"),
                row("docs/apps/x", "37 @doctocat", "/docs/ comes after apps/"),
            ],
        ),
        (
            "ossf-scorecard.CODEOWNERS",
            GitHub,
            &[],
            vec![
                row("main.go", "7 @ossf/scorecard-maintainers", "the default"),
                row("checks/README.md", "10 @ossf/scorecard-doc-maintainers", "*.md is at any depth"),
                row("docs/a.go", "11 @ossf/scorecard-doc-maintainers", "everything under /docs/"),
                row(
                    "clients/azuredevopsrepo/README.md",
                    "14 @ossf/scorecard-azure-maintainers",
                    "the directory comes after *.md",
                ),
                row("a.MD", "7 @ossf/scorecard-maintainers", "case counts"),
            ],
        ),
        ("unjs-h3.CODEOWNERS", GitHub, &[], vec![row("a/b", "1 @pi0", "one line without a newline")]),
    ]
}

/// `?` stands before what is in doubt: a line that GitHub passes over may have been meant.
fn corners() -> Vec<Row> {
    vec![
        row("README.md", "2 @org/everyone", "the default"),
        row("a/b.js", "3 @js-owner", "what follows # is a comment"),
        row("docs/a.js", "6 @doc-any", "docs/** comes after *.js, /docs/ and docs/*"),
        row("docs/a/b.md", "6 @doc-any", "** crosses directories"),
        row("x/docs/a.md", "2 @org/everyone", "a slash in the middle is from the root"),
        row("logs", "7 @logs", "the file of that name too"),
        row("a/logs/b/c", "7 @logs", "everything below"),
        row(
            "build/logs/a",
            "12 @doctocat @org/team-name user@example.com",
            "a login, a team and an address, later than **/logs",
        ),
        row("apps/a", "8 @octocat", "the directory"),
        row("apps/logs/a", "8 @octocat", "/apps/ comes after **/logs"),
        row("apps/github/a", "", "a line without owners takes them away"),
        row("#file", "? 2 @org/everyone", "\\# does not work, so the line is passed over"),
        row("path with space/a.rs", "11 @spacey", "escaped blanks"),
        row("path with space/b/a.rs", "2 @org/everyone", "* stops at a slash"),
        row("important.txt", "? 2 @org/everyone", "! does not work"),
        row("a.txt", "? 2 @org/everyone", "[ ] does not work"),
        row("d.txt", "2 @org/everyone", "and could not have meant this one"),
        row("src/test/a", "15 @tests", "** is no directory too"),
        row("src/a/b/test/c", "15 @tests", "or some"),
        row("test/a", "2 @org/everyone", "but /src/ is one"),
        row("a.ts", "? 2 @org/everyone", "braces are no alternatives"),
        row("a.{ts,tsx}", "16 @brace-not-supported", "but themselves"),
        row("CODEOWNERS", "17 @security", "the file itself"),
        row("sub/CODEOWNERS", "2 @org/everyone", "not another"),
        row(".github/workflows/a.yml", "18 @security", "a directory that begins with a dot"),
        row("very/specific.rs", "? 2 @org/everyone", "a line with what is no owner is passed over"),
        row("case/Sensitive.TXT", "20 @case", "as it is spelled"),
        row("case/sensitive.txt", "2 @org/everyone", "and not otherwise"),
    ]
}

fn owned(path: &str, file: CodeOwnersFile) -> (FileChange, Source) {
    let mut files = [FileChange::at(path, FileStatus::Modified, FileKind::Other)];
    let source = own(&mut files, &file);
    let [file] = files;
    (file, source)
}

fn told((file, source): &(FileChange, Source)) -> String {
    let mut told = String::from(if source.completeness == Completeness::Complete { "" } else { "? " });
    for (index, asked) in file.ownership.iter().enumerate() {
        let section = asked.section.as_ref().map(|section| format!("{section} ")).unwrap_or_default();
        let joint = if index > 0 { " | " } else { "" };
        write!(told, "{joint}{section}{} {}", asked.line, asked.owners.join(" ")).unwrap();
    }
    told
}

#[test]
fn every_real_file_gives_the_owners_that_the_forge_asks() {
    let Ok(entries) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return;
    };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, table().iter().map(|(name, ..)| *name).collect::<Vec<_>>(), "every file stands in the table");
    for (name, dialect, problems, rows) in table() {
        let bytes = std::fs::read(format!("{FOLDER}/{name}")).unwrap();
        let parsed = parse(&bytes, None).unwrap();
        assert_eq!(parsed.dialect, dialect, "{name}: told by its content alone");
        let found: Vec<String> = parsed.problems.iter().map(|problem| problem.at.clone()).collect();
        assert_eq!(found, problems.iter().map(|line| format!("line {line}")).collect::<Vec<_>>(), "{name}");
        for (path, decides, why) in rows {
            let file = CodeOwnersFile {
                path: Some("CODEOWNERS".to_owned()),
                commit: None,
                sha256: Some(sha256_hex(&bytes)),
                outcome: Ok(Some(parsed.clone())),
            };
            let owned = owned(path, file);
            assert_eq!(told(&owned), decides, "{name}: {path}: {why}");
            assert_eq!(owned.1.problem_count, problems.len() as u64);
        }
    }
}

#[test]
fn the_file_of_the_targets_tip_counts_and_neither_that_of_the_merge_base_nor_that_of_the_head() {
    let repository = Repository::new();
    repository.write("a.rs", "1\n");
    repository.write(".github/CODEOWNERS", "* @before\n");
    repository.commit("before", &[]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a.rs", "2\n");
    repository.write(".github/CODEOWNERS", "* @head\n");
    repository.commit("head", &[]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(".github/CODEOWNERS", "* @tip\n");
    repository.link("CODEOWNERS", ".github/CODEOWNERS");
    repository.commit("tip", &[]);

    let options = GitOptions {
        repo: repository.path().to_path_buf(),
        base: Some("main".to_owned()),
        head: Some("topic".to_owned()),
    };
    let change = git::read(&options).unwrap();
    let base = change.change.base.unwrap();
    let opened = GitRepository::open(repository.path()).unwrap();
    let found = read(|path| opened.file(&base, path), Some(&base));
    let mut files = tollgate::normalize::files::files(change.files);
    let source = own(&mut files, &found);
    assert_eq!(files.iter().map(|file| file.owners.join(" ")).collect::<Vec<_>>(), ["@tip", "@tip"]);
    assert_eq!(source.path, Some(format!(".github/CODEOWNERS@{}", &base[..12])));
    assert_eq!((source.sha256, source.commit), (Some(sha256_hex(b"* @tip\n")), Some(base)));
}

/// What a file of one line says of each path.
fn matched(pattern: &str, paths: &[String]) -> Vec<bool> {
    let outcome = parse(format!("{pattern} @owner\n").as_bytes(), Some(Dialect::GitHub)).map(Some);
    let mut files: Vec<FileChange> =
        paths.iter().map(|path| FileChange::at(path.as_str(), FileStatus::Modified, FileKind::Other)).collect();
    own(&mut files, &CodeOwnersFile { path: None, commit: None, sha256: None, outcome });
    files.iter().map(|file| !file.owners.is_empty()).collect()
}

/// GitHub says that its patterns are those of `.gitignore` with exceptions; so git itself is asked about all others.
#[test]
fn patterns_of_github_are_those_of_gitignore_but_for_a_last_star() {
    const NAMES: [&str; 7] = ["a", "b", "*", "**", "a*", "?b", ".a"];
    let mut patterns: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    patterns.extend(NAMES.iter().flat_map(|first| NAMES.map(|second| format!("{first}/{second}"))));
    patterns.extend(["a/**/b", "a/*/b", "**/a/b", "**/a/**", "*/a/?b", "a/**/**/b", "a/b/a*"].map(str::to_owned));
    let patterns: Vec<String> = patterns
        .iter()
        .flat_map(|pattern| [pattern.clone(), format!("/{pattern}"), format!("{pattern}/"), format!("/{pattern}/")])
        .collect();
    let names = ["a", "b", "ab", ".a"];
    let mut paths: Vec<String> = names.map(str::to_owned).to_vec();
    for _ in 0..3 {
        let deeper: Vec<String> = paths.iter().flat_map(|path| names.map(|name| format!("{path}/{name}"))).collect();
        paths.extend(deeper);
    }
    paths.sort();
    paths.dedup();

    let repository = Repository::new();
    let mut compared = 0;
    for pattern in &patterns {
        // A last `*` fits files alone, and `**/` at the end is not for directories only.
        let last_star = pattern.ends_with("/*") || pattern.ends_with("**/");
        if last_star {
            continue;
        }
        repository.write(".gitignore", format!("{pattern}\n"));
        let list = repository.place("list");
        std::fs::write(&list, paths.join("\n")).unwrap();
        let shell = format!("git check-ignore --no-index --stdin < '{}' || true", list.display());
        let output = std::process::Command::new("sh")
            .current_dir(repository.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["-c", &shell])
            .output()
            .unwrap();
        let ignored: Vec<&str> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
        for (path, owned) in paths.iter().zip(matched(pattern, &paths)) {
            assert_eq!(owned, ignored.contains(&path.as_str()), "{pattern} and {path}");
        }
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
}
