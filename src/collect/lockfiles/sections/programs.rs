//! Manifests that are programs: nobody but their own interpreter knows what they name. They are compared line by line, and
//! what they plainly ask for is looked up in the lockfile.

use super::{Asked, Sections};
use serde_json::Value;

/// `Gemfile` and `gems.rb`.
pub(super) fn gemfile(text: &str) -> Sections {
    let mut sections = Sections::default();
    let lines = lines(text, "#");
    sections.asked = lines.iter().filter_map(|line| named(line, &["gem"])).collect();
    keep(&mut sections, &lines);
    sections
}

/// `*.gemspec`, of which most says nothing of dependencies.
pub(super) fn gemspec(text: &str) -> Sections {
    const VERBS: [&str; 3] = ["add_dependency", "add_runtime_dependency", "add_development_dependency"];
    let mut sections = Sections::default();
    let lines: Vec<&str> = lines(text, "#").into_iter().filter(|line| line.contains("dependenc")).collect();
    let call = |line: &&str| {
        let at = VERBS.iter().find_map(|verb| line.find(verb))?;
        named(line.get(at..)?, &VERBS)
    };
    sections.asked = lines.iter().filter_map(call).collect();
    keep(&mut sections, &lines);
    sections
}

/// Gradle's build files and version catalogs.
pub(super) fn gradle(text: &str) -> Sections {
    let mut sections = Sections::default();
    let lines: Vec<&str> = lines(text, "//").into_iter().filter(|line| !line.starts_with('#')).collect();
    keep(&mut sections, &lines);
    sections
}

/// Lines without those that are comments alone.
fn lines<'t>(text: &'t str, comment: &str) -> Vec<&'t str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(comment)).collect()
}

fn keep(sections: &mut Sections, lines: &[&str]) {
    let lines: Vec<Value> = lines.iter().map(|line| Value::from(*line)).collect();
    sections.keep("all", Some(&Value::from(lines)));
}

/// The package of a call such as `gem "name", "~> 1.0"`, where its name is a plain text.
fn named(line: &str, verbs: &[&str]) -> Option<Asked> {
    let rest = verbs.iter().find_map(|verb| line.strip_prefix(verb))?;
    let rest = rest.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (name, _) = rest.get(1..)?.split_once(quote)?;
    let plain = !name.is_empty() && !name.contains("#{") && !name.contains(char::is_whitespace);
    // Whether a group or a platform leaves it out can't be told: it need not be in the lockfile where a condition stands.
    plain.then(|| Asked::new(name, name, "")).map(|asked| match line.contains(" if ") || line.contains(" unless ") {
        true => Asked { required: false, ..asked },
        false => asked,
    })
}

#[cfg(test)]
mod tests {
    use super::{gemfile, gemspec, gradle};

    #[test]
    fn a_comment_is_nothing_and_a_line_is_something() {
        assert_eq!(gemfile("gem 'a'\n# x\n").all, gemfile("# y\ngem 'a'").all);
        assert_ne!(gemfile("gem 'a'").all, gemfile("gem 'a'\ngem 'b'").all);
        assert_eq!(gemspec("s.name = 'a'").all, gemspec("s.name = 'b'").all);
        assert_ne!(gemspec("s.add_dependency 'a'").all, gemspec("s.add_dependency 'b'").all);
        assert_ne!(gradle("implementation 'a:b:1'").all, gradle("implementation 'a:b:2'").all);
    }

    #[test]
    fn plain_names_are_asked_for() {
        let asked =
            |text| gemfile(text).asked.into_iter().map(|asked| (asked.name, asked.required)).collect::<Vec<_>>();
        assert_eq!(asked("gem \"rails\", \"~> 7\"\ngem('rake')"), [("rails".into(), true), ("rake".into(), true)]);
        assert_eq!(asked("gem 'a' if ENV['X']"), [("a".into(), false)]);
        assert_eq!(asked("gem name\ngem \"#{x}\"\ngemspec"), []);
        let spec = gemspec("  spec.add_development_dependency \"rspec\", \"~> 3\"\n");
        assert_eq!(spec.asked.into_iter().map(|asked| asked.name).collect::<Vec<_>>(), ["rspec"]);
    }
}
