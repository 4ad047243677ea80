//! Records in a zip archive, one an entry.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::record::short;
use super::sink::Sink;
use super::{MAX_RATIO, MAX_RECORD_BYTES, MAX_RECORDS, MAX_UNPACKED_BYTES, RATIO_FROM, limit, unreadable};
use crate::collect::input::Refusal;

/// Bytes of an entry in the directory of an archive before its name (APPNOTE 4.3.12).
const HEADER: usize = 46;
/// What follows the directory: its end, or that of a large one.
const ENDS: [&[u8; 4]; 2] = [b"PK\x05\x06", b"PK\x06\x06"];

/// Reads every entry whose name ends in `.json`.
pub(super) fn read(file: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(file).map_err(|error| Refusal::failed(broken(&error)))?;
    if archive.has_duplicate_names() {
        return Err(Refusal::failed("is an archive in which two entries have the same name, expected each once"));
    }
    if archive.len() as u64 > MAX_RECORDS {
        return Err(limit(format!("has more entries than the limit of {MAX_RECORDS}")));
    }
    let (mut bytes, mut unpacked) = (Vec::new(), 0);
    for place in 0..archive.len() {
        let mut entry = archive
            .by_index(place)
            .map_err(|error| Refusal::failed(format!("entry {}: {}", place + 1, broken(&error))))?;
        let raw = String::from_utf8_lossy(entry.name_raw());
        let at = format!("entry `{}`", short(&raw));
        if entry.is_dir() || !raw.to_ascii_lowercase().ends_with(".json") {
            continue;
        }
        let allowed = entry.compressed_size().saturating_mul(MAX_RATIO).max(RATIO_FROM);
        let max = allowed.min(MAX_RECORD_BYTES as u64);
        bytes.clear();
        // One byte more than allowed tells; the checksum is looked at where the entry ends.
        (&mut entry)
            .take(max + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Refusal::failed(format!("{at}: can't be unpacked: {error}")))?;
        if bytes.len() as u64 > max {
            return Err(limit(match max == allowed {
                true => format!("{at}: is unpacked more than {MAX_RATIO} times as large as packed"),
                false => format!("{at}: is larger than the limit of {MAX_RECORD_BYTES} bytes"),
            }));
        }
        unpacked += bytes.len() as u64;
        if unpacked > MAX_UNPACKED_BYTES {
            return Err(limit(format!("is unpacked larger than the limit of {MAX_UNPACKED_BYTES} bytes")));
        }
        sink.take(&bytes, &at)?;
    }
    ends_after_last(archive)
}

/// Whether the directory of an archive ends after the last entry that was read. How many there are stands at its end alone, and
/// where that says too few, the others would be passed over.
fn ends_after_last(mut archive: ZipArchive<impl Read + Seek>) -> Result<(), Refusal> {
    let Some(last) = archive.len().checked_sub(1) else { return Ok(()) };
    let start = archive.by_index_raw(last).map(|entry| entry.central_header_start());
    let start = start.map_err(|error| Refusal::failed(broken(&error)))?;
    let mut file = archive.into_inner();
    let mut header = [0; HEADER];
    file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut header)).map_err(unreadable)?;
    // Name, extra fields and comment follow; their lengths are the three numbers at the offset 28.
    let lengths = header.get(28..34).unwrap_or_default().chunks_exact(2);
    let rest: i64 = lengths.map(|pair| pair.iter().rev().fold(0, |sum, byte| sum * 256 + i64::from(*byte))).sum();
    let mut next = [0; 4];
    file.seek(SeekFrom::Current(rest)).and_then(|_| file.read_exact(&mut next)).map_err(unreadable)?;
    match ENDS.contains(&&next) {
        true => Ok(()),
        false => Err(Refusal::failed("is an archive with more entries than its end says, expected as many")),
    }
}

fn broken(error: &ZipError) -> String {
    format!("is no zip archive that can be read: {}", short(&error.to_string()))
}
