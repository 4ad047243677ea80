use std::any::TypeId;
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use rhai::{Array, Blob, Dynamic, Engine, FLOAT, FnPtr, FuncMetadata, INT, ImmutableString, Map};

use super::{NATIVE_FUNCTIONS, Native, NativeFunction};
use crate::policy::Limits;
use crate::policy::mentions::Mentions;
use crate::policy::sandbox::{Sandbox, packages};

/// Functions that turn values into texts for the engine's own use.
const INTERNAL: &[&str] = &["print", "debug", "to_debug"];

/// Functions of arrays that the engine keeps for old scripts: in these, a function is named by a text.
const DEPRECATED: &[&str] =
    &["all", "dedup", "drain", "filter", "index_of", "map", "reduce", "reduce_rev", "retain", "some", "sort"];

/// Functions that give what no rule can do anything with: bits and bytes.
const GIVE_NO_VALUE: &[&str] = &["bits", "to_blob"];

/// What the table has beside the functions of the packages: the engine's parser knows `call` by itself, and the others
/// stand for internal ones.
const NOT_IN_PACKAGES: &[&str] = &["call", "debug", "print"];

/// Name, whether it is read without parentheses, and types of parameters.
type Form = (String, bool, Vec<Native>);

/// Why a function of a package is not shown.
#[derive(Debug, PartialEq, Eq)]
enum LeftOut {
    /// An operator, or for the engine's own use.
    Internal,
    Deprecated(String),
    GivesNoValue(String),
    /// It takes what no rule can have, or nothing.
    Type(TypeId),
}

/// The packages alone, without what is put in the place of some of their functions.
fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.register_global_module(packages(&|_| true).into());
    engine
}

fn registered() -> Vec<Result<Form, LeftOut>> {
    engine().collect_fn_metadata(None, |info| Some(read(info.metadata)), true)
}

fn read(metadata: &FuncMetadata) -> Result<Form, LeftOut> {
    let (property, name) = match metadata.name.strip_prefix("get$") {
        Some(name) => (true, name),
        None => (false, metadata.name.as_str()),
    };
    if !rhai::is_valid_identifier(name) || INTERNAL.contains(&name) {
        return Err(LeftOut::Internal);
    }
    assert_eq!(metadata.param_types.len(), metadata.num_params, "{name}");
    let types: Result<Vec<Native>, LeftOut> =
        metadata.param_types.iter().map(|id| native(*id).ok_or(LeftOut::Type(*id))).collect();
    let types = types?;
    if DEPRECATED.contains(&name) && matches!(types.as_slice(), [Native::Array, Native::Text, ..]) {
        return Err(LeftOut::Deprecated(name.to_owned()));
    }
    if GIVE_NO_VALUE.contains(&name) {
        return Err(LeftOut::GivesNoValue(name.to_owned()));
    }
    Ok((name.to_owned(), property, types))
}

/// What a rule can give to a function; nothing can be given, and is no value to be called on.
fn native(id: TypeId) -> Option<Native> {
    let known: [(TypeId, Native); 13] = [
        (TypeId::of::<Array>(), Native::Array),
        (TypeId::of::<char>(), Native::Character),
        (TypeId::of::<FLOAT>(), Native::Decimal),
        (TypeId::of::<bool>(), Native::Flag),
        (TypeId::of::<FnPtr>(), Native::Function),
        (TypeId::of::<Map>(), Native::Map),
        (TypeId::of::<INT>(), Native::Number),
        (TypeId::of::<Range<INT>>(), Native::Range),
        (TypeId::of::<RangeInclusive<INT>>(), Native::Range),
        (TypeId::of::<ImmutableString>(), Native::Text),
        (TypeId::of::<String>(), Native::Text),
        (TypeId::of::<&str>(), Native::Text),
        (TypeId::of::<Dynamic>(), Native::Value),
    ];
    known.iter().find(|(known, _)| *known == id).map(|(_, of)| *of)
}

fn types(function: &NativeFunction) -> Vec<Native> {
    function.params.iter().map(|(_, of)| *of).collect()
}

#[test]
fn the_table_has_every_function_that_a_rule_can_call_and_no_other() {
    let engine: BTreeSet<Form> = registered().into_iter().flatten().collect();
    let mut table = BTreeSet::new();
    for function in NATIVE_FUNCTIONS.iter().filter(|function| !NOT_IN_PACKAGES.contains(&function.name)) {
        table.insert((function.name.to_owned(), false, types(function)));
        if function.property {
            table.insert((function.name.to_owned(), true, types(function)));
        }
    }
    let missing: Vec<&Form> = engine.difference(&table).collect();
    assert!(missing.is_empty(), "in the engine and not in the table: {missing:?}");
    let unknown: Vec<&Form> = table.difference(&engine).collect();
    assert!(unknown.is_empty(), "in the table and not in the engine: {unknown:?}");
    for name in NOT_IN_PACKAGES {
        assert_eq!(NATIVE_FUNCTIONS.iter().filter(|function| function.name == *name).count(), 1, "{name}");
    }
}

#[test]
fn nothing_that_a_rule_can_call_is_left_out_for_another_reason_than_those_that_are_known() {
    let mut types = BTreeSet::new();
    let mut deprecated = BTreeSet::new();
    let mut give_no_value = BTreeSet::new();
    for reason in registered().into_iter().filter_map(Result::err) {
        match reason {
            LeftOut::Internal => true,
            LeftOut::Deprecated(name) => deprecated.insert(name),
            LeftOut::GivesNoValue(name) => give_no_value.insert(name),
            LeftOut::Type(id) => types.insert(id),
        };
    }
    // No operator makes a range of decimal numbers.
    let no_rule_has = [TypeId::of::<()>(), TypeId::of::<Blob>(), TypeId::of::<f32>(), TypeId::of::<Range<FLOAT>>()];
    assert_eq!(types, no_rule_has.into());
    assert!(engine().eval::<Dynamic>("1.0..2.0").is_err());
    let names = |of: &[&str]| -> BTreeSet<String> { of.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(deprecated, names(DEPRECATED));
    assert_eq!(give_no_value, names(GIVE_NO_VALUE));
    let type_of = |script: &str| engine().eval::<Dynamic>(script).unwrap().type_name();
    assert!(type_of("7.bits()").ends_with("BitRange"));
    assert_eq!(type_of("\"a\".to_blob()"), "blob");
}

#[test]
fn the_table_is_in_order_and_has_nothing_twice() {
    // Parameters as people see them.
    let key = |function: &NativeFunction| {
        let params: Vec<_> = function.params.iter().map(|(name, of)| (*name, of.word())).collect();
        (function.name, params)
    };
    let unordered =
        NATIVE_FUNCTIONS.iter().zip(NATIVE_FUNCTIONS.iter().skip(1)).find(|(one, next)| key(one) >= key(next));
    assert!(unordered.is_none(), "the first does not stand before the second: {unordered:?}");
    let distinct: BTreeSet<_> = NATIVE_FUNCTIONS.iter().map(|function| (function.name, types(function))).collect();
    assert_eq!(distinct.len(), NATIVE_FUNCTIONS.len());
}

#[test]
fn every_function_of_the_language_says_what_it_does() {
    assert!(NATIVE_FUNCTIONS.len() > 200, "{}", NATIVE_FUNCTIONS.len());
    for NativeFunction { name, doc, .. } in NATIVE_FUNCTIONS {
        assert!(doc.len() > 5 && doc.trim() == *doc && !doc.ends_with('.'), "`{name}`: {doc}");
        assert!(!doc.starts_with(char::is_uppercase), "`{name}`: {doc}");
    }
}

/// Values of a type, as scripts write them: enough that every function is content with some.
fn samples(of: Native) -> &'static [&'static str] {
    match of {
        Native::Array => &["[1, 2, 3]", "[true, 'x']", "[]"],
        Native::Character => &["'b'"],
        Native::Decimal => &["1.5", "0.5"],
        Native::Flag => &["true"],
        Native::Function => &["|x| true", "|x| ()", "|x, y| y", "|| true"],
        Native::Map => &["#{ \"10\": 1 }", "#{ \"10\": true }", "#{}"],
        Native::Number => &["2", "16"],
        Native::Range => &["0..2", "0..=2"],
        Native::Text => &["\"10\"", "\"b c\"", "\"abc\"", "\"\""],
        Native::Value => &["1", "true"],
        Native::Nothing | Native::CharacterStream | Native::DecimalStream | Native::NumberStream => &[],
    }
}

/// Every call of a function with samples of what it takes.
fn calls(function: &NativeFunction) -> Vec<String> {
    let mut lists: Vec<Vec<&str>> = vec![Vec::new()];
    for (_, of) in function.params {
        let longer = |list: &Vec<&'static str>| {
            samples(*of).iter().map(|sample| [list.as_slice(), &[*sample]].concat()).collect()
        };
        lists = lists.iter().flat_map(|list| -> Vec<Vec<&str>> { longer(list) }).collect();
    }
    let name = function.name;
    let mut calls = Vec::new();
    for list in lists {
        match list.split_first() {
            None => calls.push(format!("{name}()")),
            // `print` and `debug` are called in this way alone.
            Some((first, [])) if function.returns == Native::Nothing => calls.push(format!("{name}({first})")),
            Some((first, rest)) => {
                calls.push(format!("let a = {first}; a.{name}({})", rest.join(", ")));
                if function.property {
                    calls.push(format!("let a = {first}; a.{name}"));
                }
            }
        }
    }
    calls
}

fn is(value: &Dynamic, of: Native) -> bool {
    match of {
        Native::Nothing => value.is_unit(),
        Native::Array => value.is_array(),
        Native::Character => value.is_char(),
        Native::CharacterStream => value.type_name().ends_with("CharsStream"),
        Native::Decimal => value.is_float(),
        Native::DecimalStream => value.type_name().ends_with("StepRange<f64>"),
        Native::Flag => value.is_bool(),
        Native::Function => value.is_fnptr(),
        Native::Map => value.is_map(),
        Native::Number => value.is_int(),
        Native::NumberStream => value.type_name().ends_with("StepRange<i64>"),
        Native::Range => value.is::<Range<INT>>() || value.is::<RangeInclusive<INT>>(),
        Native::Text => value.is_string(),
        Native::Value => true,
    }
}

#[test]
fn functions_give_what_the_table_says_that_they_give() {
    // With what is put in the place of some of the engine's functions: that is what rules call.
    let engine = Sandbox::new(Limits::default(), Mentions::all()).engine();
    for function in NATIVE_FUNCTIONS {
        let mut given = BTreeSet::new();
        for call in calls(function) {
            // That a call errs is its right, as long as another does not.
            let Ok(value) = engine.eval::<Dynamic>(&call) else { continue };
            assert!(
                is(&value, function.returns),
                "{call}: {value:?} of {}, not {:?}",
                value.type_name(),
                function.returns
            );
            given.insert(value.type_name());
        }
        assert!(!given.is_empty(), "no call of {function:?} comes to an end");
        if function.returns == Native::Value {
            assert!(given.len() > 1, "{function:?} gives nothing but {given:?}");
        }
    }
}
