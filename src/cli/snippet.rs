//! A diagnostic as text: the message, the place, the source line with a caret, and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::console::{is_hostile, one_line, printable};
use crate::diagnostic::{Diagnostic, Place};

/// Lines longer than this many bytes are not shown: the caret would be off the screen, and the file is no text for people.
const MAX_LINE: usize = 1_000;

/// A diagnostic as it is shown on standard error.
#[must_use]
pub fn render(diagnostic: &Diagnostic, color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width.max(60));
    let message = one_line(&diagnostic.message);
    let level = match diagnostic.code.level() {
        crate::diagnostic::Level::Error => Level::ERROR,
        crate::diagnostic::Level::Warning => Level::WARNING,
    };
    let title = level.primary_title(message).id(diagnostic.code.as_str());
    let line = diagnostic.place.as_deref().and_then(source_line);
    let has_line = line.is_some();
    let mut group = match diagnostic.place.as_deref() {
        None => Group::with_title(title),
        Some(place) => match line {
            Some((line, at)) => title.element(
                Snippet::source(line)
                    .path(one_line(&place.file))
                    .line_start(place.line as usize)
                    .annotation(AnnotationKind::Primary.span(at)),
            ),
            None => title.element(origin(place)),
        },
    };
    for related in &diagnostic.related {
        let message = one_line(&related.message);
        group = match source_line(&related.place) {
            Some((line, at)) => group.element(
                Snippet::source(line)
                    .path(one_line(&related.place.file))
                    .line_start(related.place.line as usize)
                    .annotation(AnnotationKind::Context.span(at).label(message)),
            ),
            None => group.element(Level::NOTE.message(format!("{message}: {}", one_line(&related.place.to_string())))),
        };
    }
    let Some(help) = diagnostic.help.as_deref().map(printable) else { return renderer.render(&[group]) };
    if !has_line {
        // Without a source line there is nothing for the help to hang from.
        let help = Group::with_title(Level::HELP.secondary_title(help));
        return format!("{}\n{}", renderer.render(&[group]), renderer.render(&[help]));
    }
    group = group.element(Level::HELP.message(help));
    renderer.render(&[group])
}

fn origin(place: &Place) -> Origin<'static> {
    let origin = Origin::path(one_line(&place.file));
    match (place.line, place.column) {
        (0, _) => origin,
        (line, 0) => origin.line(line as usize),
        (line, column) => origin.line(line as usize).char_column(column as usize),
    }
}

/// The line of a place, with as many characters as the file has, and the bytes of it that are meant.
fn source_line(place: &Place) -> Option<(String, std::ops::Range<usize>)> {
    let index = (place.line as usize).checked_sub(1)?;
    let raw = place.text.as_deref()?.lines().nth(index)?;
    if raw.len() > MAX_LINE {
        return None;
    }
    // One stand-in for each hostile character keeps the columns right.
    let line: String = raw.chars().map(|c| if c != '\t' && is_hostile(c) { '\u{fffd}' } else { c }).collect();
    let column = (place.column as usize).saturating_sub(1);
    let start = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let rest = line.get(start..).unwrap_or("");
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let end = match rest.chars().next() {
        _ if place.column == 0 => line.len(),
        Some(first) if is_word(first) => start + rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        // A text in quotes is meant as a whole.
        Some('"') => start + rest.match_indices('"').nth(1).map_or(1, |(at, _)| at + 1),
        Some(first) => start + first.len_utf8(),
        None => start,
    };
    Some((line, start..end))
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::diagnostic::{Code, Diagnostic, Place};
    use std::sync::Arc;

    #[test]
    fn the_line_is_shown_with_a_caret_under_the_word() {
        let text: Arc<str> = "a = 1\nwithout = [\"findngs\"]\n".into();
        let place = Place::at_offset("tollgate.toml", &text, text.find("findngs").unwrap());
        let shown = render(
            &Diagnostic::new(Code::BrokenConfig, "unknown kind of evidence `findngs`")
                .at(place)
                .help("did you mean `findings`?"),
            false,
            80,
        );
        insta::assert_snapshot!(shown, @r#"
        error[broken-config]: unknown kind of evidence `findngs`
         --> tollgate.toml:2:13
          |
        2 | without = ["findngs"]
          |             ^^^^^^^
          |
          = help: did you mean `findings`?
        "#);
    }

    #[test]
    fn a_place_that_has_to_do_with_it_is_shown_below() {
        let team: Arc<str> = "[set]\nseverity = \"critical\"\n".into();
        let org: Arc<str> = "[parameters.severity]\ndefault = \"high\"\n".into();
        let shown = render(
            &Diagnostic::new(Code::BrokenPack, "`severity` can't be moved to `critical`")
                .at(Place::at_offset("team/pack.toml", &team, team.find("\"crit").unwrap()))
                .related(Place::at_offset("org/pack.toml", &org, org.find("\"high").unwrap()), "it is declared here")
                .help("ask for `tunable`"),
            false,
            80,
        );
        insta::assert_snapshot!(shown, @r#"
        error[broken-pack]: `severity` can't be moved to `critical`
         --> team/pack.toml:2:12
          |
        2 | severity = "critical"
          |            ^^^^^^^^^^
          |
         ::: org/pack.toml:2:11
          |
        2 | default = "high"
          |           ------ it is declared here
          |
          = help: ask for `tunable`
        "#);
    }

    #[test]
    fn a_place_without_text_is_named_and_hostile_text_written_out() {
        let place = Place { file: "a\u{1b}[31m.rhai".to_owned(), line: 3, column: 7, text: None };
        let shown = render(&Diagnostic::new(Code::ScriptError, "bad \u{202e}`x`").at(place), false, 80);
        insta::assert_snapshot!(shown, @r"
        error[script-error]: bad \u{202e}`x`
        --> a\u{1b}[31m.rhai:3:7
        ");
    }

    #[test]
    fn hostile_characters_of_the_source_line_do_not_reach_the_terminal_nor_move_the_caret() {
        let text: Arc<str> = "\u{1b}]0;\u{202e} bad\n".into();
        let place = Place::at_offset("f", &text, text.find("bad").unwrap());
        let shown = render(&Diagnostic::new(Code::SyntaxError, "no").at(place), false, 80);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));
        insta::assert_snapshot!(shown, @r"
        error[syntax-error]: no
         --> f:1:7
          |
        1 | �]0;� bad
          |       ^^^
        ");
    }

    #[test]
    fn a_line_too_long_to_show_is_named_only() {
        let text: Arc<str> = "x".repeat(5_000).into();
        let shown =
            render(&Diagnostic::new(Code::SyntaxError, "no").at(Place::at_offset("f", &text, 4_000)), false, 80);
        assert!(shown.contains("f:1:4001") && shown.len() < 200, "{shown}");
    }

    #[test]
    fn a_column_past_the_end_of_the_line_is_no_panic() {
        for column in [0, 1, 3, 4, 99] {
            let place = Place { file: "f".to_owned(), line: 1, column, text: Some("ab\n".into()) };
            assert!(render(&Diagnostic::new(Code::SyntaxError, "no").at(place), true, 0).contains('f'));
        }
    }
}
