//! Functions of arrays and maps that ask a function of the script about each element. The engine takes an answer that is
//! neither true nor false for false, so that a filter that asks the wrong question finds nothing; here it ends the rule.

use rhai::{Array, Dynamic, FnPtr, INT, ImmutableString, Map, Module, NativeCallContext};

use super::host::{HostError, HostResult, type_name};
use crate::diagnostic::Code;

/// Puts them in the place of the engine's.
pub(super) fn register(module: &mut Module) {
    searching(module);
    parting(module);
    parting_maps(module);
}

fn flag(name: &str, answer: &Dynamic) -> HostResult<bool> {
    answer.as_bool().map_err(|_| {
        let found = type_name(answer);
        let message = format!("the function for `{name}` gave {found}, expected true or false");
        HostError::new(Code::TypeMismatch, message).into()
    })
}

/// A function of the script, and the name of the function that asks it.
struct Asked<'a, 'c> {
    context: &'a NativeCallContext<'c>,
    name: &'static str,
    function: &'a FnPtr,
}

impl Asked<'_, '_> {
    /// What it says of an element of an array: it may take the element and its index, or neither, and find it in `this`.
    fn about(&self, item: &mut Dynamic, index: usize) -> HostResult<bool> {
        let index = [INT::try_from(index).unwrap_or(INT::MAX).into()];
        let answer = self.function.call_raw_with_extra_args(self.name, self.context, Some(item), [], index, Some(0))?;
        flag(self.name, &answer)
    }

    /// What it says of an entry of a map: it takes the key, and may take the value, which is `this` else.
    fn about_entry(&self, key: &str, value: &mut Dynamic) -> HostResult<bool> {
        let key = [ImmutableString::from(key).into()];
        let answer = self.function.call_raw_with_extra_args(self.name, self.context, Some(value), key, [], Some(1))?;
        flag(self.name, &answer)
    }

    /// The first element from a place on of which it says `wanted`.
    fn first(&self, array: &mut Array, start: INT, wanted: bool) -> HostResult<Option<usize>> {
        let from_end = || array.len().saturating_sub(usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX));
        let start = if start < 0 { from_end() } else { usize::try_from(start).unwrap_or(usize::MAX) };
        for (index, item) in array.iter_mut().enumerate().skip(start) {
            if self.about(item, index)? == wanted {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Leaves those elements of which it says `stays`, and gives the others.
    fn part(&self, array: &mut Array, stays: bool) -> HostResult<Array> {
        let (mut left, mut taken) = (Array::new(), Array::new());
        for (index, mut item) in std::mem::take(array).into_iter().enumerate() {
            let side = if self.about(&mut item, index)? == stays { &mut left } else { &mut taken };
            side.push(item);
        }
        *array = left;
        Ok(taken)
    }

    /// Leaves those entries of which it says `stays`, and gives the others.
    fn part_entries(&self, map: &mut Map, stays: bool) -> HostResult<Map> {
        let (mut left, mut taken) = (Map::new(), Map::new());
        for (key, mut value) in std::mem::take(map) {
            let side = if self.about_entry(&key, &mut value)? == stays { &mut left } else { &mut taken };
            side.insert(key, value);
        }
        *map = left;
        Ok(taken)
    }
}

fn searching(module: &mut Module) {
    fn first(
        context: &NativeCallContext<'_>,
        name: &'static str,
        array: &mut Array,
        function: &FnPtr,
        (start, wanted): (INT, bool),
    ) -> HostResult<Option<usize>> {
        Asked { context, name, function }.first(array, start, wanted)
    }
    fn found(context: &NativeCallContext<'_>, array: &mut Array, asked: &FnPtr, start: INT) -> HostResult<Dynamic> {
        let index = first(context, "find", array, asked, (start, true))?;
        Ok(index.and_then(|index| array.get(index)).cloned().unwrap_or(Dynamic::UNIT))
    }
    fn index(context: &NativeCallContext<'_>, array: &mut Array, asked: &FnPtr, start: INT) -> HostResult<INT> {
        let index = first(context, "index_of", array, asked, (start, true))?;
        Ok(index.and_then(|index| INT::try_from(index).ok()).unwrap_or(-1))
    }
    type Context<'a> = NativeCallContext<'a>;
    module.set_native_fn("some", |context: Context<'_>, array: &mut Array, asked: FnPtr| {
        Ok(first(&context, "some", array, &asked, (0, true))?.is_some())
    });
    module.set_native_fn("all", |context: Context<'_>, array: &mut Array, asked: FnPtr| {
        Ok(first(&context, "all", array, &asked, (0, false))?.is_none())
    });
    module.set_native_fn("find", |context: Context<'_>, array: &mut Array, asked: FnPtr| {
        found(&context, array, &asked, 0)
    });
    module.set_native_fn("find", |context: Context<'_>, array: &mut Array, asked: FnPtr, start: INT| {
        found(&context, array, &asked, start)
    });
    module.set_native_fn("index_of", |context: Context<'_>, array: &mut Array, asked: FnPtr| {
        index(&context, array, &asked, 0)
    });
    module.set_native_fn("index_of", |context: Context<'_>, array: &mut Array, asked: FnPtr, start: INT| {
        index(&context, array, &asked, start)
    });
}

fn parting(module: &mut Module) {
    module.set_native_fn(
        "filter",
        |context: NativeCallContext<'_>, array: &mut Array, function: FnPtr| -> HostResult<Array> {
            let asked = Asked { context: &context, name: "filter", function: &function };
            let mut passed = Array::new();
            for (index, item) in array.iter_mut().enumerate() {
                if asked.about(item, index)? {
                    passed.push(item.clone());
                }
            }
            Ok(passed)
        },
    );
    for (name, stays) in [("drain", false), ("retain", true)] {
        module.set_native_fn(name, move |context: NativeCallContext<'_>, array: &mut Array, function: FnPtr| {
            Asked { context: &context, name, function: &function }.part(array, stays)
        });
    }
}

fn parting_maps(module: &mut Module) {
    module.set_native_fn(
        "filter",
        |context: NativeCallContext<'_>, map: &mut Map, function: FnPtr| -> HostResult<Map> {
            let asked = Asked { context: &context, name: "filter", function: &function };
            let mut passed = Map::new();
            for (key, value) in map.iter_mut() {
                if asked.about_entry(key, value)? {
                    passed.insert(key.clone(), value.clone());
                }
            }
            Ok(passed)
        },
    );
    for (name, stays) in [("drain", false), ("retain", true)] {
        module.set_native_fn(name, move |context: NativeCallContext<'_>, map: &mut Map, function: FnPtr| {
            Asked { context: &context, name, function: &function }.part_entries(map, stays)
        });
    }
}
