//! The log: on standard error, off unless asked for, and no part of any result.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::diagnostic::{Code, Diagnostic};

/// The environment variable that holds the filter where no flag does.
pub const VARIABLE: &str = "TOLLGATE_LOG";

/// Starts the log with the filter of the flag or of the environment; without either there is none.
///
/// # Errors
/// Where the filter is not one.
pub fn start(flag: Option<&str>, color: bool) -> Result<(), Diagnostic> {
    #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
    let variable = std::env::var(VARIABLE).ok().filter(|filter| !filter.is_empty());
    let (filter, from) = match (flag, variable) {
        (Some(flag), _) => (flag.to_owned(), "--log"),
        (None, Some(variable)) => (variable, VARIABLE),
        (None, None) => return Ok(()),
    };
    let targets: Targets = filter.parse().map_err(|error| {
        Diagnostic::new(Code::Usage, format!("`{filter}` of {from} is no filter: {error}")).help(
            "name a level (error, warn, info, debug, trace), or targets with levels: `tollgate::collect=debug,warn`",
        )
    })?;
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(color).without_time();
    // A log that is already there, as when called twice in one process, stays.
    let _ = tracing_subscriber::registry().with(layer).with(targets).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::start;

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let refusal = start(Some("tollgate=loud"), false).unwrap_err();
        assert!(refusal.message.contains("`tollgate=loud` of --log"), "{refusal}");
    }
}
