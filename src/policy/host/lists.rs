//! What scripts need of lists of texts to write a message.

use rhai::{Array, Dynamic, ImmutableString, NativeCallContext};

use super::dates::Day;
use super::error::{HostError, HostResult};
use super::globs::texts;
use super::signature::{Param, Signature};
use super::words::WordValue;
use crate::diagnostic::Code;

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "array of texts",
    "join",
    &[("separator", Param::Text)],
    "text",
    "the texts (or words, or dates) one after the other, with a separator between them",
    |module, name| {
        module.set_native_fn(
            name,
            |context: NativeCallContext<'_>, list: &mut Array, separator: &str| -> HostResult<ImmutableString> {
                let spelled = |value: &Dynamic| {
                    let word = value.read_lock::<WordValue>().map(|word| word.as_str().into());
                    let text = word.or_else(|| value.read_lock::<Day>().map(|day| day.text()));
                    text.map_or_else(|| value.clone(), Dynamic::from)
                };
                let list = texts(&Dynamic::from(list.iter().map(spelled).collect::<Array>()))?;
                let list: Vec<&str> = list.iter().map(ImmutableString::as_str).collect();
                // One long text may be there many times at no cost, until they are joined.
                let bytes = list.iter().fold(0_usize, |sum, text| sum.saturating_add(text.len() + separator.len()));
                let limit = context.engine().max_string_size();
                if bytes.saturating_sub(separator.len()) > limit {
                    let what = format!("`join` would make a text of {bytes} bytes, the limit is {limit}");
                    return Err(HostError::new(Code::LimitExceeded, what).into());
                }
                Ok(list.join(separator).into())
            },
        );
    },
)
.errors("an element that is no text, word or date")
.example("note([\"one\", \"two\"].join(\", \"));")];
