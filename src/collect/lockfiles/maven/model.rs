//! What a POM says, as it is written: nothing is filled in here.

use std::collections::BTreeMap;

use super::element::Element;
use crate::collect::lockfiles::LockfileError;

/// Most profiles of a POM: what is outside of them is worked out once for each.
pub(super) const MAX_PROFILES: usize = 100;
/// The group of plugins that name none.
const PLUGINS: &str = "org.apache.maven.plugins";

/// One artifact that a POM names, with texts as they are written.
#[derive(Debug, Clone)]
pub(super) struct Artifact {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) classifier: Option<String>,
    pub(super) scope: Option<String>,
    /// Where a file lies that is used instead of a repository's.
    pub(super) system_path: Option<String>,
    /// What it does not bring in, as `group:artifact`.
    pub(super) exclusions: Vec<String>,
    pub(super) line: Option<u32>,
    /// Which element of its file it is.
    pub(super) number: usize,
}

/// What a project and each of its profiles have in common.
#[derive(Default)]
pub(super) struct Section {
    pub(super) properties: BTreeMap<String, String>,
    pub(super) dependencies: Vec<Artifact>,
    pub(super) managed: Vec<Artifact>,
    pub(super) plugins: Vec<Artifact>,
    pub(super) managed_plugins: Vec<Artifact>,
    /// Extensions of the build, and what plugins depend on or are told to take: they need no management.
    pub(super) tools: Vec<Artifact>,
    pub(super) repositories: Vec<String>,
    pub(super) plugin_repositories: Vec<String>,
}

/// The POM that another goes on from.
pub(super) struct Parent {
    /// Parts that are left out are empty.
    pub(super) artifact: Artifact,
    /// Where it may lie in the repository, seen from the directory of the child; empty where it does not.
    pub(super) path: String,
}

/// A whole file.
pub(super) struct Model {
    pub(super) group: Option<String>,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) parent: Option<Parent>,
    pub(super) project: Section,
    pub(super) profiles: Vec<Section>,
    pub(super) modules: Vec<String>,
}

impl Parent {
    /// Whether it says who it is.
    pub(super) const fn whole(&self) -> bool {
        !self.artifact.group.is_empty() && !self.artifact.name.is_empty() && self.artifact.version.is_some()
    }
}

impl Model {
    pub(super) fn new(root: &Element) -> Result<Self, LockfileError> {
        if root.name != "project" {
            return Err(LockfileError::new(root.line, "is no POM: its first element is not `project`"));
        }
        let profiles = root.list("profiles", "profile")?;
        if profiles.len() > MAX_PROFILES {
            return Err(LockfileError::limit(None, format!("has more than {MAX_PROFILES} profiles")));
        }
        let mut modules = modules(root)?;
        for profile in profiles {
            modules.extend(self::modules(profile)?);
        }
        Ok(Self {
            group: owned(root, "groupId")?,
            // Maven demands it; a POM without one still names its dependencies.
            name: owned(root, "artifactId")?.unwrap_or_default(),
            version: owned(root, "version")?,
            parent: root.child("parent")?.map(parent).transpose()?,
            project: section(root)?,
            profiles: profiles.iter().map(section).collect::<Result<_, _>>()?,
            modules,
        })
    }
}

fn modules(element: &Element) -> Result<Vec<String>, LockfileError> {
    let lists = [element.list("modules", "module")?, element.list("subprojects", "subproject")?];
    Ok(lists.into_iter().flatten().filter_map(Element::text).map(str::to_owned).collect())
}

fn owned(element: &Element, name: &str) -> Result<Option<String>, LockfileError> {
    Ok(element.value(name)?.map(str::to_owned))
}

fn parent(element: &Element) -> Result<Parent, LockfileError> {
    let path = match element.child("relativePath")? {
        None => "../pom.xml".to_owned(),
        Some(path) => path.text().unwrap_or_default().to_owned(),
    };
    let artifact = Artifact {
        group: owned(element, "groupId")?.unwrap_or_default(),
        name: owned(element, "artifactId")?.unwrap_or_default(),
        version: owned(element, "version")?,
        kind: None,
        classifier: None,
        scope: None,
        system_path: None,
        exclusions: Vec::new(),
        line: element.line,
        number: element.number,
    };
    Ok(Parent { artifact, path })
}

fn artifact(element: &Element, group: Option<&str>) -> Result<Artifact, LockfileError> {
    let needed = |name: &str| -> Result<String, LockfileError> {
        let missing = || LockfileError::new(element.line, format!("`{}` has no `{name}`", element.name));
        owned(element, name)?.ok_or_else(missing)
    };
    let group = match (owned(element, "groupId")?, group) {
        (Some(group), _) => group,
        (None, Some(group)) => group.to_owned(),
        (None, None) => needed("groupId")?,
    };
    let mut exclusions = Vec::new();
    for exclusion in element.list("exclusions", "exclusion")? {
        let part = |name: &str| Ok(exclusion.value(name)?.unwrap_or("*").to_owned());
        exclusions.push(format!("{}:{}", part("groupId")?, part("artifactId")?));
    }
    exclusions.sort();
    exclusions.dedup();
    Ok(Artifact {
        group,
        name: needed("artifactId")?,
        version: owned(element, "version")?,
        kind: owned(element, "type")?,
        classifier: owned(element, "classifier")?,
        scope: owned(element, "scope")?,
        system_path: owned(element, "systemPath")?,
        exclusions,
        line: element.line,
        number: element.number,
    })
}

fn section(element: &Element) -> Result<Section, LockfileError> {
    let mut section = Section::default();
    for property in element.child("properties")?.map_or(&[][..], |properties| &properties.children) {
        let value = property.text().unwrap_or_default().to_owned();
        let other = section.properties.insert(property.name.clone(), value.clone());
        if let Some(other) = other.filter(|other| *other != value) {
            let message = format!("sets the property `{}` to `{value}`, and to `{other}` above", property.name);
            return Err(LockfileError::new(property.line, message));
        }
    }
    section.dependencies = dependencies(element)?;
    if let Some(management) = element.child("dependencyManagement")? {
        section.managed = dependencies(management)?;
    }
    for (outer, inner) in [("build", "plugins"), ("reporting", "plugins")] {
        if let Some(build) = element.child(outer)? {
            plugins(build.list(inner, "plugin")?, &mut section.plugins, &mut section.tools)?;
        }
    }
    if let Some(build) = element.child("build")? {
        if let Some(management) = build.child("pluginManagement")? {
            plugins(management.list("plugins", "plugin")?, &mut section.managed_plugins, &mut section.tools)?;
        }
        for extension in build.list("extensions", "extension")? {
            section.tools.push(artifact(extension, None)?);
        }
    }
    section.repositories = addresses(element.list("repositories", "repository")?)?;
    section.plugin_repositories = addresses(element.list("pluginRepositories", "pluginRepository")?)?;
    Ok(section)
}

fn dependencies(element: &Element) -> Result<Vec<Artifact>, LockfileError> {
    element.list("dependencies", "dependency")?.iter().map(|dependency| artifact(dependency, None)).collect()
}

fn addresses(repositories: &[Element]) -> Result<Vec<String>, LockfileError> {
    let mut addresses = Vec::new();
    for repository in repositories {
        let address = owned(repository, "url")?;
        addresses.push(address.ok_or_else(|| LockfileError::new(repository.line, "a repository has no `url`"))?);
    }
    Ok(addresses)
}

fn plugins(elements: &[Element], plugins: &mut Vec<Artifact>, tools: &mut Vec<Artifact>) -> Result<(), LockfileError> {
    for element in elements {
        plugins.push(artifact(element, Some(PLUGINS))?);
        tools.extend(dependencies(element)?);
        if let Some(configuration) = element.child("configuration")? {
            configured(configuration, tools)?;
        }
        for execution in element.list("executions", "execution")? {
            if let Some(configuration) = execution.child("configuration")? {
                configured(configuration, tools)?;
            }
        }
    }
    Ok(())
}

/// Artifacts that a plugin is told to take, as processors of annotations are: whatever has all three coordinates.
fn configured(element: &Element, tools: &mut Vec<Artifact>) -> Result<(), LockfileError> {
    let has = |name: &str| element.children.iter().any(|child| child.name == name && child.text().is_some());
    if has("groupId") && has("artifactId") && has("version") {
        tools.push(artifact(element, None)?);
    }
    element.children.iter().try_for_each(|child| configured(child, tools))
}
