//! Which settings and which packs judge. The change never picks its judge: with a repository, whatever lies inside it is
//! read from the base, never from the head and never from the files of the checkout.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::config::{self, FILE_NAME};
use super::pipeline::{GitRepository, PackFiles, unreadable};
use super::said::{Described, Location, Said};
use super::settings::{From, Setting, Settings};
use super::weakenings::Contradiction;
use crate::collect::input;
use crate::collect::snapshot::{RawChange, Side};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::{MAX_FILE_BYTES, MAX_FILES, pack_meant};

/// Digits of a commit that are shown.
const SHORT: usize = 12;

/// A repository, the change in it, and the commit that judges.
pub struct Checkout {
    repository: GitRepository,
    /// Its root as git knows it, and without links.
    roots: [PathBuf; 2],
    /// The target's tip; `None` where the change has no base.
    base: Option<String>,
}

/// What is to be judged, and by which settings.
pub struct Run {
    /// The settings.
    pub settings: Settings,
    /// The change, where it was read from a repository.
    pub raw: Option<RawChange>,
    /// The repository, where there is one.
    pub checkout: Option<Checkout>,
    /// What the flags alone say.
    pub flags: Said,
    /// Where in the repository its own settings are, whether it has them or not; `None` where others count.
    pub own_settings: Option<String>,
    /// Whether a settings file was named.
    pub named_config: bool,
    /// What flags say of the change against what was known of it.
    pub contradictions: Vec<Contradiction>,
    /// Why the settings of the repository do not count, where it has some that the base has not.
    pub unmerged: Option<String>,
}

/// A settings file as it lies on the disk.
struct OnDisk {
    shown: String,
    path: PathBuf,
    text: String,
}

impl OnDisk {
    fn read(written: &str) -> Result<Self, Vec<Diagnostic>> {
        let path = PathBuf::from(written);
        let broken = |reason: String| vec![Diagnostic::new(Code::BrokenConfig, reason).at(Place::file(written))];
        let bytes = input::read(&path, config::MAX_BYTES).map_err(|refusal| broken(refusal.reason))?.bytes;
        let text = String::from_utf8(bytes).map_err(|_| broken("is not UTF-8 text".to_owned()))?;
        Ok(Self { shown: written.to_owned(), path, text })
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    fn parse(&self) -> Result<Said, Vec<Diagnostic>> {
        config::parse(&self.shown, &self.text, self.directory())
    }
}

/// Settings from the flags, from `--config`, or from the repository's own file at the base.
///
/// # Errors
/// Where a settings file is broken or absent, or the change can't be read from its repository.
pub fn prepare(flags: Said, config: Option<&str>) -> Result<Run, Vec<Diagnostic>> {
    let disk = config.map(OnDisk::read).transpose()?;
    match &flags.change {
        Some(Described::Git { .. }) => in_repository(flags, disk),
        Some(_) => as_they_stand(flags, disk),
        None => match disk {
            Some(disk) if !is_git(&disk.parse()?) && !base_says_git(&disk) => as_they_stand(flags, Some(disk)),
            disk => in_repository(flags, disk),
        },
    }
}

/// No repository takes part: the settings file counts as it lies there.
fn as_they_stand(flags: Said, disk: Option<OnDisk>) -> Result<Run, Vec<Diagnostic>> {
    let named_config = disk.is_some();
    let file = disk.map(|disk| disk.parse().map(|said| (disk.shown, said))).transpose()?;
    Ok(Run {
        settings: Settings::merge(flags.clone(), file),
        raw: None,
        checkout: None,
        flags,
        own_settings: None,
        named_config,
        contradictions: Vec::new(),
        unmerged: None,
    })
}

fn is_git(said: &Said) -> bool {
    matches!(said.change, None | Some(Described::Git { .. }))
}

/// Whether the file lies in the checkout around the current directory, and the base has it too and says there that the
/// change is one of the repository, or the head has it and the base does not: then the head has no say in that.
fn base_says_git(disk: &OnDisk) -> bool {
    let Ok(checkout) = Checkout::open(Path::new(".")) else { return false };
    let Ok(raw) = checkout.repository.read(None, None) else { return false };
    let (Some(path), Some(base)) = (checkout.inside(&disk.path), raw.change.base) else { return false };
    match checkout.settings_at(&base, &path) {
        Ok(Some((_, said))) => is_git(&said),
        // A file that is broken at the base is no reason to believe the head's.
        Err(_) => true,
        // A file that no commit has was put there by whoever runs us.
        Ok(None) => raw.change.head.is_some_and(|head| !matches!(checkout.repository.file(&head, &path), Ok(None))),
    }
}

/// The change is one of a repository.
fn in_repository(flags: Said, disk: Option<OnDisk>) -> Result<Run, Vec<Diagnostic>> {
    let (mut repo, mut base, mut head) = match &flags.change {
        Some(Described::Git { repo, base, head }) => (repo.clone(), base.clone(), head.clone()),
        _ => (None, None, None),
    };
    if repo.is_none()
        && let Some(disk) = &disk
        && let Some(Described::Git { repo: Some(named), .. }) = disk.parse()?.change
    {
        repo = Some(named);
    }
    let directory = repo.as_ref().map_or_else(|| PathBuf::from("."), |repo| repo.path.clone());
    let mut checkout = Checkout::open(&directory)?;
    let inside = disk.as_ref().and_then(|disk| checkout.inside(&disk.path));

    // A file outside of the repository is nobody's but the user's, and may say which change is meant.
    let mut file = None;
    let mut own_settings = Some(inside.clone().unwrap_or_else(|| FILE_NAME.to_owned()));
    if let (Some(disk), None) = (&disk, &inside) {
        own_settings = None;
        let said = disk.parse()?;
        fill(&said, &mut base, &mut head);
        file = Some((disk.shown.clone(), said));
    }
    let mut raw =
        checkout.repository.read(base.as_deref(), head.as_deref()).map_err(|error| vec![unreadable(&error)])?;
    if file.is_none() {
        file = checkout.own_settings(raw.change.base.as_deref(), disk.as_ref().zip(inside.as_deref()))?;
        if let Some((_, said)) = &file
            && fill(said, &mut base, &mut head)
        {
            raw =
                checkout.repository.read(base.as_deref(), head.as_deref()).map_err(|error| vec![unreadable(&error)])?;
        }
    }
    checkout.base.clone_from(&raw.change.base);
    let unmerged = if file.is_none() { checkout.unmerged(raw.change.head.as_deref()) } else { None };
    let mut settings = Settings::merge(flags.clone(), file);
    if disk.is_some() && !settings.deny_weakening.value {
        checkout.keep_denial(&mut settings);
    }
    Ok(Run {
        settings,
        raw: Some(raw),
        checkout: Some(checkout),
        flags,
        own_settings,
        named_config: disk.is_some(),
        contradictions: Vec::new(),
        unmerged,
    })
}

/// Takes what a file says of base and head where no flag does; whether that said anything.
fn fill(said: &Said, base: &mut Option<String>, head: &mut Option<String>) -> bool {
    let Some(Described::Git { base: file_base, head: file_head, .. }) = &said.change else { return false };
    let before = (base.clone(), head.clone());
    *base = base.take().or_else(|| file_base.clone());
    *head = head.take().or_else(|| file_head.clone());
    before != (base.clone(), head.clone())
}

impl Checkout {
    fn open(directory: &Path) -> Result<Self, Vec<Diagnostic>> {
        let repository = GitRepository::open(directory).map_err(|error| vec![unreadable(&error)])?;
        // A bare repository has no files; paths of its own settings are still paths of its commits.
        let root = normal(&repository.root().unwrap_or_else(|| directory.to_path_buf()));
        let canonical = root.canonicalize().unwrap_or_else(|_| root.clone());
        Ok(Self { repository, roots: [root, canonical], base: None })
    }

    /// The same repository, where a commit judges that is not the base.
    pub(super) fn reading(&self, commit: &str) -> Result<Self, Vec<Diagnostic>> {
        let [root, _] = &self.roots;
        Ok(Self { base: Some(commit.to_owned()), ..Self::open(root)? })
    }

    /// The commit that packs inside the repository are read from.
    pub(super) fn packs_commit(&self, settings: &Settings) -> Option<String> {
        match &settings.policy_ref.value {
            Some(reference) => self.resolve(reference).ok(),
            None => self.base.clone(),
        }
    }

    /// Settings that were named in the place of the repository's own don't take back that weakenings are denied there.
    fn keep_denial(&self, settings: &mut Settings) {
        let Some(base) = &self.base else { return };
        if let Ok(Some((shown, said))) = self.settings_at(base, FILE_NAME)
            && said.deny_weakening == Some(true)
        {
            settings.deny_weakening = Setting { value: true, from: From::File(shown), replaced: false };
        }
    }

    /// Whether a file, of which the digest is known, is one that a commit has.
    pub fn is_in(&self, commit: &str, path: &Path, sha256: &str) -> bool {
        self.inside(path)
            .and_then(|inside| self.repository.file(commit, &inside).ok().flatten())
            .is_some_and(|bytes| input::sha256_hex(&bytes) == sha256)
    }

    /// The target's tip, and the repository to read it from.
    #[must_use]
    pub fn base(&self) -> Option<(&str, &GitRepository)> {
        Some((self.base.as_deref()?, &self.repository))
    }

    /// Files of the checkout that are another than in a commit that it is of; none where that can't be told.
    #[must_use]
    pub fn uncommitted(&self, commit: &str) -> Vec<String> {
        self.repository.uncommitted(commit).unwrap_or_default()
    }

    /// The parents of a commit; none where they can't be had.
    #[must_use]
    pub fn parents(&self, commit: &str) -> Vec<String> {
        self.repository.parents(commit).unwrap_or_default()
    }

    /// Whether a commit merges the head into the base, as it is or was: what a forge checks out to test a request.
    #[must_use]
    pub fn merges(&self, commit: &str, head: &str) -> bool {
        let parents = self.parents(commit);
        let (Some(base), [one, other]) = (&self.base, parents.as_slice()) else { return false };
        let into = if one == head { other } else { one };
        (one == head || other == head) && self.repository.is_ancestor(into, base).unwrap_or(false)
    }

    /// The path in the repository, of a path that lies inside it by its spelling or by where its links lead.
    pub fn inside(&self, path: &Path) -> Option<String> {
        let spelled = normal(path);
        let real = through_links(&spelled);
        [&spelled, &real]
            .into_iter()
            .flat_map(|path| self.roots.iter().map(move |root| path.strip_prefix(root)))
            .find_map(|inside| {
                let parts: Option<Vec<&str>> =
                    inside.ok()?.components().map(|part| part.as_os_str().to_str()).collect();
                Some(parts?.join("/"))
            })
    }

    /// The settings file that the repository has at the base: the one that was named, or the one at its root.
    fn own_settings(
        &self,
        base: Option<&str>,
        named: Option<(&OnDisk, &str)>,
    ) -> Result<Option<(String, Said)>, Vec<Diagnostic>> {
        let path = named.map_or(FILE_NAME, |(_, path)| path);
        let found = match base {
            Some(base) => self.settings_at(base, path).map_err(|mut mistakes| {
                let said = format!("the settings were read from the base {}, and can't be read as it has them", short(base));
                mistakes.push(Diagnostic::new(Code::BrokenBase, said).help(
                    "name a file outside of the repository with `--config`, which the verdict lists as a weakening, and repair them with that change",
                ));
                mistakes
            })?,
            None => None,
        };
        match (found, named) {
            (Some((shown, said)), _) => {
                let elsewhere = match &said.change {
                    None | Some(Described::Git { repo: None, .. }) => None,
                    Some(Described::Git { .. }) => Some("repo"),
                    Some(Described::Trees(..)) => Some("trees"),
                    Some(Described::Diff(_)) => Some("diff"),
                    Some(Described::Evidence(_)) => Some("evidence"),
                };
                match elsewhere {
                    None => Ok(Some((shown, said))),
                    Some(key) => Err(vec![
                        Diagnostic::new(
                            Code::BrokenConfig,
                            format!("`{key}` can't be set in a file that was read from the base of the repository"),
                        )
                        .at(Place::file(shown))
                        .help(format!("give `--{key}` as a flag")),
                    ]),
                }
            }
            (None, None) => Ok(None),
            (None, Some((disk, path))) => Err(vec![
                Diagnostic::new(
                    Code::BrokenConfig,
                    format!("the base {} has no `{path}`", base.map_or("(there is none)", short)),
                )
                .at(Place::file(disk.shown.clone()))
                .help("settings inside the repository are read from the base; commit them there first, or keep them outside"),
            ]),
        }
    }

    /// What to say of a settings file at the root that the head or the checkout has and the base has not.
    fn unmerged(&self, head: Option<&str>) -> Option<String> {
        let at_head = head.is_some_and(|head| matches!(self.repository.file(head, FILE_NAME), Ok(Some(_))));
        let [root, _] = &self.roots;
        let who = match (at_head, root.join(FILE_NAME).is_file()) {
            (true, _) => "head",
            (false, true) => "checkout",
            (false, false) => return None,
        };
        let base = self.base.as_deref().map_or_else(
            || "and the change has no base to read it from".to_owned(),
            |base| format!("the base {} does not", short(base)),
        );
        Some(format!("the {who} has a `{FILE_NAME}`, {base}: it counts once merged"))
    }

    pub(super) fn settings_at(&self, commit: &str, path: &str) -> Result<Option<(String, Said)>, Vec<Diagnostic>> {
        let Some(bytes) = self.repository.file(commit, path).map_err(|error| vec![unreadable(&error)])? else {
            return Ok(None);
        };
        let shown = format!("{path}@{}", short(commit));
        let broken = |message: &str| vec![Diagnostic::new(Code::BrokenConfig, message).at(Place::file(shown.clone()))];
        if bytes.len() as u64 > config::MAX_BYTES {
            return Err(broken("is larger than the limit of 1 MiB"));
        }
        let text = String::from_utf8(bytes).map_err(|_| broken("is not UTF-8 text"))?;
        let [root, _] = &self.roots;
        let directory = root.join(path).parent().map_or_else(|| root.clone(), Path::to_path_buf);
        let said = config::parse(&shown, &text, &directory)?;
        Ok(Some((shown, said)))
    }

    /// The commit that a revision names.
    pub(super) fn resolve(&self, revision: &str) -> Result<String, Diagnostic> {
        self.repository.resolve(revision).map_err(|error| unreadable(&error))
    }

    /// The target's tip, as far as the change has one.
    pub(super) fn base_commit(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// What to do about a pack that a commit has not.
    fn way_to_pack(&self, commit: &str, path: &str, shown: &str) -> String {
        let [root, _] = &self.roots;
        let is_only_here = root.join(path).join("pack.toml").is_file();
        let paths = self.repository.snapshot(commit).and_then(|snapshot| snapshot.paths(Side::After));
        // As the user writes paths of the repository, where that shows: from outside of it, or from a directory in it.
        let whole = |before: &&str| before.is_empty() || before.ends_with('/');
        let outside = shown.strip_suffix(path).filter(|before| path.is_empty() || whole(before));
        let inside = path.strip_suffix(shown).filter(|before| outside.is_none() && whole(before));
        let as_written = |pack: &str| match (outside, inside) {
            (Some(before), _) if whole(&before) => Some(format!("{before}{pack}")),
            (Some(root), _) => Some(format!("{root}/{pack}")),
            (None, Some(before)) => pack.strip_prefix(before).map(str::to_owned),
            (None, None) => Some(pack.to_owned()),
        };
        let place = if outside.or(inside).is_some() { shown } else { path };
        let packs = paths.into_iter().flatten();
        let packs: Vec<String> = packs.filter_map(|path| as_written(path.strip_suffix("/pack.toml")?)).collect();
        pack_meant(place, &packs).filter(|_| !is_only_here).unwrap_or_else(|| {
            "packs inside the repository are read from the base; commit it there first, name an earlier commit with `--policy-ref`, or keep the pack outside".to_owned()
        })
    }

    /// A pack as a commit has it.
    pub(super) fn pack_at(&self, commit: &str, path: &str, shown: &str) -> Result<PackFiles, Diagnostic> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let found = self.repository.files_under(commit, path).map_err(|error| unreadable(&error))?;
        let mut files = BTreeMap::new();
        for (file, bytes) in found {
            let Some(name) = file.strip_prefix(&prefix) else { continue };
            // As in a directory: what begins with a dot is no part of a pack, nor are definitions for editors.
            if name.split('/').any(|part| part.starts_with('.')) || PackFiles::leaves_out(name) {
                continue;
            }
            if bytes.len() as u64 > MAX_FILE_BYTES {
                let reason = format!("is larger than the limit of {MAX_FILE_BYTES} bytes");
                return Err(Diagnostic::new(Code::UnreadablePack, reason).at(Place::file(file)));
            }
            files.insert(name.to_owned(), bytes);
        }
        if files.len() > MAX_FILES {
            let reason = format!("the pack `{shown}` has more than {MAX_FILES} files");
            return Err(Diagnostic::new(Code::UnreadablePack, reason));
        }
        if !files.contains_key("pack.toml") {
            let commit_shown = short(commit);
            let message = if !files.is_empty() {
                format!("`{shown}` has no `pack.toml` at {commit_shown}, expected a pack")
            } else if matches!(self.repository.file(commit, path), Ok(Some(_))) {
                format!("`{shown}` is a file at {commit_shown}, expected a pack, which is a directory")
            } else {
                format!("there is no pack `{shown}` at {commit_shown}")
            };
            return Err(Diagnostic::new(Code::UnreadablePack, message).help(self.way_to_pack(commit, path, shown)));
        }
        Ok(PackFiles { origin: format!("{path}@{}", short(commit)), files })
    }
}

/// The text of a file that configures the gate, and how it is shown: from the base where it lies inside the repository, else
/// as it lies on the disk.
///
/// # Errors
/// Where there is no such file, or it is too large or no text.
pub fn configuration(
    checkout: Option<&Checkout>,
    file: &Location,
    max_bytes: u64,
    code: Code,
) -> Result<(String, String), Diagnostic> {
    let inside = checkout.and_then(|checkout| Some((checkout, checkout.inside(&file.path)?)));
    let (shown, bytes) = match inside {
        None => (file.shown.clone(), input::read(&file.path, max_bytes).map(|input| input.bytes)),
        Some((checkout, path)) => {
            let Some((base, repository)) = checkout.base() else {
                let reason = "lies inside the repository, and the change has no base to read it from";
                return Err(Diagnostic::new(code, reason).at(Place::file(file.shown.clone())).help("keep it outside"));
            };
            let shown = format!("{path}@{}", short(base));
            let Some(bytes) = repository.file(base, &path).map_err(|error| unreadable(&error))? else {
                let reason = format!("the base {} has no such file", short(base));
                let help = "files inside the repository that configure the gate are read from the base; commit it there first, or keep it outside";
                return Err(Diagnostic::new(code, reason).at(Place::file(file.shown.clone())).help(help));
            };
            let within = bytes.len() as u64 <= max_bytes;
            let too_large = || input::Refusal::failed(format!("is larger than the limit of {max_bytes} bytes"));
            (shown, within.then_some(bytes).ok_or_else(too_large))
        }
    };
    let broken = |reason: String| Diagnostic::new(code, reason).at(Place::file(shown.clone()));
    let bytes = bytes.map_err(|refusal| broken(refusal.reason))?;
    let text = String::from_utf8(bytes).map_err(|_| broken("is not UTF-8 text".to_owned()))?;
    Ok((shown, text))
}

/// The first digits of a commit.
#[must_use]
pub fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

/// The path from the root, without `.` and `..`, by its spelling alone.
pub(super) fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut normal = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// Where the links of a path lead, as far as it is there.
pub(super) fn through_links(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return real.join(rest);
        }
    }
    path.to_path_buf()
}
