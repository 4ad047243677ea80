//! Texts that are put together by `+`, held to what is allowed where the types are known before a rule runs: behind a text
//! whatever people can read, before one a text, a character or a word. The engine takes anything on either side, nothing for
//! an empty text and a selection for the name of its type.

use rhai::{Array, Dynamic, ImmutableString as Text, Module, NativeCallContext};

use super::host::{HostError, HostResult, WordValue, type_name};
use crate::diagnostic::Code;

/// Puts them in the place of the engine's.
pub(super) fn register(module: &mut Module) {
    module.set_native_fn("+", |context: NativeCallContext<'_>, text: &mut Text, item: Dynamic| {
        appended(&context, text, item)
    });
    module.set_native_fn("+", |context: NativeCallContext<'_>, item: &mut Dynamic, text: Text| {
        if item.is_char() || item.is::<WordValue>() {
            return Ok(shown(&context, item.clone())? + &text);
        }
        let help = if is_readable(item) { IN_A_TEXT } else { help_for(item) };
        Err(unlike(type_name(item), "a text", help))
    });
    // The engine has functions of their own for nothing.
    module.set_native_fn("+", |_: Text, (): ()| Err::<Text, _>(unlike("a text", "nothing", IS_IT_THERE)));
    module.set_native_fn("+", |(): (), _: Text| Err::<Text, _>(unlike("nothing", "a text", IS_IT_THERE)));
    for name in ["+=", "append"] {
        module.set_native_fn(name, |context: NativeCallContext<'_>, text: &mut Text, item: Dynamic| {
            *text = appended(&context, text, item)?;
            Ok(())
        });
        module.set_native_fn(name, |_: &mut Text, (): ()| Err::<(), _>(unlike("a text", "nothing", IS_IT_THERE)));
    }
}

const IN_A_TEXT: &str = "write one text with `${..}` in it";
const IS_IT_THERE: &str = "ask whether the value is there first";

/// The words are those of the check before a rule runs.
fn unlike(left: &str, right: &str, help: &str) -> Box<rhai::EvalAltResult> {
    HostError::new(Code::TypeMismatch, format!("`+` does not go with {left} and {right}")).help(help).into()
}

fn help_for(item: &Dynamic) -> &'static str {
    if item.is_unit() {
        IS_IT_THERE
    } else if item.is_array() {
        "write `list.join(\", \")`"
    } else {
        "write one of its properties, or how many there are"
    }
}

fn appended(context: &NativeCallContext<'_>, text: &Text, item: Dynamic) -> HostResult<Text> {
    if !is_readable(&item) {
        return Err(unlike("a text", type_name(&item), help_for(&item)));
    }
    Ok(text.clone() + shown(context, item)?)
}

/// Whether people can read a value in a text: of a list of texts they would see the quotes, of evidence a type's name.
fn is_readable(item: &Dynamic) -> bool {
    let plain = |item: &Dynamic| item.is_int() || item.is_float() || item.is_bool();
    if let Some(array) = item.read_lock::<Array>() {
        return array.iter().all(plain);
    }
    plain(item) || item.is_string() || item.is_char() || item.is::<WordValue>() || type_name(item) == "a date"
}

fn shown(context: &NativeCallContext<'_>, mut item: Dynamic) -> HostResult<Text> {
    if let Some(text) = item.read_lock::<Text>() {
        return Ok(text.clone());
    }
    let text = context.call_native_fn_raw("to_string", true, &mut [&mut item])?;
    let found = type_name(&text);
    text.into_immutable_string().map_err(|_| unlike("a text", found, IN_A_TEXT))
}
