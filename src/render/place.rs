//! Where a violation is, as reports say it before its message.

use crate::report::{LocationReport, ViolationReport};

/// `src/a.py:3`; nothing where the violation is about no file, or its message begins with that place.
pub(super) fn place(violation: &ViolationReport) -> Option<String> {
    let LocationReport { path, line } = violation.location.as_ref()?;
    let place = match line {
        Some(line) => format!("{path}:{line}"),
        None => path.clone(),
    };
    let is_longer = |next: char| next.is_alphanumeric() || matches!(next, '/' | '.' | '_' | '-');
    let said = violation.message.strip_prefix(&place).is_some_and(|rest| !rest.starts_with(is_longer));
    (!said).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::report::{LocationReport, Risk, SubjectReport, ViolationReport};

    fn told(path: &str, line: Option<u32>, message: &str) -> Option<String> {
        let violation = ViolationReport {
            message: message.to_owned(),
            subject: SubjectReport::Change {},
            location: Some(LocationReport { path: path.to_owned(), line }),
            risk: Risk::Low,
            remedy: None,
            approvers: Vec::new(),
            fingerprint: String::new(),
            waiver: None,
        };
        place(&violation)
    }

    #[test]
    fn a_place_that_the_message_begins_with_is_told_once() {
        assert_eq!(told("src/a.py", None, "src/a.py has 50 lines"), None);
        assert_eq!(told("src/a.py", None, "src/a.py: too long"), None);
        assert_eq!(told("src/a.py", Some(3), "src/a.py:3: secret"), None);
        for (line, message) in [(None, "src/a.py3"), (None, "src/a.py/b"), (None, "a.py"), (None, "too long: src/a.py")]
        {
            assert_eq!(told("src/a.py", line, message).as_deref(), Some("src/a.py"), "{message}");
        }
        for message in ["src/a.py has 50 lines", "src/a.py:31", "secret"] {
            assert_eq!(told("src/a.py", Some(3), message).as_deref(), Some("src/a.py:3"), "{message}");
        }
    }
}
