//! Hostile scripts and packs against the real command, each in a process of its own: none crashes it, none takes more time
//! or memory than its budget, none floods or steers what it writes to, and none leaves a rule satisfied that should have
//! ended otherwise.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may panic and print, and makes its inputs"
)]

mod bodies;
mod harness;
mod packs;
mod scripts;
mod sizes;
mod unread;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::{Attack, Place};

fn attacks() -> Vec<Attack> {
    let mut attacks = bodies::attacks();
    attacks.extend(sizes::attacks());
    attacks.extend(scripts::attacks());
    attacks.extend(packs::attacks());
    attacks
}

#[test]
fn no_attack_gets_through() {
    let attacks = attacks();
    let next = AtomicUsize::new(0);
    // How many were run, and not refused before that.
    let ended = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let slowest = Mutex::new(Vec::new());
    // More at a time than there are processors would spend the time budgets of one another.
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(attack) = attacks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = Place::new();
                    let ran = place.run(attack);
                    slowest.lock().unwrap().push((ran.took, ran.peak_kib, attack.name.clone()));
                    match ran.judge(attack) {
                        Ok(harness::End::Refused) => {}
                        Ok(_) => _ = ended.fetch_add(1, Ordering::Relaxed),
                        Err(why) => wrong.lock().unwrap().push(format!("{}, {}: {why}", attack.kind, attack.name)),
                    }
                }
            });
        }
    });
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for attack in &attacks {
        *kinds.entry(attack.kind).or_default() += 1;
    }
    let ended = ended.into_inner();
    println!("{} attacks of {} kinds, of which {ended} were run", attacks.len(), kinds.len());
    for (kind, count) in &kinds {
        println!("{count:5} {kind}");
    }
    let mut slowest = slowest.into_inner().unwrap();
    slowest.sort_by(|one, other| other.cmp(one));
    for (took, peak, name) in slowest.iter().take(5) {
        println!("{took:9.1?} {peak:7} KiB  {name}");
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} got through:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ended >= 130, "only {ended} attacks were run, and not refused before that");
    assert!(attacks.len() >= 130 && kinds.len() >= 25, "{} attacks of {} kinds", attacks.len(), kinds.len());
}

#[test]
fn no_attack_is_there_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for attack in attacks() {
        assert!(seen.insert(attack.name.clone()), "the name `{}` is there twice", attack.name);
        let files = attack.files.clone();
        assert!(files.contains_key("pack.toml") || attack.expected == harness::End::Refused, "{}", attack.name);
    }
}
