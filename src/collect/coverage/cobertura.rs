//! Cobertura's XML, as its own `coverage-04.dtd` describes it and coverage.py, gcovr, coverlet and others write it.
//!
//! Lines stand in a class, and once more in its methods; both are read. One file may be that of many classes.

use super::super::input::Refusal;
use super::super::xml::{Document, Element, Step, quoted};
use super::READ;
use super::wire::{Builder, CoverageFormat, CoverageReport};

/// Reads what stands in the root element.
///
/// # Errors
/// A [`Refusal`] where the document is not well-formed, or a report of another tool whose root has the same name.
pub(super) fn parse(
    mut document: Document<'_>,
    root: &Element<'_>,
    mut builder: Builder,
) -> Result<CoverageReport, Refusal> {
    let mut is_clover = false;
    root.attributes(|name, _| is_clover |= name == "clover")?;
    if is_clover {
        return Err(other("Clover"));
    }
    let mut depth = 1_usize;
    // The depth of the class that is open, and its file.
    let mut class: Option<(usize, Option<usize>)> = None;
    loop {
        match document.next()? {
            Step::Open(element) => {
                match element.name() {
                    "project" if depth == 1 => return Err(other("Clover")),
                    "file" if depth == 1 => return Err(other("SonarQube")),
                    "source" => {
                        let base = text_of(&mut document)?;
                        let base = base.trim();
                        if !base.is_empty() {
                            builder.bases.push(base.to_owned());
                        }
                        continue;
                    }
                    "class" => class = Some((depth, file_of(&element, &mut builder)?)),
                    "line" => line(&element, class, &mut builder)?,
                    _ => {}
                }
                depth += 1;
            }
            Step::Close => {
                depth = depth.saturating_sub(1);
                if class.is_some_and(|(at, _)| at == depth) {
                    class = None;
                }
            }
            Step::Text(_) => {}
            Step::End => break,
        }
    }
    Ok(builder.finish(CoverageFormat::Cobertura))
}

fn other(tool: &str) -> Refusal {
    Refusal::failed(format!("is a coverage report of {tool}, expected {READ}"))
}

/// The text of the innermost element, which ends with it.
fn text_of(document: &mut Document<'_>) -> Result<String, Refusal> {
    let mut text = String::new();
    loop {
        match document.next()? {
            Step::Text(piece) => text.push_str(&piece),
            Step::Open(_) => document.skip(|_, _| ())?,
            Step::Close | Step::End => return Ok(text),
        }
    }
}

fn file_of(element: &Element<'_>, builder: &mut Builder) -> Result<Option<usize>, Refusal> {
    let mut path = String::new();
    element.attributes(|name, value| {
        if name == "filename" {
            path = value.trim().to_owned();
        }
    })?;
    if path.is_empty() {
        builder.problem(|| format!("line {}", element.line()), || "a class without `filename`".to_owned());
        return Ok(None);
    }
    Ok(builder.file(&path))
}

fn line(element: &Element<'_>, class: Option<(usize, Option<usize>)>, builder: &mut Builder) -> Result<(), Refusal> {
    let (mut number, mut hits) = (None, None);
    element.attributes(|name, value| match name {
        "number" => number = Some(value.trim().to_owned()),
        "hits" => hits = Some(value.trim().to_owned()),
        _ => {}
    })?;
    let parsed = number.as_deref().and_then(|number| number.parse().ok());
    let ran = hits.as_deref().and_then(super::ran);
    if class.is_none() || parsed.is_none() || ran.is_none() {
        builder.problem(
            || format!("line {}", element.line()),
            || {
                let (number, hits) = (number.unwrap_or_default(), hits.unwrap_or_default());
                let (number, hits) = (quoted(&number), quoted(&hits));
                format!("found number {number} and hits {hits}, expected the number and the count of a line of a class")
            },
        );
    }
    builder.line(class.and_then(|(_, file)| file), parsed.unwrap_or(0), ran.unwrap_or(false));
    Ok(())
}
