use super::languages::tables;
use super::{files, kind_of, language_of};
use crate::collect::snapshot::RawFile;
use crate::evidence::{FileKind, FileStatus};

#[test]
fn the_path_tells_what_a_file_is_for() {
    use FileKind::{
        Ci, Config, Docs, Generated, Infrastructure, Lockfile, Manifest, Other, Policy, Source, Test, Vendored,
    };
    for (kind, paths) in [
        (
            Source,
            &[
                "src/main.rs",
                "AUDIT.java",
                "lib/contest.py",
                "a/latest.java",
                "docs/conf.py",
                "index.html",
                "x.sql",
                "tools/run.sh",
            ][..],
        ),
        (
            Test,
            &[
                "tests/a.rs",
                "src/a_test.go",
                "web/a.spec.ts",
                "test_x.py",
                "src/test/java/A.java",
                "FooTest.java",
                "UnitTests.cs",
                "a/__snapshots__/b.snap",
                "pkg/testdata/in.json",
            ],
        ),
        (
            Docs,
            &["README.md", "LICENSE", "docs/guide.rst", "docs/picture.png", "CHANGELOG", "a/notes.txt", "LICENSE-MIT"],
        ),
        (
            Config,
            &[
                "tsconfig.json",
                ".eslintrc",
                "webpack.config.js",
                "conf/app.yaml",
                ".env",
                ".github/dependabot.yml",
                "renovate.json",
                "security.toml",
            ],
        ),
        (
            Ci,
            &[
                ".github/workflows/a.yml",
                ".github/actions/x/action.yml",
                ".gitlab-ci.yml",
                ".circleci/config.yml",
                "Jenkinsfile",
                "azure-pipelines.yml",
                ".travis.yml",
                ".buildkite/pipeline.yml",
                "bitbucket-pipelines.yml",
                ".woodpecker/a.yml",
                ".drone.yml",
                ".ci/run",
                ".GitHub/Workflows/a.yml",
            ],
        ),
        (
            Infrastructure,
            &[
                "Dockerfile",
                "docker/Dockerfile.release",
                "docker-compose.yml",
                "main.tf",
                "k8s/app.yaml",
                "Makefile",
                "build.rs",
                "CMakeLists.txt",
                "flake.nix",
                ".devcontainer/devcontainer.json",
            ],
        ),
        (
            Manifest,
            &[
                "Cargo.toml",
                "web/package.json",
                "requirements.txt",
                "requirements/dev.txt",
                "requirements-dev.in",
                "go.mod",
                "build.gradle.kts",
                "App.csproj",
                "pom.xml",
                "tests/fixtures/package.json",
                ".gitmodules",
            ],
        ),
        (
            Lockfile,
            &[
                "Cargo.lock",
                "web/yarn.lock",
                "go.sum",
                "uv.lock",
                "pylock.dev.toml",
                "Package.resolved",
                "Manifest.toml",
                "tests/fixtures/package-lock.json",
                ".terraform.lock.hcl",
            ],
        ),
        (
            Generated,
            &[
                "api/x.pb.go",
                "web/app.min.js",
                "x_pb2.py",
                "src/generated/a.rs",
                "zz_generated.deepcopy.go",
                "dist/index.js",
            ],
        ),
        (Vendored, &["vendor/x/a.go", "a/node_modules/x/package.json", "third_party/z.c", ".yarn/releases/yarn-4.cjs"]),
        (
            Policy,
            &[
                "tollgate.toml",
                "CODEOWNERS",
                ".github/CODEOWNERS",
                "waivers.toml",
                "teams.toml",
                "packs/a/pack.toml",
                "packs/a/rules/x.rhai",
                "packs/a/lib/x.rhai",
                ".gitattributes",
                "sub/.gitattributes",
                ".policy.yml",
                "vendor/x/CODEOWNERS",
                "opa/a.rego",
            ],
        ),
        (Other, &["logo.png", "data.bin", "bin/tool", "manifest", "rules.rhai", "testament.png"]),
    ] {
        for path in paths {
            assert_eq!(kind_of(path), kind, "{path}");
        }
    }
}

#[test]
fn the_path_tells_the_language() {
    for (path, language) in [
        ("src/main.rs", Some("Rust")),
        ("a/B.TSX", Some("TSX")),
        ("Dockerfile", Some("Dockerfile")),
        ("Dockerfile.dev", Some("Dockerfile")),
        ("CMakeLists.txt", Some("CMake")),
        ("go.mod", Some("Go Module")),
        ("x.tar.gz", None),
        ("README", None),
        ("src.rs/none", None),
        ("", None),
        (".rs", Some("Rust")),
    ] {
        assert_eq!(language_of(path), language, "{path}");
    }
}

#[test]
fn no_key_of_a_table_stands_in_it_twice() {
    let mut keys: Vec<_> = tables().map(|(key, _)| key).collect();
    assert!(keys.iter().all(|key| *key == key.to_ascii_lowercase()));
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert!(all - keys.len() <= 1, "`dockerfile` is a name and an extension, and nothing else is both");
    let mut languages: Vec<_> = tables().map(|(_, language)| language).collect();
    languages.sort_unstable();
    languages.dedup();
    assert!(languages.len() >= 80, "{}", languages.len());
}

#[test]
fn files_are_judged_by_their_new_path_and_sorted() {
    let raw = |path: &str, previous: Option<&str>| RawFile {
        previous_path: previous.map(str::to_owned),
        added: Some(1),
        removed: Some(2),
        ..RawFile::at(path, if previous.is_some() { FileStatus::Renamed } else { FileStatus::Deleted })
    };
    let files = files(vec![raw("src/b.rs", Some("tests/b.rs")), raw("Cargo.lock", None)]);
    assert_eq!(files[0].kind, FileKind::Lockfile);
    assert_eq!((files[1].kind, files[1].language.as_deref()), (FileKind::Source, Some("Rust")));
    assert_eq!((files[1].added, files[1].removed, files[1].owners.len()), (Some(1), Some(2), 0));
}
