//! How much rules may use, each limit with its name, its default and the most that it can be set to.

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
    /// milliseconds for all rules of a change together, by the clock; past it there is no verdict
    milliseconds: u64 = 10_000, at most 600_000;
    /// bytes that all rules of a change may take together; past it there is no verdict
    memory_bytes: usize = 256 << 20, at most 16 << 30;
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
    fn an_unknown_limit_is_told_with_the_nearest() {
        assert!(Limit::named("operations").is_ok());
        assert!(Limit::named("operation").unwrap_err().contains("did you mean `operations`?"));
    }
}
