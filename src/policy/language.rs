//! The functions that the language itself has, as far as a rule can call them: read from the engine, for people.

use std::collections::BTreeSet;

use rhai::{Engine, FuncMetadata};

use super::sandbox::packages;

/// A type of the engine's functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Native {
    /// As the reference names it; empty for no value.
    pub(crate) word: &'static str,
    /// As definition files name it.
    pub(crate) definition: &'static str,
}

/// Types by the name that the engine gives them. A function of any other type takes or gives what no rule can have:
/// bytes, half-precision numbers, bits.
const TYPES: &[(&str, Native)] = &[
    ("ImmutableString", TEXT),
    ("String", TEXT),
    ("&str", TEXT),
    ("char", Native { word: "character", definition: "char" }),
    ("INT", NUMBER),
    ("i64", NUMBER),
    ("FLOAT", DECIMAL),
    ("f64", DECIMAL),
    ("bool", Native { word: "true or false", definition: "bool" }),
    ("Array", Native { word: "array", definition: "Array" }),
    ("Map", Native { word: "map", definition: "Map" }),
    ("FnPtr", FUNCTION),
    ("Dynamic", VALUE),
    ("ExclusiveRange", RANGE),
    ("InclusiveRange", RANGE),
    ("Range<INT>", RANGE),
    ("std::ops::Range<INT>", RANGE),
    ("std::ops::Range<FLOAT>", RANGE),
    ("CharsStream", Native { word: "characters", definition: "Iterator<char>" }),
    ("StepRange<INT>", Native { word: "numbers", definition: "Iterator<int>" }),
    ("StepRange<FLOAT>", Native { word: "decimal numbers", definition: "Iterator<float>" }),
];

const NOTHING: Native = Native { word: "", definition: "()" };
const FUNCTION: Native = Native { word: "function", definition: "FnPtr" };
const TEXT: Native = Native { word: "text", definition: "String" };
const NUMBER: Native = Native { word: "number", definition: "int" };
const DECIMAL: Native = Native { word: "decimal number", definition: "float" };
const RANGE: Native = Native { word: "range", definition: "Range" };
const VALUE: Native = Native { word: "value", definition: "?" };

/// Functions that turn values into texts for the engine's own use.
const INTERNAL: &[&str] = &["print", "debug", "to_debug"];

/// What the engine says nothing about, and what is no function of a package.
const UNDESCRIBED: &[Undescribed] = &[
    Undescribed {
        name: "print",
        params: &[("value", VALUE)],
        returns: NOTHING,
        doc: "Write a value to the log, at level info.",
    },
    Undescribed {
        name: "debug",
        params: &[("value", VALUE)],
        returns: NOTHING,
        doc: "Write a value to the log, at level debug.",
    },
    Undescribed { name: "to_int", params: &[("x", NUMBER)], returns: NUMBER, doc: "Return the number." },
    Undescribed {
        name: "to_float",
        params: &[("x", NUMBER)],
        returns: DECIMAL,
        doc: "Convert the number into a decimal number.",
    },
    Undescribed {
        name: "call",
        params: &[("function", FUNCTION), ("value", VALUE)],
        returns: VALUE,
        doc: "Call the function with a value, or with up to three, and return what it gives.",
    },
];

/// One of them.
struct Undescribed {
    name: &'static str,
    params: &'static [(&'static str, Native)],
    returns: Native,
    doc: &'static str,
}

/// A function of the language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NativeFunction {
    pub(crate) name: String,
    /// Names and types, that of the value that it is called on first.
    pub(crate) params: Vec<(String, Native)>,
    pub(crate) returns: Native,
    /// Its first sentence.
    pub(crate) doc: String,
    /// Whether it is read without parentheses.
    pub(crate) property: bool,
}

/// Every function of the language that a rule can call, by name.
pub(crate) fn native_functions() -> Vec<NativeFunction> {
    let mut engine = Engine::new_raw();
    engine.register_global_module(packages().into());
    let mut functions = engine.collect_fn_metadata(None, |info| read(info.metadata).ok(), true);
    functions.extend(UNDESCRIBED.iter().map(|known| NativeFunction {
        name: known.name.to_owned(),
        params: known.params.iter().map(|(name, of)| ((*name).to_owned(), *of)).collect(),
        returns: known.returns,
        doc: known.doc.to_owned(),
        property: false,
    }));
    // What is documented first, of those that take the same.
    functions.sort_by(|left, right| (left.doc.is_empty(), left).cmp(&(right.doc.is_empty(), right)));
    let mut seen = BTreeSet::new();
    functions.retain(|function| {
        let types: Vec<Native> = function.params.iter().map(|(_, of)| *of).collect();
        seen.insert((function.name.clone(), function.property, types))
    });
    functions.sort();
    functions
}

/// Why a function of a package is not shown.
#[derive(Debug, PartialEq, Eq)]
enum LeftOut {
    /// An operator, or for the engine's own use.
    Internal,
    /// Kept by the engine for old scripts.
    Deprecated,
    /// The engine says nothing about it.
    Undescribed(String),
    /// A type that no rule can have.
    Type(String),
}

fn read(metadata: &FuncMetadata) -> Result<NativeFunction, LeftOut> {
    let (property, name) = match metadata.name.strip_prefix("get$") {
        Some(name) => (true, name),
        None => (false, metadata.name.as_str()),
    };
    if !rhai::is_valid_identifier(name) || INTERNAL.contains(&name) {
        return Err(LeftOut::Internal);
    }
    let comments = metadata.comments.join("\n");
    if comments.contains("# Deprecated") {
        return Err(LeftOut::Deprecated);
    }
    if metadata.params_info.len() != metadata.num_params {
        return Err(LeftOut::Undescribed(name.to_owned()));
    }
    let param = |info: &str| -> Result<(String, Native), LeftOut> {
        let (name, of) = info.split_once(':').unwrap_or((info, ""));
        let name = name.trim().trim_start_matches("mut ").trim();
        Ok((name.to_owned(), native(of, false)?))
    };
    Ok(NativeFunction {
        name: name.to_owned(),
        params: metadata.params_info.iter().map(|info| param(info)).collect::<Result<_, _>>()?,
        returns: native(&metadata.return_type, true)?,
        doc: first_sentence(&comments),
        property,
    })
}

/// A type by the engine's name for it; nothing can be given, and is no value to be called on.
fn native(written: &str, given: bool) -> Result<Native, LeftOut> {
    let mut name: String = written.split_whitespace().collect();
    name = name.trim_start_matches("&mut").to_owned();
    if let Some(inner) = name.strip_prefix("RhaiResultOf<").and_then(|rest| rest.strip_suffix('>')) {
        name = inner.to_owned();
    }
    match name.as_str() {
        "RhaiResult" => return Ok(VALUE),
        "()" if given => return Ok(NOTHING),
        _ => {}
    }
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, of)| *of).ok_or(LeftOut::Type(name))
}

/// The first sentence of comments, on one line.
fn first_sentence(comments: &str) -> String {
    let lines = comments.lines().map(|line| line.trim_start_matches('/').trim());
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    match paragraph.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => paragraph.trim_end_matches(" according to the following:").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LeftOut, UNDESCRIBED, native_functions, read};
    use crate::policy::sandbox::packages;

    #[test]
    fn nothing_that_a_rule_can_call_is_left_out_for_another_reason_than_those_that_are_known() {
        let mut engine = rhai::Engine::new_raw();
        engine.register_global_module(packages().into());
        let left = engine.collect_fn_metadata(None, |info| read(info.metadata).err(), true);
        let mut types = BTreeSet::new();
        let mut undescribed = BTreeSet::new();
        for reason in left {
            match reason {
                LeftOut::Internal | LeftOut::Deprecated => {}
                LeftOut::Undescribed(name) => {
                    if !UNDESCRIBED.iter().any(|known| known.name == name) {
                        undescribed.insert(name);
                    }
                }
                LeftOut::Type(name) => {
                    types.insert(name);
                }
            }
        }
        assert!(undescribed.is_empty(), "not described: {undescribed:?}");
        assert_eq!(types, ["()", "BitRange", "Blob", "f32"].map(str::to_owned).into());
    }

    #[test]
    fn every_function_of_the_language_says_what_it_does_and_stands_there_once() {
        let functions = native_functions();
        assert!(functions.len() > 150, "{}", functions.len());
        let described = |name: &str| functions.iter().filter(|function| function.name == name).count();
        assert_eq!((described("replace"), described("keys")), (4, 1));
        for function in &functions {
            let alike = || functions.iter().filter(|other| other.name == function.name);
            assert!(alike().any(|other| !other.doc.is_empty()), "{function:?}");
        }
    }
}
