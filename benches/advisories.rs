//! Looking up 2,000 packages in a database of 200,000 advisories: with an index, while making one, and without.
//!
//! `cargo bench --bench advisories [-- RECORDS]`. Each row runs in a process of its own, which is this program started again, so
//! that its peak memory is its own; times are the least of several rounds. The database is a zip archive as osv.dev hands
//! them out, generated here: half of it are short records of malware, half are vulnerabilities with text, references, ranges, and
//! of Python's with lists of versions.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a program of its own"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tollgate::collect::advisories::read;
use tollgate::evidence::{Completeness, Ecosystem};
use tollgate::normalize::advisories::{advisories, wanted};
use tollgate::normalize::dependencies::PackageSides;

const RECORDS: u64 = 200_000;
const PACKAGES: u64 = 2_000;
const ROUNDS: usize = 5;
/// How long a lookup with an index may take, and how much memory any row.
const MAX_MILLISECONDS: f64 = 300.0;
const MAX_MEBIBYTES: f64 = 200.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().find_map(|it| it.strip_prefix(name).map(str::to_owned));
    let records = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(RECORDS);
    match value("database=") {
        Some(database) => child(Path::new(&database), value("cache=").as_deref().map(Path::new), records),
        None => parent(records),
    }
}

fn parent(records: u64) {
    let directory = tempfile::tempdir().unwrap();
    let (database, cache) = (directory.path().join("all.zip"), directory.path().join("cache"));
    std::fs::create_dir(&cache).unwrap();
    let unpacked = generate(&database, records) as f64 / 1e6;
    let packed = std::fs::metadata(&database).unwrap().len() as f64 / 1e6;
    println!("{records} records, {unpacked:.0} MB in an archive of {packed:.0} MB; {PACKAGES} packages");
    let run = |name: &str, with_cache: bool, rounds: usize| -> (f64, f64) {
        let (mut least, mut peak) = (f64::INFINITY, 0.0_f64);
        for _ in 0..rounds {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.arg(format!("database={}", database.display())).arg(records.to_string());
            if with_cache {
                command.arg(format!("cache={}", cache.display()));
            }
            let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
            let mut numbers = text.split_whitespace().map(|number| number.parse::<f64>().unwrap());
            least = least.min(numbers.next().expect("milliseconds"));
            peak = peak.max(numbers.next().expect("memory"));
        }
        println!("{name:<28} {least:>8.0} ms, peak {peak:>4.0} MiB");
        (least, peak)
    };
    let (_, first) = run("without an index", false, 2);
    let (_, second) = run("while making one", true, 1);
    let size = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>();
    let (least, third) = run("with it", true, ROUNDS);
    println!("the index has {:.0} MB; the digest of the database is taken each time", size as f64 / 1e6);
    assert!(first.max(second).max(third) < MAX_MEBIBYTES, "takes more than {MAX_MEBIBYTES} MiB");
    assert!(least < MAX_MILLISECONDS, "takes longer than {MAX_MILLISECONDS} ms");
}

/// Reads the database and matches; prints milliseconds and the peak of memory.
fn child(database: &Path, cache: Option<&Path>, records: u64) {
    let packages = packages();
    let start = Instant::now();
    let read = read(database, "all.zip", &wanted(&packages), cache);
    let (found, sources) = advisories(&packages, &[read]);
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{sources:?}");
    assert!(found.len() as u64 > PACKAGES.min(records) / 10, "{} advisories", found.len());
    println!("{milliseconds} {}", peak_mebibytes());
}

fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Packages of a large lockfile of npm and one of Python; half of them are ones that somebody wrote an advisory of.
fn packages() -> Vec<PackageSides> {
    let mut random = Random(7);
    let mut packages: Vec<PackageSides> = (0..PACKAGES)
        .map(|index| {
            let known = if index % 2 == 0 { random.below(POPULAR) } else { 10_000_000 + index };
            let version = |random: &mut Random| format!("{}.{}.{}", random.below(5), random.below(9), random.below(9));
            let before = version(&mut random);
            let after = if index % 10 == 0 { version(&mut random) } else { before.clone() };
            let ecosystem = if index % 4 == 0 { Ecosystem::Pypi } else { Ecosystem::Npm };
            let name = format!("{}-package-{known}", if index % 4 == 0 { "py" } else { "js" });
            PackageSides { ecosystem, name, manifest: Some("lock".into()), before: vec![before], after: vec![after] }
        })
        .collect();
    packages.sort();
    packages.dedup_by(|left, right| left.name == right.name);
    packages
}

/// Packages that real advisories are about; those of malware have names of their own.
const POPULAR: u64 = 20_000;

/// Writes the archive; gives the bytes of all records.
fn generate(path: &Path, records: u64) -> usize {
    let mut archive = zip::ZipWriter::new(std::io::BufWriter::new(std::fs::File::create(path).unwrap()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    let mut random = Random(1);
    let mut bytes = 0;
    for index in 0..records {
        let (id, text) = if index % 2 == 0 { malware(index, &mut random) } else { vulnerability(index, &mut random) };
        archive.start_file(format!("{id}.json"), options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
        bytes += text.len();
    }
    archive.finish().unwrap();
    bytes
}

fn malware(index: u64, random: &mut Random) -> (String, String) {
    let id = format!("MAL-2024-{index}");
    let hash: String = (0..8).map(|_| format!("{:08x}", random.below(1 << 32))).collect();
    let text = format!(
        r#"{{"id":"{id}","summary":"Malicious code in mal-{index} (npm)","details":"\n---\n_-= Per source details. Do not edit below this line.=-_\n\n## Source: {} ({hash})\nAny computer that has this package installed or running should be considered fully compromised. All secrets and keys stored on that computer should be rotated immediately from a different computer.\n","aliases":["GHSA-{:08x}"],"modified":"2024-06-{:02}T12:00:00Z","published":"2024-06-25T12:00:00Z","database_specific":{{"malicious-packages-origins":[{{"id":"GHSA-{:08x}","import_time":"2024-06-25T12:00:00.123456789Z","modified_time":"2024-06-25T12:00:00Z","ranges":[{{"events":[{{"introduced":"0"}}],"type":"SEMVER"}}],"sha256":"{hash}","source":"ghsa-malware"}}]}},"references":[{{"type":"ADVISORY","url":"https://github.com/advisories/GHSA-{index}"}}],"affected":[{{"package":{{"name":"mal-{index}","ecosystem":"npm","purl":"pkg:npm/mal-{index}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}],"versions":["1.0.0","1.0.1"],"database_specific":{{"source":"https://github.com/ossf/malicious-packages/blob/main/osv/malicious/npm/mal-{index}/{id}.json","cwes":[{{"cweId":"CWE-506","description":"The product contains code that appears to be malicious in nature.","name":"Embedded Malicious Code"}}]}}}}],"schema_version":"1.7.3","credits":[{{"name":"Source {}","type":"FINDER"}}]}}"#,
        random.words(2),
        random.below(1 << 32),
        1 + index % 28,
        random.below(1 << 32),
        random.words(2)
    );
    (id, text)
}

fn vulnerability(index: u64, random: &mut Random) -> (String, String) {
    let python = index % 4 == 1;
    let (prefix, ecosystem, language, kind) =
        if python { ("PYSEC", "PyPI", "py", "ECOSYSTEM") } else { ("GHSA", "npm", "js", "SEMVER") };
    let id = format!("{prefix}-{index}");
    let name = format!("{language}-package-{}", random.below(POPULAR));
    let fixed = format!("{}.{}.{}", random.below(5), random.below(9), random.below(9));
    let versions: Vec<String> = match python {
        true => (0..60).map(|version| format!("\"{}.{}.{}\"", version / 20, version / 5 % 4, version % 5)).collect(),
        false => Vec::new(),
    };
    let references: Vec<String> = (0..5)
        .map(|_| {
            format!(r#"{{"type":"WEB","url":"https://github.com/{}/commit/{:016x}"}}"#, name, random.below(1 << 60))
        })
        .collect();
    let text = format!(
        r#"{{"id":"{id}","summary":"{}","details":"Impact: {}\n\nPatches:\n{}\n","aliases":["CVE-2023-{index}"],"modified":"2024-05-{:02}T12:00:00Z","published":"2023-05-01T12:00:00Z","database_specific":{{"severity":"HIGH","github_reviewed":true,"cwe_ids":["CWE-79","CWE-20"],"nvd_published_at":null}},"references":[{}],"affected":[{{"package":{{"name":"{name}","ecosystem":"{ecosystem}","purl":"pkg:{}/{name}"}},"ranges":[{{"type":"{kind}","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}],"versions":[{}],"database_specific":{{"source":"https://github.com/github/advisory-database/blob/main/advisories/{id}.json"}}}}],"schema_version":"1.7.3","severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"}}]}}"#,
        random.words(10),
        random.words(120),
        random.words(40),
        1 + index % 28,
        references.join(","),
        if python { "pypi" } else { "npm" },
        versions.join(",")
    );
    (id, text)
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 20) % below
    }

    fn words(&mut self, number: usize) -> String {
        const PARTS: [&str; 16] = [
            "attack",
            "server",
            "re",
            "quest",
            "memory",
            "un",
            "check",
            "ed",
            "input",
            "over",
            "flow",
            "a",
            "token",
            "path",
            "de",
            "serialize",
        ];
        let word = |random: &mut Self| {
            let (left, right) = (random.below(16) as usize, random.below(16) as usize);
            format!("{}{}", PARTS[left], PARTS[right])
        };
        (0..number).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }
}
