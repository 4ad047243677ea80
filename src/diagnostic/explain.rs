//! What codes mean: by name, in a sentence, and all of them on one page.

use super::{Code, Diagnostic, Level};

impl Code {
    /// The code of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// What it means: the first paragraph of its explanation, on one line.
    #[must_use]
    pub fn meaning(self) -> String {
        let paragraph = self.explanation().split("\n\n").next().unwrap_or("");
        paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The code of a name, or what to say where there is none.
    ///
    /// # Errors
    /// Where there is no code of that name.
    pub fn named(name: &str) -> Result<Self, Diagnostic> {
        Self::parse(name).ok_or_else(|| {
            let unknown = Diagnostic::new(Self::Usage, format!("there is no code `{name}`"))
                .suggest(name, Self::ALL.iter().map(|code| code.as_str()));
            match unknown.help {
                Some(_) => unknown,
                None => unknown.help("`tollgate explain` lists all codes"),
            }
        })
    }
}

/// Every code with its explanation, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Diagnostics\n\nGenerated from what `tollgate explain CODE` prints; every example is run by a test.\n\n\
         A diagnostic is about your own files: policies, settings, arguments. An error ends the verb (exit code 2) or, while a\n\
         change is judged, the rule that it is in; a warning is what `tollgate lint` says of something that works and is\n\
         probably not what was meant. With `--message-format json` each is one line of JSON on standard error, of the schema\n\
         that `tollgate schema diagnostic` prints.\n\n\
         Examples show what matters of a pack. A script without metadata stands for a rule that has them, statements without a\n\
         function for those of `check`, and where no command is shown it is `tollgate lint pack`.\n",
    );
    for (level, title) in [(Level::Error, "Errors"), (Level::Warning, "Warnings")] {
        page.push_str(&format!("\n## {title}\n"));
        for code in Code::ALL.iter().filter(|code| code.level() == level) {
            page.push_str(&format!("\n### {}\n\n{}", code.as_str(), code.explanation()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_code_is_found_by_its_name_and_nearly_its_name_is_suggested() {
        for code in Code::ALL {
            assert_eq!(Code::named(code.as_str()).unwrap(), *code);
            assert!(code.meaning().ends_with('.') && code.meaning().len() > 20, "{}", code.as_str());
        }
        assert_eq!(Code::named("unkown-word").unwrap_err().help.unwrap(), "did you mean `unknown-word`?");
        assert_eq!(Code::named("x").unwrap_err().help.unwrap(), "`tollgate explain` lists all codes");
    }
}
