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
                "lefthook.yml",
                ".lefthook.yaml",
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
                "Earthfile",
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

/// Found in real repositories, where a table had taken them for something else.
#[test]
fn a_name_alone_does_not_make_a_program_something_else() {
    use FileKind::{Ci, Config, Docs, Infrastructure, Lockfile, Manifest, Policy, Source, Vendored};
    for (path, kind, why) in [
        ("pkg/k8s/writer.go", Source, "a package of a program about clusters"),
        ("internal/terraform/plan.rs", Source, "or about infrastructure"),
        ("k8s/deploy.sh", Infrastructure, "what sets a cluster up is meant"),
        ("kubernetes/app.json", Infrastructure, "data of a cluster"),
        ("helm/chart/templates/_helpers.tpl", Infrastructure, "a template of a chart"),
        ("helm/chart/README.md", Docs, "prose beside a chart"),
        ("pkg/kubelet/pods/create.go", Source, "Kubernetes has pods of its own"),
        ("ios/Pods/Alamofire/a.swift", Vendored, "CocoaPods spells them so"),
        ("buf.gen.yaml", Config, "the settings of a generator"),
        ("ci/install-packages", Ci, "scripts of CI at the root"),
        ("src/ci/mod.rs", Source, "a program about CI"),
        ("ci/README.md", Ci, "what lies there goes with it"),
        ("deploy/cloudbuild_image.yaml", Ci, "a build of Google Cloud"),
        ("tool.py.lock", Lockfile, "the lockfile of a script"),
        (".lfsconfig", Manifest, "where Git LFS fetches from"),
        ("UNLICENSE", Docs, "a licence too"),
        ("zizmor.yml", Policy, "what a scanner passes over"),
        ("supply-chain/audits.toml", Policy, "what cargo-vet takes for audited"),
        ("views/index.ejs", Source, "a template is a program"),
    ] {
        assert_eq!(kind_of(path), kind, "{path}: {why}");
    }
}

#[test]
fn every_alias_of_a_language_is_one_of_a_language_that_the_tables_have() {
    for (alias, language) in super::languages::aliases() {
        assert_eq!(super::languages::by_name(alias).map(|(name, _)| name), Some(language), "{alias}");
    }
    assert_eq!(super::languages::by_name("nothing"), None);
}
