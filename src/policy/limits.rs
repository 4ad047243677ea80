//! How much rules may use, each limit with its name, its default and the most that it can be set to.

use super::files::PackFiles;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::nearest;

/// Declares the limits: one field, one name, one row of the reference for each.
macro_rules! limits {
    ($( $(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr, at most $most:expr; )+) => {
        /// How much rules may use. Passing a limit ends the rule as errored and the others go on, unless it says otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Limits {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl Limits {
            /// Every limit.
            pub const ALL: &'static [Limit] = &[
                $( Limit {
                    name: stringify!($field),
                    meaning: concat!($($doc),+),
                    most: $most,
                    get: |limits| limits.$field as u64,
                    set: |limits, value| limits.$field = <$type>::try_from(value).unwrap_or(<$type>::MAX),
                }, )+
            ];
        }
    };
}

limits! {
    /// operations of one rule, callbacks included; a native query is one for every 16 rows that it reads
    operations: u64 = 1_000_000, at most 100_000_000;
    /// calls inside calls
    call_depth: usize = 32, at most 64;
    /// nesting of expressions and blocks; deeper scripts are not loaded
    expression_depth: usize = 48, at most 64;
    /// bytes of a text
    text_bytes: usize = 256 * 1024, at most 16 << 20;
    /// elements of an array
    array_elements: usize = 10_000, at most 1_000_000;
    /// entries of a map
    map_entries: usize = 10_000, at most 1_000_000;
    /// variables of a script at a time
    variables: usize = 256, at most 4_096;
    /// functions of a script; scripts with more are not loaded
    functions: usize = 128, at most 1_024;
    /// violations, notes, assessments, recommendations and whatever else one rule says
    effects: usize = 10_000, at most 100_000;
    /// bytes of all texts that one rule says, those included that it replaces
    effect_bytes: usize = 16 << 20, at most 256 << 20;
    /// bytes of a script; longer ones are not loaded
    script_bytes: usize = 64 * 1024, at most 64 * 1024;
    /// bytes of all scripts of a policy set; larger ones are not loaded
    policy_bytes: usize = 4 << 20, at most 64 << 20;
    /// rules of a policy set; larger ones are not loaded
    rules: usize = 1_000, at most 10_000;
    /// packs of a policy set; larger ones are not loaded
    packs: usize = 100, at most 100;
    /// milliseconds for all rules of a change together, by the clock; past it there is no verdict
    milliseconds: u64 = 10_000, at most 600_000;
    /// bytes that all rules of a change may take together; past it there is no verdict
    memory_bytes: usize = 256 << 20, at most 16 << 30;
}

impl Limits {
    /// The limits as a table in Markdown, for the reference.
    #[must_use]
    pub fn reference() -> String {
        let number = |value: u64| {
            let digits = value.to_string();
            let before = |index: usize| index > 0 && (digits.len() - index).is_multiple_of(3);
            digits
                .char_indices()
                .flat_map(|(index, digit)| before(index).then_some(',').into_iter().chain([digit]))
                .collect::<String>()
        };
        let rows = Self::ALL.iter().map(|limit| {
            let (usual, most) = (number(limit.default_value()), number(limit.most));
            format!("| `{}` | {} | {usual} | {most} |\n", limit.name, limit.meaning.trim())
        });
        "| limit | of what | by default | at most |\n| --- | --- | --- | --- |\n".to_owned()
            + rows.collect::<String>().as_str()
    }

    /// What of packs is more than may be loaded; known before anything is read, for reading takes longer than in proportion.
    pub(super) fn refuse(&self, packs: &[&PackFiles]) -> Vec<Diagnostic> {
        let refused = |message: String| Diagnostic::new(Code::LimitExceeded, message);
        if packs.len() > self.packs {
            return vec![refused(format!("the policy set has {} packs, the limit is {}", packs.len(), self.packs))];
        }
        let scripts = || {
            let files =
                packs.iter().flat_map(|pack| pack.deciding().map(move |(path, bytes)| (pack, path, bytes.len())));
            files.filter(|(_, path, _)| path.ends_with(".rhai"))
        };
        let long: Vec<Diagnostic> = scripts()
            .filter(|(_, _, bytes)| *bytes > self.script_bytes)
            .map(|(pack, path, bytes)| {
                refused(format!("the script has {bytes} bytes, the limit is {}", self.script_bytes))
                    .at(Place::file(pack.name_of(path)))
            })
            .collect();
        let bytes: usize = scripts().map(|(_, _, bytes)| bytes).sum();
        let rules = scripts().filter(|(_, path, _)| path.starts_with("rules/")).count();
        if !long.is_empty() {
            long
        } else if bytes > self.policy_bytes {
            vec![refused(format!("the scripts have {bytes} bytes in all, the limit is {}", self.policy_bytes))]
        } else if rules > self.rules {
            vec![refused(format!("the policy set has {rules} rules, the limit is {}", self.rules))]
        } else {
            Vec::new()
        }
    }
}

/// One limit.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Its name in `pack.toml` and in flags.
    pub name: &'static str,
    /// What it counts.
    pub meaning: &'static str,
    /// The most that it can be set to: beyond it the process would not be safe.
    pub most: u64,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
}

impl Limit {
    /// The limit of a name.
    ///
    /// # Errors
    /// Where there is none of that name, in words.
    pub fn named(name: &str) -> Result<&'static Self, String> {
        Limits::ALL.iter().find(|limit| limit.name == name).ok_or_else(|| {
            let names: Vec<&str> = Limits::ALL.iter().map(|limit| limit.name).collect();
            match nearest(name, names.iter().copied()) {
                Some(near) => format!("there is no limit `{name}`, did you mean `{near}`?"),
                None => format!("there is no limit `{name}`, there are {}", names.join(", ")),
            }
        })
    }

    /// What it is among some limits.
    #[must_use]
    pub fn of(&self, limits: &Limits) -> u64 {
        (self.get)(limits)
    }

    /// What it is where nobody sets it.
    #[must_use]
    pub fn default_value(&self) -> u64 {
        self.of(&Limits::default())
    }

    /// Reads a value of it.
    ///
    /// # Errors
    /// As [`Limit::set`], and where it is no whole number.
    pub fn read(&self, value: &str) -> Result<u64, String> {
        let number = value.replace('_', "").parse::<u64>();
        let number = number
            .map_err(|_| format!("the limit `{}` can't be `{value}`, only from 1 to {}", self.name, self.most))?;
        self.set(&mut Limits::default(), number).map(|()| number)
    }

    /// Sets it among some limits.
    ///
    /// # Errors
    /// Where the value is 0 or beyond the most that it can be set to, in words.
    pub fn set(&self, limits: &mut Limits, value: u64) -> Result<(), String> {
        if value == 0 || value > self.most {
            return Err(format!("the limit `{}` can't be {value}, only from 1 to {}", self.name, self.most));
        }
        (self.set)(limits, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Limits};

    #[test]
    fn a_limit_is_set_by_its_name_from_one_to_the_most_and_no_other_moves() {
        for limit in Limits::ALL {
            let mut limits = Limits::default();
            assert!(limit.of(&limits) <= limit.most, "{}", limit.name);
            assert!(limit.set(&mut limits, 0).is_err() && limit.set(&mut limits, limit.most + 1).is_err());
            assert_eq!(limits, Limits::default());
            limit.set(&mut limits, limit.most).unwrap();
            for other in Limits::ALL {
                let expected = if other.name == limit.name { limit.most } else { other.of(&Limits::default()) };
                assert_eq!(other.of(&limits), expected, "{} after {}", other.name, limit.name);
            }
        }
    }

    #[test]
    fn a_value_is_a_whole_number_that_may_have_its_thousands_apart() {
        let operations = Limit::named("operations").unwrap();
        assert_eq!(operations.read("2_000_000"), Ok(2_000_000));
        for bad in ["", "1e6", "-1", "0", "2 000", "18446744073709551616"] {
            assert!(operations.read(bad).unwrap_err().starts_with("the limit `operations` can't be"), "{bad}");
        }
    }

    #[test]
    fn an_unknown_limit_is_told_with_the_nearest() {
        assert!(Limit::named("operations").is_ok());
        assert!(Limit::named("operation").unwrap_err().contains("did you mean `operations`?"));
    }
}
