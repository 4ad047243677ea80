//! Groups of a `Gemfile`, where that is a plain list. A `Gemfile` is a program; any line that is not one of a few plain
//! ones makes it unread.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::DependencyScope;

/// Groups of each gem; no group is the one that is always installed.
pub(super) struct Groups(BTreeMap<String, BTreeSet<String>>);

/// Groups that are for development by Bundler's convention.
const DEVELOPMENT: [&str; 2] = ["development", "test"];
/// Groups of what is shipped.
const RUNTIME: [&str; 2] = ["default", "production"];

impl Groups {
    /// The groups, or nothing where a line is not plain.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut gems: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut open: Vec<BTreeSet<String>> = Vec::new();
        let mut statement = String::new();
        for line in text.lines() {
            let line = line.trim();
            // How addresses may be shortened says nothing of groups.
            let shorthand = statement.is_empty() && line.starts_with("git_source(") && line.ends_with('}');
            if line.is_empty() || line.starts_with('#') || shorthand {
                continue;
            }
            statement.push_str(line);
            // An argument follows on the next line.
            if line.ends_with(',') {
                statement.push(' ');
                continue;
            }
            let words = words(&statement)?;
            statement.clear();
            match words.first()?.as_plain()? {
                "source" | "ruby" if words.last()?.as_plain() != Some("do") => {}
                "gem" => {
                    let name = words.get(1)?.as_text()?;
                    let mut groups = own_groups(&words)?;
                    groups.extend(open.iter().flatten().cloned());
                    if groups.is_empty() {
                        groups.insert("default".to_owned());
                    }
                    gems.entry(name.to_owned()).or_default().extend(groups);
                }
                "group" => {
                    let (last, names) = words.get(1..)?.split_last()?;
                    let names: Option<BTreeSet<String>> =
                        names.iter().filter(|word| **word != Word::Comma).map(Word::as_name).collect();
                    open.push(names.filter(|names| last.as_plain() == Some("do") && !names.is_empty())?);
                }
                // The groups of what is in it are those around it.
                "source" | "platforms" | "platform" => open.push(BTreeSet::new()),
                "end" if words.len() == 1 => {
                    open.pop()?;
                }
                _ => return None,
            }
        }
        (open.is_empty() && statement.is_empty()).then_some(Self(gems))
    }

    /// What a gem is used for; `None` of one that is not named.
    pub(super) fn scope(&self, name: &str) -> Option<DependencyScope> {
        let groups = self.0.get(name)?;
        let among = |group: &String, names: [&str; 2]| names.contains(&group.as_str());
        Some(if groups.iter().any(|group| among(group, RUNTIME)) {
            DependencyScope::Runtime
        } else if groups.iter().all(|group| among(group, DEVELOPMENT)) {
            DependencyScope::Development
        } else {
            DependencyScope::Unknown
        })
    }
}

/// The groups that a `gem` itself says it is in.
fn own_groups(words: &[Word]) -> Option<BTreeSet<String>> {
    let mut groups = BTreeSet::new();
    let mut found = false;
    for (index, word) in words.iter().enumerate() {
        match word {
            Word::Key(key) if key == "group" || key == "groups" => found = true,
            // The older way to write a key.
            Word::Symbol(key) if words.get(index + 1) == Some(&Word::Arrow) => {
                found = key == "group" || key == "groups"
            }
            Word::Key(_) => found = false,
            Word::Symbol(_) | Word::Text(_) if found => {
                groups.insert(word.as_name()?);
            }
            // A condition, or a call.
            Word::Plain(plain) if index > 0 && !matches!(plain.as_str(), "true" | "false" | "nil") => return None,
            _ => {}
        }
    }
    Some(groups)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Plain(String),
    Text(String),
    Symbol(String),
    Key(String),
    Arrow,
    Comma,
    Bracket,
}

impl Word {
    fn as_plain(&self) -> Option<&str> {
        if let Self::Plain(text) = self { Some(text) } else { None }
    }

    fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A symbol, or the text that says the same.
    fn as_name(&self) -> Option<String> {
        if let Self::Symbol(text) | Self::Text(text) = self { Some(text.clone()) } else { None }
    }
}

/// The words of a plain statement; `None` of any other.
fn words(statement: &str) -> Option<Vec<Word>> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        rest = match first {
            ' ' | '\t' => after,
            '#' => return Some(words),
            ',' | '[' | ']' => {
                words.push(if first == ',' { Word::Comma } else { Word::Bracket });
                after
            }
            '"' | '\'' => {
                let (text, after) = after.split_once(first)?;
                // An interpolation or an escape is not plain.
                if text.contains('\\') || text.contains("#{") {
                    return None;
                }
                words.push(Word::Text(text.to_owned()));
                after
            }
            '=' => {
                words.push(Word::Arrow);
                after.strip_prefix('>')?
            }
            ':' => {
                let end = after.find(|c| !name(c)).unwrap_or(after.len());
                let (symbol, after) = after.split_at_checked(end).filter(|(symbol, _)| !symbol.is_empty())?;
                words.push(Word::Symbol(symbol.to_owned()));
                after
            }
            _ if name(first) => {
                let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end)?;
                let key = after.strip_prefix(':').filter(|after| !after.starts_with(':'));
                words.push(if key.is_some() { Word::Key(word.to_owned()) } else { Word::Plain(word.to_owned()) });
                key.unwrap_or(after)
            }
            _ => return None,
        };
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::Groups;
    use crate::evidence::DependencyScope::{Development, Runtime, Unknown};

    #[test]
    fn groups_of_a_plain_gemfile_are_read() {
        let text = r#"
            source "https://rubygems.org"
            git_source(:github) { |repo| "https://github.com/#{repo}.git" }
            ruby "3.3.0"
            gem "rails", "~> 7.0", ">= 7.0.1" # the lot
            group :development, :test do
              gem 'rspec'
              platforms :mri do
                gem "both"
              end
            end
            gem "both", require: false
            gem "lint", group: :development
            gem "old", :group => [:test, "development"],
              :require => false
            gem "docs", groups: [:docs, :test]
            source "https://private.example" do
              gem "own"
            end
        "#;
        let groups = Groups::read(text).unwrap();
        for (name, scope) in [
            ("rails", Some(Runtime)),
            ("rspec", Some(Development)),
            ("both", Some(Runtime)),
            ("lint", Some(Development)),
            ("old", Some(Development)),
            ("docs", Some(Unknown)),
            ("own", Some(Runtime)),
            ("none", None),
        ] {
            assert_eq!(groups.scope(name), scope, "{name}");
        }
    }

    #[test]
    fn a_gemfile_that_is_a_program_is_not_read() {
        for line in [
            "gemspec",
            "gem name",
            "gem \"a\" if ENV[\"B\"]",
            "gem \"a\", group: GROUP",
            "gem \"a#{b}\"",
            "eval_gemfile \"b\"",
            "if x",
            "group :a do",
            "group :a",
            "end",
            "gem \"a\",",
            "gem \"a",
            "gem(\"a\")",
            "x = 1",
        ] {
            assert!(Groups::read(line).is_none(), "{line}");
        }
    }
}
