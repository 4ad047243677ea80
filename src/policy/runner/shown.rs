//! The evidence that the rules of a runner look at, as variables of their statements.

use std::sync::{Arc, Mutex, PoisonError};

use rhai::{Dynamic, EvalAltResult, Position};

use crate::policy::host::{COLLECTIONS, Store};
use crate::policy::sandbox::LimitHit;

/// The first index of a variable that stands for a collection of the change: no scope has as many variables.
pub(super) const FIRST_COLLECTION: usize = 1 << 30;

/// The index of the variable that stands for a collection, by its number, and by whether the engine counts one operation less
/// for what follows the variable than for what follows the property.
pub(crate) const fn collection_index(number: usize, is_short: bool) -> usize {
    FIRST_COLLECTION + number * 2 + is_short as usize
}

/// The evidence that the rules of a runner look at.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<Option<Arc<Store>>>);

impl Shown {
    pub(crate) fn set(&self, store: Option<Arc<Store>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = store;
    }

    /// A collection of the change by the index of its variable, which counts as its property does; `None` where it is the
    /// index of another variable.
    pub(crate) fn collection(&self, index: usize) -> Result<Option<Dynamic>, Box<EvalAltResult>> {
        let Some(place) = index.checked_sub(FIRST_COLLECTION) else { return Ok(None) };
        // For the call that gives the property, and for going over it on the way to what follows.
        let operations = 2 + place as u64 % 2;
        let store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (store.as_ref(), COLLECTIONS.get(place / 2)) {
            (Some(store), Some((_, whole))) if store.meter.charge(operations) => Ok(Some(whole(store))),
            (Some(_), Some(_)) => Err(EvalAltResult::ErrorTerminated(Dynamic::from(LimitHit), Position::NONE).into()),
            _ => Err(EvalAltResult::ErrorRuntime("there is no evidence to look at".into(), Position::NONE).into()),
        }
    }
}
