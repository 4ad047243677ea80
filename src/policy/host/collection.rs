//! The store that all rules of one evaluation share, views over it and items of it.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;
use rhai::{Dynamic, INT, ImmutableString, Module};

use super::advisories::AdvisoryRows;
use super::capabilities::CapabilityRows;
use super::change::ChangeView;
use super::claims::{ClaimRows, ClaimTexts};
use super::coverage::CoverageRows;
use super::dependencies::DependencyRows;
use super::error::{HostError, HostResult};
use super::files::FileRows;
use super::findings::FindingRows;
use super::globs::{Globs, Pattern, texts};
use super::licences::LicenceRows;
use super::packages::Orders;
use super::reviews::ReviewRows;
use super::rows::Rows;
use super::scope::{Looking, PathScope, Places, Scoped};
use super::signature::{Param, Signature};
use super::sources::SourceRows;
use super::test_cases::TestRows;
use super::words::choices;
use crate::diagnostic::Code;
use crate::evidence::{Evidence, EvidenceKind, Word as _};
use crate::policy::Subject;
use crate::policy::meter::Meter;

/// A function for each collection: the one list of them.
macro_rules! of_every_collection {
    ($function:ident) => {
        [
            $function::<FindingRows>,
            $function::<FileRows>,
            $function::<DependencyRows>,
            $function::<LicenceRows>,
            $function::<AdvisoryRows>,
            $function::<ReviewRows>,
            $function::<TestRows>,
            $function::<CoverageRows>,
            $function::<ClaimRows>,
            $function::<CapabilityRows>,
            $function::<SourceRows>,
        ]
    };
}

/// How many rows a native query reads for one operation of the limit.
const ROWS_PER_OPERATION: u64 = 16;

/// What the making of a glob counts: it may take longer than looking at all files.
const OPERATIONS_PER_GLOB: u64 = 64;

/// Which paths of the evidence a list of globs matches; each part is made at its first use.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(super) finding_paths: OnceLock<Vec<bool>>,
    pub(super) files: OnceLock<Vec<bool>>,
    pub(super) manifests: OnceLock<Vec<bool>>,
    pub(super) licences: OnceLock<Vec<bool>>,
    pub(super) advisories: OnceLock<Vec<bool>>,
    pub(super) tests: OnceLock<Vec<bool>>,
    pub(super) coverage: OnceLock<Vec<bool>>,
    pub(super) capabilities: OnceLock<Vec<bool>>,
}

/// Evidence as all rules of one evaluation see it.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) evidence: Arc<Evidence>,
    pub(crate) meter: Arc<Meter>,
    /// Kinds of evidence that the rule being run asked for, one bit each. Only one rule runs at a time.
    read: AtomicU32,
    /// The time that the change is judged at.
    pub(crate) as_of: Option<jiff::Timestamp>,
    globs: Arc<Globs>,
    /// The scope that the rule being run looks through.
    scope: Mutex<Looking>,
    /// Whether there is one: every selection asks, and only one rule runs at a time.
    scoped: AtomicBool,
    matches: Mutex<IndexMap<Vec<ImmutableString>, Arc<Matches>>>,
    /// Texts of claims as queries compare them, made at the first use.
    pub(super) claim_texts: OnceLock<Vec<ClaimTexts>>,
    /// Rows by package, made at the first use.
    pub(super) orders: Orders,
}

impl Store {
    pub(crate) fn new(
        evidence: Arc<Evidence>,
        meter: Arc<Meter>,
        globs: Arc<Globs>,
        as_of: Option<jiff::Timestamp>,
    ) -> Arc<Self> {
        Arc::new(Self {
            evidence,
            meter,
            read: AtomicU32::new(0),
            as_of,
            globs,
            scope: Mutex::default(),
            scoped: AtomicBool::new(false),
            matches: Mutex::default(),
            claim_texts: OnceLock::new(),
            orders: Orders::default(),
        })
    }

    /// Notes that the rule being run asked for a kind of evidence.
    pub(crate) fn read(&self, kind: impl Into<Option<EvidenceKind>>) {
        if let Some(kind) = kind.into() {
            self.read.fetch_or(1 << kind.index(), Ordering::Relaxed);
        }
    }

    /// Begins anew for the next rule, which has asked for nothing.
    pub(crate) fn forget_read(&self) {
        self.read.store(0, Ordering::Relaxed);
    }

    /// The kinds that were asked for since the rule began.
    pub(crate) fn kinds_read(&self) -> Vec<EvidenceKind> {
        let read = self.read.load(Ordering::Relaxed);
        let mut kinds = Vec::with_capacity(read.count_ones() as usize);
        kinds.extend(EvidenceKind::ALL.iter().filter(|kind| read & (1 << kind.index()) != 0));
        kinds
    }

    /// The scope of the rule that is run next; `None` for the whole repository.
    pub(crate) fn look_through(&self, scope: Option<&Arc<PathScope>>) {
        let was = self.scoped.swap(scope.is_some(), Ordering::Relaxed);
        if was || scope.is_some() {
            self.scope.lock().unwrap_or_else(PoisonError::into_inner).through(scope);
        }
    }

    fn scope(&self) -> Option<Arc<Scoped>> {
        if !self.scoped.load(Ordering::Relaxed) {
            return None;
        }
        self.scope.lock().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    /// A test whether the rule being run sees a row.
    pub(super) fn sees<C: Collection>(&self) -> impl Fn(u32) -> bool + '_ {
        let scope = self.scope();
        move |row| scope.as_ref().is_none_or(|scope| scope.has::<C>(&self.evidence, row))
    }

    /// Whether the rule being run sees anything that has a place, or has none that is known.
    pub(crate) fn sees_anything(self: &Arc<Self>) -> bool {
        fn sees<C: Collection>(store: &Arc<Store>) -> bool {
            C::PLACES.is_some() && View::<C>::visible(store).len() > 0
        }
        let sees_row = self.sees::<FindingRows>();
        of_every_collection!(sees).iter().any(|sees| sees(self))
            || self.evidence.findings.gone_rows().filter_map(|row| u32::try_from(row).ok()).any(sees_row)
    }

    fn matches(&self, globs: &[ImmutableString]) -> Arc<Matches> {
        let mut matches = self.matches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = matches.get(globs) {
            return Arc::clone(known);
        }
        let new = Arc::new(Matches::default());
        matches.insert(globs.to_vec(), Arc::clone(&new));
        new
    }

    /// What globs match; all of them are checked, so that a malformed one is never passed over.
    fn patterns(&self, globs: &[ImmutableString]) -> HostResult<Vec<Arc<Pattern>>> {
        globs.iter().map(|glob| self.globs.get(glob)).collect()
    }
}

/// Whether any glob matches a path.
fn any(patterns: &[Arc<Pattern>], path: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(path))
}

/// In so few places it takes longer to find what a list of globs matches than to match it again.
const FEW_PLACES: usize = 32;

/// A kind of evidence that rules see as a collection.
pub(crate) trait Collection: Clone + Copy + Send + Sync + 'static {
    /// The type's name for one item.
    const ITEM: &'static str;
    /// The type's name for a selection.
    const VIEW: &'static str;
    /// The kind of evidence that it is, which to look at it asks for; none for what is no evidence of the change.
    const KIND: Option<EvidenceKind>;

    /// How many rows there are in all.
    fn len(evidence: &Evidence) -> usize;

    /// What a violation about a row is about.
    fn subject(row: u32) -> Subject;

    /// How to tell where rows lie; `None` where they have no place.
    const PLACES: Option<Places> = None;
}

/// A collection of what lies under paths of the repository.
pub(crate) trait Placed: Collection {
    /// What `under` selects, in words.
    const UNDER: &'static str;
    /// What `not_under` selects, in words.
    const NOT_UNDER: &'static str;

    /// Which rows lie under globs.
    fn under(_: &Evidence, row: usize, hits: &[bool]) -> bool {
        hits.get(row).copied().unwrap_or(true)
    }

    /// For each place that [`Placed::under`] looks up, whether a glob matches it.
    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool>;

    /// Where what [`Placed::hits`] gave is kept.
    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>>;

    /// Whether a row has no place of its own, so that it is neither known to lie under a glob nor known not to.
    fn everywhere(_: &Evidence, _: usize) -> bool {
        false
    }
}

/// A selection of one collection; choosing from it reads only what it selects.
#[derive(Debug, Clone)]
pub(crate) struct View<C> {
    pub(crate) store: Arc<Store>,
    rows: Rows,
    collection: PhantomData<C>,
}

impl<C: Collection> View<C> {
    /// Everything; the rule is known to have asked for it.
    pub(crate) fn all(store: &Arc<Store>) -> Self {
        store.read(C::KIND);
        Self::visible(store)
    }

    /// Everything that the rule being run sees, without it having asked for it.
    fn visible(store: &Arc<Store>) -> Self {
        let all = u32::try_from(C::len(&store.evidence)).unwrap_or(u32::MAX);
        let rows = match store.scope().as_ref().and_then(|scope| scope.rows::<C>(&store.evidence)) {
            None => Rows::All(all),
            Some(rows) => rows.clone(),
        };
        Self { store: Arc::clone(store), rows, collection: PhantomData }
    }

    /// Rows that are not among all, as findings that are gone; the rule is known to have asked for their kind.
    pub(crate) fn rows_of(store: &Arc<Store>, rows: std::ops::Range<usize>) -> Self {
        Self::listed(store, rows.filter_map(|row| u32::try_from(row).ok()))
    }

    /// Some rows, ascending; the rule is known to have asked for their kind.
    pub(super) fn listed(store: &Arc<Store>, rows: impl Iterator<Item = u32>) -> Self {
        store.read(C::KIND);
        let sees = store.sees::<C>();
        let rows = Rows::of(rows.filter(|row| sees(*row)));
        Self { store: Arc::clone(store), rows, collection: PhantomData }
    }

    /// Some of its rows, or of those that belong together with them, ascending.
    pub(super) fn select(&self, rows: impl Iterator<Item = u32>) -> Self {
        Self { store: Arc::clone(&self.store), rows: Rows::of(rows), collection: PhantomData }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether every row of the collection is in it: rows ascend, so the last one tells.
    pub(super) fn is_all(&self) -> bool {
        let all = C::len(&self.store.evidence);
        all == 0 || all.checked_sub(1).and_then(|last| self.rows.get(last)).is_some_and(|row| row as usize == all - 1)
    }

    /// Whether a row is in it.
    pub(super) fn has(&self, row: u32) -> bool {
        self.rows.has(row)
    }

    /// The selected rows, in canonical order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter()
    }

    /// Counts what it takes to look at every selected row.
    pub(super) fn charge(&self) {
        self.store.meter.charge(1 + self.len() as u64 / ROWS_PER_OPERATION);
    }

    /// The rows for which a test on a row's position holds.
    pub(crate) fn keep(&self, mut test: impl FnMut(&Evidence, usize) -> bool) -> Self {
        self.charge();
        let evidence = &*self.store.evidence;
        let rows = self.rows.keep(|row| test(evidence, row as usize));
        Self { store: Arc::clone(&self.store), rows, collection: PhantomData }
    }
}

impl<C: Placed> View<C> {
    /// The rows that lie under a glob, or those that don't.
    pub(crate) fn under(&self, globs: &Dynamic, wanted: bool) -> HostResult<Self> {
        match globs.read_lock::<ImmutableString>() {
            Some(glob) => self.under_any(std::slice::from_ref(&*glob), wanted),
            None => self.under_any(&texts(globs)?, wanted),
        }
    }

    fn under_any(&self, globs: &[ImmutableString], wanted: bool) -> HostResult<Self> {
        let evidence = &*self.store.evidence;
        let len = C::len(evidence);
        // The same whether another rule has asked before, so that a rule ends as it would alone.
        let operations = (globs.len() as u64).saturating_mul(OPERATIONS_PER_GLOB + len as u64 / ROWS_PER_OPERATION);
        if !self.store.meter.charge(operations) {
            let what = format!("{} globs would take more operations than the rule has left", globs.len());
            return Err(HostError::new(Code::LimitExceeded, what).into());
        }
        let kept = |hits: &[bool]| {
            self.keep(|evidence, row| C::under(evidence, row, hits) == wanted || C::everywhere(evidence, row))
        };
        let hits = |patterns: &[Arc<Pattern>]| C::hits(evidence, &|path| any(patterns, path));
        if len <= FEW_PLACES {
            let (one, several);
            let patterns = match globs {
                [glob] => {
                    one = self.store.globs.get(glob)?;
                    std::slice::from_ref(&one)
                }
                _ => {
                    several = self.store.patterns(globs)?;
                    several.as_slice()
                }
            };
            if patterns.iter().all(|pattern| pattern.is_quick()) {
                return Ok(kept(&hits(patterns)));
            }
        }
        let matches = self.store.matches(globs);
        let slot = C::slot(&matches);
        match slot.get() {
            Some(known) => Ok(kept(known)),
            None => {
                let new = hits(&self.store.patterns(globs)?);
                Ok(kept(slot.get_or_init(|| new)))
            }
        }
    }
}

/// One row of a collection.
#[derive(Debug, Clone)]
pub(crate) struct Item<C> {
    pub(crate) store: Arc<Store>,
    pub(crate) row: u32,
    collection: PhantomData<C>,
}

impl<C: Collection> IntoIterator for View<C> {
    type Item = Item<C>;
    type IntoIter = Items<C>;

    fn into_iter(self) -> Items<C> {
        Items { end: self.len(), view: self, next: 0 }
    }
}

/// The items of a view, in canonical order.
pub(crate) struct Items<C> {
    view: View<C>,
    next: usize,
    end: usize,
}

impl<C: Collection> Iterator for Items<C> {
    type Item = Item<C>;

    fn next(&mut self) -> Option<Item<C>> {
        if self.next >= self.end {
            return None;
        }
        let row = self.view.rows.get(self.next)?;
        self.next += 1;
        Some(Item { store: Arc::clone(&self.view.store), row, collection: PhantomData })
    }
}

/// Which item a value is, to tell whether two are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ItemKey(pub(crate) Subject);

impl ItemKey {
    pub(crate) fn of(value: &Dynamic) -> Option<Self> {
        fn row<C: Collection>(value: &Dynamic) -> Option<ItemKey> {
            value.read_lock::<Item<C>>().map(|item| ItemKey(C::subject(item.row)))
        }
        if value.is::<ChangeView>() {
            return Some(Self(Subject::Change));
        }
        of_every_collection!(row).iter().find_map(|row| row(value))
    }

    pub(crate) fn same_type(self, other: Self) -> bool {
        std::mem::discriminant(&self.0) == std::mem::discriminant(&other.0)
    }
}

/// Whether two selections of one collection have the same items; `None` where the values are no such selections.
pub(super) fn same_items(left: &Dynamic, right: &Dynamic) -> Option<bool> {
    fn same<C: Collection>(left: &Dynamic, right: &Dynamic) -> Option<bool> {
        Some(left.read_lock::<View<C>>()?.same_rows(&*right.read_lock::<View<C>>()?))
    }
    of_every_collection!(same).iter().find_map(|same| same(left, right))
}

/// The name of a host type's value for messages.
pub(crate) fn type_name(value: &Dynamic) -> Option<&'static str> {
    fn of<C: Collection>(value: &Dynamic) -> Option<&'static str> {
        if value.is::<Item<C>>() {
            return Some(C::ITEM);
        }
        value.is::<View<C>>().then_some(C::VIEW)
    }
    of_every_collection!(of)
        .iter()
        .find_map(|of| of(value))
        .or_else(|| value.is::<ChangeView>().then_some("the change"))
        .or_else(|| value.is::<super::owners::Asked>().then_some(super::owners::ITEM))
}

/// What every selection can be asked first.
pub(super) const fn counted<C: Collection>() -> [Signature; 2] {
    [
        Signature::method(C::VIEW, "count", &[], "number", "how many there are", |module, name| {
            module.set_native_fn(name, |view: View<C>| Ok(INT::try_from(view.len()).unwrap_or(INT::MAX)));
        }),
        Signature::method(C::VIEW, "is_empty", &[], "true or false", "whether there is none", |module, name| {
            module.set_native_fn(name, |view: View<C>| Ok(view.len() == 0));
        }),
    ]
}

/// Parts of what lies under paths.
pub(super) const fn placed<C: Placed>() -> [Signature; 2] {
    const { assert!(C::PLACES.is_some(), "what has places lies in scopes, too") };
    const GLOBS: &[(&str, Param)] = &[("globs", Param::Globs)];
    [
        Signature::method(C::VIEW, "under", GLOBS, C::VIEW, C::UNDER, |module, name| {
            choices(module, name, |view: View<C>, globs: &Dynamic| view.under(globs, true));
        })
        .errors("a malformed glob"),
        Signature::method(C::VIEW, "not_under", GLOBS, C::VIEW, C::NOT_UNDER, |module, name| {
            choices(module, name, |view: View<C>, globs: &Dynamic| view.under(globs, false));
        })
        .errors("a malformed glob"),
    ]
}

pub(super) fn register_types(module: &mut Module) {
    fn of<C: Collection>(module: &mut Module) {
        module.set_custom_type::<View<C>>(C::VIEW);
        module.set_custom_type::<Item<C>>(C::ITEM);
        module.set_iterable::<View<C>>();
    }
    of_every_collection!(of).iter().for_each(|of| of(module));
    module.set_custom_type::<ChangeView>("Change");
}
