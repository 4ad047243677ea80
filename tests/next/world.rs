//! A change, a policy of real rules, waivers, and what is said beside them; all of it can be edited and judged again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tollgate::evaluate::{Options, Subject, evaluate};
use tollgate::evidence::{
    Change, Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Review, ReviewState, Source, Word as _,
};
use tollgate::policy::{PackFiles, PolicySet};
use tollgate::verdict::{Approving, Grounds, Verdict, Waiver, Waivers, decide_on};

pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
pub(crate) const DAY: &str = "2026-02-01";

/// The source of a rule and, where it is broken, what it is once somebody has fixed it.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) now: String,
    pub(crate) mended: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) evidence: Evidence,
    /// What each pack's `pack.toml` says beside its head.
    pub(crate) manifests: BTreeMap<String, String>,
    /// By pack and id.
    pub(crate) rules: BTreeMap<(String, String), Script>,
    pub(crate) waivers: Vec<Waiver>,
    pub(crate) without: Vec<EvidenceKind>,
    /// Labels that rules object to are taken away at once, and so is all that is here.
    pub(crate) gone: BTreeSet<Subject>,
}

impl World {
    /// A change by dev of one file, of which all is known, and what each of `makes` does to it.
    pub(crate) fn of(makes: &[&fn(&mut World)]) -> Self {
        let teams = [
            ("security", ["sam", "sue", "dev"].as_slice()),
            ("leads", &["lea", "lou"]),
            ("sole", &["dev"]),
            ("empty", &[]),
        ];
        let teams =
            teams.iter().map(|(name, members)| ((*name).to_owned(), members.iter().map(|m| (*m).to_owned()).collect()));
        let evidence = Evidence {
            change: Change { head: Some(HEAD.to_owned()), author: Some("dev".to_owned()), ..Change::default() },
            teams: teams.collect(),
            sources: EvidenceKind::ALL.iter().map(|kind| Source::complete(*kind)).collect(),
            ..Evidence::default()
        };
        let mut world = Self {
            evidence,
            manifests: BTreeMap::new(),
            rules: BTreeMap::new(),
            waivers: Vec::new(),
            without: Vec::new(),
            gone: BTreeSet::new(),
        };
        world.file("README.md", &[]);
        makes.iter().for_each(|make| make(&mut world));
        world
    }

    pub(crate) fn file(&mut self, path: &str, owners: &[&str]) {
        self.evidence.files.push(FileChange {
            added: Some(1),
            removed: Some(0),
            owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
            ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
        });
        self.evidence.files.sort();
    }

    /// A pack of one rule of the same name; `more` is metadata beside what every rule has.
    pub(crate) fn rule(&mut self, id: &str, manifest: &str, more: &str, body: &str) {
        self.manifests.insert(id.to_owned(), manifest.to_owned());
        self.rules.insert((id.to_owned(), id.to_owned()), Script { now: script(more, body), mended: None });
    }

    pub(crate) fn mended(&mut self, id: &str, more: &str, body: &str) {
        self.rules.get_mut(&(id.to_owned(), id.to_owned())).unwrap().mended = Some(script(more, body));
    }

    /// Takes the sources of a kind away.
    pub(crate) fn lacks(&mut self, kind: EvidenceKind) {
        self.evidence.sources.retain(|source| source.kind != kind);
    }

    /// The only source of a kind, or one more where there is one that is not plainly complete.
    pub(crate) fn has(&mut self, source: Source) {
        self.evidence.sources.retain(|other| *other != Source::complete(source.kind));
        self.evidence.sources.push(source);
        self.evidence.sources.sort();
    }

    pub(crate) fn review(&mut self, by: &str, state: ReviewState) {
        let reviews = &mut self.evidence.reviews;
        reviews.retain(|review| review.reviewer.as_deref() != Some(by));
        reviews.push(Review {
            reviewer: Some(by.to_owned()),
            bot: false,
            state,
            latest: true,
            commit: Some(HEAD.to_owned()),
            time: None,
        });
        reviews.sort();
    }

    pub(crate) fn policy(&self) -> PolicySet {
        let packs = self.manifests.iter().map(|(name, manifest)| {
            let head = format!("name = \"{name}\"\nversion = \"1\"\ndescription = \"d\"\n{manifest}");
            let mut files = BTreeMap::from([("pack.toml".to_owned(), head.into_bytes())]);
            let own = self.rules.iter().filter(|((pack, _), _)| pack == name);
            files.extend(own.map(|((_, id), script)| (format!("rules/{id}.rhai"), script.now.clone().into_bytes())));
            PackFiles { origin: format!("packs/{name}"), files }
        });
        let packs: Vec<PackFiles> = packs.collect();
        let loaded =
            if packs.is_empty() { PolicySet::load::<Vec<PackFiles>>(&[], &[]) } else { PolicySet::load(&[packs], &[]) };
        loaded.unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
    }

    pub(crate) fn judge(&self) -> Verdict {
        let policy = self.policy();
        let evidence = Arc::new(self.evidence.clone());
        let as_of = format!("{DAY}T00:00:00Z").parse().ok();
        let options = Options { without: self.without.clone(), as_of, ageless: false };
        let outcomes = evaluate(&policy, &evidence, &options);
        let mut absent = policy.missing_sources(&evidence);
        absent.extend(policy.stale_sources(&evidence, as_of));
        let terms = policy.waiver_terms();
        let mut waivers = self.waivers.clone();
        for waiver in &mut waivers {
            waiver.terms = terms.get(&waiver.rule).cloned().unwrap_or_default();
        }
        let waivers = Waivers::new(waivers, DAY.parse().unwrap(), policy.waivers_rule());
        let approving = Approving { fallbacks: policy.fallbacks(), ..Approving::default() };
        let thresholds = policy.thresholds();
        decide_on(
            outcomes,
            &Grounds { thresholds, evidence: &evidence, waivers: &waivers, approving: &approving, absent: &absent },
        )
    }
}

fn script(more: &str, body: &str) -> String {
    let more = if more.contains("needs:") { more.to_owned() } else { format!("{more}, needs: [\"files\"]") };
    format!(
        "//! Why.\nconst RULE = #{{ title: \"t\", category: \"process\", {more} }};\nfn check(change, params) {{ {body} }}\n"
    )
}
