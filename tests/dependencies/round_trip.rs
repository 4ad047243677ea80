//! Laws of the lockfiles of Python, Ruby and PHP: generated packages written in each format and read back.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use tollgate::collect::lockfiles::{MAX_MESSAGE, MAX_PACKAGES, MAX_REGISTRIES};
use tollgate::evidence::Completeness;

use crate::Trees;
use crate::real::read_one;

/// A package to be written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct One {
    name: String,
    minor: u32,
    digest: u8,
}

impl One {
    fn version(&self) -> String {
        format!("1.{}.0", self.minor)
    }

    fn digest(&self) -> String {
        format!("{:02x}", self.digest).repeat(32)
    }
}

/// Every format of which whole files are written here.
const FORMATS: [&str; 8] = [
    "pdm.lock",
    "pylock.toml",
    "uv.lock",
    "poetry.lock",
    "requirements.txt",
    "Pipfile.lock",
    "Gemfile.lock",
    "composer.lock",
];

/// Formats that can tell that they are cut short: by what has to stand at the end, or by what a package depends on.
const WHOLE: [&str; 7] =
    ["pdm.lock", "pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock", "Gemfile.lock", "composer.lock"];

/// A whole lockfile of some packages, in this order; each but the last by name depends on the next.
fn render(format: &str, packages: &[One]) -> String {
    let names: BTreeSet<&str> = packages.iter().map(|one| one.name.as_str()).collect();
    let next = |name: &str| names.iter().copied().find(|other| *other > name);
    let each = |write: &dyn Fn(&One, Option<&str>) -> String| -> Vec<String> {
        packages.iter().map(|one| write(one, next(&one.name))).collect()
    };
    let (name, version, digest) = (|one: &One| one.name.clone(), One::version, One::digest);
    match format {
        "pdm.lock" => format!(
            "[metadata]\nlock_version = \"4.5.0\"\n{}",
            each(&|one, next| format!(
                "\n[[package]]\nname = \"{}\"\nversion = \"{}\"\ndependencies = [{}]\nfiles = [\n    {{file = \"x\", hash = \"sha256:{}\"}},\n]\n",
                name(one),
                version(one),
                next.map(|next| format!("\"{next}>=1\"")).unwrap_or_default(),
                digest(one)
            ))
            .concat()
        ),
        "pylock.toml" => format!(
            "lock-version = \"1.0\"\ncreated-by = \"x\"\npackages = []\n{}",
            each(&|one, next| format!(
                "\n[[packages]]\nname = \"{}\"\nversion = \"{}\"\ndependencies = [{}]\nwheels = [{{ name = \"x\", hashes = {{ sha256 = \"{}\" }} }}]\n",
                name(one),
                version(one),
                next.map(|next| format!("{{ name = \"{next}\" }}")).unwrap_or_default(),
                digest(one)
            ))
            .concat()
        )
        .replace(if packages.is_empty() { "\0" } else { "packages = []\n" }, ""),
        "uv.lock" => format!(
            "version = 1\n{}",
            each(&|one, next| format!(
                "\n[[package]]\nname = \"{}\"\nversion = \"{}\"\nsource = {{ registry = \"https://pypi.example\" }}\ndependencies = [{}]\nsdist = {{ url = \"https://pypi.example/x\", hash = \"sha256:{}\" }}\n",
                name(one),
                version(one),
                next.map(|next| format!("{{ name = \"{next}\" }}")).unwrap_or_default(),
                digest(one)
            ))
            .concat()
        ),
        "poetry.lock" => format!(
            "{}[metadata]\nlock-version = \"2.1\"\n",
            each(&|one, _| format!(
                "[[package]]\nname = \"{}\"\nversion = \"{}\"\nfiles = [{{file = \"x\", hash = \"sha256:{}\"}}]\n\n",
                name(one),
                version(one),
                digest(one)
            ))
            .concat()
        ),
        "requirements.txt" => {
            each(&|one, _| format!("{}=={} \\\n    --hash=sha256:{}\n", name(one), version(one), digest(one))).concat()
        }
        "Pipfile.lock" => format!(
            "{{\"_meta\": {{\"pipfile-spec\": 6}}, \"default\": {{{}}}, \"develop\": {{}}}}\n",
            each(&|one, _| format!(
                "\"{}\": {{\"version\": \"=={}\", \"hashes\": [\"sha256:{}\"]}}",
                name(one),
                version(one),
                digest(one)
            ))
            .join(", ")
        ),
        "Gemfile.lock" => {
            let specs = each(&|one, next| {
                let need = next.map(|next| format!("      {next} (>= 1)\n")).unwrap_or_default();
                format!("    {} ({})\n{need}", name(one), version(one))
            });
            let checksums = each(&|one, _| format!("  {} ({}) sha256={}\n", name(one), version(one), digest(one)));
            let mut text = format!("GEM\n  remote: https://rubygems.example/\n  specs:\n{}\n", specs.concat());
            let _ = write!(text, "PLATFORMS\n  ruby\n\nDEPENDENCIES\n\nCHECKSUMS\n{}\n", checksums.concat());
            text.push_str("BUNDLED WITH\n   2.6.6\n");
            text
        }
        _ => format!(
            "{{\"packages\": [{}], \"packages-dev\": []}}\n",
            each(&|one, _| format!(
                "{{\"name\": \"v/{}\", \"version\": \"{}\", \"dist\": {{\"type\": \"zip\", \"url\": \"https://files.example/x\", \"shasum\": \"{}\"}}}}",
                name(one),
                version(one),
                digest(one)
            ))
            .join(", ")
        ),
    }
}

/// Names, versions and digests, as they are read.
fn read(format: &str, bytes: impl Into<Vec<u8>>) -> Result<BTreeSet<(String, String, Vec<String>)>, String> {
    let digest = |digest: &String| digest.split(':').next_back().unwrap().to_owned();
    let set = read_one(format, bytes, &[])?;
    let row = |it: tollgate::collect::lockfiles::LockedPackage| {
        (it.name.trim_start_matches("v/").to_owned(), it.version, it.integrity.iter().map(digest).collect())
    };
    Ok(set.packages.into_iter().map(row).collect())
}

fn expected(packages: &[One]) -> BTreeSet<(String, String, Vec<String>)> {
    packages.iter().map(|one| (one.name.clone(), one.version(), vec![one.digest()])).collect()
}

fn packages() -> impl Strategy<Value = Vec<One>> {
    let one = ("[a-z]{1,6}x", 0..50u32, any::<u8>());
    let one = one.prop_map(|(name, minor, digest)| One { name, minor, digest });
    proptest::collection::vec(one, 0..8).prop_map(|mut all| {
        all.sort();
        all.dedup_by(|left, right| left.name == right.name);
        all
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_in_any_order(all in packages().prop_shuffle(), at in 0..FORMATS.len()) {
        let format = FORMATS[at];
        prop_assert_eq!(read(format, render(format, &all)), Ok(expected(&all)), "{}", format);
    }

    #[test]
    fn a_file_cut_short_is_refused_or_has_lost_no_package(
        all in packages(),
        at in 0..WHOLE.len(),
        cut in any::<prop::sample::Index>(),
    ) {
        let format = WHOLE[at];
        let text = render(format, &all);
        let cut = cut.index(text.len() + 1);
        if let Ok(found) = read(format, &text.as_bytes()[..cut]) {
            let names = |set: BTreeSet<(String, String, Vec<String>)>| set.into_iter().map(|(name, version, _)| (name, version)).collect::<Vec<_>>();
            let head = matches!(format, "pdm.lock" | "pylock.toml" | "uv.lock") && found.is_empty();
            // Nothing in these formats tells where they end: what has no more of its last package than name and version
            // is what another file is as a whole.
            let last = text.get(..cut).unwrap_or_default().rsplit("[[package").next().unwrap_or_default();
            // Of several packages, one without archives beside others that have them is refused; a single one is not.
            let bare = matches!(format, "pdm.lock" | "pylock.toml" | "uv.lock")
                && last.lines().skip(1).all(|line| {
                    let sourced = found.len() == 1 && line.starts_with("source = ");
                    sourced || line.starts_with("name = ") || line.starts_with("version = ")
                });
            // A heading without any package is what an empty project has as well.
            prop_assert!(head || bare || names(found) == names(expected(&all)), "{} cut at {} of {}", format, cut, text);
        }
    }

    #[test]
    fn contradictory_entries_of_one_package_are_refused(all in packages(), at in 0..FORMATS.len(), which in any::<prop::sample::Index>()) {
        prop_assume!(!all.is_empty());
        let format = FORMATS[at];
        let mut twice = all.clone();
        let mut other = all[which.index(all.len())].clone();
        other.digest = other.digest.wrapping_add(1);
        twice.push(other);
        prop_assert!(read(format, render(format, &twice)).is_err(), "{}", format);
    }

    #[test]
    fn bytes_changed_anywhere_never_panic(
        all in packages(),
        at in 0..FORMATS.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = render(FORMATS[at], &all).into_bytes();
        for (index, byte) in edits {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let _ = read(FORMATS[at], bytes);
    }

    #[test]
    fn lines_of_a_gemfile_lock_never_panic(text in "(GEM|GIT|PATH|CHECKSUMS|DEPENDENCIES|BUNDLED WITH|  |    |remote: |specs:|[a-z]|\\(1\\.0\\)|-|é|!|=|,|\n){0,40}") {
        let _ = read("Gemfile.lock", text);
    }

    #[test]
    fn lines_of_a_gemfile_never_panic(text in "(gem|group|source|do|end| |:|'|\"|=>|,|[a-z]|#|é|\\[|\\]|\n){0,40}") {
        let _ = read_one("Gemfile.lock", "DEPENDENCIES\n  a\n", &[("Gemfile", &text)]);
    }

    #[test]
    fn markers_never_panic(text in "(and|or|not|in|\\(|\\)|'[a-z]'| |dependency_groups|extras|==|[a-zé~]){0,30}") {
        let lock = format!("lock-version = '1.0'\ncreated-by = 'x'\ndependency-groups = []\n[[packages]]\nname = 'a'\nversion = '1'\nmarker = {}\nsdist = {{ name = 'a' }}\n", toml::Value::String(text));
        prop_assert!(read("pylock.toml", lock).is_ok());
    }

    #[test]
    fn addresses_never_panic(address in "([a-z:/@?#%é\\[\\].-]|git\\+|https://|file:|\\.\\./|\\$\\{){0,12}") {
        let (json, toml) = (serde_json::to_string(&address).unwrap(), toml::Value::String(address.clone()).to_string());
        for (path, text) in [
            ("Pipfile.lock", format!("{{\"_meta\": {{\"pipfile-spec\": 6, \"sources\": [{{\"name\": \"x\", \"url\": {json}}}]}}, \"default\": {{\"a\": {{\"file\": {json}}}, \"b\": {{\"version\": \"==1\", \"index\": {json}}}}}, \"develop\": {{}}}}")),
            ("composer.lock", format!("{{\"packages\": [{{\"name\": \"a/b\", \"version\": {json}, \"dist\": {{\"type\": \"path\", \"url\": {json}}}}}], \"packages-dev\": []}}")),
            ("pdm.lock", format!("[metadata]\nlock_version = '4.5.0'\n[[package]]\nname = 'a'\npath = {toml}\n")),
            ("pylock.toml", format!("lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\narchive = {{ url = {toml} }}\n")),
            ("Gemfile.lock", format!("PATH\n  remote: {address}\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n")),
        ] {
            let _ = read(path, text);
        }
    }
}

#[test]
fn limits_stop_a_lockfile_and_say_so() {
    let many = |line: &dyn Fn(usize) -> String, count: usize| (0..count).map(line).collect::<String>();
    let remotes = |count| {
        let remotes = many(&|number| format!("  remote: https://h{number}.example/\n"), count);
        format!("GEM\n{remotes}  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a\n")
    };
    let sources = |count| {
        let more =
            many(&|number| format!(", {{\"name\": \"{number}\", \"url\": \"https://h{number}.example\"}}"), count - 1);
        format!(
            "{{\"_meta\": {{\"pipfile-spec\": 6, \"sources\": [{{\"url\": \"https://h.example\"}}{more}]}}, \"default\": {{}}, \"develop\": {{}}}}"
        )
    };
    let indexes = |count| many(&|number| format!("--extra-index-url https://h{number}.example\n"), count) + "a==1\n";
    for (path, write) in [
        ("Gemfile.lock", &remotes as &dyn Fn(usize) -> String),
        ("Pipfile.lock", &sources),
        ("requirements.txt", &indexes),
    ] {
        assert!(read(path, write(MAX_REGISTRIES)).is_ok(), "{path}");
        assert_eq!(completeness(path, &write(MAX_REGISTRIES + 1)), Completeness::Truncated, "{path}");
    }
    let gems = many(&|number| format!("    a{number} (1.0)\n"), MAX_PACKAGES + 1);
    let text = format!("GEM\n  specs:\n{gems}\nDEPENDENCIES\n");
    assert_eq!(completeness("Gemfile.lock", &text), Completeness::Truncated);
    // The parser stops before its own stack does.
    for path in ["Pipfile.lock", "composer.lock"] {
        let deep = format!("{{\"packages\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(path, deep).is_err(), "{path}");
    }
}

fn completeness(path: &str, text: &str) -> Completeness {
    Trees::new([], [(path, text)]).evidence().1[0].completeness
}

#[test]
fn one_long_line_and_many_short_ones_take_no_longer_than_their_length() {
    // Quadratic readers would not end here in any time that a test is waited for.
    let long = "a ".repeat(1 << 20);
    let keys = |number: usize| {
        let letter = |digit: u32| char::from(b'a' + u8::try_from(number / 26_usize.pow(digit) % 26).unwrap());
        (0..5).map(letter).collect::<String>()
    };
    let options: String = (0..100_000).map(|number| format!("  {}: x\n", keys(number))).collect();
    for (path, text) in [
        ("Gemfile.lock", long.clone()),
        ("Gemfile.lock", format!("PLUGIN SOURCE\n{options}")),
        ("Pipfile.lock", long.clone()),
        ("composer.lock", long.clone()),
        ("pdm.lock", long.clone()),
        ("pylock.toml", long),
    ] {
        let found = read(path, text).unwrap_err();
        assert!(found.chars().count() < MAX_MESSAGE + 100, "{path}");
    }
}
