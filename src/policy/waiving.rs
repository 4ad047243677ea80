//! What packs say of waivers: whose approval makes one valid, how long one may be, and what of them is itself a violation.
//!
//! A pack speaks for waivers of its own rules. One that says nothing is held to what the other packs of its layer say, who
//! have the same authority; no later layer has a say in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::host::{Pattern, check_glob};
use super::layers::Pack;
use super::metadata::{Approver, Enforcement, PackMeta, Risk, RuleMeta, SetBy};
use super::set::PolicySet;
use crate::diagnostic::Diagnostic;
use crate::evidence::vocabulary;

/// The id of the rule that waivers themselves violate; no rule of a pack may have it.
pub const WAIVERS_RULE: &str = "waivers";

/// From how many days before its end on a waiver is said to end soon.
pub const EXPIRING_DAYS: u32 = 14;

/// How many days a drafted waiver is for.
pub const DEFAULT_DAYS: u32 = 30;

vocabulary! {
    /// What there can be to say against a waiver.
    pub enum WaiverTrouble("waiver trouble", ordered: false) {
        /// Its last day is over.
        Expired = "expired",
        /// It is not valid: nobody who may has approved it.
        Refused = "refused",
        /// Who approved it is its own owner, or who proposed the change; it is refused.
        SelfApproved = "self-approved",
        /// It lifts nothing, and all that its rule needs is known.
        Unused = "unused",
        /// Its last day is near.
        Expiring = "expiring",
        /// It is for more days than its rule's pack allows.
        OverLong = "over-long",
        /// It lifts more than one violation.
        Broad = "broad",
    }
}

/// What is asked of waivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverTerms {
    /// Whose approval makes one valid: one person of each list. Empty where anybody's is enough.
    pub by: Vec<Vec<Approver>>,
    /// For how many days one may be.
    pub max_days: Option<u32>,
    /// From how many days before its end on it is said to end soon.
    pub expiring_days: u32,
    /// How many days a drafted one is for.
    pub default_days: u32,
    /// What is a violation, in order, each once.
    pub violations: Vec<WaiverTrouble>,
    /// How binding that is.
    pub enforcement: Enforcement,
}

impl Default for WaiverTerms {
    fn default() -> Self {
        Self {
            by: Vec::new(),
            max_days: None,
            expiring_days: EXPIRING_DAYS,
            default_days: DEFAULT_DAYS,
            violations: Vec::new(),
            enforcement: Enforcement::HardMandatory,
        }
    }
}

impl WaiverTerms {
    /// What two packs of the same authority ask, where a waiver is held to both.
    fn and(mut self, other: &Self) -> Self {
        self.by.extend(other.by.iter().cloned());
        self.by.sort();
        self.by.dedup();
        self.max_days = self.max_days.into_iter().chain(other.max_days).min();
        self.expiring_days = self.expiring_days.max(other.expiring_days);
        self.default_days = self.default_days.min(other.default_days);
        self.violations.extend(&other.violations);
        self.violations.sort();
        self.violations.dedup();
        self
    }
}

/// A glob over paths of the repository: case-sensitive, `*` stops at `/`, `**` does not.
#[derive(Debug, Clone)]
pub struct PathGlob {
    written: String,
    pattern: Arc<Pattern>,
}

impl PathGlob {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it; nothing of where it stands.
    pub fn parse(written: &str) -> Result<Self, Diagnostic> {
        match check_glob(written) {
            Ok(pattern) => Ok(Self { written: written.to_owned(), pattern: Arc::new(pattern) }),
            Err(error) => {
                let mistake = Diagnostic::new(error.code, error.message);
                Err(match error.help {
                    Some(help) => mistake.help(help),
                    None => mistake,
                })
            }
        }
    }

    /// Whether a path matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.pattern.matches(path)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for PathGlob {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for PathGlob {}

/// What a pack says of waivers; mistakes in that are added.
pub(super) fn terms(pack: &Pack, mistakes: &mut Vec<Diagnostic>) -> Option<WaiverTerms> {
    let table = pack.manifest.waivers.as_ref()?;
    let mut terms = WaiverTerms::default();
    if let Some(by) = &table.by {
        let from = pack.approvers(by.get_ref(), mistakes);
        if by.get_ref().is_empty() {
            mistakes.push(
                pack.broken(by.span(), "nobody is named whose approval makes a waiver valid")
                    .help("name somebody, as in `by = [\"team:security\"]`, or leave `by` out"),
            );
        }
        let owners = by.get_ref().iter().find(|approver| approver.get_ref() == "owners");
        if let Some(owners) = owners {
            mistakes.push(
                pack.broken(owners.span(), "`owners` can't approve a waiver, which is about no file of its own")
                    .help("name people, `user:LOGIN` or `team:NAME`, or `any`"),
            );
        }
        terms.by.push(from);
    }
    for (name, days) in [("max_days", &table.max_days), ("default_days", &table.default_days)] {
        if let Some(zero) = days.as_ref().filter(|days| *days.get_ref() == 0) {
            mistakes.push(pack.broken(zero.span(), format!("`{name}` is 0, so that no waiver could be for a day")));
        }
    }
    terms.max_days = table.max_days.as_ref().map(|days| *days.get_ref());
    terms.expiring_days = table.expiring_days.unwrap_or(EXPIRING_DAYS);
    let most = terms.max_days.unwrap_or(u32::MAX);
    match &table.default_days {
        Some(days) if *days.get_ref() > most => mistakes
            .push(pack.broken(days.span(), format!("`default_days` is {}, and `max_days` is {most}", days.get_ref()))),
        Some(days) => terms.default_days = *days.get_ref(),
        None => terms.default_days = DEFAULT_DAYS.min(most),
    }
    terms.violations = table.violations.iter().map(|trouble| *trouble.get_ref()).collect();
    terms.violations.sort();
    terms.violations.dedup();
    if let Some(pointless) = table
        .violations
        .iter()
        .find(|trouble| *trouble.get_ref() == WaiverTrouble::OverLong && terms.max_days.is_none())
    {
        mistakes.push(
            pack.broken(pointless.span(), "no waiver is over-long where the pack has no `max_days`")
                .help("say how long one may be, as in `max_days = 90`"),
        );
    }
    if let Some(enforcement) = &table.enforcement {
        terms.enforcement = *enforcement.get_ref();
        if terms.violations.is_empty() {
            mistakes.push(
                pack.broken(enforcement.span(), "nothing of waivers is a violation, so there is nothing to enforce")
                    .help("say what is, as in `violations = [\"expired\"]`"),
            );
        }
        if terms.enforcement == Enforcement::SoftMandatory && terms.by.is_empty() {
            mistakes.push(
                pack.broken(enforcement.span(), "nobody is named who may let a violation pass")
                    .help("name somebody in `by`"),
            );
        }
    }
    Some(terms)
}

impl PolicySet {
    /// What is asked of waivers of each pack's rules, by the pack's name.
    #[must_use]
    pub fn waiver_terms(&self) -> BTreeMap<String, Arc<WaiverTerms>> {
        let of = |pack: &PackMeta| {
            let own = pack.waivers.clone();
            own.unwrap_or_else(|| {
                let said = self.packs.iter().filter(|other| other.layer == pack.layer);
                let joined = said.filter_map(|other| other.waivers.as_ref()).cloned().reduce(|a, b| a.and(&b));
                joined.unwrap_or_default()
            })
        };
        self.packs.iter().map(|pack| (pack.name.clone(), Arc::new(of(pack)))).collect()
    }

    /// The rule that waivers themselves can violate, where a pack says that they can: as binding as the strictest of those
    /// packs has it.
    #[must_use]
    pub fn waivers_rule(&self) -> Option<Arc<RuleMeta>> {
        let told = || self.packs.iter().filter_map(|pack| Some((pack, pack.waivers.as_ref()?)));
        let strict = || told().filter(|(_, terms)| !terms.violations.is_empty());
        let (pack, _) = strict().next()?;
        let (sets, terms) = strict().reduce(|a, b| if b.1.enforcement > a.1.enforcement { b } else { a })?;
        let mut approvers: Vec<Approver> = strict().flat_map(|(_, terms)| terms.by.iter().flatten()).cloned().collect();
        approvers.sort();
        approvers.dedup();
        Some(Arc::new(RuleMeta {
            id: WAIVERS_RULE.to_owned(),
            pack: pack.name.clone(),
            layer: pack.layer,
            title: "Waivers are in order".to_owned(),
            description: "What `[waivers]` of a pack makes a violation. No waiver lifts it.".to_owned(),
            category: "process".to_owned(),
            enforcement: terms.enforcement,
            risk: Risk::Low,
            needs: Vec::new(),
            optional: Vec::new(),
            approvers,
            further_approvers: Vec::new(),
            controls: Vec::new(),
            remedy: Some("renew the waiver, narrow it, or take it out of its file".to_owned()),
            owner: None,
            docs: None,
            scope: None,
            effective_on: None,
            pending: None,
            parameters: Vec::new(),
            set_by: BTreeMap::from([("enforcement".to_owned(), SetBy::pack(&sets.name, sets.layer))]),
        }))
    }
}
