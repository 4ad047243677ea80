//! What scripts need of lists of texts to write a message.

use rhai::{Array, Dynamic, ImmutableString};

use super::error::HostResult;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::words::WordValue;

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "array of texts",
    "join",
    &[("separator", Param::Text)],
    "text",
    "the texts (or words) one after the other, with a separator between them",
    |module, name| {
        module.set_native_fn(name, |list: &mut Array, separator: &str| -> HostResult<ImmutableString> {
            let spelled = |value: &Dynamic| match value.read_lock::<WordValue>() {
                Some(word) => Dynamic::from(word.as_str()),
                None => value.clone(),
            };
            let list = texts(&Dynamic::from(list.iter().map(spelled).collect::<Array>()))?;
            let list: Vec<&str> = list.iter().map(ImmutableString::as_str).collect();
            Ok(list.join(separator).into())
        });
    },
)];
