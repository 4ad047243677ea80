//! Files of a pack that nothing would ever read, though they look as if they were to decide: a rule that never runs passes
//! everything.

use super::pack::Pack;
use crate::diagnostic::{Code, Diagnostic, Place};

/// What a script is called.
const ENDING: &str = ".rhai";

/// Refuses what is misspelt, in its name or in that of its directory. Whatever else lies beside the rules is nobody's
/// business: a README, a licence, documentation.
pub(super) fn refuse(pack: &Pack) -> Result<(), Vec<Diagnostic>> {
    let files = &pack.files;
    let mistakes: Vec<Diagnostic> = files.files.keys().filter_map(|path| mistake(&files.name_of(path), path)).collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

fn mistake(shown: &str, path: &str) -> Option<Diagnostic> {
    let broken = |message: String| Diagnostic::new(Code::BrokenPack, message).at(Place::file(shown));
    let (directory, name) = path.split_once('/').unwrap_or(("", path));
    match directory {
        "rules" | "lib" if path.ends_with(ENDING) => None,
        "rules" => Some(
            broken("the file would never be read, expected a rule, `rules/<id>.rhai`".to_owned())
                .help("end its name in `.rhai`, or keep what is no rule outside of `rules/`"),
        ),
        "lib" => Some(
            broken("the file would never be read, expected a module, `lib/<name>.rhai`".to_owned())
                .help("end its name in `.rhai`, or keep what is no module outside of `lib/`"),
        ),
        // `tollgate test` reads them, and says what is no case.
        "cases" => None,
        "" => (!path.ends_with(ENDING) && is_almost_a_script(name)).then(|| {
            broken("the file would never be read".to_owned())
                .help("rules are `rules/<id>.rhai`, modules `lib/<name>.rhai`")
        }),
        _ => meant(directory, name).map(|known| {
            broken(format!("nothing in `{directory}/` would ever be read")).help(format!("did you mean `{known}/`?"))
        }),
    }
}

/// Whether a file's name is almost that of a script: another case, a letter off, or one more ending.
fn is_almost_a_script(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.split('.').skip(1).any(|ending| strsim::damerau_levenshtein(ending, "rhai") <= 1)
}

/// The directory of a pack that another one is probably meant to be.
fn meant(directory: &str, name: &str) -> Option<&'static str> {
    let lower = directory.to_lowercase();
    let near = |known: &&str| strsim::damerau_levenshtein(&lower, known) <= 1;
    let has_cases = || matches!(lower.as_str(), "test" | "tests") && name.to_lowercase().ends_with(".toml");
    ["rules", "lib", "cases"].into_iter().find(near).or_else(|| has_cases().then_some("cases"))
}

#[cfg(test)]
mod tests {
    use super::mistake;

    fn said(path: &str) -> Option<String> {
        mistake(path, path).map(|mistake| mistake.to_string())
    }

    #[test]
    fn a_misspelt_name_is_told_with_what_was_expected() {
        for path in ["rules/no-secrets.rhia", "rules/x.rhi", "rules/x.RHAI", "rules/x.rhai.txt", "rules/README.md"] {
            assert!(said(path).unwrap().contains("expected a rule, `rules/<id>.rhai`"), "{path}");
        }
        assert!(said("lib/x.rhia").unwrap().contains("expected a module, `lib/<name>.rhai`"));
        for path in ["no-secrets.rhia", "x.rhi", "x.RHAI", "x.rhai.txt"] {
            assert!(said(path).unwrap().contains("would never be read"), "{path}");
        }
    }

    #[test]
    fn a_directory_a_letter_off_is_told_with_the_one_that_was_meant() {
        let rows = [
            ("rule/x.rhai", "rules"),
            ("Rules/x.rhai", "rules"),
            ("libs/x.rhai", "lib"),
            ("case/r/x.toml", "cases"),
            ("tests/r/x.toml", "cases"),
        ];
        for (path, meant) in rows {
            assert!(said(path).unwrap().contains(&format!("did you mean `{meant}/`?")), "{path}");
        }
    }

    #[test]
    fn what_belongs_there_and_what_is_about_the_pack_may_be_there() {
        let files = [
            "pack.toml",
            "waivers.toml",
            "README.md",
            "LICENSE",
            "docs/x.md",
            "tests/README.md",
            "rules/x.rhai",
            "lib/a/x.rhai",
            "cases/r/x.toml",
        ];
        for path in files {
            assert_eq!(said(path), None, "{path}");
        }
    }
}
