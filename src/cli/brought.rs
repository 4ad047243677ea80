//! What configures the gate where the change is not read from its repository: then there is no base to read it from, and what
//! lies on the disk may be what the change itself brings. That judges nothing.
//!
//! A path on the disk is one of the change where it lies at the same place of a git checkout, or of the directory that the
//! change is given as. What still has the content of before the change is the base's own, and counts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::inputs::Input;
use super::judge::{Run, normal, through_links};
use super::pipeline::Layer;
use super::said::{Described, Location, PackPlace};
use crate::collect::input;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{Evidence, FileStatus};

/// The largest file that is compared, in bytes: 16 MiB. A larger one is not known to be the base's.
const MAX_BYTES: u64 = 16 << 20;

/// The parts of a pack that judge.
const OF_PACKS: [&str; 3] = ["pack.toml", "rules/", "lib/"];

/// Refuses settings, packs, waivers, teams and overrides on the disk that the change edits.
///
/// # Errors
/// A diagnostic for each of them.
pub(super) fn refuse(run: &Run, layers: &[Layer], evidence: &Evidence) -> Result<(), Vec<Diagnostic>> {
    if run.checkout.is_some() {
        return Ok(());
    }
    let settings = &run.settings;
    let after = match &settings.change.value {
        Described::Trees(_, after) => Some(after.path.as_path()),
        _ => None,
    };
    let disk = Disk { after, evidence };
    let mut mistakes = Vec::new();
    let mut files: Vec<(Location, Code)> = Vec::new();
    let named = settings.file.iter().filter(|_| run.named_config);
    files.extend(named.map(|shown| (Location::new(Path::new(""), shown), Code::BrokenConfig)));
    files.extend(settings.files(Input::Teams).iter().map(|file| (file.file.clone(), Code::BrokenTeams)));
    files.extend(settings.waivers.value.iter().map(|file| (file.clone(), Code::BrokenWaiver)));
    files.extend(settings.override_.value.iter().map(|file| (file.clone(), Code::BrokenOverride)));
    for (file, code) in files {
        let edited = disk.edited(&file.path, &|inside| inside.is_empty());
        mistakes.extend(edited.map(|path| mistake(code, &path, &file.shown)));
    }
    let named = settings.policy.value.iter().filter_map(|place| match place {
        PackPlace::Directory(location) => Some((location.path.clone(), location.shown.clone())),
        PackPlace::Builtin(_) => None,
    });
    // Packs that others extend are known by where they were read from alone.
    let origins = layers.iter().flat_map(Layer::packs).map(|pack| (PathBuf::from(&pack.origin), pack.origin.clone()));
    let mut told = BTreeSet::new();
    for (path, shown) in named.chain(origins).filter(|(path, _)| path.is_dir()) {
        let judges = |inside: &str| {
            let inside = inside.trim_start_matches('/');
            OF_PACKS.iter().any(|part| if part.ends_with('/') { inside.starts_with(part) } else { inside == *part })
        };
        if let Some(edited) = disk.edited(&path, &judges).filter(|edited| told.insert(edited.clone())) {
            mistakes.push(mistake(Code::UnreadablePack, &edited, &shown));
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

fn mistake(code: Code, edited: &str, shown: &str) -> Diagnostic {
    let message =
        format!("the change edits `{edited}`, and there is no base to read it from: a change can't pick its judge");
    Diagnostic::new(code, message).at(Place::file(shown.to_owned())).help(
        "describe the change with `--repo`, `--base` and `--head`, or name a file that lies outside of what is changed",
    )
}

/// The disk beside a change that was described without its repository.
struct Disk<'a> {
    /// The directory that the change is given as.
    after: Option<&'a Path>,
    evidence: &'a Evidence,
}

impl Disk<'_> {
    /// The first changed path that is one of a file or a directory on the disk, by what is left of it inside of that, and does
    /// not have there what it had before the change.
    fn edited(&self, path: &Path, counts: &dyn Fn(&str) -> bool) -> Option<String> {
        let spelled = normal(path);
        let real = through_links(&spelled);
        let places: BTreeSet<(PathBuf, String)> = [spelled, real].iter().flat_map(|path| self.roots(path)).collect();
        for (root, inside) in places {
            let is_of = |changed: &str| {
                let rest = if inside.is_empty() { Some(changed) } else { changed.strip_prefix(inside.as_str()) };
                rest.is_some_and(|rest| (inside.is_empty() || rest.is_empty() || rest.starts_with('/')) && counts(rest))
            };
            for file in &self.evidence.files {
                let before = file.previous_path.as_ref().unwrap_or(&file.path);
                let is_new = file.status == FileStatus::Added || before != &file.path;
                if is_of(&file.path)
                    && !has(&root.join(&file.path), if is_new { None } else { Some(&file.blob_before) })
                {
                    return Some(file.path.clone());
                }
                let left = file.status == FileStatus::Renamed && before != &file.path;
                if left && is_of(before) && !has(&root.join(before), Some(&file.blob_before)) {
                    return Some(before.clone());
                }
            }
        }
        None
    }

    /// The checkouts and the directory that a path lies in, each with the path in it.
    fn roots(&self, path: &Path) -> Vec<(PathBuf, String)> {
        let checkout = path.ancestors().find(|above| above.join(".git").exists()).map(Path::to_path_buf);
        let after = self.after.map(normal);
        let real = after.as_deref().map(through_links);
        let inside = |root: PathBuf| {
            let rest = path.strip_prefix(&root).ok()?;
            let parts: Option<Vec<&str>> = rest.components().map(|part| part.as_os_str().to_str()).collect();
            Some((root, parts?.join("/")))
        };
        [checkout, after, real].into_iter().flatten().filter_map(inside).collect()
    }
}

/// Whether a path on the disk has what it had before the change: nothing, or the content of that id.
fn has(path: &Path, before: Option<&Option<String>>) -> bool {
    match before {
        None => path.symlink_metadata().is_err(),
        Some(None) => false,
        Some(Some(id)) => input::read(path, MAX_BYTES).is_ok_and(|read| input::is_blob(&read.bytes, id)),
    }
}
