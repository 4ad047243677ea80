//! Which added file is a deleted one under a new name, by the rules of `git diff -M` (50 %, no copies). Pure but for the loader.
//!
//! In git's order: equal contents first, then files whose name is the only one of that name on both sides and that are
//! 75 % alike, then the best of all remaining pairs. Likeness is git's: the bytes of the chunks (lines, at most 64 bytes)
//! that both have, by the size of the larger one. It differs from git's in one thing: git counts chunks in a table of
//! 107,927 slots, so that two different chunks are now and then taken for one; here they are not.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::SnapshotError;
use super::compare::{At, Comparison, MAX_TEXT_BYTES};
use crate::evidence::FileMode;

/// How many deleted and how many added files are compared with each other when they are not equal: as with git's
/// `diff.renameLimit`, there is no search where the product of both is larger than the square of it. What is not
/// searched stays a deleted and an added file, all of whose lines count.
pub const RENAME_LIMIT: usize = 1_000;

const SCALE: u64 = 60_000;
const LIKE: u64 = SCALE / 2;
const LIKE_WITH_SAME_NAME: u64 = SCALE / 4 * 3;
/// How many sources are remembered for each added file, as in git.
const CANDIDATES: usize = 4;
/// How many equal sources are looked at for each added file, as in git.
const EQUAL_CANDIDATES: usize = 100;
const CHUNK: usize = 64;

/// For each added file the index of the deleted one that it was.
///
/// # Errors
/// Where a content can't be had.
pub(super) fn find(
    deleted: &[At<'_>],
    added: &[At<'_>],
    comparison: &Comparison<'_>,
) -> Result<Vec<Option<usize>>, SnapshotError> {
    let mut search = Search { deleted, added, found: vec![None; added.len()], used: vec![false; deleted.len()] };
    if deleted.is_empty() || added.is_empty() {
        return Ok(search.found);
    }
    search.equal();
    let (left, right) = search.remaining();
    if !left.is_empty() && !right.is_empty() {
        let mut prints = Prints::new(comparison);
        search.same_names(&left, &right, &mut prints)?;
        search.most_alike(&mut prints)?;
    }
    Ok(search.found)
}

struct Search<'a> {
    deleted: &'a [At<'a>],
    added: &'a [At<'a>],
    found: Vec<Option<usize>>,
    used: Vec<bool>,
}

impl Search<'_> {
    fn record(&mut self, source: usize, target: usize) {
        if let (Some(used), Some(found)) = (self.used.get_mut(source), self.found.get_mut(target)) {
            *used = true;
            *found = Some(source);
        }
    }

    fn remaining(&self) -> (Vec<usize>, Vec<usize>) {
        let open = |taken: &[bool]| taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(at, _)| at).collect();
        let found: Vec<bool> = self.found.iter().map(Option::is_some).collect();
        (open(&self.used), open(&found))
    }

    /// Equal content, and for anything but regular files equal mode; the same name is preferred.
    fn equal(&mut self) {
        let mut sources: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
        for (index, at) in self.deleted.iter().enumerate() {
            sources.entry(at.entry.id).or_default().push(index);
        }
        for (target, at) in self.added.iter().enumerate() {
            let mut best: Option<(bool, usize)> = None;
            for &source in sources.get(&at.entry.id).into_iter().flatten().take(EQUAL_CANDIDATES) {
                let Some(from) = self.deleted.get(source) else { continue };
                let fits = (regular(from) && regular(at)) || from.entry.mode == at.entry.mode;
                if !fits || self.used.get(source) != Some(&false) {
                    continue;
                }
                let same = name(from.path) == name(at.path);
                if best.is_none_or(|(was_same, _)| same && !was_same) {
                    best = Some((same, source));
                }
                if same {
                    break;
                }
            }
            if let Some((_, source)) = best {
                self.record(source, target);
            }
        }
    }

    /// A file name that is left once on each side.
    fn same_names(&mut self, left: &[usize], right: &[usize], prints: &mut Prints<'_>) -> Result<(), SnapshotError> {
        let sources = unique_names(self.deleted, left);
        let targets = unique_names(self.added, right);
        for &source in left {
            let Some(from) = self.deleted.get(source) else { continue };
            let file_name = name(from.path);
            if let (Some(Some(_)), Some(Some(target))) = (sources.get(file_name), targets.get(file_name))
                && let Some(to) = self.added.get(*target)
                && prints.likeness((source, from), (*target, to))? >= LIKE_WITH_SAME_NAME
            {
                self.record(source, *target);
            }
        }
        Ok(())
    }

    fn most_alike(&mut self, prints: &mut Prints<'_>) -> Result<(), SnapshotError> {
        let (left, right) = self.remaining();
        if left.len().saturating_mul(right.len()) > RENAME_LIMIT * RENAME_LIMIT {
            return Ok(());
        }
        let mut matches: Vec<Match> = Vec::new();
        for &target in &right {
            let Some(to) = self.added.get(target) else { continue };
            let mut best: Vec<Match> = Vec::with_capacity(CANDIDATES + 1);
            for &source in &left {
                let Some(from) = self.deleted.get(source) else { continue };
                let likeness = prints.likeness((source, from), (target, to))?;
                if likeness >= LIKE {
                    Match { likeness, same_name: name(from.path) == name(to.path), source, target }.keep(&mut best);
                }
            }
            matches.append(&mut best);
        }
        // A stable sort: among equals the order of the added files decides, then that of the deleted ones.
        matches.sort_by_key(|found| std::cmp::Reverse(found.rank()));
        for found in matches {
            if self.used.get(found.source) == Some(&false) && self.found.get(found.target) == Some(&None) {
                self.record(found.source, found.target);
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy)]
struct Match {
    likeness: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Match {
    /// Keeps the best few: a newcomer takes the first of the worst places, and only where it is better.
    fn keep(self, best: &mut Vec<Self>) {
        if best.len() < CANDIDATES {
            best.push(self);
            return;
        }
        let worst = best.iter_mut().reduce(|worst, other| if other.rank() < worst.rank() { other } else { worst });
        if let Some(worst) = worst
            && self.rank() > worst.rank()
        {
            *worst = self;
        }
    }

    fn rank(&self) -> (u64, bool) {
        (self.likeness, self.same_name)
    }
}

/// The chunks of each content that was asked for, and its size.
struct Prints<'a> {
    comparison: &'a Comparison<'a>,
    sizes: [BTreeMap<usize, u64>; 2],
    chunks: [BTreeMap<usize, Chunks>; 2],
}

/// How many bytes lie in chunks of each hash, by hash.
type Chunks = Vec<(u64, u64)>;

impl<'a> Prints<'a> {
    fn new(comparison: &'a Comparison<'a>) -> Self {
        Self { comparison, sizes: Default::default(), chunks: Default::default() }
    }

    /// From 0 to [`SCALE`]; 0 where it could not reach [`LIKE`].
    fn likeness(&mut self, from: (usize, &At<'_>), to: (usize, &At<'_>)) -> Result<u64, SnapshotError> {
        if !regular(from.1) || !regular(to.1) {
            return Ok(0);
        }
        let [old_sizes, new_sizes] = &mut self.sizes;
        let old_size = size(old_sizes, from, self.comparison)?;
        let new_size = size(new_sizes, to, self.comparison)?;
        let larger = old_size.max(new_size);
        if larger == 0 || larger > MAX_TEXT_BYTES || larger * LIKE < larger.abs_diff(old_size.min(new_size)) * SCALE {
            return Ok(0);
        }
        let [old_chunks, new_chunks] = &mut self.chunks;
        let old = chunks(old_chunks, from, self.comparison)?;
        let new = chunks(new_chunks, to, self.comparison)?;
        Ok(shared(old, new) * SCALE / larger)
    }
}

fn size(
    known: &mut BTreeMap<usize, u64>,
    (index, at): (usize, &At<'_>),
    comparison: &Comparison<'_>,
) -> Result<u64, SnapshotError> {
    if let Some(size) = known.get(&index) {
        return Ok(*size);
    }
    let size = comparison.contents.size(at.side, at.path, at.entry)?;
    known.insert(index, size);
    Ok(size)
}

fn chunks<'k>(
    known: &'k mut BTreeMap<usize, Chunks>,
    (index, at): (usize, &At<'_>),
    comparison: &Comparison<'_>,
) -> Result<&'k Chunks, SnapshotError> {
    Ok(match known.entry(index) {
        std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::btree_map::Entry::Vacant(place) => {
            let bytes = comparison.contents.load(at.side, at.path, at.entry)?;
            let text = !comparison.is_binary(at, &bytes);
            place.insert(chunks_of(&bytes, text))
        }
    })
}

/// Chunks end after a newline or 64 bytes; in text a carriage return before a newline does not count.
fn chunks_of(bytes: &[u8], text: bool) -> Chunks {
    let mut found: Chunks = Vec::new();
    let mut chunk = Chunk::default();
    for (index, &byte) in bytes.iter().enumerate() {
        if text && byte == b'\r' && bytes.get(index + 1) == Some(&b'\n') {
            continue;
        }
        chunk.push(byte);
        if byte == b'\n' || chunk.length == CHUNK as u64 {
            found.push((chunk.hash, chunk.length));
            chunk = Chunk::default();
        }
    }
    if chunk.length > 0 {
        found.push((chunk.hash, chunk.length));
    }
    found.sort_unstable();
    found.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    found
}

/// FNV-1a, 64 bits.
struct Chunk {
    hash: u64,
    length: u64,
}

impl Default for Chunk {
    fn default() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, length: 0 }
    }
}

impl Chunk {
    fn push(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.length += 1;
    }
}

/// How many bytes lie in chunks that both have.
fn shared(old: &Chunks, new: &Chunks) -> u64 {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut bytes = 0;
    while let (Some((a, held)), Some((b, wanted))) = (old.peek(), new.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => drop(old.next()),
            std::cmp::Ordering::Greater => drop(new.next()),
            std::cmp::Ordering::Equal => {
                bytes += held.min(wanted);
                old.next();
                new.next();
            }
        }
    }
    bytes
}

/// Each file name with its index, or with none where there are several.
fn unique_names<'a>(entries: &'a [At<'_>], indices: &[usize]) -> BTreeMap<&'a [u8], Option<usize>> {
    let mut names = BTreeMap::new();
    for &index in indices {
        if let Some(at) = entries.get(index) {
            names.entry(name(at.path)).and_modify(|seen| *seen = None).or_insert(Some(index));
        }
    }
    names
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

fn regular(at: &At<'_>) -> bool {
    at.entry.mode.same_type(FileMode::REGULAR)
}
