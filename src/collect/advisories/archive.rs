//! Records in a zip archive, one an entry.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::record::short;
use super::sink::Sink;
use super::{MAX_RATIO, MAX_RECORD_BYTES, MAX_RECORDS, MAX_UNPACKED_BYTES, RATIO_FROM, limit};
use crate::collect::input::Refusal;

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
    Ok(())
}

fn broken(error: &ZipError) -> String {
    format!("is no zip archive that can be read: {}", short(&error.to_string()))
}
