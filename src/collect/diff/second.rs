//! A second reading of a diff, by a parser that shares nothing with the first. Where the two don't find the same, the diff is refused.

use diffy::Line;
use diffy::patch_set::{ParseOptions, PatchKind, PatchSet};

use super::header::Section;
use super::shown;

pub(super) fn agrees(body: &[u8], sections: &[Section]) -> Result<(), String> {
    let mut patches = PatchSet::parse_bytes(body, ParseOptions::gitdiff());
    for section in sections {
        let disagree = |what: &str| {
            format!("line {}: {} can be read in two ways: {what}", section.line, shown(section.file.path.as_bytes()))
        };
        let patch = match patches.next() {
            Some(Ok(patch)) => patch,
            Some(Err(error)) => return Err(disagree(&error.to_string())),
            None => return Err(disagree("it may belong to the file before it")),
        };
        match patch.patch() {
            PatchKind::Binary(_) if section.file.binary => {}
            PatchKind::Text(text) if !section.file.binary => {
                let (mut added, mut removed) = (0_u32, 0_u32);
                for line in text.hunks().iter().flat_map(|hunk| hunk.lines()) {
                    match line {
                        Line::Insert(_) => added += 1,
                        Line::Delete(_) => removed += 1,
                        Line::Context(_) => {}
                    }
                }
                if text.hunks().len() != section.hunk_headers
                    || Some(added) != section.file.added
                    || Some(removed) != section.file.removed
                {
                    return Err(disagree("its lines"));
                }
            }
            _ => return Err(disagree("as text and as binary")),
        }
    }
    match patches.next() {
        None => Ok(()),
        Some(_) => Err("can be read as having more files".to_owned()),
    }
}
