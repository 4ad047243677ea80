//! Standard functions that the engine's own limits do not hold, done again with their bounds: the engine looks at a value
//! after it was made, which is too late where one call makes gigabytes, panics on its way, or never comes back.
//!
//! A size is known before anything grows. What takes long counts operations of the rule by what it is given.

use std::fmt::Write as _;

use rhai::{Array, Dynamic, INT, ImmutableString, Map, Module, NativeCallContext};

use super::host::{HostError, HostResult, equal, run_of};
use super::watch::Look;
use crate::diagnostic::Code;

/// How many bytes of text a call reads or writes for one operation of the limit.
const BYTES_PER_OPERATION: usize = 1024;
/// How many values a call reads or copies for one operation of the limit.
const VALUES_PER_OPERATION: usize = 16;
/// How many values are copied between two looks at the process's memory: one value may hold a text of the longest size.
const COPIES_PER_LOOK: usize = 16;

/// Puts them in the place of the engine's. `text_bytes` and `elements` are the limits on sizes.
pub(super) fn register(module: &mut Module, text_bytes: usize, elements: usize) {
    replace(module, text_bytes);
    pad_text(module, text_bytes);
    pad_array(module, elements);
    search(module);
    super::ordering::register(module);
    super::predicates::register(module);
    super::concat::register(module);
    no_bytes(module);
    show(module, text_bytes);
    to_json(module, text_bytes);
}

fn refused(message: String) -> HostError {
    HostError::new(Code::LimitExceeded, message)
}

/// Bytes that are no text are not in the language; this would be the one way to make them.
fn no_bytes(module: &mut Module) {
    module.set_native_fn("to_blob", |_: &str| -> HostResult<()> {
        Err(HostError::new(Code::BadArguments, "rules work on texts, not on bytes").into())
    });
}

/// Counts operations for what a call is about to do. A call while a pack is loaded is none of a rule, and has nothing to count.
fn charge(context: &NativeCallContext<'_>, units: usize, per_operation: usize) {
    if let Ok(run) = run_of(context) {
        run.meter.charge((units / per_operation) as u64);
    }
}

fn replace(module: &mut Module, limit: usize) {
    fn bounded(
        context: &NativeCallContext<'_>,
        limit: usize,
        text: &mut ImmutableString,
        find: &str,
        with: &str,
    ) -> HostResult<()> {
        let times = if find.is_empty() { text.chars().count() + 1 } else { text.matches(find).count() };
        let size = (text.len() - times.saturating_mul(find.len())).saturating_add(times.saturating_mul(with.len()));
        if size > limit {
            return Err(refused(format!("`replace` would make a text of {size} bytes, the limit is {limit}")).into());
        }
        charge(context, text.len() + size, BYTES_PER_OPERATION);
        *text = text.replace(find, with).into();
        Ok(())
    }
    type Text = ImmutableString;
    module.set_native_fn("replace", move |context: NativeCallContext<'_>, text: &mut Text, find: Text, with: Text| {
        bounded(&context, limit, text, &find, &with)
    });
    module.set_native_fn("replace", move |context: NativeCallContext<'_>, text: &mut Text, find: Text, with: char| {
        bounded(&context, limit, text, &find, with.encode_utf8(&mut [0; 4]))
    });
    module.set_native_fn("replace", move |context: NativeCallContext<'_>, text: &mut Text, find: char, with: Text| {
        bounded(&context, limit, text, find.encode_utf8(&mut [0; 4]), &with)
    });
    module.set_native_fn("replace", move |context: NativeCallContext<'_>, text: &mut Text, find: char, with: char| {
        bounded(&context, limit, text, find.encode_utf8(&mut [0; 4]), with.encode_utf8(&mut [0; 4]))
    });
}

/// Padding with an empty text would never end.
fn pad_text(module: &mut Module, limit: usize) {
    fn bounded(
        context: &NativeCallContext<'_>,
        limit: usize,
        text: &mut ImmutableString,
        length: INT,
        with: &str,
    ) -> HostResult<()> {
        let missing = usize::try_from(length).unwrap_or(0).saturating_sub(text.chars().count());
        if missing == 0 {
            return Ok(());
        }
        if with.is_empty() {
            let what = format!("a text can't be padded to {length} characters with an empty text");
            return Err(HostError::new(Code::BadArguments, what).into());
        }
        // Each character has a byte at least.
        if text.len().saturating_add(missing) > limit {
            let what = format!("`pad` would make a text of at least {length} bytes, the limit is {limit}");
            return Err(refused(what).into());
        }
        charge(context, missing, BYTES_PER_OPERATION);
        text.make_mut().extend(with.chars().cycle().take(missing));
        Ok(())
    }
    type Text = ImmutableString;
    module.set_native_fn("pad", move |context: NativeCallContext<'_>, text: &mut Text, length: INT, with: char| {
        bounded(&context, limit, text, length, with.encode_utf8(&mut [0; 4]))
    });
    module.set_native_fn("pad", move |context: NativeCallContext<'_>, text: &mut Text, length: INT, with: Text| {
        bounded(&context, limit, text, length, &with)
    });
}

/// The engine multiplies the sizes of what is put in without a look at whether the product fits a number, and takes a
/// value of a type that it does not know for nothing, however much it holds.
fn pad_array(module: &mut Module, limit: usize) {
    module.set_native_fn(
        "pad",
        move |context: NativeCallContext<'_>, array: &mut Array, length: INT, item: Dynamic| -> HostResult<()> {
            let length = usize::try_from(length).unwrap_or(0);
            let missing = length.saturating_sub(array.len());
            let mut one = Size::default();
            one.add(&item, limit);
            let elements = missing.saturating_mul(one.values);
            if array.len().saturating_add(elements) > limit {
                let what = format!("`pad` would make an array of at least {length} elements, the limit is {limit}");
                return Err(refused(what).into());
            }
            let text_limit = context.engine().max_string_size();
            if missing.saturating_mul(one.bytes) > text_limit {
                let what = format!("`pad` would make texts of more than {text_limit} bytes in all, which is the limit");
                return Err(refused(what).into());
            }
            charge(&context, elements, VALUES_PER_OPERATION);
            let run = run_of(&context).ok();
            for copied in 0..missing {
                array.push(item.clone());
                if copied % COPIES_PER_LOOK == 0 && run.as_ref().is_some_and(|run| run.meter.watch.look() == Look::Over)
                {
                    break;
                }
            }
            Ok(())
        },
    );
}

/// The engine copies what is looked for once for each element.
fn search(module: &mut Module) {
    fn position(
        context: &NativeCallContext<'_>,
        array: &[Dynamic],
        value: &Dynamic,
        start: INT,
    ) -> HostResult<Option<usize>> {
        let from_end = || array.len().saturating_sub(usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX));
        let start = if start < 0 { from_end() } else { usize::try_from(start).unwrap_or(usize::MAX) };
        for (index, item) in array.iter().enumerate().skip(start) {
            let mut size = Size::default();
            size.add(item, context.engine().max_string_size());
            charge(context, size.values, 1);
            charge(context, size.bytes, BYTES_PER_OPERATION);
            if equal(item, value)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
    let number = |index: Option<usize>| index.and_then(|index| INT::try_from(index).ok()).unwrap_or(-1);
    module.set_native_fn("contains", |context: NativeCallContext<'_>, array: &mut Array, value: Dynamic| {
        Ok(position(&context, array, &value, 0)?.is_some())
    });
    module.set_native_fn("index_of", move |context: NativeCallContext<'_>, array: &mut Array, value: Dynamic| {
        Ok(number(position(&context, array, &value, 0)?))
    });
    module.set_native_fn(
        "index_of",
        move |context: NativeCallContext<'_>, array: &mut Array, value: Dynamic, start: INT| {
            Ok(number(position(&context, array, &value, start)?))
        },
    );
}

/// How much a value holds, in all that it contains.
#[derive(Debug, Default)]
struct Size {
    values: usize,
    bytes: usize,
}

impl Size {
    /// Adds a value; what is beyond `enough` values or bytes is not looked at any more.
    fn add(&mut self, value: &Dynamic, enough: usize) {
        self.values = self.values.saturating_add(1);
        if self.values > enough || self.bytes > enough {
            return;
        }
        if let Some(text) = value.read_lock::<ImmutableString>() {
            self.bytes = self.bytes.saturating_add(text.len());
        } else if let Some(array) = value.read_lock::<Array>() {
            array.iter().for_each(|value| self.add(value, enough));
        } else if let Some(map) = value.read_lock::<Map>() {
            for (key, value) in map.iter() {
                self.bytes = self.bytes.saturating_add(key.len());
                self.add(value, enough);
            }
        }
    }
}

/// Arrays and maps as text, for `print`, interpolation and `+` too. Where the engine is told by an error that a text would be
/// too long, it writes the value in its own way, without any bound: so what there is room for is given back, and the rule
/// ends at its next operation. The value is emptied for the same reason: the engine weighs it after the call, and would take
/// what is too large there for an error of the call. Nothing can look at it any more.
fn show(module: &mut Module, limit: usize) {
    for name in ["print", "to_string", "debug", "to_debug"] {
        module.set_native_fn(name, move |context: NativeCallContext<'_>, array: &mut Array| {
            let (text, full) = shown(&context, limit, |shown| shown.array(array));
            if full {
                array.clear();
            }
            Ok(text)
        });
        module.set_native_fn(name, move |context: NativeCallContext<'_>, map: &mut Map| {
            let (text, full) = shown(&context, limit, |shown| shown.map(map));
            if full {
                map.clear();
            }
            Ok(text)
        });
    }
}

fn shown(
    context: &NativeCallContext<'_>,
    limit: usize,
    write: impl FnOnce(&mut Shown<'_, '_>) -> Result<(), Full>,
) -> (ImmutableString, bool) {
    let mut shown = Shown { context, text: String::new(), values: 0, limit };
    let full = write(&mut shown).is_err();
    charge(context, shown.values, 1);
    charge(context, shown.text.len(), BYTES_PER_OPERATION);
    if full && let Ok(run) = run_of(context) {
        run.refuse(format!("a value would be a text of more than {limit} bytes, which is the limit"));
    }
    (shown.text.into(), full)
}

/// There is no more room.
struct Full;

impl From<std::fmt::Error> for Full {
    fn from(_: std::fmt::Error) -> Self {
        Self
    }
}

/// A value as the engine writes it, up to a number of bytes.
struct Shown<'a, 'c> {
    context: &'a NativeCallContext<'c>,
    text: String,
    values: usize,
    limit: usize,
}

impl std::fmt::Write for Shown<'_, '_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.text.len().saturating_add(text.len()) > self.limit {
            return Err(std::fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

impl Shown<'_, '_> {
    fn array(&mut self, array: &mut Array) -> Result<(), Full> {
        self.write_str("[")?;
        for (index, value) in array.iter_mut().enumerate() {
            self.write_str(if index > 0 { ", " } else { "" })?;
            self.value(value)?;
        }
        Ok(self.write_str("]")?)
    }

    fn map(&mut self, map: &mut Map) -> Result<(), Full> {
        self.write_str("#{")?;
        for (index, (key, value)) in map.iter_mut().enumerate() {
            self.write_str(if index > 0 { ", " } else { "" })?;
            write!(self, "{key:?}: ")?;
            self.value(value)?;
        }
        Ok(self.write_str("}")?)
    }

    fn value(&mut self, value: &mut Dynamic) -> Result<(), Full> {
        self.values += 1;
        if let Some(mut array) = value.write_lock::<Array>() {
            return self.array(&mut array);
        }
        if let Some(mut map) = value.write_lock::<Map>() {
            return self.map(&mut map);
        }
        if let Some(text) = value.read_lock::<ImmutableString>() {
            return Ok(write!(self, "{:?}", text.as_str())?);
        }
        let text = self.context.call_native_fn_raw("to_debug", true, &mut [value]);
        match text.map(Dynamic::into_immutable_string) {
            Ok(Ok(text)) => Ok(self.write_str(&text)?),
            _ => Ok(self.write_str(value.type_name())?),
        }
    }
}

fn to_json(module: &mut Module, limit: usize) {
    module.set_native_fn(
        "to_json",
        move |context: NativeCallContext<'_>, map: &mut Map| -> HostResult<ImmutableString> {
            let mut size = Size::default();
            map.iter().for_each(|(key, value)| {
                size.bytes = size.bytes.saturating_add(key.len());
                size.add(value, limit);
            });
            if size.bytes.saturating_add(size.values) > limit {
                let what = format!("`to_json` would make a text of more than {limit} bytes, which is the limit");
                return Err(refused(what).into());
            }
            charge(&context, size.values, VALUES_PER_OPERATION);
            let ordered: std::collections::BTreeMap<&str, &Dynamic> =
                map.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let text = serde_json::to_string(&ordered)
                .map_err(|error| HostError::new(Code::BadArguments, format!("the map is no JSON: {error}")))?;
            Ok(text.into())
        },
    );
}

#[cfg(test)]
mod tests {
    use super::Size;
    use rhai::{Array, Dynamic, Map};

    #[test]
    fn a_size_counts_what_is_inside_and_stops_where_it_is_enough() {
        let inner: Array = vec!["ab".into(), Dynamic::from(1_i64)];
        let map = Map::from([("key".into(), Dynamic::from(inner))]);
        let mut size = Size::default();
        size.add(&Dynamic::from(map), usize::MAX);
        assert_eq!((size.values, size.bytes), (4, 5));
        let long: Array = vec![Dynamic::from("x".repeat(1_000)); 1_000];
        let mut size = Size::default();
        size.add(&Dynamic::from(long), 5_000);
        assert!(size.bytes < 10_000, "{size:?}");
    }
}
