//! Sorting and removal of doubles by a function of a script. The engine's own go on with an order of their choice where the
//! function errs or hits a limit, and leave to the standard library what happens where it has no order: another version may
//! end otherwise. Here an error ends the rule, and any function ends in one order.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, FnPtr, Module, NativeCallContext};

use super::host::{HostError, HostResult, equal, order, type_name};
use crate::diagnostic::Code;

/// Puts them in the place of the engine's.
pub(super) fn register(module: &mut Module) {
    for name in ["sort", "sort_by"] {
        module.set_native_fn(name, |context: NativeCallContext<'_>, array: &mut Array, comparer: FnPtr| {
            *array = sorted(array.clone(), &mut |one, other| is_after(&context, &comparer, one, other))?;
            Ok(())
        });
    }
    for name in ["order", "order_by"] {
        module.set_native_fn(name, |context: NativeCallContext<'_>, array: &mut Array, comparer: FnPtr| {
            sorted(array.clone(), &mut |one, other| is_after(&context, &comparer, one, other))
        });
    }
    // By the order that `<` has: the engine's own know no dates and no words.
    module.set_native_fn("sort", |array: &mut Array| in_order(array, Ordering::Greater).map(|sorted| *array = sorted));
    module
        .set_native_fn("sort_desc", |array: &mut Array| in_order(array, Ordering::Less).map(|sorted| *array = sorted));
    module.set_native_fn("order", |array: &mut Array| in_order(array, Ordering::Greater));
    module.set_native_fn("order_desc", |array: &mut Array| in_order(array, Ordering::Less));
    module.set_native_fn("dedup", |array: &mut Array| without_doubles(array, equal));
    module.set_native_fn("dedup", |context: NativeCallContext<'_>, array: &mut Array, comparer: FnPtr| {
        without_doubles(array, |one, other| {
            let same = comparer.call_raw(&context, None, [one.clone(), other.clone()])?;
            same.as_bool().map_err(|_| no_answer(&same, "true or false").into())
        })
    });
}

/// The elements, each after those that it is not `behind`.
fn in_order(array: &Array, behind: Ordering) -> HostResult<Array> {
    sorted(array.clone(), &mut |one, other| {
        let found = match (one.as_bool(), other.as_bool()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            _ => order(one, other)?,
        };
        Ok(found == behind)
    })
}

fn no_answer(found: &Dynamic, expected: &str) -> HostError {
    let found = type_name(found);
    HostError::new(Code::BadArguments, format!("the function that compares gave {found} back, expected {expected}"))
}

/// Whether the first stands after the second: by a number above 0, or by "true" for the pair the other way round.
fn is_after(context: &NativeCallContext<'_>, comparer: &FnPtr, one: &Dynamic, other: &Dynamic) -> HostResult<bool> {
    let ask = |one: &Dynamic, other: &Dynamic| comparer.call_raw(context, None, [one.clone(), other.clone()]);
    let answer = ask(one, other)?;
    match (answer.as_int(), answer.as_bool()) {
        (Ok(number), _) => Ok(number > 0),
        (_, Ok(true)) => Ok(false),
        (_, Ok(false)) => {
            let answer = ask(other, one)?;
            answer.as_bool().map_err(|_| no_answer(&answer, "true or false, as for other pairs").into())
        }
        _ => Err(no_answer(&answer, "a number, or true or false").into()),
    }
}

/// Sorts by merging; what is equal keeps its order.
fn sorted(mut left: Array, after: &mut impl FnMut(&Dynamic, &Dynamic) -> HostResult<bool>) -> HostResult<Array> {
    if left.len() < 2 {
        return Ok(left);
    }
    let right = sorted(left.split_off(left.len() / 2), after)?;
    let left = sorted(left, after)?;
    let mut merged = Array::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let next = if after(one, other)? { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn without_doubles(array: &mut Array, mut same: impl FnMut(&Dynamic, &Dynamic) -> HostResult<bool>) -> HostResult<()> {
    let mut kept = Array::new();
    for item in array.iter() {
        let double = match kept.last() {
            Some(last) => same(last, item)?,
            None => false,
        };
        if !double {
            kept.push(item.clone());
        }
    }
    *array = kept;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{sorted, without_doubles};
    use rhai::{Array, Dynamic};

    fn numbers(array: &[Dynamic]) -> Vec<i64> {
        array.iter().map(|value| value.as_int().unwrap()).collect()
    }

    #[test]
    fn what_is_equal_keeps_its_order_and_no_order_at_all_ends_too() {
        let array: Array = (0..1_000_i64).map(|i| Dynamic::from((i * 7_919) % 1_000)).collect();
        let tens = |value: &Dynamic| value.as_int().unwrap() / 10;
        let found = sorted(array.clone(), &mut |one, other| Ok(tens(one) > tens(other))).unwrap();
        let mut expected = numbers(&array);
        expected.sort_by_key(|number| number / 10);
        assert_eq!(numbers(&found), expected);
        let mut odd = false;
        let any = sorted(array, &mut |_, _| {
            odd = !odd;
            Ok(odd)
        });
        assert_eq!(any.unwrap().len(), 1_000);
    }

    #[test]
    fn doubles_are_those_that_stand_beside_each_other() {
        let mut array: Array = [1_i64, 1, 2, 2, 1].into_iter().map(Dynamic::from).collect();
        without_doubles(&mut array, |one, other| Ok(one.as_int() == other.as_int())).unwrap();
        assert_eq!(numbers(&array), [1, 2, 1]);
    }
}
