//! What the reference says before its tables: how a rule asks, and what it can't ask.

use std::fmt::Write as _;

use crate::evidence::Word as _;
use crate::policy::{Impact, Likelihood};

const ASKING: &str = "
## How to ask

A rule asks native queries (`change.findings.introduced().severity_at_least(\"high\")`) and goes through what they select with
`for`. A selection is one whatever was left out of it: it can be narrowed again, counted, summed, grouped, joined with another
one of the same collection (`and`, `or`, `except`), asked for an item (`item in selection`) and compared (`==`: the same items).

There is no `filter` over evidence that takes a function. A function can capture nothing in this language, so that
`|f| f.path == wanted` could not be written; and each call of one costs as much as a native query over thousands of items. What
no query selects, a loop with `if` does. Arrays have `filter`, `map`, `some` and `all` with functions as ever.

A query over columns names a property: `change.files.sum(\"added\")`. A name that no collection can use so is refused before the
rule runs. The sum of nothing is 0; the largest and the smallest of nothing are errors, because any number that stood for them
would pass some comparison.

Dates are days in UTC. There is no clock: `change.today` is the day that the change is judged on, and an error where nobody says.

Texts are matched by globs (`matches_glob`), `starts_with`, `ends_with`, `contains` and `==`. There are no regular expressions.
";

/// The text, as Markdown.
pub(super) fn text() -> String {
    let mut out = ASKING.to_owned();
    out.push_str("\n## The risk of a threat\n\nOWASP's risk rating, with one more impact.\n\n| impact |");
    for likelihood in Likelihood::ALL {
        // Writing to a string can't fail.
        let _ = write!(out, " likelihood {likelihood} |");
    }
    out.push_str("\n| --- | --- | --- | --- |\n");
    for impact in Impact::ALL {
        let _ = write!(out, "| {impact} |");
        for likelihood in Likelihood::ALL {
            let _ = write!(out, " {} |", impact.at(*likelihood));
        }
        out.push('\n');
    }
    out
}
