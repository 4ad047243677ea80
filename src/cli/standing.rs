//! What the verbs that judge no change go by: a settings file and packs, as they lie on the disk.

use std::path::Path;

use super::args::{self, PolicyArgs};
use super::config::{self, FILE_NAME};
use super::packs::layers_as_they_stand;
use super::pipeline::{Outside, PolicySet};
use super::said::{self, Said};
use super::settings::bootstrap;
use crate::collect::input;
use crate::diagnostic::{Code, Diagnostic, Place};

/// The settings of the file that is named, else of the current directory's `tollgate.toml`; nothing where there is none.
///
/// # Errors
/// Where the file can't be read, and every mistake that it has.
pub(super) fn settings(named: Option<&str>) -> Result<Said, Vec<Diagnostic>> {
    let own = Path::new(FILE_NAME).is_file().then_some(FILE_NAME);
    let Some(path) = named.or(own) else { return Ok(Said::default()) };
    let broken = |reason: String| vec![Diagnostic::new(Code::BrokenConfig, reason).at(Place::file(path))];
    let bytes = input::read(Path::new(path), config::MAX_BYTES).map_err(|refusal| broken(refusal.reason))?.bytes;
    let text = String::from_utf8(bytes).map_err(|_| broken("is not UTF-8 text".to_owned()))?;
    config::parse(path, &text, Path::new(path).parent().unwrap_or(Path::new("")))
}

/// The policy that flags and, where they say nothing, a settings file name; else the one that judges where nobody names any.
///
/// # Errors
/// Every mistake that shows while it is loaded.
pub(super) fn policy(flags: PolicyArgs, file: Said) -> Result<PolicySet, Vec<Diagnostic>> {
    let places = args::given(flags.policy).or(file.policy).unwrap_or_else(bootstrap);
    let parameters = args::given(flags.param).or(file.param).unwrap_or_default();
    let limits = said::limits_said(&args::given(flags.limit).or(file.limit).unwrap_or_default());
    PolicySet::load_layers(&layers_as_they_stand(&places)?, &Outside { parameters, limits })
}
