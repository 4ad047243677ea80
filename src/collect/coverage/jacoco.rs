//! JaCoCo's XML, as its `report.dtd` describes it: groups of packages, and in each its source files with their lines.
//!
//! A source file is named by its package and its name alone; where it lies in the repository, the report does not say.

use super::super::input::Refusal;
use super::super::xml::{Document, Element, Step, quoted};
use super::READ;
use super::wire::{Builder, CoverageFormat, CoverageReport};

/// Reads what stands in the root element.
///
/// # Errors
/// A [`Refusal`] where the document is not well-formed, or not JaCoCo's.
pub(super) fn parse(mut document: Document<'_>, mut builder: Builder) -> Result<CoverageReport, Refusal> {
    let mut depth = 1_usize;
    let mut package = String::new();
    // The depth of the source file that is open, and the file.
    let mut open: Option<(usize, Option<usize>)> = None;
    let mut known = false;
    loop {
        match document.next()? {
            Step::Open(element) => {
                match element.name() {
                    "sessioninfo" | "group" | "counter" => known = true,
                    "package" => {
                        known = true;
                        package = attribute(&element, "name")?.unwrap_or_default();
                    }
                    "sourcefile" => open = Some((depth, file(&element, &package, &mut builder)?)),
                    "line" => line(&element, open, &mut builder)?,
                    name if depth == 1 && !known => {
                        let found = quoted(name);
                        return Err(Refusal::failed(format!(
                            "is no coverage report: a `report` that begins with {found}, expected {READ}"
                        )));
                    }
                    _ => {}
                }
                depth += 1;
            }
            Step::Close => {
                depth = depth.saturating_sub(1);
                if open.is_some_and(|(at, _)| at == depth) {
                    open = None;
                }
            }
            Step::Text(_) => {}
            Step::End => break,
        }
    }
    Ok(builder.finish(CoverageFormat::Jacoco))
}

fn attribute(element: &Element<'_>, wanted: &str) -> Result<Option<String>, Refusal> {
    let mut found = None;
    element.attributes(|name, value| {
        if name == wanted {
            found = Some(value.trim().to_owned());
        }
    })?;
    Ok(found)
}

fn file(element: &Element<'_>, package: &str, builder: &mut Builder) -> Result<Option<usize>, Refusal> {
    let name = attribute(element, "name")?.unwrap_or_default();
    if name.is_empty() {
        builder.problem(|| format!("line {}", element.line()), || "a source file without `name`".to_owned());
        return Ok(None);
    }
    let separator = if package.is_empty() { "" } else { "/" };
    Ok(builder.file(&format!("{package}{separator}{name}")))
}

/// A line ran where any of its instructions did.
fn line(element: &Element<'_>, open: Option<(usize, Option<usize>)>, builder: &mut Builder) -> Result<(), Refusal> {
    let number = attribute(element, "nr")?;
    let instructions = attribute(element, "ci")?;
    let parsed = number.as_deref().and_then(|number| number.parse().ok());
    let ran = instructions.as_deref().and_then(super::ran);
    if let (Some(_), None) = (parsed, &instructions) {
        // The document type has it optional; gcovr never writes it.
        builder.problem(
            || format!("line {}", element.line()),
            || {
                let number = quoted(&number.unwrap_or_default());
                format!("line {number} has no `ci`, so nobody can tell whether it ran; gcovr tells that in LCOV and Cobertura alone")
            },
        );
        builder.line(open.and_then(|(_, file)| file), parsed.unwrap_or(0), false);
        return Ok(());
    }
    if open.is_none() || parsed.is_none() || ran.is_none() {
        builder.problem(
            || format!("line {}", element.line()),
            || {
                let (number, count) = (quoted(&number.unwrap_or_default()), quoted(&instructions.unwrap_or_default()));
                format!(
                    "found nr {number} and ci {count}, expected the number and the count of a line of a source file"
                )
            },
        );
    }
    builder.line(open.and_then(|(_, file)| file), parsed.unwrap_or(0), ran.unwrap_or(false));
    Ok(())
}
