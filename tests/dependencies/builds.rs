//! Formats of builds: Gradle, Maven, .NET, GitHub Actions, Dockerfiles.

use proptest::prelude::*;
use tollgate::collect::lockfiles::{self, Context, LockedPackage, LockedSet, LockfileError};
use tollgate::collect::snapshot::Side;
use tollgate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Pin,
};

use crate::real::{real, shared, tree};
use crate::{Trees, failures};

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What one file says, with others beside it.
fn read(path: &str, text: &str, others: &[(&str, &str)]) -> Result<LockedSet, LockfileError> {
    let trees = Trees::new([], others.iter().copied());
    let context = Context { path, side: Side::After, snapshot: &trees };
    lockfiles::parse(lockfiles::format_of(path).unwrap(), text.as_bytes(), &context)
}

/// `name version pin line` of each package.
fn lines(set: &LockedSet) -> Vec<String> {
    let line = |it: &LockedPackage| {
        let pin = it.pin.map_or("-".to_owned(), |pin| pin.to_string());
        format!("{} {} {pin} {}", it.name, it.version, it.line.unwrap_or(0))
    };
    set.packages.iter().map(line).collect()
}

fn packages(path: &str, text: &str) -> Vec<String> {
    lines(&read(path, text, &[]).unwrap())
}

/// Where and why a file is refused.
fn refused(path: &str, text: &str) -> (Option<u32>, String) {
    let error = read(path, text, &[]).unwrap_err();
    assert_eq!(error.completeness, Completeness::Failed, "{text}: {error:?}");
    (error.line, error.message)
}

fn one(changes: Vec<DependencyChange>) -> DependencyChange {
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes.into_iter().next().unwrap()
}

// Gradle.

const GRADLE: &str = "# comment\na:b:1.0=compileClasspath,testRuntimeClasspath\na:b:2.0=checkstyle\nc:d:1=testCompileClasspath\nempty=annotationProcessor\n";

#[test]
fn gradle_locks_a_version_for_each_configuration() {
    let set = read("app/gradle.lockfile", GRADLE, &[]).unwrap();
    assert_eq!(lines(&set), ["a:b 1.0 - 2", "a:b 2.0 - 3", "c:d 1 - 4"]);
    let scopes: Vec<DependencyScope> = set.packages.iter().map(|it| it.scope).collect();
    assert_eq!(scopes, [DependencyScope::Runtime, DependencyScope::Development, DependencyScope::Development]);
    assert!(set.packages.iter().all(|it| it.directness == Directness::Unknown && it.ecosystem == Ecosystem::Maven));
    let script = read("buildscript-gradle.lockfile", "a:b:1=classpath\nempty=\n", &[]).unwrap();
    assert_eq!(script.packages[0].scope, DependencyScope::Development);
    let own = read("gradle/dependency-locks/runtimeClasspath.lockfile", "# c\na:b:1\n", &[]).unwrap();
    assert_eq!((lines(&own), own.packages[0].scope), (vec!["a:b 1 - 2".to_owned()], DependencyScope::Runtime));
}

#[test]
fn a_line_that_gradle_does_not_write_is_refused() {
    for (text, line) in [
        ("empty=\n>>>\n", Some(2)),
        ("empty=======\n", Some(1)),
        ("a:b=x\nempty=\n", Some(1)),
        ("a:b:1=\nempty=\n", Some(1)),
        ("a:b:1=x,x\nempty=\n", Some(1)),
        ("a:b:1=x, y\nempty=\n", Some(1)),
        ("a:b:c:1=x\nempty=\n", Some(1)),
        ("a:b:1=x\na:b:1=y\nempty=\n", Some(2)),
        ("a:b:1=x\na:b:2=x\nempty=\n", Some(2)),
        ("empty=\nempty=\n", Some(2)),
        ("a:b:1=x\n", None),
        ("", None),
    ] {
        assert_eq!(refused("gradle.lockfile", text).0, line, "{text:?}");
    }
    assert_eq!(refused("gradle/dependency-locks/x.lockfile", "a:b:1=x\n").0, Some(1));
}

#[test]
fn the_real_change_of_a_gradle_lockfile_is_the_one_that_its_lines_say() {
    let Some(trees) = real("gradle-lockfile-2024-06") else { return };
    let (changes, sources) = trees.evidence();
    assert!(sources.iter().all(|it| it.completeness == Completeness::Complete), "{sources:?}");
    // Counted by a script that splits lines at `=` and `:`.
    assert_eq!(changes.len(), 42);
    let count = |kind| changes.iter().filter(|change| change.change == kind).count();
    assert_eq!((count(DependencyChangeKind::Added), count(DependencyChangeKind::Removed)), (1, 2));
    let of = |name: &str| changes.iter().find(|change| change.name == name).unwrap();
    let lang = of("org.apache.commons:commons-lang3");
    assert_eq!((lang.before.join(","), lang.after.join(",")), ("3.8.1,3.12.0".into(), "3.8.1,3.14.0".into()));
    assert_eq!(of("org.assertj:assertj-core").scope, DependencyScope::Development);
    assert_eq!(of("com.google.guava:guava").scope, DependencyScope::Development, "checkstyle alone");
    assert_eq!(of("commons-io:commons-io").scope, DependencyScope::Unknown, "sonarlintCoreClasspath alone");
}

// .NET.

fn nuget(version: u32, frameworks: &str) -> String {
    format!("{{\"version\": {version}, \"dependencies\": {{{frameworks}}}}}")
}

#[test]
fn nuget_packages_stand_once_for_each_version() {
    let text = nuget(
        2,
        r#""net8.0": {
            "Newtonsoft.Json": {"type": "Transitive", "resolved": "13.0.1", "contentHash": "aaa="},
            "Serilog": {"type": "CentralTransitive", "requested": "[3.0.0, )", "resolved": "3.0.0", "contentHash": "b"},
            "My.Lib": {"type": "Project", "dependencies": {"Serilog": "[3.0.0, )"}}
        },
        "net6.0/win-x64": {
            "newtonsoft.json": {"type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1", "contentHash": "aaa="},
            "Serilog": {"type": "Transitive", "resolved": "2.0.0", "contentHash": "c"}
        }"#,
    );
    let set = read("src/packages.lock.json", &text, &[]).unwrap();
    assert_eq!(lines(&set), ["newtonsoft.json 13.0.1 - 0", "serilog 3.0.0 - 0", "serilog 2.0.0 - 0"]);
    assert_eq!(set.packages[0].directness, Directness::Direct);
    assert_eq!(set.packages[0].integrity, ["sha512:aaa="]);
    assert_eq!(set.packages[1].directness, Directness::Transitive);
    assert!(set.members.contains("my.lib"));
}

#[test]
fn a_nuget_lock_that_says_less_than_it_has_to_is_refused() {
    let entry = |body: &str| nuget(1, &format!("\"net8.0\": {{\"A\": {body}}}"));
    let fine = r#"{"type": "Direct", "resolved": "1.0.0", "contentHash": "a"}"#;
    assert_eq!(packages("packages.a.lock.json", &entry(fine)), ["a 1.0.0 - 0"]);
    for text in [
        entry(r#"{"type": "Direct"}"#),
        entry(r#"{"type": "Other", "resolved": "1"}"#),
        entry(r#"{"resolved": "1"}"#),
        nuget(3, ""),
        nuget(1, &format!("\"net8.0\": {{\"A\": {fine}, \"a\": {fine}}}")),
        nuget(1, "\"net8.0\": {}, \"net8.0\": {}"),
        r#"{"version": 1}"#.to_owned(),
        r#"{"dependencies": {}}"#.to_owned(),
        "[]".to_owned(),
        String::new(),
        entry(fine).replace("}}}", ""),
        nuget(1, &format!("\"a\": {{\"A\": {fine}}}, \"b\": {{\"A\": {}}}", fine.replace("\"a\"", "\"b\""))),
    ] {
        refused("packages.lock.json", &text);
    }
}

// GitHub Actions.

const WORKFLOW: &str = ".github/workflows/ci.yml";

#[test]
fn a_workflow_is_every_action_and_image_that_it_names() {
    let text = format!(
        "on: push\njobs:\n  build:\n    container: node:20\n    services:\n      db:\n        image: ghcr.io/o/db@{DIGEST}\n    steps:\n\
         \x20     - uses: actions/checkout@v4\n      - uses: Actions/Checkout@v4\n      - uses: o/r/sub@{COMMIT} # v1\n\
         \x20     - uses: ./.github/actions/own\n      - uses: docker://alpine:latest\n      - run: echo\n\
         \x20       with: {{uses: not/this@v1}}\n  call:\n    uses: o/w/.github/workflows/x.yml@main\n"
    );
    let set = read(WORKFLOW, &text, &[]).unwrap();
    let expected = [
        "node 20 version 4".to_owned(),
        format!("o/db {DIGEST} content 7"),
        "actions/checkout v4 version 9".to_owned(),
        // The same at another spelling of its place.
        "actions/checkout v4 version 10".to_owned(),
        format!("o/r {COMMIT} content 11"),
        "alpine latest floating 13".to_owned(),
        "o/w main floating 17".to_owned(),
    ];
    assert_eq!(lines(&set), expected);
    assert_eq!(set.members.iter().collect::<Vec<_>>(), [".github/actions/own"]);
    assert!(set.packages.iter().all(|it| it.scope == DependencyScope::Development));
    assert_eq!(set.packages[4].sources[0].location.as_deref(), Some("o/r/sub"));
    assert_eq!(set.packages[4].sources[0].host.as_deref(), Some("github.com"));
}

#[test]
fn actions_name_steps_and_images_too() {
    let composite = "runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n    - uses: $/other\n";
    let set = read("tools/x/action.yml", composite, &[]).unwrap();
    assert_eq!(lines(&set), ["a/b v1 version 4"]);
    assert!(set.members.contains("other"));
    assert_eq!(packages("action.yaml", "runs:\n  using: docker\n  image: docker://a/b:1\n"), ["a/b 1 version 3"]);
    let own = read("x/action.yml", "runs: {using: docker, image: Dockerfile}", &[]).unwrap();
    assert_eq!((own.packages.len(), own.members.contains("x/Dockerfile")), (0, true));
    assert!(packages("action.yml", "runs: {using: node20, main: i.js}").is_empty());
    // What other tools call so.
    assert!(packages("tasks/action.yml", "- name: x\n").is_empty());
    assert!(packages("tasks/action.yml", "a: [\n").is_empty());
}

#[test]
fn what_is_decided_when_a_workflow_runs_never_reads_as_no_change() {
    let before = "on:\n  workflow_call:\n    inputs: {i: {default: a}}\njobs:\n  x:\n    container: ${{ inputs.i }}\n";
    let set = read(WORKFLOW, before, &[]).unwrap();
    assert_eq!(set.packages[0].pin, Some(Pin::Floating));
    assert_eq!(set.problems[0].at, format!("{WORKFLOW}:6"));
    let after = before.replace("default: a", "default: b");
    let change = one(Trees::new([(WORKFLOW, before)], [(WORKFLOW, after.as_str())]).evidence().0);
    assert_eq!((change.name.as_str(), change.change), ("${{ inputs.i }}", DependencyChangeKind::Changed));
    assert_eq!(change.pin, Pin::Floating);
}

#[test]
fn images_of_a_matrix_are_those_that_it_lists() {
    let text = "jobs:\n  x:\n    strategy: {matrix: {v: [1, '2']}}\n    container: {image: 'a:${{ matrix.v }}'}\n";
    assert_eq!(packages(WORKFLOW, text), ["a 1 version 4", "a 2 version 4"]);
}

#[test]
fn a_workflow_that_can_not_be_read_is_refused_with_its_line() {
    for (text, line) in [
        ("jobs:\n  a:\n    steps:\n      - uses: checkout@v4\n", Some(4)),
        ("jobs:\n  a:\n    steps:\n      - uses: a/b\n", Some(4)),
        ("jobs:\n  a:\n    steps:\n      - uses: [a/b@c]\n", Some(4)),
        ("jobs:\n  a:\n    steps:\n      - uses:\n", Some(4)),
        ("jobs:\n  a:\n    container: 'A B'\n", Some(3)),
        ("jobs:\n  a:\n    container: [a]\n", Some(3)),
        ("jobs:\n  a: 1\n", Some(2)),
        ("jobs:\n  a:\n    uses: a/b@1\n    uses: a/b@2\n", Some(4)),
        ("on: push\n", Some(1)),
        ("- a\n", Some(1)),
    ] {
        assert_eq!(refused(WORKFLOW, text).0, line, "{text:?}");
    }
    refused(WORKFLOW, "");
    refused(WORKFLOW, "jobs: {}\n---\njobs: {}\n");
}

#[test]
fn a_tag_that_becomes_a_commit_is_a_change_of_the_pin() {
    let step = |reference: &str| format!("jobs:\n  a:\n    steps:\n      - uses: a/b@{reference}\n");
    let (before, after) = (step("v1"), step(COMMIT));
    let trees = Trees::new([(WORKFLOW, before.as_str())], [(WORKFLOW, after.as_str())]);
    let change = one(trees.evidence().0);
    assert_eq!(
        (change.before.join(","), change.after.join(","), change.pin),
        ("v1".into(), COMMIT.into(), Pin::Content)
    );
    assert_eq!(change.purl, format!("pkg:github/a/b@{COMMIT}"));
}

// Dockerfiles.

#[test]
fn a_dockerfile_is_every_image_that_no_stage_is_called() {
    let text = format!(
        "# syntax=docker/dockerfile:1\nARG V=3.12 BASE=python\nARG IMAGE=\"$BASE:${{V}}-slim\"\n\
         FROM --platform=$BUILDPLATFORM rust:1 AS Build\nRUN cat <<EOF > x\nFROM evil\nEOF\n\
         FROM build AS more\nFROM ${{IMAGE}}\nCOPY --from=more /a /a\nCOPY --from=0 /a /a\n\
         COPY --from=ghcr.io/astral-sh/uv:0.5@{DIGEST} /uv /uv\nRUN --mount=type=bind,from=busybox,target=/x true\n\
         ONBUILD COPY --from=alpine:3 /a /a\n"
    );
    let set = read("Dockerfile", &text, &[]).unwrap();
    let expected = [
        "docker/dockerfile 1 version 1",
        "rust 1 version 4",
        "python 3.12-slim version 9",
        "astral-sh/uv 0.5 content 12",
        "busybox latest floating 13",
        "alpine 3 version 14",
    ];
    assert_eq!(lines(&set), expected);
    assert_eq!(set.members.iter().collect::<Vec<_>>(), ["build", "more"]);
    let scopes: Vec<DependencyScope> = set.packages.iter().take(3).map(|it| it.scope).collect();
    assert_eq!(scopes, [DependencyScope::Development, DependencyScope::Unknown, DependencyScope::Runtime]);
    assert_eq!(set.packages[3].sources[0].host.as_deref(), Some("ghcr.io"));
    assert!(packages("Dockerfile", "FROM scratch\n").is_empty());
}

#[test]
fn what_is_decided_when_an_image_is_built_floats_and_never_reads_as_no_change() {
    let text = "ARG REGISTRY\nARG IMAGE=${REGISTRY}/a:1\nFROM $IMAGE\n";
    let set = read("Dockerfile", text, &[]).unwrap();
    assert_eq!((set.packages[0].name.as_str(), set.packages[0].pin), ("$IMAGE", Some(Pin::Floating)));
    assert_eq!(set.problems.len(), 1);
    let after = text.replace("a:1", "a:2");
    let trees = Trees::new([("Dockerfile", text)], [("Dockerfile", after.as_str())]);
    assert_eq!(one(trees.evidence().0).change, DependencyChangeKind::Changed);
    // A digest holds, whatever comes before it.
    let pinned = read("Dockerfile", &format!("ARG R\nFROM ${{R}}a@{DIGEST}\n"), &[]).unwrap();
    assert_eq!(pinned.packages[0].pin, Some(Pin::Content));
    // Stages for each platform are stages.
    let stages = "FROM a:1 AS base-amd64\nFROM a:2 AS base-arm64\nFROM base-$TARGETARCH\n";
    assert_eq!(packages("Dockerfile", stages), ["a 1 version 1", "a 2 version 2"]);
}

#[test]
fn a_dockerfile_that_can_not_be_read_is_refused_with_its_line() {
    for (text, line) in [
        ("FROM {{ base }}\n", Some(1)),
        ("FROM a\n{% if x %}\n", Some(2)),
        ("RUN x\nFROM a\n", Some(1)),
        ("FROM a as\n", Some(1)),
        ("FROM a b\n", Some(1)),
        ("FROM A:b:c\n", Some(1)),
        ("FROM\n", Some(1)),
        ("FROM a\nCOPY <<EOF /x\nb\n", Some(2)),
        ("FROM a\nCOPY --from=A@b / /\n", Some(2)),
        ("ARG 'a\nFROM a\n", Some(1)),
        ("", None),
        ("# nothing\n", None),
    ] {
        assert_eq!(refused("Dockerfile", text).0, line, "{text:?}");
    }
}

#[test]
fn a_new_digest_of_a_tag_is_a_change() {
    let file = |digest: &str| format!("FROM a:1@{digest}\n");
    let (before, after) = (file(DIGEST), file(&DIGEST.replace("012", "210")));
    let trees = Trees::new([("Dockerfile", before.as_str())], [("Dockerfile", after.as_str())]);
    let change = one(trees.evidence().0);
    assert_eq!(
        (change.change, change.pin, change.before.join(",")),
        (DependencyChangeKind::Changed, Pin::Content, "1".into())
    );
}

// Maven.

fn pom(body: &str) -> String {
    format!("<project>\n<groupId>g</groupId><artifactId>a</artifactId><version>1</version>\n{body}\n</project>\n")
}

fn dependency(name: &str, rest: &str) -> String {
    format!("<dependency><groupId>o</groupId><artifactId>{name}</artifactId>{rest}</dependency>\n")
}

#[test]
fn a_pom_says_versions_by_properties_management_and_profiles() {
    let text = pom(&format!(
        "<properties><v>1.0</v><w>${{v}}.1</w></properties>\n<dependencies>\n{}{}{}{}{}</dependencies>\n\
         <dependencyManagement><dependencies>\n{}{}</dependencies></dependencyManagement>\n\
         <build><plugins><plugin><artifactId>p</artifactId><version>3</version></plugin></plugins></build>\n\
         <profiles><profile><properties><v>2.0</v></properties><dependencies>\n{}</dependencies></profile></profiles>",
        dependency("w", "<version>${w}</version>"),
        dependency("own", "<version>${project.version}</version><scope>test</scope>"),
        dependency("m", ""),
        dependency("else", "<version>${x}</version>"),
        dependency("range", "<version>[1,2)</version>"),
        dependency("m", "<version>5</version><scope>test</scope>"),
        dependency("unused", "<version>6</version>"),
        dependency("inner", "<version>${v}</version>"),
    ));
    let set = read("pom.xml", &text, &[]).unwrap();
    let expected = [
        "o:w 1.0.1 version 5",
        "o:w 2.0.1 version 5",
        "o:own 1 version 6",
        "o:m 5 version 7",
        "o:else ${x} unknown 8",
        "o:range [1,2) floating 9",
        "org.apache.maven.plugins:p 3 version 15",
        "o:inner 2.0 version 17",
        "o:unused 6 version 13",
    ];
    assert_eq!(lines(&set), expected);
    let of = |name: &str| set.packages.iter().find(|it| it.name == name).unwrap();
    assert_eq!((of("o:m").scope, of("o:own").scope), (DependencyScope::Development, DependencyScope::Development));
    assert_eq!((of("o:w").scope, of("o:w").directness), (DependencyScope::Runtime, Directness::Direct));
    assert_eq!(of("o:unused").directness, Directness::Unknown);
    let partial = set.partial.unwrap();
    assert!(partial.ends_with("1 version is set elsewhere, the first that of `o:else` in line 8"), "{partial}");
}

#[test]
fn a_parent_from_elsewhere_is_a_package_and_one_from_here_says_versions() {
    let parent = "<project><groupId>g</groupId><artifactId>up</artifactId><version>7</version><properties><v>4</v></properties>\
                  <dependencyManagement><dependencies><dependency><groupId>o</groupId><artifactId>m</artifactId>\
                  <version>${v}</version></dependency></dependencies></dependencyManagement></project>";
    let child = format!(
        "<project><parent><groupId>g</groupId><artifactId>up</artifactId><version>7</version></parent>\
         <artifactId>c</artifactId><dependencies>{}</dependencies></project>",
        dependency("m", "")
    );
    let alone = read("c/pom.xml", &child, &[]).unwrap();
    assert_eq!(lines(&alone), ["g:up 7 version 1", "o:m managed unknown 1"]);
    let together = read("c/pom.xml", &child, &[("pom.xml", parent)]).unwrap();
    assert_eq!(lines(&together), ["o:m 4 version 1"]);
    assert!(together.members.contains("g:up"));
    // Another version of it lies here: it is not the one that is meant.
    let other = parent.replace("<version>7<", "<version>8<");
    assert_eq!(lines(&read("c/pom.xml", &child, &[("pom.xml", &other)]).unwrap()), lines(&alone));
    let left_out = child.replace("<groupId>g</groupId><artifactId>up</artifactId><version>7</version>", "");
    assert_eq!(lines(&read("c/pom.xml", &left_out, &[("pom.xml", parent)]).unwrap()), ["o:m 4 version 1"]);
    refused("c/pom.xml", &left_out);
}

#[test]
fn a_property_that_nothing_here_uses_can_be_that_of_the_parent() {
    let text = |version: &str| pom(&format!("<properties><jackson.version>{version}</jackson.version></properties>"));
    let (before, after) = (text("2.15.0"), text("2.16.0"));
    let trees = Trees::new([("pom.xml", before.as_str())], [("pom.xml", after.as_str())]);
    let change = one(trees.evidence().0);
    assert_eq!((change.name.as_str(), change.change), ("${jackson.version}", DependencyChangeKind::Upgraded));
    assert_eq!(change.directness, Directness::Unknown);
    let words = pom("<properties><enc>UTF-8</enc><p>src/main</p><args>1 2</args></properties>");
    assert!(packages("pom.xml", &words).is_empty());
}

#[test]
fn a_new_repository_is_a_new_host_even_where_nothing_is_taken_from_it_here() {
    let repository =
        "<repositories><repository><id>r</id><url>https://Repo.example.com/x</url></repository></repositories>";
    let with =
        |extra: &str| pom(&format!("<dependencies>{}</dependencies>{extra}", dependency("d", "<version>1</version>")));
    let (before, after) = (with(""), with(repository));
    let change = one(Trees::new([("pom.xml", before.as_str())], [("pom.xml", after.as_str())]).evidence().0);
    assert_eq!((change.name.as_str(), change.new_hosts.join(",")), ("o:d", "repo.example.com".into()));
    let (before, after) = (pom(""), pom(repository));
    let change = one(Trees::new([("pom.xml", before.as_str())], [("pom.xml", after.as_str())]).evidence().0);
    assert_eq!((change.name.as_str(), change.new_hosts.join(",")), ("repositories", "repo.example.com".into()));
}

#[test]
fn an_exclusion_or_a_classifier_that_changes_is_a_change() {
    let with = |extra: &str| {
        pom(&format!("<dependencies>{}</dependencies>", dependency("d", &format!("<version>1</version>{extra}"))))
    };
    let plain = with("");
    for extra in [
        "<exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>",
        "<classifier>tests</classifier>",
        "<type>pom</type>",
        "<scope>system</scope><systemPath>lib/d.jar</systemPath>",
    ] {
        let other = with(extra);
        let change = one(Trees::new([("pom.xml", other.as_str())], [("pom.xml", plain.as_str())]).evidence().0);
        assert_eq!(change.change, DependencyChangeKind::Changed, "{extra}");
    }
}

#[test]
fn a_pom_in_latin_1_is_read() {
    let mut bytes = b"<?xml version='1.0' encoding='ISO-8859-1'?><project><!-- \xE4 -->".to_vec();
    bytes.extend_from_slice(
        format!("<dependencies>{}</dependencies></project>", dependency("d", "<version>1</version>")).as_bytes(),
    );
    let trees = Trees { before: crate::Files::new(), after: [("pom.xml".to_owned(), bytes)].into() };
    assert_eq!(one(trees.evidence().0).name, "o:d");
}

#[test]
fn a_pom_that_can_not_be_read_is_refused() {
    for (text, line) in [
        (pom("<dependencies><dependency/></dependencies>"), Some(3)),
        (pom("<dependencies>\n<dependancy/></dependencies>"), Some(4)),
        (pom("<dependencies/>\n<dependencies/>"), Some(4)),
        (pom("<properties><a>1</a>\n<a>2</a></properties>"), Some(4)),
        (pom("<parent><groupId>x</groupId></parent>"), Some(3)),
        ("<metadata/>".to_owned(), Some(1)),
        (String::new(), None),
        (pom("").replace("</project>", ""), None),
    ] {
        assert_eq!(refused("pom.xml", &text).0, line, "{text}");
    }
}

#[test]
fn the_real_change_of_a_pom_is_the_one_that_its_property_says() {
    let Some(trees) = real("maven-jsoup") else { return };
    let (changes, sources) = trees.evidence();
    let change = one(changes);
    assert_eq!((change.name.as_str(), change.change), ("org.jsoup:jsoup", DependencyChangeKind::Upgraded));
    assert_eq!((change.before.join(","), change.after.join(",")), ("1.22.2".into(), "1.23.1".into()));
    assert_eq!((change.pin, change.scope), (Pin::Version, DependencyScope::Runtime));
    // Seven plugins have no version here, and one has that of a property of the parent.
    assert_eq!(sources[0].completeness, Completeness::Truncated);
    let reason = sources[0].reason.as_deref().unwrap();
    assert!(reason.contains("8 versions are set elsewhere"), "{reason}");
}

#[test]
fn odd_poms_say_what_an_independent_reading_says() {
    let Some(root) = shared("lockfile-odd") else { return };
    let files = tree(&root);
    let of = |name: &str| packages("pom.xml", std::str::from_utf8(&files[name]).unwrap());
    assert_eq!(of("maven-ambiguous-interpolation.xml"), ["com.example:common-lib 1.0.0 version 8"]);
    assert_eq!(
        of("maven-interpolation.xml"),
        [
            "org.mine:mypackage 1.0.0 version 18",
            "org.mine:my.package 2.3.4 version 24",
            "org.mine:ranged-package [9.4.35.v20201120,9.5) floating 30",
        ]
    );
    assert_eq!(
        of("maven-profiles.xml"),
        ["org.parent:parent-pom 1.0.0 version 3", "org.profile:profile-dep 1.2.3 version 15"]
    );
    assert_eq!(
        of("maven-with-dependency-management.xml"),
        [
            "io.netty:netty-all 4.1.9 version 7",
            "org.slf4j:slf4j-log4j12 1.7.25 version 12",
            "io.netty:netty-all 4.1.42.Final version 21",
            "com.google.code.findbugs:jsr305 3.0.2 version 26",
            // Used for nothing here.
            "${mavenVersion} 3.0 version 0",
        ]
    );
}

#[test]
fn limits_are_truncations() {
    let many = pom(&format!("<profiles>{}</profiles>", "<profile/>".repeat(101)));
    assert_eq!(read("pom.xml", &many, &[]).unwrap_err().completeness, Completeness::Truncated);
    let stages = "FROM a\n".repeat(1_001);
    assert_eq!(read("Dockerfile", &stages, &[]).unwrap_err().completeness, Completeness::Truncated);
}

// Laws.

/// Names and versions, each name once.
fn entries() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::btree_map("[a-z][a-z0-9]{0,6}", (0..50_u8, 0..50_u8), 0..8)
        .prop_map(|map| map.into_iter().map(|(name, (major, minor))| (name, format!("{major}.{minor}"))).collect())
}

/// Writes entries as one file of each kind.
fn written(kind: usize, entries: &[(String, String)]) -> (&'static str, String) {
    let each = |line: fn(&str, &str) -> String, joint: &str| {
        entries.iter().map(|(name, version)| line(name, version)).collect::<Vec<_>>().join(joint)
    };
    match kind {
        0 => ("gradle.lockfile", format!("{}\nempty=\n", each(|n, v| format!("g:{n}:{v}=runtimeClasspath"), "\n"))),
        1 => (
            "packages.lock.json",
            nuget(
                1,
                &format!(
                    "\"f\": {{{}}}",
                    each(|n, v| format!("\"{n}\": {{\"type\": \"Direct\", \"resolved\": \"{v}\"}}"), ",")
                ),
            ),
        ),
        2 => (
            WORKFLOW,
            format!(
                "jobs:\n  j:\n    steps:\n      - run: x\n{}\n",
                each(|n, v| format!("      - uses: o/{n}@v{v}"), "\n")
            ),
        ),
        3 => ("Dockerfile", format!("FROM scratch\n{}\n", each(|n, v| format!("COPY --from=r.io/{n}:{v} / /"), "\n"))),
        _ => (
            "pom.xml",
            pom(&format!(
                "<dependencies>{}</dependencies>",
                each(|n, v| dependency(n, &format!("<version>{v}</version>")), "")
            )),
        ),
    }
}

fn name_of(kind: usize, name: &str, version: &str) -> String {
    match kind {
        0 => format!("g:{name} {version}"),
        2 => format!("o/{name} v{version}"),
        4 => format!("o:{name} {version}"),
        _ => format!("{name} {version}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_back_in_any_order(kind in 0_usize..5, entries in entries(), turn in 0_usize..8) {
        let (path, text) = written(kind, &entries);
        let set = read(path, &text, &[]).unwrap();
        let found: Vec<String> = set.packages.iter().map(|it| format!("{} {}", it.name, it.version)).collect();
        let expected: Vec<String> = entries.iter().map(|(name, version)| name_of(kind, name, version)).collect();
        prop_assert_eq!(found, expected);
        let mut turned = entries.clone();
        turned.rotate_left(if entries.is_empty() { 0 } else { turn % entries.len() });
        let other = written(kind, &turned).1;
        let (changes, sources) = Trees::new([(path, text.as_str())], [(path, other.as_str())]).evidence();
        prop_assert!(changes.is_empty(), "{:?}", changes);
        prop_assert!(sources.iter().all(|source| source.completeness == Completeness::Complete));
    }

    #[test]
    fn a_version_that_differs_is_one_change(kind in 0_usize..5, entries in entries(), at in 0_usize..8) {
        prop_assume!(!entries.is_empty());
        let mut other = entries.clone();
        let at = at % entries.len();
        other[at].1 = "100.0".to_owned();
        let ((path, before), (_, after)) = (written(kind, &entries), written(kind, &other));
        let (changes, _) = Trees::new([(path, before.as_str())], [(path, after.as_str())]).evidence();
        prop_assert_eq!(changes.len(), 1);
        prop_assert_eq!(changes[0].change, DependencyChangeKind::Upgraded);
    }

    #[test]
    fn a_file_that_is_cut_short_never_panics_and_never_has_more(kind in 0_usize..5, entries in entries(), cut in 0_usize..400) {
        let (path, text) = written(kind, &entries);
        let whole = read(path, &text, &[]).unwrap();
        let cut = text.get(..cut.min(text.len())).unwrap();
        match read(path, cut, &[]) {
            // `FROM scratch`, which is no image, is one of another name where it is cut short.
            Ok(set) => prop_assert!(set.packages.len() <= whole.packages.len() + usize::from(kind == 3)),
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
        // These end with what can't be left out.
        if matches!(kind, 1 | 4) && cut.len() + 1 < text.len() {
            prop_assert!(read(path, cut, &[]).is_err());
        }
    }

    #[test]
    fn garbage_is_refused_and_never_panics(kind in 0_usize..5, text in "[\\PC\n\t]{1,60}") {
        let path = written(kind, &[]).0;
        if let Ok(set) = read(path, &text, &[]) {
            // A comment, or an image that is a word.
            prop_assert!(kind == 3 || set.packages.is_empty(), "{}: {:?}", text, set);
        }
    }

    #[test]
    fn pieces_of_the_grammar_never_panic(
        kind in 0_usize..5,
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "FROM ", "a", ":1", "@", "${", "$A", "}", ":-", "ARG A=", "\\\n", "\n", "RUN <<E", "E", "'", "\"", "--from=",
                "COPY ", "`", "# escape=`", "jobs:", "  a:", " &x", " *x", "- ", "uses: ", "{", "[", "${{ matrix.a }}", "<",
                "<project>", "</project>", "<version>", "<![CDATA[", "&lt;", "=", "empty=", "é", "\u{feff}", "\t",
            ]),
            0..30,
        ),
    ) {
        let _ = read(written(kind, &[]).0, &pieces.concat(), &[]);
    }
}

#[test]
fn a_lockfile_that_is_gone_or_new_is_told() {
    for kind in 0..5 {
        let (path, text) = written(kind, &[("n".to_owned(), "1.0".to_owned())]);
        let added = one(Trees::new([], [(path, text.as_str())]).evidence().0);
        assert_eq!(added.change, DependencyChangeKind::Added, "{path}");
        let removed = one(Trees::new([(path, text.as_str())], []).evidence().0);
        assert_eq!(removed.change, DependencyChangeKind::Removed, "{path}");
        let broken = Trees::new([(path, text.as_str())], [(path, "\u{0}")]);
        assert!(!failures(&broken).is_empty(), "{path}");
    }
}
