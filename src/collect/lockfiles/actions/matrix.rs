//! Values of `${{ matrix.x }}`, where a job's matrix writes them out; it evaluates nothing else.

use std::collections::BTreeSet;

use super::tree::{Node, Value};

/// Every text that a text with expressions stands for, each once; the text itself where it has none. `None` where it
/// has an expression that is not `matrix.x` or `matrix.x.y` of a matrix that is written out, or two different ones.
pub(super) fn values(text: &str, job: &Node) -> Option<BTreeSet<String>> {
    let expressions = expressions(text)?;
    let Some(first) = expressions.first() else { return Some(BTreeSet::from([text.to_owned()])) };
    if expressions.iter().any(|(_, body)| *body != first.1) {
        return None;
    }
    let path: Vec<&str> = first.1.strip_prefix("matrix.")?.split('.').collect();
    let word = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !path.iter().all(word) {
        return None;
    }
    let matrix = job.get("strategy")?.get("matrix")?;
    let values = of_matrix(matrix, &path)?;
    let fill = |value: String| {
        let filled = expressions.iter().fold(text.to_owned(), |text, (whole, _)| text.replace(whole, &value));
        // A container that is only an expression is none where that is empty; elsewhere it is part of a reference.
        (!filled.contains("${{")).then_some(filled)
    };
    values.into_iter().map(fill).collect()
}

/// The expressions of a text, each whole and by its body; `None` where one does not end.
fn expressions(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let from = rest.get(start..)?;
        let end = from.find("}}")?;
        found.push((from.get(..end + 2)?, from.get(3..end)?.trim()));
        rest = from.get(end + 2..)?;
    }
    Some(found)
}

/// The values that a matrix gives a variable: those of its list, and those of `include`, which adds combinations.
fn of_matrix(matrix: &Node, path: &[&str]) -> Option<BTreeSet<String>> {
    let Value::Map(entries) = &matrix.value else { return None };
    let key = path.first()?;
    let mut values = BTreeSet::new();
    let mut known = false;
    let mut add = |node: Option<&Node>| -> Option<()> {
        let found = path.iter().skip(1).try_fold(node?, |node, part| node.get(part));
        values.insert(match found.map(|node| &node.value) {
            // What is not there is empty.
            None | Some(Value::Null) => String::new(),
            Some(Value::Text(text)) => text.clone(),
            Some(Value::List(_) | Value::Map(_)) => return None,
        });
        Some(())
    };
    for (name, node) in entries {
        match (&node.value, name.as_str()) {
            (Value::List(items), "include") => {
                for item in items {
                    let Value::Map(_) = item.value else { return None };
                    if let Some(node) = item.get(key) {
                        known = true;
                        add(Some(node))?;
                    }
                }
            }
            // Combinations that are left out leave values in that may be unused, which is the safe side.
            (Value::List(_), "exclude") => {}
            (Value::List(items), name) if name == *key => {
                known = true;
                for item in items {
                    add(Some(item))?;
                }
            }
            (Value::List(_), _) => {}
            // The whole list, or that of combinations, is an expression.
            (Value::Text(_), "include" | "exclude") => return None,
            (_, name) if name == *key => return None,
            _ => {}
        }
    }
    known.then_some(values)
}

#[cfg(test)]
mod tests {
    use super::super::tree::parse;
    use super::values;

    fn of(text: &str, strategy: &str) -> Option<Vec<String>> {
        let job = parse(&format!("strategy:\n  matrix: {strategy}\n")).unwrap();
        values(text, &job).map(|values| values.into_iter().collect())
    }

    #[test]
    fn a_matrix_that_is_written_out_gives_its_values() {
        assert_eq!(of("a:1", "{}").unwrap(), ["a:1"]);
        assert_eq!(of("${{ matrix.i }}", "{i: [a, b]}").unwrap(), ["a", "b"]);
        assert_eq!(of("x:${{matrix.v}}-${{ matrix.v }}", "{v: [1, '2.10']}").unwrap(), ["x:1-1", "x:2.10-2.10"]);
        assert_eq!(of("${{ matrix.c.i }}", "{c: [{i: a}, {n: b}]}").unwrap(), ["", "a"]);
        assert_eq!(of("${{ matrix.i }}", "{o: [x], include: [{o: x, i: a}, {o: y}]}").unwrap(), ["a"]);
        assert_eq!(of("${{ matrix.i }}", "{i: [a], include: [{i: b}]}").unwrap(), ["a", "b"]);
    }

    #[test]
    fn what_is_decided_later_has_none() {
        for (text, matrix) in [
            ("${{ inputs.i }}", "{i: [a]}"),
            ("${{ matrix.i", "{i: [a]}"),
            ("${{ matrix.i || 'x' }}", "{i: [a]}"),
            ("${{ matrix.i }}:${{ matrix.j }}", "{i: [a], j: [b]}"),
            ("${{ matrix.i }}", "{j: [a]}"),
            ("${{ matrix.i }}", "'${{ fromJSON(x) }}'"),
            ("${{ matrix.i }}", "{i: '${{ fromJSON(x) }}'}"),
            ("${{ matrix.i }}", "{i: [a], include: '${{ fromJSON(x) }}'}"),
            ("${{ matrix.i }}", "{i: ['${{ inputs.x }}']}"),
            ("${{ matrix.i }}", "{i: [[a]]}"),
        ] {
            assert_eq!(of(text, matrix), None, "{text} of {matrix}");
        }
    }
}
