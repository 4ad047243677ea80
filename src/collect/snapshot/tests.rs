use gix::ObjectId;

use super::{Attributes, Contents, Entry, MAX_TEXT_BYTES, Pair, RENAME_LIMIT, RawFile, Side, SnapshotError, compare};
use crate::evidence::{FileMode, FileStatus, Hunk};

/// Contents that are made up from their ids: the first two bytes say which line is repeated, the third is a line of its own.
struct MadeUp {
    size: Option<u64>,
}

impl Contents for MadeUp {
    fn size(&self, side: Side, path: &[u8], entry: Entry) -> Result<u64, SnapshotError> {
        match self.size {
            Some(size) => Ok(size),
            None => self.load(side, path, entry).map(|bytes| bytes.len() as u64),
        }
    }

    fn load(&self, _: Side, _: &[u8], entry: Entry) -> Result<Vec<u8>, SnapshotError> {
        let id = entry.id.as_bytes();
        Ok(format!("{}own {}\n", format!("line {} {}\n", id[0], id[1]).repeat(9), id[2]).into_bytes())
    }
}

fn entry(line: u16, own: u8) -> Entry {
    let mut id = [0; 20];
    ([id[0], id[1]], id[2]) = (line.to_be_bytes(), own);
    Entry { mode: FileMode::REGULAR, id: ObjectId::from(id) }
}

fn pair(path: &str, before: Option<Entry>, after: Option<Entry>) -> Pair {
    Pair { path: path.as_bytes().to_vec(), before, after }
}

fn compared(pairs: Vec<Pair>, size: Option<u64>) -> Vec<RawFile> {
    compare(pairs, &MadeUp { size }, &Attributes::default()).unwrap()
}

#[test]
fn a_file_past_the_limit_is_binary_and_is_renamed_only_where_it_is_equal() {
    let edited = || vec![pair("a", Some(entry(1, 1)), Some(entry(1, 2)))];
    let within = compared(edited(), Some(MAX_TEXT_BYTES));
    assert_eq!((within[0].binary, within[0].added), (false, Some(1)));
    let past = compared(edited(), Some(MAX_TEXT_BYTES + 1));
    assert_eq!((past[0].binary, past[0].added, past[0].hunks.len()), (true, None, 0));

    let moved = |second| vec![pair("a", Some(entry(1, 1)), None), pair("b", None, Some(entry(1, second)))];
    assert_eq!(compared(moved(1), Some(MAX_TEXT_BYTES + 1))[0].status, FileStatus::Renamed);
    assert_eq!(compared(moved(2), Some(MAX_TEXT_BYTES + 1)).len(), 2);
    assert_eq!(compared(moved(2), None)[0].status, FileStatus::Renamed);
}

/// As many deleted files as added ones, each alike to one of the other side and equal to none, under other names.
fn many(files: usize) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for number in 0..u16::try_from(files).unwrap() {
        pairs.push(pair(&format!("before/{number}.a"), Some(entry(number, 1)), None));
        pairs.push(pair(&format!("after/{number}.b"), None, Some(entry(number, 2))));
    }
    pairs
}

#[test]
fn past_the_rename_limit_edited_files_stay_deleted_and_added() {
    let renamed = |files: &[RawFile]| files.iter().filter(|file| file.status == FileStatus::Renamed).count();
    let within = compared(many(RENAME_LIMIT), None);
    assert_eq!((within.len(), renamed(&within)), (RENAME_LIMIT, RENAME_LIMIT));
    let past = compared(many(RENAME_LIMIT + 1), None);
    assert_eq!((past.len(), renamed(&past)), (2 * (RENAME_LIMIT + 1), 0));
}

#[test]
fn the_order_of_entries_changes_nothing() {
    let mut pairs = many(30);
    pairs.push(pair("edited", Some(entry(9, 9)), Some(entry(9, 8))));
    let forwards = compared(pairs.clone(), None);
    pairs.reverse();
    assert_eq!(compared(pairs, None), forwards);
    let edited = forwards.iter().find(|file| file.path == "edited").unwrap();
    assert_eq!(edited.hunks, [Hunk { old_start: 10, old_lines: 1, new_start: 10, new_lines: 1 }]);
}
