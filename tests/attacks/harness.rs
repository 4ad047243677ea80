//! One attack: a pack, how it has to end, and the process that it is tried on.

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take before it is killed; that is always a finding.
const KILL: Duration = Duration::from_secs(40);
/// What a process may take beside the memory of the rules: the binary itself, the policy, the report. In KiB.
const OWN_KIB: u64 = 160 * 1024;
/// What the rules of an attack may take, in bytes. One operation may take as much again before it is seen.
const MEMORY: u64 = 64 << 20;
/// How much a process may write to standard output, and to standard error.
const OUTPUT: usize = 1 << 20;
/// The address space of a process, in KiB: beyond it the machine itself would be in danger.
const ADDRESS_SPACE: u64 = 4 << 20;

pub(crate) const META: &str = "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"files\"] };\n";
pub(crate) const PACK: &str = "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[parameters.list]\ntype = \"list<string>\"\ndefault = [\"a\", \"b\"]\n";
const EVIDENCE: &str = r#"{"schema": "tollgate/evidence/v1",
  "files": {"items": [{"path": "src/a.rs", "status": "modified", "kind": "source"}]},
  "sources": [{"kind": "files", "completeness": "complete"}]}"#;

/// How an attack has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The pack is not loaded: exit code 2, and a diagnostic.
    Refused,
    /// The rule errs, and the change is not approved.
    Errs,
    /// The rule passes a limit on counted operations or sizes, and says so.
    Limit,
    /// Time or memory ran out: no verdict. A fast machine may come to a limit on operations first.
    HeldBack,
    /// The rule objects; what it says is harmless in every format.
    Objects,
    /// Nothing was to be gained: the rule ends by itself, as it says.
    Harmless,
}

/// One attack.
#[derive(Debug, Clone)]
pub(crate) struct Attack {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// The files of the pack; what is left out is not there.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) expected: End,
    /// Limits beside the usual ones of these tests.
    pub(crate) limits: &'static [&'static str],
    /// Does to the directory of the pack what files can't.
    pub(crate) prepare: fn(&Path),
}

impl Attack {
    /// A pack of one rule.
    pub(crate) fn script(
        kind: &'static str,
        name: impl Into<String>,
        script: impl Into<Vec<u8>>,
        expected: End,
    ) -> Self {
        Self::pack(kind, name, [("pack.toml", PACK.into()), ("rules/r.rhai", script.into())], expected)
    }

    pub(crate) fn pack<'a>(
        kind: &'static str,
        name: impl Into<String>,
        files: impl IntoIterator<Item = (&'a str, Vec<u8>)>,
        expected: End,
    ) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
        Self { kind, name: name.into(), files, expected, limits: &[], prepare: |_| {} }
    }

    /// With other limits.
    pub(crate) fn limited(self, limits: &'static [&'static str]) -> Self {
        Self { limits, ..self }
    }

    /// With something done to the directory.
    pub(crate) fn prepared(self, prepare: fn(&Path)) -> Self {
        Self { prepare, ..self }
    }
}

/// A rule of one body. It says something first, and its variables are such as may be left unread: what only reading can
/// tell of a rule that does nothing would keep most attacks from being run.
pub(crate) fn rule(body: &str) -> String {
    format!("{META}fn check(change, params) {{ note(\"run\");\n{}\n}}\n", super::unread::unread(body))
}

/// What became of a process.
pub(crate) struct Ran {
    status: Option<ExitStatus>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    files: Vec<(&'static str, Vec<u8>)>,
    pub(crate) took: Duration,
    pub(crate) peak_kib: u64,
}

/// The directory of one attack.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn run(&self, attack: &Attack) -> Ran {
        std::fs::write(self.path().join("small.json"), EVIDENCE).unwrap();
        std::fs::create_dir(self.path().join("pack")).unwrap();
        for (file, bytes) in &attack.files {
            let path = self.path().join("pack").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        (attack.prepare)(&self.path().join("pack"));
        let start = Instant::now();
        let mut child = self.spawn(attack);
        let stdout = drain(child.stdout.take().unwrap());
        let stderr = drain(child.stderr.take().unwrap());
        let (status, peak_kib) = wait(&mut child);
        let took = start.elapsed();
        let file = |name: &'static str| Some((name, std::fs::read(self.path().join(name)).ok()?));
        Ran {
            status,
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
            files: ["out.md", "out.txt", "out.sarif"].into_iter().filter_map(file).collect(),
            took,
            peak_kib,
        }
    }

    fn spawn(&self, attack: &Attack) -> Child {
        let mut limits = vec![format!("memory_bytes={MEMORY}")];
        limits
            .push(if attack.expected == End::HeldBack { "milliseconds=300" } else { "milliseconds=60000" }.to_owned());
        if attack.expected == End::Limit {
            limits.push("operations=200000".to_owned());
        }
        limits.extend(attack.limits.iter().map(|limit| (*limit).to_owned()));
        let outputs = ["markdown=out.md", "terminal=out.txt", "sarif=out.sarif"];
        Command::new("sh")
            .args(["-c", &format!("ulimit -v {ADDRESS_SPACE}; exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_tollgate"))
            .args(["eval", "--evidence", "small.json", "--policy", "pack", "--format", "json", "--as-of", "2026-01-31"])
            .args(limits.iter().flat_map(|limit| ["--limit", limit]))
            .args(outputs.iter().flat_map(|output| ["--output", output]))
            .current_dir(self.path())
            .env_remove("TOLLGATE_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// Reads all, so that the process never waits; keeps no more than is needed to say that it is too much.
fn drain(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        pipe.by_ref().take(64 << 20).read_to_end(&mut kept).unwrap();
        std::io::copy(&mut pipe, &mut std::io::sink()).unwrap();
        kept
    })
}

/// Waits for a process and looks how much memory it takes; kills it in the end.
fn wait(child: &mut Child) -> (Option<ExitStatus>, u64) {
    let start = Instant::now();
    let mut peak = 0;
    loop {
        // Of a process that ended there is no memory left to be told.
        let told = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let high = told.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(high.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            return (Some(status), peak);
        }
        if start.elapsed() > KILL {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, peak);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

impl Ran {
    /// Whether the attack ended as it has to.
    pub(crate) fn judge(&self, attack: &Attack) -> Result<End, String> {
        let said = String::from_utf8_lossy(&self.stderr);
        let tail = || said.chars().take(600).collect::<String>();
        let Some(status) = self.status else { return Err(format!("had to be killed: {}", tail())) };
        if let Some(signal) = status.signal() {
            return Err(format!("ended by signal {signal}: {}", tail()));
        }
        let Some(code @ (0..=4)) = status.code() else { return Err(format!("{status}: {}", tail())) };
        if said.contains("panicked at") || said.contains("overflowed its stack") {
            return Err(format!("a crash: {}", tail()));
        }
        let most = OWN_KIB + 2 * MEMORY / 1024;
        if self.peak_kib > most {
            return Err(format!("took {} KiB, of {most}", self.peak_kib));
        }
        self.output()?;
        let end = self.end(code, &said)?;
        let may = match attack.expected {
            End::HeldBack => matches!(end, End::HeldBack | End::Limit),
            End::Errs => matches!(end, End::Errs | End::Limit),
            expected => end == expected,
        };
        // What is refused before it runs does nothing at all.
        if may || end == End::Refused {
            Ok(end)
        } else {
            Err(format!("{end:?} where {:?} was expected; {}", attack.expected, tail()))
        }
    }

    /// Whether what was written is bounded, and steers nothing.
    fn output(&self) -> Result<(), String> {
        let streams = [("standard output", &self.stdout), ("standard error", &self.stderr)];
        for (name, bytes) in streams {
            if bytes.len() > OUTPUT {
                return Err(format!("{} bytes on {name}", bytes.len()));
            }
        }
        for (name, bytes) in streams.into_iter().chain(self.files.iter().map(|(name, bytes)| (*name, bytes))) {
            let text = std::str::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
            if let Some(character) = text.chars().find(|character| steers(*character)) {
                return Err(format!("U+{:04X} on {name}", u32::from(character)));
            }
            if name == "out.md" && ["<script", "[x](http", "<img", "\n# Approved"].iter().any(|bad| text.contains(bad))
            {
                return Err(format!("markup on {name}"));
            }
        }
        Ok(())
    }

    /// How it ended; whatever is not consistent is an error.
    fn end(&self, code: i32, said: &str) -> Result<End, String> {
        if code == 2 {
            if !self.stdout.is_empty() || !self.files.is_empty() {
                return Err("a report without a verdict".to_owned());
            }
            if said.contains("error[abandoned]") {
                return Ok(End::HeldBack);
            }
            return if said.contains("error[") {
                Ok(End::Refused)
            } else {
                Err(format!("exit code 2, without a word: {said}"))
            };
        }
        let report: serde_json::Value =
            serde_json::from_slice(&self.stdout).map_err(|error| format!("no report: {error}"))?;
        let decision = report["decision"].as_str().unwrap_or_default();
        let codes = [("approved", 0), ("rejected", 1), ("approval_required", 3), ("indeterminate", 4)];
        if !codes.contains(&(decision, code)) {
            return Err(format!("{decision}, and exit code {code}"));
        }
        let rules = report["rules"].as_array().cloned().unwrap_or_default();
        let outcomes: Vec<&str> = rules.iter().filter_map(|rule| rule["outcome"].as_str()).collect();
        if outcomes.contains(&"errored") {
            if decision == "approved" {
                return Err("approved with a rule that errs".to_owned());
            }
            let codes: Vec<&str> = rules.iter().filter_map(|rule| rule["diagnostic"]["code"].as_str()).collect();
            return Ok(if codes.contains(&"limit-exceeded") { End::Limit } else { End::Errs });
        }
        Ok(if outcomes.contains(&"violated") { End::Objects } else { End::Harmless })
    }
}

/// Whether a character does something to a terminal, or to how text around it is read.
fn steers(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
