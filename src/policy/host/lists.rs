//! What scripts need of lists of texts to write a message.

use rhai::{Array, ImmutableString};

use super::error::HostResult;
use super::globs::texts;
use super::signature::{Param, Signature};

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "array of texts",
    "join",
    &[("separator", Param::Text)],
    "text",
    "the texts one after the other, with a separator between them",
    |module, name| {
        module.set_native_fn(name, |list: &mut Array, separator: &str| -> HostResult<ImmutableString> {
            let list = texts(&rhai::Dynamic::from(list.clone()))?;
            let list: Vec<&str> = list.iter().map(ImmutableString::as_str).collect();
            Ok(list.join(separator).into())
        });
    },
)];
