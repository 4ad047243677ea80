//! `pom.xml`: what a POM names itself, with versions as far as files of the repository say them.
//!
//! - Properties are filled in from the file, and from parents that lie in the repository at their `relativePath`; a profile
//!   that sets a property or manages a version gives what is outside of it a further version, for nothing tells which
//!   profiles a build uses. A parent from elsewhere is a package itself, and so is a BOM that is imported.
//! - A version that stands nowhere here keeps its `${..}`, or is called `managed`; what it is held to is not known. Ranges,
//!   `LATEST` and snapshots float.
//! - What `dependencyManagement` and `pluginManagement` say is part of what uses it here; other entries are packages of
//!   which it is not known whether they are used. So is a property that reads as a version and is used for none here:
//!   it can be that of a module or of the parent. It has its `${..}` as its name.
//! - A type, a classifier and exclusions are part of the source: with others, something else is taken.
//! - Where repositories are named, each is a source of everything; Maven's own is always one more, and not listed.
//! - A POM never lists what its dependencies bring in, so that a change of one is never the whole of it.

mod element;
mod model;
mod properties;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::element::refused;
use self::model::{Artifact, Model, Section};
use self::properties::{Filled, Scope};
use super::place::{check_size, directory, file_name, join, nowhere, path, source, within};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, MAX_PACKAGES};
use crate::collect::xml::decode;
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, Pin, SourceKind};

/// `pom.xml`.
pub(super) struct Pom;

/// Most parents in a row that lie in the repository.
const MAX_PARENTS: usize = 20;
/// The version of what is given one in a file that is not at hand.
const MANAGED: &str = "managed";

impl LockfileFormat for Pom {
    fn name(&self) -> &'static str {
        "pom.xml"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Maven
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "pom.xml"
    }

    fn decode<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, str>, LockfileError> {
        check_size(bytes)?;
        decode(bytes).map_err(refused)
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let model = Model::new(&element::parse(text)?)?;
        let parents = parents(&model, context)?;
        Reader::new(&model, &parents)?.locked(context)
    }
}

/// The parents that lie in the repository, nearest first. One that is not there or not that very parent is none.
///
/// # Errors
/// Where the POM leaves out who its parent is, as it may from model 4.1 on, and none is there to say it.
fn parents(model: &Model, context: &Context<'_>) -> Result<Vec<Model>, LockfileError> {
    let mut found: Vec<Model> = Vec::new();
    let mut folder = directory(context.path).to_owned();
    while found.len() < MAX_PARENTS
        && let Some(next) = next_parent(found.last().unwrap_or(model), &folder, context)
    {
        folder = directory(&next.0).to_owned();
        found.push(next.1);
    }
    match &model.parent {
        Some(parent) if found.is_empty() && !parent.whole() => {
            let message =
                "has a `parent` without all of `groupId`, `artifactId` and `version`, which no file here says";
            Err(LockfileError::new(parent.artifact.line, message))
        }
        _ => Ok(found),
    }
}

fn next_parent(model: &Model, folder: &str, context: &Context<'_>) -> Option<(String, Model)> {
    let parent = model.parent.as_ref().filter(|parent| !parent.path.is_empty())?;
    let mut at = join(folder, &parent.path)?;
    if !parent.path.ends_with(".xml") {
        at = within(&at, "pom.xml");
    }
    let bytes = context.read(&at).ok().flatten()?;
    check_size(&bytes).ok()?;
    let model = Model::new(&element::parse(&decode(&bytes).ok()?).ok()?).ok()?;
    let wanted = &parent.artifact;
    let above = model.parent.as_ref().map(|parent| &parent.artifact);
    let group = model.group.as_ref().or(above.map(|above| &above.group));
    let version = model.version.as_ref().or(above.and_then(|above| above.version.as_ref()));
    // What is left out is whatever lies there.
    let same = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
    let is = same(&wanted.group, group.map_or("", String::as_str))
        && same(&wanted.name, &model.name)
        && same(wanted.version.as_deref().unwrap_or_default(), version.map_or("", String::as_str));
    is.then_some((at, model))
}

/// Where a text of the POM is worked out: its profile, if any, the project, and its parents in the repository.
struct View<'m> {
    sections: Vec<&'m Section>,
    scope: Scope<'m>,
    /// Managed dependencies by their key, and the place of each: section and index.
    managed: BTreeMap<String, (usize, usize)>,
    managed_plugins: BTreeMap<String, (usize, usize)>,
}

/// What an artifact turns out to be in one view.
struct Found {
    key: String,
    name: String,
    version: Option<Filled>,
    scope: Option<String>,
}

struct Reader<'m> {
    model: &'m Model,
    project: BTreeMap<String, String>,
    parents: &'m [Model],
    used: BTreeSet<String>,
    /// Managed entries of this file that gave a version, by their number.
    taken: BTreeSet<usize>,
    packages: Vec<LockedPackage>,
    unknown: Vec<(String, Option<u32>)>,
}

impl<'m> Reader<'m> {
    fn new(model: &'m Model, parents: &'m [Model]) -> Result<Self, LockfileError> {
        let mut said = model.parent.as_ref().map(|parent| parent.artifact.clone());
        if let (Some(said), Some(found)) = (&mut said, parents.first()) {
            let above = found.parent.as_ref().map(|parent| &parent.artifact);
            let group = found.group.clone().or(above.map(|above| above.group.clone()));
            let version = found.version.clone().or(above.and_then(|above| above.version.clone()));
            said.group =
                Some(std::mem::take(&mut said.group)).filter(|it| !it.is_empty()).or(group).unwrap_or_default();
            said.version = said.version.take().or(version);
            said.name.clone_from(&found.name);
        }
        let parent = said.as_ref();
        let inherited = |own: &Option<String>, of: fn(&Artifact) -> Option<String>| own.clone().or(parent.and_then(of));
        let mut project = BTreeMap::new();
        let mut add = |names: &[&str], value: Option<String>| {
            for name in names.iter().filter(|_| value.is_some()) {
                project.insert((*name).to_owned(), value.clone().unwrap_or_default());
            }
        };
        add(&["project.groupId", "pom.groupId", "groupId"], inherited(&model.group, |it| Some(it.group.clone())));
        add(&["project.artifactId", "pom.artifactId", "artifactId"], Some(model.name.clone()));
        add(&["project.version", "pom.version", "version"], inherited(&model.version, |it| it.version.clone()));
        add(&["project.parent.groupId", "parent.groupId"], parent.map(|it| it.group.clone()));
        add(&["project.parent.artifactId", "parent.artifactId"], parent.map(|it| it.name.clone()));
        add(&["project.parent.version", "parent.version"], parent.and_then(|it| it.version.clone()));
        Ok(Self {
            model,
            project,
            parents,
            used: BTreeSet::new(),
            taken: BTreeSet::new(),
            packages: Vec::new(),
            unknown: Vec::new(),
        })
    }

    fn locked(mut self, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let model = self.model;
        let project = self.project.clone();
        let mut views = vec![self.view(None, &project)?];
        for profile in &model.profiles {
            views.push(self.view(Some(profile), &project)?);
        }
        let repositories = self.addresses(&views, |section| &section.repositories)?;
        let plugin_repositories = self.addresses(&views, |section| &section.plugin_repositories)?;
        // What the project's own version is made of is no version of a package.
        if let Some(view) = views.first() {
            self.fill(view, "${project.version}")?;
        }
        self.parent(&views, &repositories)?;
        let all: Vec<&View<'_>> = views.iter().collect();
        let mut sections: Vec<(&Section, &[&View<'_>])> = vec![(&model.project, &all)];
        sections.extend(model.profiles.iter().zip(all.iter().skip(1).map(std::slice::from_ref)));
        for (section, views) in &sections {
            self.each(&section.dependencies, views, Role::Dependency, &repositories)?;
            self.each(&section.plugins, views, Role::Plugin, &plugin_repositories)?;
            self.each(&section.tools, views, Role::Tool, &plugin_repositories)?;
        }
        for (section, views) in &sections {
            self.each(&section.managed, views, Role::Managed, &repositories)?;
            self.each(&section.managed_plugins, views, Role::ManagedPlugin, &plugin_repositories)?;
        }
        for (section, views) in &sections {
            self.properties(section, views)?;
        }
        let all_repositories: Vec<PackageSource> = repositories.into_iter().chain(plugin_repositories).collect();
        if self.packages.is_empty() && !all_repositories.is_empty() {
            // Only modules take anything from them, and they are other files.
            self.packages.push(LockedPackage {
                sources: all_repositories,
                ..LockedPackage::new(Ecosystem::Maven, "repositories", "declared")
            });
        }
        Ok(self.finish(context))
    }

    fn finish(mut self, context: &Context<'_>) -> LockedSet {
        let mut members: BTreeSet<String> =
            self.model.modules.iter().filter_map(|module| join(directory(context.path), module)).collect();
        let group = self.project.get("project.groupId").cloned().unwrap_or_default();
        members.insert(format!("{group}:{}", self.model.name));
        if !self.parents.is_empty() {
            let part = |name: &str| self.project.get(name).map_or("", String::as_str);
            members.insert(format!("{}:{}", part("project.parent.groupId"), part("project.parent.artifactId")));
        }
        let mut seen = BTreeSet::new();
        self.packages.retain(|package| seen.insert(LockedPackage { line: None, ..package.clone() }));
        let partial = (!self.packages.is_empty()).then(|| self.partial());
        LockedSet { packages: self.packages, members, partial, ..LockedSet::default() }
    }

    /// Why it is not all: what is never listed, and what is said elsewhere.
    fn partial(&self) -> String {
        let listed = "a pom.xml does not list what its dependencies bring in";
        let unknown: BTreeSet<&String> = self.unknown.iter().map(|(name, _)| name).collect();
        let Some((first, line)) = self.unknown.first() else { return listed.to_owned() };
        let line = line.map_or(String::new(), |line| format!(" in line {line}"));
        let count = match unknown.len() {
            1 => "1 version is".to_owned(),
            count => format!("{count} versions are"),
        };
        format!("{listed}, and {count} set elsewhere, the first that of `{first}`{line}")
    }

    fn fill(&mut self, view: &View<'_>, text: &str) -> Result<Filled, LockfileError> {
        view.scope.fill(text, &mut self.used)
    }

    fn view<'v>(
        &mut self,
        profile: Option<&'v Section>,
        project: &'v BTreeMap<String, String>,
    ) -> Result<View<'v>, LockfileError>
    where
        'm: 'v,
    {
        let own: &'v Section = &self.model.project;
        let above = self.parents.iter().map(|parent| &parent.project);
        let sections: Vec<&'v Section> = profile.into_iter().chain([own]).chain(above).collect();
        let layers = sections.iter().map(|section| &section.properties).collect();
        let mut view = View {
            sections,
            scope: Scope { project, layers },
            managed: BTreeMap::new(),
            managed_plugins: BTreeMap::new(),
        };
        for at in 0..view.sections.len() {
            let section = view.sections.get(at).copied();
            for (index, artifact) in section.into_iter().flat_map(|it| it.managed.iter().enumerate()) {
                let key = self.key(&view, artifact)?.0;
                view.managed.entry(key).or_insert((at, index));
            }
            for (index, artifact) in section.into_iter().flat_map(|it| it.managed_plugins.iter().enumerate()) {
                let name = self.key(&view, artifact)?.1;
                view.managed_plugins.entry(name).or_insert((at, index));
            }
        }
        Ok(view)
    }

    /// What a managed entry has to have in common with what it manages, and the name alone.
    fn key(&mut self, view: &View<'_>, artifact: &Artifact) -> Result<(String, String), LockfileError> {
        let name = format!("{}:{}", self.fill(view, &artifact.group)?.text, self.fill(view, &artifact.name)?.text);
        let kind = self.fill(view, artifact.kind.as_deref().unwrap_or("jar"))?.text;
        let classifier = self.fill(view, artifact.classifier.as_deref().unwrap_or_default())?.text;
        Ok((format!("{name}:{kind}:{classifier}"), name))
    }

    /// Repositories of the project and of all profiles, each once.
    fn addresses(
        &mut self,
        views: &[View<'_>],
        of: fn(&Section) -> &Vec<String>,
    ) -> Result<Vec<PackageSource>, LockfileError> {
        let mut found = BTreeSet::new();
        for view in views {
            for section in &view.sections {
                for address in of(section) {
                    found.insert(source(SourceKind::Registry, &self.fill(view, address)?.text));
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The parent, where it comes from elsewhere: it says versions that are not said here.
    fn parent(&mut self, views: &[View<'_>], repositories: &[PackageSource]) -> Result<(), LockfileError> {
        let parent = self.model.parent.as_ref().filter(|_| self.parents.is_empty());
        match (parent, views.first()) {
            (Some(parent), Some(view)) => {
                let found = self.found(view, &parent.artifact, Role::Parent)?;
                self.push(&parent.artifact, found, Role::Parent, repositories)
            }
            _ => Ok(()),
        }
    }

    fn each(
        &mut self,
        artifacts: &[Artifact],
        views: &[&View<'_>],
        role: Role,
        repositories: &[PackageSource],
    ) -> Result<(), LockfileError> {
        for artifact in artifacts {
            // An import brings a whole list of versions, and is a package itself.
            let import = role == Role::Managed && artifact.scope.as_deref() == Some("import");
            if role.manages() && !import && self.taken.contains(&artifact.number) {
                continue;
            }
            let role = if import { Role::Parent } else { role };
            let mut seen = BTreeSet::new();
            for view in views {
                let found = self.found(view, artifact, role)?;
                if seen.insert((found.name.clone(), found.version.clone(), found.scope.clone())) {
                    self.push(artifact, found, role, repositories)?;
                }
            }
        }
        Ok(())
    }

    fn found(&mut self, view: &View<'_>, artifact: &Artifact, role: Role) -> Result<Found, LockfileError> {
        let (key, name) = self.key(view, artifact)?;
        let mut found = Found { key, name, version: None, scope: artifact.scope.clone() };
        if let Some(version) = &artifact.version {
            found.version = Some(self.fill(view, version)?);
        }
        let place = match role {
            Role::Dependency => view.managed.get(&found.key),
            Role::Plugin => view.managed_plugins.get(&found.name),
            _ => None,
        };
        let managed = place.and_then(|(at, index)| {
            let section = view.sections.get(*at)?;
            let list = if role == Role::Plugin { &section.managed_plugins } else { &section.managed };
            Some((*at + self.parents.len() < view.sections.len(), list.get(*index)?))
        });
        let Some((here, managed)) = managed else { return Ok(found) };
        found.scope = found.scope.or_else(|| managed.scope.clone());
        if found.version.is_none()
            && let Some(version) = &managed.version
        {
            found.version = Some(self.fill(view, version)?);
            if here {
                self.taken.insert(managed.number);
            }
        }
        Ok(found)
    }

    fn push(
        &mut self,
        artifact: &Artifact,
        found: Found,
        role: Role,
        repositories: &[PackageSource],
    ) -> Result<(), LockfileError> {
        if self.packages.len() >= MAX_PACKAGES {
            return Err(LockfileError::limit(artifact.line, format!("names more than {MAX_PACKAGES} packages")));
        }
        let (version, pin) = match found.version {
            Some(Filled { text, whole: true }) => {
                let pin = if floats(&text) { Pin::Floating } else { Pin::Version };
                (text, pin)
            }
            Some(Filled { text, whole: false }) => (text, Pin::Unknown),
            None => (MANAGED.to_owned(), Pin::Unknown),
        };
        // An entry that only manages something else may have no version.
        if pin == Pin::Unknown && !role.manages() {
            self.unknown.push((found.name.clone(), artifact.line));
        }
        self.packages.push(LockedPackage {
            sources: sources(artifact, repositories),
            scope: scope(role, found.scope.as_deref()),
            directness: if role.manages() { Directness::Unknown } else { Directness::Direct },
            pin: Some(pin),
            line: artifact.line,
            ..LockedPackage::new(Ecosystem::Maven, found.name, version)
        });
        Ok(())
    }

    /// Properties that read as versions and that no version here is made of.
    fn properties(&mut self, section: &Section, views: &[&View<'_>]) -> Result<(), LockfileError> {
        for name in section.properties.keys() {
            if self.used.contains(name) {
                continue;
            }
            for view in views {
                let Some(value) = view.scope.layers.iter().find_map(|layer| layer.get(name)) else { continue };
                let mut nested = BTreeSet::new();
                let filled = view.scope.fill(value, &mut nested)?;
                if !reads_as_version(&filled) {
                    continue;
                }
                self.packages.push(LockedPackage {
                    sources: vec![nowhere(SourceKind::Unknown)],
                    pin: Some(if filled.whole { Pin::Version } else { Pin::Unknown }),
                    ..LockedPackage::new(Ecosystem::Maven, format!("${{{name}}}"), filled.text)
                });
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Dependency,
    Managed,
    Plugin,
    ManagedPlugin,
    Tool,
    /// A parent, or a BOM that is imported.
    Parent,
}

impl Role {
    /// Whether it says versions of what others name.
    const fn manages(self) -> bool {
        matches!(self, Self::Managed | Self::ManagedPlugin)
    }
}

/// Whether a property can be a version: it begins as one, or with what is said elsewhere.
fn reads_as_version(value: &Filled) -> bool {
    if value.text.contains(char::is_whitespace) {
        return false;
    }
    let number = value.text.strip_prefix(['v', 'V']).unwrap_or(&value.text);
    let open = !value.whole && value.text.starts_with("${") && !value.text.contains('/');
    open || number.starts_with(|c: char| c.is_ascii_digit())
}

/// What a version holds nothing to: a range, a word for the newest, a build that is replaced.
fn floats(version: &str) -> bool {
    version.contains(['[', '(', ',']) || matches!(version, "LATEST" | "RELEASE") || version.ends_with("-SNAPSHOT")
}

fn scope(role: Role, scope: Option<&str>) -> DependencyScope {
    match (role, scope) {
        (Role::Plugin | Role::ManagedPlugin | Role::Tool, _) | (_, Some("test")) => DependencyScope::Development,
        (Role::Dependency, None | Some("compile" | "provided" | "runtime" | "system")) => DependencyScope::Runtime,
        _ => DependencyScope::Unknown,
    }
}

fn sources(artifact: &Artifact, repositories: &[PackageSource]) -> Vec<PackageSource> {
    if let Some(file) = &artifact.system_path {
        return vec![path(file)];
    }
    let mut sources = repositories.to_vec();
    if sources.is_empty() {
        sources.push(nowhere(SourceKind::Registry));
    }
    let parts = [
        artifact.kind.as_ref().filter(|kind| *kind != "jar").map(|kind| format!("type {kind}")),
        artifact.classifier.as_ref().map(|classifier| format!("classifier {classifier}")),
        Some(format!("without {}", artifact.exclusions.join(","))).filter(|_| !artifact.exclusions.is_empty()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        sources.push(PackageSource { kind: SourceKind::Registry, host: None, location: Some(parts.join(" ")) });
    }
    sources
}
