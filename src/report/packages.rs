//! Changed packages in short, with what is known against them: those first that a reader has to see.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::summary::{Count, count_by};
use crate::evidence::{
    Advisory, AdvisoryKind, DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Evidence,
    Integrity, Jump, Licence, PackageSource, Pin, Presence, Severity, SourceKind, Word as _,
};

/// The changed packages in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DependenciesSummary {
    /// In all.
    pub total: u64,
    /// By what happened.
    pub by_change: Vec<Count>,
    /// Those with something known against them first, worst first; then direct ones before others, by ecosystem and name;
    /// at most [`DependenciesSummary::MAX_ITEMS`].
    pub items: Vec<DependencyItem>,
    /// How many are not among `items`.
    pub omitted: u64,
    /// Known problems of packages, changed or not.
    pub advisories: AdvisoriesSummary,
    /// Licences of changed packages.
    pub licences: LicencesSummary,
}

/// Known problems of packages in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoriesSummary {
    /// Those that affect a version after the change, and none before it.
    pub introduced: AdvisoryCounts,
    /// Those that affect versions before and after.
    pub carried_over: AdvisoryCounts,
    /// Those that affect a version before, and none after.
    pub fixed: AdvisoryCounts,
    /// Those after the change of packages that it does not touch, worst first; at most [`AdvisoriesSummary::MAX_ITEMS`].
    pub untouched: Vec<UntouchedAdvisory>,
    /// How many of those are not in `untouched`.
    pub untouched_omitted: u64,
}

/// How many advisories there are on one side of the change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryCounts {
    /// In all.
    pub total: u64,
    /// Of those, excused by VEX.
    pub excused: u64,
    /// By severity, worst first; `malware` before all, and `unknown` where nothing tells.
    pub by_severity: Vec<Count>,
}

/// An advisory of a package that the change does not touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UntouchedAdvisory {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The package.
    pub name: String,
    /// The lockfile or manifest that has it.
    pub manifest: Option<String>,
    /// The advisory.
    pub advisory: AdvisoryItem,
}

/// An advisory as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryItem {
    /// Its id.
    pub id: String,
    /// What it warns of.
    pub kind: AdvisoryKind,
    /// Its severity; `null` where nothing tells.
    pub severity: Option<Severity>,
    /// On which side of the change it is.
    pub presence: Presence,
    /// Versions that fix it.
    pub fixed_in: Vec<String>,
    /// Whether VEX documents say that there is nothing to do, and none says otherwise.
    pub excused: bool,
    /// What VEX documents say: status, and who says so.
    pub vex: Vec<VexItem>,
}

/// What a VEX document says of an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VexItem {
    /// What it says.
    pub status: crate::evidence::VexStatus,
    /// Who says so; `null` where the document does not.
    pub by: Option<String>,
    /// The document.
    pub source: String,
}

/// Licences in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicencesSummary {
    /// Package versions of which anything is said.
    pub total: u64,
    /// Of those, without an SPDX expression.
    pub unknown: u64,
    /// Of those, where a version before stated something else.
    pub changed: u64,
    /// By expression, most frequent first; at most [`LicencesSummary::MAX_ITEMS`].
    pub by_expression: Vec<Count>,
}

/// A changed package as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DependencyItem {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// Its name.
    pub name: String,
    /// Its package URL.
    pub purl: String,
    /// What happened.
    pub change: DependencyChangeKind,
    /// Locked versions before.
    pub before: Vec<String>,
    /// Locked versions after.
    pub after: Vec<String>,
    /// How far the highest version moved.
    pub jump: Option<Jump>,
    /// Whether a manifest names it.
    pub directness: Directness,
    /// What it is used for.
    pub scope: DependencyScope,
    /// Where it comes from now (before, of a removed one).
    pub sources: Vec<PackageSourceItem>,
    /// The lockfile that shows it.
    pub manifest: Option<String>,
    /// What it is held to.
    pub pin: Pin,
    /// Whether its checksums are locked.
    pub integrity: Integrity,
    /// What its lockfile says against using it.
    pub deprecated: Option<String>,
    /// What else a reader has to see.
    pub signs: Vec<Sign>,
    /// Known problems of it, worst first; at most [`DependencyItem::MAX_ADVISORIES`].
    pub advisories: Vec<AdvisoryItem>,
    /// How many are not among `advisories`.
    pub advisories_omitted: u64,
    /// What is known of its licences after the change.
    pub licences: Vec<LicenceItem>,
}

crate::evidence::vocabulary! {
    /// Something about a changed package that a reader has to see.
    pub enum Sign("sign", ordered: false) {
        /// It comes from another place than before.
        Repointed = "repointed",
        /// Its name is nearly that of a package in use.
        Lookalike = "lookalike",
        /// It has no checksum in a lockfile that has them of others.
        WithoutIntegrity = "without-integrity",
        /// A package of its name comes from another place as well.
        SecondSource = "second-source",
        /// Sources say different things of it.
        Disputed = "disputed",
        /// It is held to no version and no content.
        Unpinned = "unpinned",
    }
}

/// The licence of one version as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceItem {
    /// The version.
    pub version: String,
    /// The licence as an SPDX expression; `null` where none is stated.
    pub expression: Option<String>,
    /// What is stated, where that is no such expression.
    pub stated: Option<String>,
    /// What versions before stated, where that is something else.
    pub before: Vec<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageSourceItem {
    /// The kind of place.
    pub kind: SourceKind,
    /// The download host.
    pub host: Option<String>,
    /// The place as the lockfile writes it.
    pub location: Option<String>,
}

/// What is known of each package, by ecosystem and name: a record without a manifest is about every one.
struct ByPackage<'a, T>(BTreeMap<(Ecosystem, &'a str), Vec<InManifest<'a, T>>>);

/// A manifest, where one is known, and what is known of the package in it.
type InManifest<'a, T> = (Option<&'a str>, &'a T);

impl<'a, T> ByPackage<'a, T> {
    fn new(items: &'a [T], of: impl Fn(&'a T) -> (Ecosystem, &'a str, Option<&'a str>)) -> Self {
        let mut map: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in items {
            let (ecosystem, name, manifest) = of(item);
            map.entry((ecosystem, name)).or_default().push((manifest, item));
        }
        Self(map)
    }

    fn of(&self, ecosystem: Ecosystem, name: &str, manifest: Option<&str>) -> Vec<&'a T> {
        let same = |found: &Option<&str>| found.is_none() || manifest.is_none() || *found == manifest;
        let found = self.0.get(&(ecosystem, name)).into_iter().flatten();
        found.filter(|(of, _)| same(of)).map(|(_, item)| *item).collect()
    }
}

impl DependenciesSummary {
    /// How many packages a verdict shows.
    pub const MAX_ITEMS: usize = 200;

    /// The changed packages of one change in short.
    #[must_use]
    pub fn new(evidence: &Evidence) -> Self {
        let dependencies = &evidence.dependencies;
        let advisories =
            ByPackage::new(&evidence.advisories, |it| (it.ecosystem, it.name.as_str(), it.manifest.as_deref()));
        let licences =
            ByPackage::new(&evidence.licences, |it| (it.ecosystem, it.name.as_str(), it.manifest.as_deref()));
        let mut items: Vec<DependencyItem> = dependencies
            .iter()
            .map(|it| {
                let manifest = it.manifest.as_deref();
                let advisories = advisories.of(it.ecosystem, &it.name, manifest);
                DependencyItem::new(it, advisories, licences.of(it.ecosystem, &it.name, manifest))
            })
            .collect();
        items.sort_by_cached_key(|item| (Reverse(item.weight()), item.directness != Directness::Direct));
        items.truncate(Self::MAX_ITEMS);
        Self {
            total: dependencies.len() as u64,
            by_change: count_by(dependencies, |dependency| dependency.change),
            omitted: (dependencies.len() - items.len()) as u64,
            items,
            advisories: AdvisoriesSummary::new(evidence),
            licences: LicencesSummary::new(&evidence.licences),
        }
    }
}

impl AdvisoriesSummary {
    /// How many advisories of packages that the change does not touch a verdict shows.
    pub const MAX_ITEMS: usize = 50;

    fn new(evidence: &Evidence) -> Self {
        let touched =
            ByPackage::new(&evidence.dependencies, |it| (it.ecosystem, it.name.as_str(), it.manifest.as_deref()));
        let of = |presence| evidence.advisories.iter().filter(move |advisory| advisory.presence == presence);
        let mut untouched: Vec<&Advisory> = of(Presence::Introduced)
            .chain(of(Presence::CarriedOver))
            .filter(|it| touched.of(it.ecosystem, &it.name, it.manifest.as_deref()).is_empty())
            .collect();
        untouched.sort_by_key(|advisory| Reverse(weight(advisory)));
        let omitted = untouched.len().saturating_sub(Self::MAX_ITEMS) as u64;
        untouched.truncate(Self::MAX_ITEMS);
        let untouched = untouched.into_iter().map(|it| UntouchedAdvisory {
            ecosystem: it.ecosystem,
            name: it.name.clone(),
            manifest: it.manifest.clone(),
            advisory: AdvisoryItem::from(it),
        });
        Self {
            introduced: AdvisoryCounts::new(of(Presence::Introduced)),
            carried_over: AdvisoryCounts::new(of(Presence::CarriedOver)),
            fixed: AdvisoryCounts::new(of(Presence::Fixed)),
            untouched: untouched.collect(),
            untouched_omitted: omitted,
        }
    }
}

/// How bad an advisory is, for the order of lists: malware, then what nothing rates among those of high severity.
fn weight(advisory: &Advisory) -> u8 {
    grade(advisory.kind, advisory.severity, advisory.is_excused())
}

const fn grade(kind: AdvisoryKind, severity: Option<Severity>, excused: bool) -> u8 {
    match (excused, kind, severity) {
        (_, AdvisoryKind::Malware, _) => 7,
        (true, _, _) => 0,
        (_, AdvisoryKind::Unmaintained | AdvisoryKind::Notice, None) => 1,
        (_, _, Some(Severity::Critical)) => 6,
        (_, _, Some(Severity::High)) => 5,
        (_, _, None) => 4,
        (_, _, Some(Severity::Medium)) => 3,
        (_, _, Some(Severity::Low)) => 2,
        (_, _, Some(Severity::None)) => 1,
    }
}

impl AdvisoryCounts {
    fn new<'a>(advisories: impl Iterator<Item = &'a Advisory>) -> Self {
        let words = ["malware", "critical", "high", "unknown", "medium", "low", "none"];
        let mut by = words.map(|word| Count { name: word.to_owned(), count: 0 });
        let mut counts = Self::default();
        for advisory in advisories {
            counts.total += 1;
            counts.excused += u64::from(advisory.is_excused());
            let word = match (advisory.kind, advisory.severity) {
                (AdvisoryKind::Malware, _) => "malware",
                (_, Some(severity)) => severity.as_str(),
                (_, None) => "unknown",
            };
            if let Some(count) = by.iter_mut().find(|count| count.name == word) {
                count.count += 1;
            }
        }
        counts.by_severity = by.into_iter().filter(|count| count.count > 0).collect();
        counts
    }
}

impl LicencesSummary {
    /// How many expressions a verdict counts.
    pub const MAX_ITEMS: usize = 50;

    fn new(licences: &[Licence]) -> Self {
        let mut by: BTreeMap<&str, u64> = BTreeMap::new();
        for expression in licences.iter().filter_map(|licence| licence.expression.as_deref()) {
            *by.entry(expression).or_default() += 1;
        }
        let mut by: Vec<(&str, u64)> = by.into_iter().collect();
        by.sort_by_key(|(_, count)| Reverse(*count));
        by.truncate(Self::MAX_ITEMS);
        let count = |test: fn(&&Licence) -> bool| licences.iter().filter(test).count() as u64;
        Self {
            total: licences.len() as u64,
            unknown: count(|licence| licence.expression.is_none()),
            changed: count(|licence| !stated_before(licence).is_empty()),
            by_expression: by.into_iter().map(|(name, count)| Count { name: name.to_owned(), count }).collect(),
        }
    }
}

/// What versions before stated, where that is something else.
fn stated_before(licence: &Licence) -> Vec<String> {
    let now = [&licence.expression, &licence.stated];
    licence.before.iter().filter(|old| !now.into_iter().flatten().any(|new| new == *old)).cloned().collect()
}

impl DependencyItem {
    /// How many advisories of one package a verdict shows.
    pub const MAX_ADVISORIES: usize = 20;

    fn new(dependency: &DependencyChange, mut advisories: Vec<&Advisory>, licences: Vec<&Licence>) -> Self {
        let is_gone = dependency.change == DependencyChangeKind::Removed;
        let sources = if is_gone { &dependency.sources_before } else { &dependency.sources_after };
        advisories.sort_by_key(|it| (it.presence == Presence::Fixed, Reverse(weight(it))));
        let signs = [
            (Sign::Repointed, dependency.is_repointed()),
            (Sign::Lookalike, !dependency.similar_to.is_empty()),
            (Sign::WithoutIntegrity, !is_gone && dependency.integrity == Integrity::Absent),
            (Sign::SecondSource, !dependency.other_sources.is_empty()),
            (Sign::Disputed, !dependency.disagreements.is_empty()),
            (Sign::Unpinned, !is_gone && dependency.pin == Pin::Floating),
        ];
        let licences = licences.into_iter().filter(|licence| dependency.after.contains(&licence.version));
        Self {
            ecosystem: dependency.ecosystem,
            name: dependency.name.clone(),
            purl: dependency.purl.clone(),
            change: dependency.change,
            before: dependency.before.clone(),
            after: dependency.after.clone(),
            jump: dependency.jump,
            directness: dependency.directness,
            scope: dependency.scope,
            sources: sources.iter().map(PackageSourceItem::from).collect(),
            manifest: dependency.manifest.clone(),
            pin: dependency.pin,
            integrity: dependency.integrity,
            deprecated: dependency.deprecated.clone(),
            signs: signs.into_iter().filter(|(_, there)| *there).map(|(sign, _)| sign).collect(),
            advisories_omitted: advisories.len().saturating_sub(Self::MAX_ADVISORIES) as u64,
            advisories: advisories.into_iter().take(Self::MAX_ADVISORIES).map(AdvisoryItem::from).collect(),
            licences: licences
                .map(|licence| LicenceItem {
                    version: licence.version.clone(),
                    expression: licence.expression.clone(),
                    stated: licence.stated.clone(),
                    before: stated_before(licence),
                })
                .collect(),
        }
    }

    /// How much a reader has to see it: what it brings in first, then signs, then licences, then what it keeps.
    fn weight(&self) -> (u8, usize, bool, u8, bool) {
        let worst = |presence| {
            let of = self.advisories.iter().filter(|it| it.presence == presence);
            of.map(|it| grade(it.kind, it.severity, it.excused)).max().unwrap_or(0)
        };
        let licence = self.licences.iter().any(|licence| licence.expression.is_none() || !licence.before.is_empty());
        let deprecated = self.deprecated.is_some();
        (worst(Presence::Introduced), self.signs.len(), licence, worst(Presence::CarriedOver), deprecated)
    }

    /// Whether something is known against it that a reader has to see.
    #[must_use]
    pub fn stands_out(&self) -> bool {
        self.weight() != (0, 0, false, 0, false)
    }
}

impl From<&Advisory> for AdvisoryItem {
    fn from(advisory: &Advisory) -> Self {
        Self {
            id: advisory.id.clone(),
            kind: advisory.kind,
            severity: advisory.severity,
            presence: advisory.presence,
            fixed_in: advisory.fixed_in.clone(),
            excused: advisory.is_excused(),
            vex: advisory
                .vex
                .iter()
                .map(|said| VexItem { status: said.status, by: said.author.clone(), source: said.source.clone() })
                .collect(),
        }
    }
}

impl From<&PackageSource> for PackageSourceItem {
    fn from(source: &PackageSource) -> Self {
        Self { kind: source.kind, host: source.host.clone(), location: source.location.clone() }
    }
}
