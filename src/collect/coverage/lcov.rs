//! LCOV's trace files, line by line, as geninfo(1) describes them and tools write them.
//!
//! Only `SF`, `DA` and `end_of_record` are read. Names of functions and branches may hold anything, so those lines are passed over
//! whole, as is every other line that begins with capital letters and a colon.

use super::super::input::Refusal;
use super::super::xml::quoted;
use super::wire::{Builder, CoverageFormat, CoverageReport};
use crate::evidence::path_from_bytes;

/// Whether the first line that says anything is one of LCOV's.
pub(super) fn is_lcov(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !is_silent(line));
    first.is_some_and(|line| line.starts_with(b"TN:") || line.starts_with(b"SF:"))
}

fn is_silent(line: &[u8]) -> bool {
    line.is_empty() || line.starts_with(b"#")
}

/// Reads a trace file.
///
/// # Errors
/// A [`Refusal`] where it ends inside of a record.
pub(super) fn parse(bytes: &[u8], mut builder: Builder) -> Result<CoverageReport, Refusal> {
    // The record that is open: its file, the line that it began in, and its path.
    let mut record: Option<(Option<usize>, usize, String)> = None;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        let at = || format!("line {}", index + 1);
        if is_silent(line) {
            continue;
        }
        if line == b"end_of_record" {
            if record.take().is_none() {
                builder.problem(at, || "a record ends, and none is open".to_owned());
            }
        } else if let Some(path) = line.strip_prefix(b"SF:") {
            if let Some((_, began, path)) = &record {
                builder
                    .problem(at, || format!("the record of {} from line {began} has no `end_of_record`", quoted(path)));
            }
            let path = path_from_bytes(path.trim_ascii());
            if path.is_empty() {
                builder.problem(at, || "a record without a path".to_owned());
            }
            let file = if path.is_empty() { None } else { builder.file(&path) };
            record = Some((file, index + 1, path));
        } else if let Some(data) = line.strip_prefix(b"DA:") {
            let file = record.as_ref().map(|(file, ..)| *file);
            if file.is_none() {
                builder.problem(at, || "a line outside of any record".to_owned());
            }
            let data = String::from_utf8_lossy(data);
            match execution(&data) {
                (Some(line), Some(ran)) => builder.line(file.flatten(), line, ran),
                (line, _) => {
                    builder
                        .problem(at, || format!("found {}, expected `DA:line,count`", quoted(&format!("DA:{data}"))));
                    builder.line(file.flatten(), line.unwrap_or(0), false);
                }
            }
        } else if !is_other(line) {
            builder
                .problem(at, || format!("found {}, expected a line of LCOV", quoted(&String::from_utf8_lossy(line))));
        }
    }
    if let Some((_, began, path)) = record {
        let path = quoted(&path);
        return Err(Refusal::failed(format!("is cut short: it ends inside of the record of {path} from line {began}")));
    }
    Ok(builder.finish(CoverageFormat::Lcov))
}

/// `line,count[,checksum]`.
fn execution(data: &str) -> (Option<u32>, Option<bool>) {
    let mut parts = data.split(',').map(str::trim);
    let line = parts.next().and_then(|line| line.parse().ok());
    let ran = parts.next().and_then(|count| {
        // gcov's marks: not executed, not executed but by an exception, and the same of other parts of the line.
        let is_mark = matches!(count, "#####" | "=====" | "%%%%%" | "$$$$$" | "-");
        if is_mark { Some(false) } else { super::ran(count) }
    });
    (line, ran)
}

/// Whether a line begins as all other lines do: capital letters and a colon.
fn is_other(line: &[u8]) -> bool {
    let letters = line.iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
    (2..=6).contains(&letters) && line.get(letters) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::execution;

    #[test]
    fn counts_are_executions_only_where_they_are_above_zero() {
        for (data, expected) in [
            ("3,1", (Some(3), Some(true))),
            ("3,0", (Some(3), Some(false))),
            ("3,-1", (Some(3), Some(false))),
            ("3, 7 ,abc==", (Some(3), Some(true))),
            ("3,18446744073709551615", (Some(3), Some(true))),
            ("3,=====", (Some(3), Some(false))),
            ("3,", (Some(3), None)),
            ("3", (Some(3), None)),
            ("3,many", (Some(3), None)),
            ("3,NaN", (Some(3), None)),
            ("3,inf", (Some(3), None)),
            ("-1,1", (None, Some(true))),
            ("4294967296,1", (None, Some(true))),
        ] {
            assert_eq!(execution(data), expected, "{data}");
        }
    }
}
