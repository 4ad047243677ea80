//! What `Gemfile.lock` and `composer.lock` say: real changes and odd files, and each format's own rules.
//!
//! Expected rows of real files are those of a parse by another language, compared name by name.

use tollgate::collect::lockfiles::LockedSet;
use tollgate::evidence::{Completeness, DependencyChangeKind, Directness, Pin};

use crate::Trees;
use crate::real::{odd, packages, places, read_one, rows};

#[test]
fn real_changes_give_what_another_parser_finds() {
    for (name, lock, expected) in [
        // 298 gems on both sides, and checksums of all; the `Gemfile` asks for pghero.
        ("gem-checksums-rubygems-org", "Gemfile.lock", &["upgraded pghero 3.8.0 4.0.0 direct unknown"][..]),
        // Two of the five are locked for one platform alone, which is no part of the version.
        (
            "gem-nokogiri-platforms",
            "Gemfile.lock",
            &[
                "upgraded connection_pool 2.5.0 2.5.2 transitive unknown",
                "upgraded faraday 2.12.2 2.13.0 transitive unknown",
                "upgraded ffi 1.17.1 1.17.2 transitive unknown",
                "upgraded json 2.10.2 2.11.0 transitive unknown",
                "upgraded nokogiri 1.18.5 1.18.8 transitive unknown",
            ],
        ),
        // What is asked of PHP and its extensions is no package.
        ("composer-platform-req-only", "composer.lock", &[]),
    ] {
        let Some(found) = rows(name, lock) else { return };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_dependency_that_goes_takes_along_what_it_brought_in() {
    let Some(found) = rows("gem-drop-github-pages", "Gemfile.lock") else { return };
    let of = |word: &str| found.iter().filter(|row| row.starts_with(word)).map(String::as_str).collect::<Vec<_>>();
    let expected = [
        "added google-protobuf - 4.34.0 transitive unknown",
        "added rake - 13.3.1 transitive unknown",
        "added sass-embedded - 1.97.3 transitive unknown",
    ];
    assert_eq!(of("added"), expected);
    let expected = [
        "upgraded addressable 2.8.7 2.8.9 transitive unknown",
        "upgraded base64 0.2.0 0.3.0 transitive unknown",
        "upgraded concurrent-ruby 1.3.5 1.3.6 transitive unknown",
        "upgraded ffi 1.17.2 1.17.3 transitive unknown",
        "upgraded http_parser.rb 0.8.0 0.8.1 transitive unknown",
        "upgraded i18n 1.14.7 1.14.8 transitive unknown",
        "upgraded jekyll 3.10.0 4.4.1 direct unknown",
        "upgraded jekyll-sass-converter 1.5.2 3.1.0 transitive unknown",
        "upgraded json 2.18.1 2.19.0 transitive unknown",
        "upgraded kramdown 2.4.0 2.5.2 transitive unknown",
        "upgraded listen 3.9.0 3.10.0 transitive unknown",
        "upgraded logger 1.6.6 1.7.0 transitive unknown",
        "upgraded mercenary 0.3.6 0.4.0 transitive unknown",
        "upgraded public_suffix 5.1.1 7.0.5 transitive unknown",
        "upgraded rouge 3.30.0 4.7.0 direct unknown",
        "upgraded terminal-table 1.8.0 3.0.2 transitive unknown",
        "upgraded unicode-display_width 1.8.0 2.6.0 transitive unknown",
    ];
    assert_eq!(of("upgraded"), expected);
    // 97 gems were locked and 35 are: 97 - 35 + 3 are gone, one of which the `Gemfile` asked for.
    assert_eq!((of("removed").len(), found.len()), (65, 85));
    let direct: Vec<&str> = of("removed").into_iter().filter(|row| row.contains(" direct ")).collect();
    assert_eq!(direct, ["removed github-pages 232 - direct unknown"]);
}

#[test]
fn odd_files_lock_what_stands_in_them() {
    for (name, expected) in [
        (
            "gem-has-git-gem.lock",
            &[
                "hanami-controller 2.0.0.alpha1 transitive unknown",
                "hanami-utils 2.0.0.alpha1 direct unknown",
                "concurrent-ruby 1.1.7 transitive unknown",
                "rack 2.2.3 transitive unknown",
                "transproc 1.1.1 transitive unknown",
            ][..],
        ),
        ("composer-one-package-dev.json", &["sentry/sdk 2.0.4 unknown development"]),
        (
            "composer-drupal-packages.json",
            &[
                "drupal/core 10.4.5 unknown runtime",
                "drupal/tfa 2.0.0-alpha4 unknown runtime",
                "theseer/tokenizer 1.1.3 unknown runtime",
                "drupal/field_time 1.0.0-beta5 unknown development",
            ],
        ),
    ] {
        let Some(found) = odd(name) else { return };
        assert_eq!(packages(&found.unwrap()), expected, "{name}");
    }
}

#[test]
fn a_gem_of_the_repository_is_no_package_and_what_it_needs_is_direct() {
    let Some(found) = odd("gem-has-local-gem.lock") else { return };
    let set = found.unwrap();
    assert_eq!(
        (set.packages.len(), set.members.iter().map(String::as_str).collect::<Vec<_>>()),
        (29, vec!["backbone-on-rails"])
    );
    let direct: Vec<&str> =
        set.packages.iter().filter(|it| it.directness == Directness::Direct).map(|it| it.name.as_str()).collect();
    assert_eq!(direct, ["eco", "ejs", "jquery-rails", "railties"]);
    // Two remotes of one block: each gem can come from either.
    assert!(set.packages.iter().all(|it| it.sources.len() == 2));
}

#[test]
fn a_gem_without_a_version_is_refused_with_its_line() {
    let Some(found) = odd("gem-invalid.lock") else { return };
    assert_eq!(found.unwrap_err(), "4: `invalid-name` is no gem: expected `<name> (<version>)`");
}

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn gems() -> String {
    format!(
        "GIT
  remote: git@git.example:o/g.git
  revision: 65bab7582ce14c55cdeec2244c65ea23039c9e6f
  branch: main
  specs:
    g (1.0)
      n (>= 1.0, < 2)

PATH
  remote: ../../beside
  specs:
    beside (0.1)

PLUGIN SOURCE
  remote: https://plugin.example/x
  type: rpm
  specs:
    p (1.0)

GEM
  remote: https://rubygems.example/
  specs:
    n (1.16.0)
      bundler (>= 1)
      r (~> 1)
    n (1.16.0-x86_64-linux)
      r (~> 1)
    r (1.0)
    t (2.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  beside!
  g!
  p!
  t

CHECKSUMS
  beside (0.1)
  g (1.0)
  n (1.16.0) sha256={HEX}
  n (1.16.0-x86_64-linux) sha256={other}
  r (1.0) sha256={HEX}
  t (2.0)

RUBY VERSION
   ruby 3.3.0p0

BUNDLED WITH
   2.6.6
",
        other = HEX.replace("01", "10")
    )
}

#[test]
fn a_gemfile_lock_says_where_each_gem_comes_from() {
    let set = read_one("x/Gemfile.lock", gems(), &[]).unwrap();
    let expected = [
        "g 1.0 direct unknown",
        "beside 0.1 direct unknown",
        "p 1.0 direct unknown",
        "n 1.16.0 transitive unknown",
        "r 1.0 transitive unknown",
        "t 2.0 direct unknown",
    ];
    assert_eq!(packages(&set), expected);
    let expected = [
        "g git git.example git.example:o/g.git#65bab7582ce14c55cdeec2244c65ea23039c9e6f",
        "beside path - ../../beside",
        "p unknown plugin.example https://plugin.example/x",
        "n registry rubygems.example https://rubygems.example",
        "r registry rubygems.example https://rubygems.example",
        "t registry rubygems.example https://rubygems.example",
    ];
    assert_eq!(places(&set), expected);
    let counts: Vec<usize> = set.packages.iter().map(|it| it.integrity.len()).collect();
    assert_eq!(counts, [0, 0, 0, 2, 1, 0]);
    assert_eq!(set, read_one("x/gems.locked", gems(), &[]).unwrap());
    assert_eq!(set, read_one("x/Gemfile.lock", gems().replace('\n', "\r\n"), &[]).unwrap());
}

#[test]
fn groups_of_a_plain_gemfile_decide_the_scope() {
    let manifest = "source 'https://rubygems.example'\ngem 'beside', path: '../../beside'\ngem 'p'\ngroup :test do\n  gem 'g', git: 'git@git.example:o/g.git'\n  gem 't'\nend\n";
    let set = read_one("x/Gemfile.lock", gems(), &[("x/Gemfile", manifest)]).unwrap();
    let expected = [
        "g 1.0 direct development",
        "beside 0.1 direct runtime",
        "p 1.0 direct runtime",
        "n 1.16.0 transitive development",
        "r 1.0 transitive development",
        "t 2.0 direct development",
    ];
    assert_eq!(packages(&set), expected);
    // A gem that it does not name, and a line that has to be run: nothing is certain.
    for other in [manifest.replace("  gem 't'\n", ""), format!("{manifest}eval_gemfile 'x'\n")] {
        let set = read_one("x/Gemfile.lock", gems(), &[("x/Gemfile", &other)]).unwrap();
        assert!(packages(&set).iter().all(|row| row.ends_with(" unknown")), "{other}");
    }
    let set = read_one("x/gems.locked", gems(), &[("x/gems.rb", manifest)]).unwrap();
    assert!(packages(&set).iter().all(|row| !row.ends_with(" unknown")));
}

#[test]
fn a_platform_that_comes_or_goes_is_no_change_and_another_checksum_is() {
    let changes =
        |before: &str, after: &str| Trees::new([("Gemfile.lock", before)], [("Gemfile.lock", after)]).evidence().0;
    let gems = gems();
    let one = gems
        .replace("    n (1.16.0-x86_64-linux)\n      r (~> 1)\n", "")
        .replace(&format!("  n (1.16.0-x86_64-linux) sha256={}\n", HEX.replace("01", "10")), "")
        .replace("  x86_64-linux\n", "");
    assert_ne!(one, gems);
    assert!(changes(&one, &gems).is_empty());
    assert!(changes(&gems, &one).is_empty());
    let other =
        one.replace(&format!("n (1.16.0) sha256={HEX}"), &format!("n (1.16.0) sha256={}", HEX.replace("23", "32")));
    let found = changes(&one, &other);
    assert_eq!(
        found.iter().map(|it| (it.name.as_str(), it.change)).collect::<Vec<_>>(),
        [("n", DependencyChangeKind::Changed)]
    );
    // A platform whose checksum is not there leaves the gem without.
    let bare = gems.replace(&format!("n (1.16.0) sha256={HEX}"), "n (1.16.0)");
    assert_eq!(changes(&gems, &bare).len(), 1);
}

#[test]
fn a_checksum_of_a_gem_that_is_not_there_is_said() {
    let text = gems().replace("  t (2.0)\n\nRUBY", "  t (2.1)\n\nRUBY");
    let set = read_one("Gemfile.lock", text, &[]).unwrap();
    assert_eq!(set.problems.len(), 1);
    assert!(set.problems[0].message.contains("`t 2.1`"), "{:?}", set.problems);
}

const COMPOSER: &str = r#"{
    "content-hash": "0",
    "packages": [
        {
            "name": "Acme/One",
            "version": "v1.2.3",
            "source": {"type": "git", "url": "https://github.example/acme/one.git", "reference": "65bab7582ce14c55cdeec2244c65ea23039c9e6f"},
            "dist": {"type": "zip", "url": "https://api.github.example/repos/acme/one/zipball/65bab7582ce14c55cdeec2244c65ea23039c9e6f", "reference": "65bab7582ce14c55cdeec2244c65ea23039c9e6f", "shasum": ""},
            "notification-url": "https://packagist.example/downloads/",
            "license": ["MIT", "GPL-2.0-only"],
            "abandoned": "acme/two"
        },
        {
            "name": "acme/branch",
            "version": "dev-main",
            "source": {"type": "git", "url": "https://u:word@git.example/acme/branch.git", "reference": "65bab7582ce14c55cdeec2244c65ea23039c9e6f"},
            "license": [],
            "abandoned": true
        },
        {
            "name": "acme/archive",
            "version": "1.0.0",
            "dist": {"type": "zip", "url": "https://files.example/a.zip", "shasum": "01ab"},
            "abandoned": false
        },
        {"name": "acme/own", "version": "dev-main", "dist": {"type": "path", "url": "packages/own", "reference": "0"}},
        {"name": "acme/beside", "version": "1.0.0", "dist": {"type": "path", "url": "../../beside"}},
        {"name": "acme/meta", "version": "1.0.0", "type": "metapackage", "notification-url": "https://packagist.example/"}
    ],
    "packages-dev": [
        {
            "name": "acme/dev",
            "version": "1.2.3",
            "dist": {"type": "zip", "url": "https://files.example/dev.zip", "reference": "v1.2.3", "shasum": null},
            "notification-url": "https://packagist.example/downloads/"
        }
    ],
    "aliases": [],
    "platform": {"php": ">=8", "ext-json": "*"},
    "platform-dev": []
}"#;

#[test]
fn a_composer_lock_says_what_each_package_is() {
    let manifest =
        r#"{"require": {"php": ">=8", "ACME/one": "^1", "acme/branch": "dev-main"}, "require-dev": {"acme/dev": "*"}}"#;
    let set = read_one("x/composer.lock", COMPOSER, &[("x/composer.json", manifest)]).unwrap();
    let expected = [
        "acme/one v1.2.3 direct runtime",
        "acme/branch dev-main direct runtime",
        "acme/archive 1.0.0 transitive runtime",
        "acme/beside 1.0.0 transitive runtime",
        "acme/meta 1.0.0 transitive runtime",
        "acme/dev 1.2.3 direct development",
    ];
    assert_eq!(packages(&set), expected);
    assert_eq!(set.members.iter().collect::<Vec<_>>(), ["acme/own"]);
    let commit = "65bab7582ce14c55cdeec2244c65ea23039c9e6f";
    let expected = [
        format!(
            "acme/one registry api.github.example https://api.github.example/repos/acme/one/zipball/{commit}#{commit}"
        ),
        format!("acme/one registry github.example https://github.example/acme/one.git#{commit}"),
        format!("acme/branch git git.example https://git.example/acme/branch.git#{commit}"),
        "acme/archive url files.example https://files.example/a.zip".to_owned(),
        "acme/beside path - ../../beside".to_owned(),
        "acme/meta registry - -".to_owned(),
        "acme/dev registry files.example https://files.example/dev.zip#v1.2.3".to_owned(),
    ];
    assert_eq!(places(&set), expected);
    let of = |set: &LockedSet, name: &str| set.packages.iter().find(|it| it.name == name).unwrap().clone();
    let one = of(&set, "acme/one");
    assert_eq!(
        (one.licence.as_deref(), one.deprecated.as_deref()),
        (Some("MIT OR GPL-2.0-only"), Some("abandoned; use `acme/two` instead"))
    );
    let branch = of(&set, "acme/branch");
    assert_eq!((branch.licence, branch.deprecated.as_deref()), (None, Some("abandoned")));
    assert_eq!(
        (of(&set, "acme/archive").integrity, of(&set, "acme/archive").deprecated),
        (vec!["sha1:01ab".to_owned()], None)
    );
    let pins: Vec<Pin> = set.packages.iter().filter_map(|it| it.pin).collect();
    assert_eq!(pins, [Pin::Content, Pin::Content, Pin::Content, Pin::Unknown, Pin::Version, Pin::Version]);
}

#[test]
fn another_commit_of_a_branch_is_a_change() {
    let after = COMPOSER.replace("branch.git\", \"reference\": \"65", "branch.git\", \"reference\": \"66");
    let (changes, _) = Trees::new([("composer.lock", COMPOSER)], [("composer.lock", &*after)]).evidence();
    assert_eq!(
        changes.iter().map(|it| (it.name.as_str(), it.change)).collect::<Vec<_>>(),
        [("acme/branch", DependencyChangeKind::Changed)]
    );
}

#[test]
fn packages_for_development_that_are_not_locked_make_a_composer_lock_partial() {
    let lock = |version: &str| {
        format!("{{\"packages\": [{{\"name\": \"a/b\", \"version\": \"{version}\"}}], \"packages-dev\": null}}")
    };
    let (changes, sources) =
        Trees::new([("composer.lock", &*lock("1.0"))], [("composer.lock", &*lock("1.1"))]).evidence();
    assert_eq!((changes.len(), sources[0].completeness), (1, Completeness::Truncated));
}

#[test]
fn what_is_not_the_format_is_refused_with_its_reason() {
    let composer = |packages: &str| {
        format!("{{\"packages\": [{packages}],\n\"packages-dev\": [{{\"name\": \"d/d\", \"version\": \"1\"}}]}}")
    };
    let gem = |specs: &str| {
        format!("GEM\n  remote: https://h/\n  specs:\n{specs}\nDEPENDENCIES\n  a\n\nBUNDLED WITH\n   2.6.6\n")
    };
    for (path, text, part) in [
        ("composer.lock", String::new(), "can't be read as a composer.lock"),
        ("composer.lock", "{}".to_owned(), "-: has no `packages`"),
        ("composer.lock", "{\"packages\": {}}".to_owned(), "1: can't be read as a composer.lock: invalid type"),
        (
            "composer.lock",
            composer("{\"name\": \"a/b\"}"),
            "1: can't be read as a composer.lock: missing field `version`",
        ),
        ("composer.lock", composer("{\"name\": \"a/b\", \"version\": 1}"), "invalid type"),
        ("composer.lock", composer("{\"name\": \"\", \"version\": \"1\"}"), "is no package at a version"),
        (
            "composer.lock",
            composer("{\"name\": \"D/d\", \"version\": \"2\"}"),
            "`d/d` is locked twice, at `2` and at `1`",
        ),
        (
            "composer.lock",
            composer("{\"name\": \"a/b\", \"version\": \"1\",\n\"version\": \"2\"}"),
            "2: can't be read as a composer.lock: `version` stands there twice",
        ),
        ("Gemfile.lock", String::new(), "-: has no `DEPENDENCIES`"),
        (
            "Gemfile.lock",
            gem("    a (1.0)\n    a (1.1)\n"),
            "5: `a` is locked twice for one platform, at `1.0` and at `1.1`",
        ),
        ("Gemfile.lock", gem("    a (1.0-java)\n    a (1.0-java)\n"), "5: `a` is locked twice for one platform"),
        ("Gemfile.lock", gem("    a (1.0)\n      b (>= 1)\n"), "4: `a` depends on `b`, which is not in the file"),
        ("Gemfile.lock", gem("    a (1.0)\n<<<<<<< HEAD\n"), "5: holds a mark of a merge conflict"),
        ("Gemfile.lock", gem("    a\n"), "4: `a` is no gem"),
        ("Gemfile.lock", gem("    a (1.0)\n       b\n"), "5: `b` is indented by 7 blanks"),
        ("Gemfile.lock", gem("    a (1.0)\n\nNOTES\n"), "6: `NOTES` is no section"),
        (
            "Gemfile.lock",
            format!("GIT\n  remote: x\n  specs:\n    b (1.0)\n\n{}", gem("    a (1.0)\n")),
            "1: has no `revision`",
        ),
        ("Gemfile.lock", format!("PATH\n  specs:\n    b (1.0)\n\n{}", gem("    a (1.0)\n")), "1: has no `remote`"),
        (
            "Gemfile.lock",
            format!("{}\nCHECKSUMS\n  a (1.0) sha256=00\n", gem("    a (1.0)\n")),
            "13: `a (1.0) sha256=00` is no checksum",
        ),
        (
            "Gemfile.lock",
            format!("{}\nCHECKSUMS\n  a (1.0) sha256={HEX}\n  a (1.0)\n", gem("    a (1.0)\n")),
            "14: the checksum of `a` stands there twice",
        ),
    ] {
        let found = read_one(path, text.clone(), &[]).unwrap_err();
        assert!(found.contains(part), "{path}: expected `{part}`, found `{found}` of\n{text}");
    }
}
