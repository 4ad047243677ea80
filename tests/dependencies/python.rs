//! What the lockfiles of Python say: real changes and odd files, and each format's own rules.
//!
//! Expected rows of real files are those of a parse by another language's TOML and JSON, compared name by name.

use tollgate::evidence::{Integrity, SourceKind};

use crate::Trees;
use crate::real::{odd, packages, places, read_one, rows, shared};

#[test]
fn real_changes_give_what_another_parser_finds() {
    for (name, lock, expected) in [
        // A new format of the same 80 and 68 packages.
        ("poetry-1.5-category-removed", "poetry.lock", &[][..]),
        ("poetry-1.8-to-2.0-format", "poetry.lock", &[]),
        // Its `groups` have `main`, and the manifest does not name it: virtualenv brings it in.
        ("poetry-filelock-vuln", "poetry.lock", &["upgraded filelock 3.20.0 3.20.1 transitive runtime"]),
        // The manifest asks for mkdocs-macros-plugin alone of these.
        (
            "uv-added-deps",
            "uv.lock",
            &[
                "added hjson - 3.1.0 transitive runtime",
                "added mkdocs-macros-plugin - 1.3.7 direct runtime",
                "added super-collections - 0.5.3 transitive runtime",
                "added termcolor - 2.4.0 transitive runtime",
            ],
        ),
        // Most of the difference is times of upload.
        (
            "uv-dependabot-alerts",
            "uv.lock",
            &[
                "upgraded gitpython 3.1.50 3.1.59 transitive runtime",
                "upgraded pillow 12.2.0 12.3.0 transitive runtime",
                "upgraded pymdown-extensions 10.21.2 11.0.1 transitive runtime",
            ],
        ),
        // An extra is no other version of celery; what it brings in is not listed, which is why two are gone.
        (
            "requirements-celery-extras",
            "requirements.txt",
            &["removed boto3 1.41.5 - direct runtime", "removed pycurl 7.45.7 - direct runtime"],
        ),
        ("requirements-git-url", "requirements.txt", &["changed django-multiselectfield master 0.1.13 direct runtime"]),
    ] {
        let Some(found) = rows(name, lock) else { return };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn odd_files_lock_what_stands_in_them() {
    for (name, expected) in [
        // A package whose commit is locked, in the group of what is shipped.
        ("pdm-git-dependency.toml", &["toml 0.10.2 unknown runtime"][..]),
        // All on one line.
        ("pipfile-minified.json", &["markupsafe 2.1.1 unknown runtime"]),
        // One package at two versions, and one without checksums in one of its categories.
        (
            "pipfile-multiple-packages.json",
            &[
                "itsdangerous 2.1.2 unknown runtime",
                "markupsafe 2.1.1 unknown runtime",
                "pluggy 1.0.1 unknown runtime",
                "itsdangerous 2.1.2 unknown development",
                "pluggy 1.0.0 unknown development",
            ],
        ),
        // `default` is the default group; the others come with extras, which are shipped.
        (
            "pylock-pdm-full.toml",
            &[
                "certifi 2025.1.31 unknown runtime",
                "chardet 3.0.4 unknown runtime",
                "charset-normalizer 2.0.12 unknown runtime",
                "colorama 0.3.9 unknown runtime",
                "idna 2.7 unknown runtime",
                "py 1.4.34 unknown runtime",
                "pytest 3.2.5 unknown runtime",
                "requests 2.27.1 unknown runtime",
                "setuptools 39.2.0 unknown runtime",
                "urllib3 1.26.20 unknown runtime",
            ],
        ),
        // No package, and `package = []` in its place.
        ("poetry-empty.lock", &[]),
        // One name at two versions under two markers, in groups of which some are for development.
        (
            "poetry-multiple-packages.v2.lock",
            &[
                "async-timeout 5.0.1 unknown runtime",
                "factory-boy 3.3.1 unknown development",
                "faker 33.3.0 unknown development",
                "proto-plus 1.22.0 unknown runtime",
                "proto-plus 1.23.0 unknown runtime",
                "protobuf 4.25.5 unknown runtime",
                "python-dateutil 2.9.0.post0 unknown development",
                "redis 5.2.1 unknown runtime",
                "six 1.17.0 unknown runtime",
                "typing-extensions 4.12.2 unknown development",
                "urllib3 2.3.0 unknown development",
            ],
        ),
        // Names in a text, in another table and in a comment are none.
        (
            "poetry-names-outside-package-block.lock",
            &["first-pkg 1.0.0 unknown unknown", "second-pkg 2.0.0 unknown unknown"],
        ),
        // What is optional is shipped to who asks for it.
        ("poetry-optional-package.lock", &["numpy 1.23.3 unknown runtime"]),
        // Blanks around extras and between the extras.
        ("requirements-extras.txt", &["pyjwt 2.1.0 direct runtime", "celery 4.4.7 direct runtime"]),
        // A comment between continuations ends them.
        ("requirements-multiline_and_comments.txt", &["pkga 1.0 direct runtime", "pkgb 2.0 direct runtime"]),
        // The project alone.
        ("uv-no-dependencies.lock", &[]),
        ("uv-source-git.lock", &["ruff 0.8.1 direct runtime"]),
    ] {
        let Some(found) = odd(name) else { return };
        assert_eq!(packages(&found.unwrap()), expected, "{name}");
    }
}

#[test]
fn odd_files_that_mean_nothing_certain_are_refused() {
    for (name, expected) in [
        ("requirements-env_var.txt", "2: `qwert==${MY_VARIABLE_1}` depends on a variable of the environment"),
        // The first of what is wrong with it in the order of lines: an include that is not at hand.
        ("requirements-example.txt", "21: includes `other-requirements.txt`, which is not there"),
        // pip refuses it too, though the file says that it is fine.
        (
            "requirements-per_req_options.txt",
            "7: `--hash=wrongformatbutok` is no checksum: expected `--hash=<algorithm>:<digest>`",
        ),
    ] {
        let Some(found) = odd(name) else { return };
        assert_eq!(found.unwrap_err(), expected, "{name}");
    }
}

#[test]
fn options_of_single_requirements_are_read_where_they_are_whole() {
    let Some(root) = shared("lockfile-odd") else { return };
    let text = std::fs::read_to_string(root.join("requirements-per_req_options.txt")).unwrap();
    // What is left without the lines that pip refuses (4, 6, 7, 10, 12 and 15 by their names).
    let wrong = ["foo4=", "foo6=", "foo7=", "foo10=", "foo12=", "foo15="];
    let kept: String = text
        .lines()
        .filter(|line| !wrong.iter().any(|name| line.starts_with(name)))
        .map(|line| format!("{line}\n"))
        .collect();
    let set = read_one("requirements.txt", kept, &[]).unwrap();
    let found: Vec<(&str, usize)> = set.packages.iter().map(|it| (it.name.as_str(), it.integrity.len())).collect();
    let expected = [
        ("foo1", 1),
        ("foo2", 1),
        ("foo3", 1),
        ("foo5", 1),
        ("foo8", 2),
        ("foo9", 2),
        ("foo11", 1),
        ("foo13", 1),
        ("foo14", 0),
        ("foo16-client", 0),
        ("foo17-hash", 0),
        ("foo18-client", 0),
    ];
    assert_eq!(found, expected);
    for line in text.lines().filter(|line| wrong.iter().any(|name| line.starts_with(name))) {
        assert!(read_one("requirements.txt", line, &[]).is_err(), "{line}");
    }
}

const PDM: &str = r#"
[metadata]
groups = ["default", "dev", "extra"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
[[package]]
name = "Requests"
version = "2.0"
groups = ["dev"]
dependencies = ["idna>=1", "win; sys_platform == 'win32'"]
files = [{url = "https://files.example/r.whl", hash = "sha256:11"}]
[[package]]
name = "requests"
version = "2.0"
extras = ["socks"]
groups = ["default"]
dependencies = ["requests==2.0"]
files = [{url = "https://files.example/r.whl", hash = "sha256:11"}]
[[package]]
name = "idna"
version = "1.0"
groups = ["dev"]
files = [{file = "i.whl", hash = "sha256:22"}, {file = "i.tar.gz", hash = "sha256:21"}]
[[package]]
name = "own"
version = "0.1.0"
path = "./own"
editable = true
groups = ["default"]
[[package]]
name = "wheel"
version = "1.0"
path = "./vendor/wheel-1.0-py3-none-any.whl"
groups = ["extra"]
[[package]]
name = "beside"
path = "../../beside"
[[package]]
name = "g"
version = "1.0"
git = "https://user:word@git.example/o/g.git"
ref = "main"
revision = "65bab7582ce14c55cdeec2244c65ea23039c9e6f"
groups = ["dev"]
[[package]]
name = "u"
version = "1.0"
url = "https://files.example/u.zip"
groups = ["dev", "extra"]
"#;

#[test]
fn pdm_says_what_each_group_and_source_is() {
    let set = read_one("x/pdm.lock", PDM, &[]).unwrap();
    let expected = [
        "requests 2.0 unknown runtime",
        "idna 1.0 unknown unknown",
        "wheel 1.0 unknown unknown",
        "beside 0 unknown unknown",
        "g 1.0 unknown unknown",
        "u 1.0 unknown unknown",
    ];
    assert_eq!(packages(&set), expected);
    assert_eq!(set.members.iter().collect::<Vec<_>>(), ["own"]);
    let expected = [
        "requests registry files.example -",
        "idna registry - -",
        "wheel path - ./vendor/wheel-1.0-py3-none-any.whl",
        "beside path - ../../beside",
        "g git git.example https://git.example/o/g.git#65bab7582ce14c55cdeec2244c65ea23039c9e6f",
        "u url files.example https://files.example/u.zip",
    ];
    assert_eq!(places(&set), expected);
    assert_eq!(set.packages[1].integrity, ["sha256:21", "sha256:22"]);

    let manifest = "[project]\nname = 'p'\ndependencies = ['requests[socks]']\n[project.optional-dependencies]\nextra = ['u']\n[dependency-groups]\nDev = ['g']\n";
    let set = read_one("x/pdm.lock", PDM, &[("x/pyproject.toml", manifest)]).unwrap();
    let expected = [
        "requests 2.0 direct runtime",
        "idna 1.0 transitive development",
        "wheel 1.0 transitive runtime",
        "beside 0 transitive unknown",
        "g 1.0 direct development",
        "u 1.0 direct runtime",
    ];
    assert_eq!(packages(&set), expected);
}

#[test]
fn pdm_s_first_lock_version_keeps_its_archives_apart() {
    let old = "[[package]]\nname = \"a\"\nversion = \"1.0\"\n[metadata]\nlock_version = \"4.0\"\n[metadata.files]\n\"a 1.0\" = [{url = \"https://h.example/a\", hash = \"sha256:1\"}]\n\"a 2.0\" = [{url = \"https://i.example/a\", hash = \"sha256:2\"}]\n";
    let set = read_one("pdm.lock", old, &[]).unwrap();
    assert_eq!(places(&set), ["a registry h.example -"]);
    assert_eq!(set.packages[0].integrity, ["sha256:1"]);
}

#[test]
fn what_pdm_excludes_need_not_be_there() {
    let manifest = "[tool.pdm.resolution]\nexcludes = ['Idna']\n";
    let (head, rest) = PDM.split_once("[[package]]\nname = \"idna\"").unwrap();
    let (_, tail) = rest.split_once("[[package]]\nname = \"own\"").unwrap();
    let without = format!("{head}[[package]]\nname = \"own\"{tail}");
    assert!(read_one("pdm.lock", without.clone(), &[("pyproject.toml", manifest)]).is_ok());
    assert_eq!(
        read_one("pdm.lock", without, &[]).unwrap_err(),
        "6: `requests` depends on `idna`, which is not in the file"
    );
}

const PIPFILE: &str = r#"{
    "_meta": {"pipfile-spec": 6, "sources": [
        {"name": "pypi", "url": "https://pypi.example/simple", "verify_ssl": true},
        {"name": "own", "url": "https://u:${WORD}@own.example/simple", "verify_ssl": true}
    ]},
    "default": {
        "A_b": {"version": "==1.0", "hashes": ["sha256:11"], "index": "own"},
        "c": {"version": "==2.0", "hashes": ["sha256:22"], "markers": "python_version >= '3'"},
        "g": {"git": "https://git.example/o/g.git", "ref": "65bab7582ce14c55cdeec2244c65ea23039c9e6f", "editable": true},
        "own": {"path": ".", "editable": true, "version": "*"},
        "u": {"file": "https://files.example/u.zip", "hashes": ["sha256:33"]},
        "w": {"file": "vendor/w-1.0.whl"}
    },
    "develop": {"d": {"version": "==1.0"}},
    "docs": {"e": {"version": "===1.0"}}
}"#;

#[test]
fn a_pipfile_lock_says_what_each_category_and_source_is() {
    let manifest = "[[source]]\nname = 'pypi'\nurl = 'x'\nverify_ssl = true\n[packages]\na-B = '*'\n[dev-packages]\n[docs]\ne = '*'\n[requires]\nc = '3'\n";
    let set = read_one("Pipfile.lock", PIPFILE, &[("Pipfile", manifest)]).unwrap();
    let expected = [
        "a-b 1.0 direct runtime",
        "c 2.0 transitive runtime",
        "g 65bab7582ce14c55cdeec2244c65ea23039c9e6f transitive runtime",
        "u 0 transitive runtime",
        "w 0 transitive runtime",
        "d 1.0 transitive development",
        "e 1.0 direct unknown",
    ];
    assert_eq!(packages(&set), expected);
    assert_eq!(set.members.iter().collect::<Vec<_>>(), ["own"]);
    let expected = [
        "a-b registry own.example https://own.example/simple",
        "c registry pypi.example https://pypi.example/simple",
        "g git git.example https://git.example/o/g.git#65bab7582ce14c55cdeec2244c65ea23039c9e6f",
        "u url files.example https://files.example/u.zip",
        "w path - vendor/w-1.0.whl",
        "d registry pypi.example https://pypi.example/simple",
        "e registry pypi.example https://pypi.example/simple",
    ];
    assert_eq!(places(&set), expected);
}

#[test]
fn a_package_of_a_pipfile_lock_comes_from_any_source_where_all_are_searched() {
    let of = |set: &tollgate::collect::lockfiles::LockedSet, name: &str| {
        let package = set.packages.iter().find(|it| it.name == name).unwrap();
        package.sources.iter().filter_map(|it| it.host.clone()).collect::<Vec<_>>()
    };
    // Without a Pipfile nothing says that they are not.
    let set = read_one("Pipfile.lock", PIPFILE, &[]).unwrap();
    assert_eq!((of(&set, "c").len(), of(&set, "a-b")), (2, vec!["own.example".to_owned()]));
    let manifest = "[packages]\n[pipenv]\ninstall_search_all_sources = true\n";
    let set = read_one("Pipfile.lock", PIPFILE, &[("Pipfile", manifest)]).unwrap();
    assert_eq!((of(&set, "c").len(), of(&set, "a-b").len()), (2, 2));
}

const PYLOCK: &str = r#"
lock-version = "1.0"
created-by = "x"
extras = ["e"]
dependency-groups = ["dev", "main"]
default-groups = ["main"]
[[packages]]
name = "a"
version = "1.0"
index = "https://pypi.example/simple"
wheels = [{ url = "https://files.example/a.whl", hashes = { sha256 = "11" } }]
sdist = { url = "https://files.example/a.tar.gz", hashes = { sha256 = "12", md5 = "13" } }
[[packages]]
name = "a"
version = "2.0"
marker = "'dev' in dependency_groups and python_version >= '3'"
index = "https://pypi.example/simple"
wheels = [{ name = "a-2.0.whl", hashes = { sha256 = "21" } }, { name = "a-2.0-2.whl" }]
[[packages]]
name = "g"
marker = "'main' in dependency_groups"
vcs = { type = "git", url = "https://git.example/o/g", requested-revision = "main", commit-id = "65bab7582ce14c55cdeec2244c65ea23039c9e6f" }
[[packages]]
name = "own"
directory = { path = ".", editable = true }
[[packages]]
name = "u"
marker = "'e' in extras"
archive = { url = "https://files.example/u.zip", hashes = { sha256 = "31" } }
[[packages]]
name = "l"
version = "1.0"
marker = "what is this"
wheels = [{ path = "vendor/l-1.0.whl", hashes = { sha256 = "41" } }]
"#;

#[test]
fn a_pylock_says_what_each_marker_and_source_is() {
    for path in ["pylock.toml", "pylock.dev.toml"] {
        let set = read_one(path, PYLOCK, &[("pyproject.toml", "[project]\ndependencies = ['A']\n")]).unwrap();
        let expected = [
            "a 1.0 direct runtime",
            "a 2.0 direct development",
            "g 65bab7582ce14c55cdeec2244c65ea23039c9e6f transitive runtime",
            "u 0 transitive runtime",
            "l 1.0 transitive unknown",
        ];
        assert_eq!(packages(&set), expected);
        let expected = [
            "a registry pypi.example https://pypi.example/simple",
            "a registry files.example -",
            "a registry pypi.example https://pypi.example/simple",
            "g git git.example https://git.example/o/g#65bab7582ce14c55cdeec2244c65ea23039c9e6f",
            "u url files.example https://files.example/u.zip",
            "l path - vendor/l-1.0.whl",
        ];
        assert_eq!(places(&set), expected);
        let hashes: Vec<String> = set.packages.iter().map(|it| it.integrity.join(" ")).collect();
        // One archive of the second has no checksum: it could be any content.
        assert_eq!(hashes, ["md5:13 sha256:11 sha256:12", "", "", "sha256:31", "sha256:41"]);
    }
}

#[test]
fn a_later_minor_version_of_a_pylock_is_read_and_said() {
    let set = read_one("pylock.toml", PYLOCK.replace("\"1.0\"\ncreated", "\"1.1\"\ncreated"), &[]).unwrap();
    assert_eq!((set.packages.len(), set.problems.len()), (5, 1));
    assert_eq!(set.problems[0].at, "pylock.toml:2");
}

#[test]
fn an_archive_that_loses_its_checksum_is_a_change() {
    let hash = ", hash = \"sha256:22\"";
    for (path, with) in [
        (
            "uv.lock",
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://h.example\" }\nwheels = [{ url = \"https://h.example/a\", hash = \"sha256:11\" }, { url = \"https://h.example/b\", hash = \"sha256:22\" }]\n",
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1.0\"\nfiles = [{file = \"a\", hash = \"sha256:11\"}, {file = \"b\", hash = \"sha256:22\"}]\n[metadata]\nlock-version = \"2.1\"\n",
        ),
        (
            "pdm.lock",
            "[metadata]\nlock_version = \"4.5.0\"\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nfiles = [{file = \"a\", hash = \"sha256:11\"}, {file = \"b\", hash = \"sha256:22\"}]\n",
        ),
    ] {
        let without = with.replace(hash, "");
        assert_ne!(with, without, "{path}");
        let (changes, _) = Trees::new([(path, with)], [(path, &*without)]).evidence();
        assert_eq!(changes.iter().map(|it| it.integrity).collect::<Vec<_>>(), [Integrity::Absent], "{path}");
    }
}

#[test]
fn uv_says_where_in_an_archive_a_project_lies() {
    let lock = "version = 1\nrevision = 3\nrequired-markers = [\"sys_platform == 'linux'\"]\nconflicts = [[{ package = \"p\", extra = \"x\" }]]\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { url = \"https://h.example/a.zip\", subdirectory = \"sub\" }\nsdist = { hash = \"sha256:11\" }\n";
    let set = read_one("uv.lock", lock, &[]).unwrap();
    assert_eq!((set.packages[0].sources[0].kind, set.packages[0].integrity.len()), (SourceKind::Url, 1));
    let two = lock.replace("subdirectory = \"sub\"", "registry = \"https://h.example\"");
    assert_eq!(read_one("uv.lock", two, &[]).unwrap_err(), "5: `a` has no source of a known kind, or several");
}
