//! Inputs that are damaged at random: no damage to what would block a change lets it pass.

use serde_json::{Value, json};

use crate::{Place, decision};

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn place() -> Place {
    let place = Place::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/first-change");
    for side in ["before", "after"] {
        for file in ["package-lock.json", "package.json", "src/server.js", "tests/server.test.js"] {
            place.write(&format!("{side}/{file}"), std::fs::read(format!("{example}/{side}/{file}")).unwrap());
        }
    }
    place.write("scan.sarif", std::fs::read(format!("{example}/codeql.sarif")).unwrap());
    place.pack("findings", "\"findings\", \"files\"", "for f in change.findings { violation(f, \"x\"); }");
    place.pack("packages", "\"dependencies\"", "for d in change.dependencies { violation(d, \"x\"); }");
    place
}

fn of(place: &Place, name: &str, pack: &str) -> String {
    decision(name, &place.eval(&["--trees", "before", "after", "--sarif", "scan.sarif", "--policy", pack]))
}

/// Damages some bytes.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = random.below(bytes.len());
    let length = random.below(40).min(bytes.len() - at);
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..at + length)),
        2 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
        3 => {
            let copy = bytes[at..at + length].to_vec();
            drop(bytes.splice(at..at, copy));
        }
        _ => bytes[at] ^= 0x20,
    }
    bytes
}

/// Damages one value of a document: it is gone, or something else.
fn altered(document: &Value, random: &mut Random) -> Value {
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Object(entries) => entries.iter().for_each(|(key, value)| {
                pointers(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all)
            }),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), all))
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let pointer = &all[random.below(all.len())];
    let mut document = document.clone();
    let values = [
        json!(null),
        json!({}),
        json!([]),
        json!(""),
        json!(0),
        json!(-1),
        json!(true),
        json!("x"),
        json!([null]),
        json!(1e300),
    ];
    *document.pointer_mut(pointer).unwrap() = values[random.below(values.len())].clone();
    document
}

/// Whether a report says in so many words that there is nothing: that alone may approve.
fn says_nothing(report: &[u8]) -> bool {
    let Ok(document) = serde_json::from_slice::<Value>(report) else { return false };
    document["runs"]
        .as_array()
        .is_some_and(|runs| !runs.is_empty() && runs.iter().all(|run| run["results"] == json!([])))
}

#[test]
fn a_damaged_report_never_approves() {
    let place = place();
    assert_eq!(of(&place, "as it is", "findings"), "rejected");
    let report = std::fs::read(place.path().join("scan.sarif")).unwrap();
    let document: Value = serde_json::from_slice(&report).unwrap();
    let mut random = Random(7);
    for round in 0..160 {
        let bytes = if round % 2 == 0 {
            damaged(&report, &mut random)
        } else {
            altered(&document, &mut random).to_string().into_bytes()
        };
        place.write("scan.sarif", &bytes);
        let found = of(&place, "damaged", "findings");
        assert!(found != "approved" || says_nothing(&bytes), "round {round}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_damaged_lockfile_never_approves() {
    let place = place();
    assert_eq!(of(&place, "as it is", "packages"), "rejected");
    let lock = std::fs::read(place.path().join("after/package-lock.json")).unwrap();
    let document: Value = serde_json::from_slice(&lock).unwrap();
    let mut random = Random(11);
    for round in 0..160 {
        let bytes = if round % 2 == 0 {
            damaged(&lock, &mut random)
        } else {
            altered(&document, &mut random).to_string().into_bytes()
        };
        place.write("after/package-lock.json", &bytes);
        let found = of(&place, "damaged", "packages");
        assert_ne!(found, "approved", "round {round}: {}", String::from_utf8_lossy(&bytes));
    }
}

/// Every input that is named and not there, alone and together.
#[test]
fn a_file_that_is_dropped_never_approves() {
    let files = ["scan.sarif", "after/package-lock.json", "findings/pack.toml", "findings/rules/the-rule.rhai"];
    for dropped in 1..(1_u32 << files.len()) {
        let place = place();
        let names: Vec<&str> =
            files.iter().enumerate().filter(|(index, _)| dropped & (1 << index) != 0).map(|(_, file)| *file).collect();
        for file in &names {
            place.remove(file);
        }
        let output = place.eval(&[
            "--trees",
            "before",
            "after",
            "--sarif",
            "scan.sarif",
            "--policy",
            "findings",
            "--policy",
            "packages",
        ]);
        assert_ne!(decision("dropped", &output), "approved", "{names:?}");
    }
}
