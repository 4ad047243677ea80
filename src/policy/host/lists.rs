//! What scripts need of lists of texts to write a message.

use rhai::{Array, Dynamic, ImmutableString};

use super::dates::Day;
use super::error::HostResult;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::words::WordValue;

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "array of texts",
    "join",
    &[("separator", Param::Text)],
    "text",
    "the texts (or words, or dates) one after the other, with a separator between them",
    |module, name| {
        module.set_native_fn(name, |list: &mut Array, separator: &str| -> HostResult<ImmutableString> {
            let spelled = |value: &Dynamic| {
                let word = value.read_lock::<WordValue>().map(|word| word.as_str().into());
                let text = word.or_else(|| value.read_lock::<Day>().map(|day| day.text()));
                text.map_or_else(|| value.clone(), Dynamic::from)
            };
            let list = texts(&Dynamic::from(list.iter().map(spelled).collect::<Array>()))?;
            let list: Vec<&str> = list.iter().map(ImmutableString::as_str).collect();
            Ok(list.join(separator).into())
        });
    },
)
.errors("an element that is no text, word or date")
.example("note([\"one\", \"two\"].join(\", \"));")];
