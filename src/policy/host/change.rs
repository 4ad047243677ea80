//! The change itself: the first argument of every rule.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{Dynamic, ImmutableString, Module};

use super::claims::ClaimRows;
use super::collection::{Collection, Store, View};
use super::coverage::CoverageRows;
use super::dependencies::DependencyRows;
use super::files::FileRows;
use super::findings::FindingRows;
use super::reviews::ReviewRows;
use super::signature::Signature;
use super::test_cases::TestRows;
use crate::evidence::{Change, EvidenceKind};

/// The change as rules see it.
#[derive(Debug, Clone)]
pub(crate) struct ChangeView {
    store: Arc<Store>,
}

impl ChangeView {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// A tool that found nothing is known by its source, one that found something also by its findings.
    fn tools(&self) -> rhai::Array {
        let evidence = &self.store.evidence;
        let sources = evidence.sources.iter().filter(|source| source.kind == EvidenceKind::Findings);
        let found = (0..evidence.findings.rule_count())
            .filter_map(|symbol| evidence.findings.rule(u32::try_from(symbol).ok()?).map(|(tool, _)| tool));
        let names = sources.filter_map(|source| source.tool.as_deref()).chain(found);
        let names: BTreeSet<String> = names.map(|name| name.trim().to_lowercase()).collect();
        names.into_iter().map(Dynamic::from).collect()
    }

    fn text(&self, text: impl Fn(&Change) -> &Option<String>) -> ImmutableString {
        text(&self.store.evidence.change).as_deref().unwrap_or("").into()
    }
}

const RECEIVER: &str = "Change";

pub(super) const TABLE: &[Signature] = &[
    Signature::property(RECEIVER, "findings", "Findings", "scanner results", |module, name| {
        all::<FindingRows>(module, name);
    }),
    Signature::property(
        RECEIVER,
        "tools",
        "array of texts",
        "names of the tools whose results were read, in lower case",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                change.store.read(EvidenceKind::Findings);
                Ok(change.tools())
            });
        },
    ),
    Signature::property(RECEIVER, "files", "Files", "changed files", |module, name| {
        all::<FileRows>(module, name);
    }),
    Signature::property(RECEIVER, "dependencies", "Dependencies", "changed packages", |module, name| {
        all::<DependencyRows>(module, name);
    }),
    Signature::property(RECEIVER, "reviews", "Reviews", "reviews of the change", |module, name| {
        all::<ReviewRows>(module, name);
    }),
    Signature::property(RECEIVER, "tests", "Tests", "test cases that were run", |module, name| {
        all::<TestRows>(module, name);
    }),
    Signature::property(RECEIVER, "coverage", "Coverage", "coverage of changed lines", |module, name| {
        all::<CoverageRows>(module, name);
    }),
    Signature::property(RECEIVER, "claims", "Claims", "statements about the change", |module, name| {
        all::<ClaimRows>(module, name);
    }),
    text("repository", "the repository; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.repository)));
    }),
    text("base", "full commit id of the target's tip; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.base)));
    }),
    text("merge_base", "full commit id of the best common ancestor; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.merge_base)));
    }),
    text("head", "full commit id of the change's last commit; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.head)));
    }),
    text("author", "login of who proposed the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.author)));
    }),
    text("title", "title of the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.title)));
    }),
    text("branch", "branch of the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.branch)));
    }),
    Signature::property(
        RECEIVER,
        "labels",
        "array of texts",
        "labels that the forge holds for the change",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                Ok(change
                    .store
                    .evidence
                    .change
                    .labels
                    .iter()
                    .map(|label| Dynamic::from(label.clone()))
                    .collect::<rhai::Array>())
            });
        },
    ),
];

/// Registers the property that gives a whole collection.
fn all<C: Collection>(module: &mut Module, name: &'static str) {
    module.set_getter_fn(name, |change: &mut ChangeView| Ok(View::<C>::all(&change.store)));
}

const fn text(name: &'static str, doc: &'static str, register: fn(&mut Module, &'static str)) -> Signature {
    Signature::property(RECEIVER, name, "text", doc, register)
}
