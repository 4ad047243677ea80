//! Doing what an action says, by its words: by whom, for which rules, with which flag, about which source.

use std::collections::BTreeSet;

use tollgate::evaluate::Subject;
use tollgate::evidence::{Completeness, EvidenceKind, ReviewState, Source};
use tollgate::policy::WAIVERS_RULE;
use tollgate::verdict::{Action, ActionKind, Verdict};

use super::world::{DAY, HEAD, Script, World};

/// By which flags a kind of evidence is supplied.
const FLAGS: &[(&str, EvidenceKind)] = &[
    ("--baseline-sarif", EvidenceKind::Baseline),
    ("--sarif", EvidenceKind::Findings),
    ("CODEOWNERS", EvidenceKind::Owners),
    ("changed packages", EvidenceKind::Dependencies),
    ("--sbom", EvidenceKind::Licences),
    ("--advisories", EvidenceKind::Advisories),
    ("changed files", EvidenceKind::Files),
    ("changed code", EvidenceKind::Capabilities),
    ("--reviews", EvidenceKind::Reviews),
    ("--teams", EvidenceKind::Teams),
    ("--tests", EvidenceKind::Tests),
    ("--coverage", EvidenceKind::Coverage),
    ("--claims", EvidenceKind::Claims),
    ("--change EVENT.json`", EvidenceKind::Change),
];

/// Does what actions of a verdict say, all of them at the same time.
pub(crate) fn apply(world: &mut World, verdict: &Verdict, actions: &[Action]) {
    // Subjects are positions, which hold until something else changes.
    for action in actions.iter().filter(|action| matches!(action.kind, ActionKind::Fix | ActionKind::LowerRisk)) {
        fix(world, verdict, action);
    }
    for subject in std::mem::take(&mut world.gone).into_iter().rev() {
        remove(world, subject);
    }
    for action in actions {
        match action.kind {
            ActionKind::Fix | ActionKind::LowerRisk => {}
            ActionKind::RepairRule => repair(world, action),
            ActionKind::Supply => supply(world, action),
            ActionKind::AddPolicy => {
                world.without.clear();
                world.rule("added", "", "enforcement: \"advisory\", risk: \"low\"", "note(\"looked\");");
            }
            ActionKind::Waive => waive(world, action),
            ActionKind::Approve => approve(world, action),
        }
    }
}

/// Takes away what the rules object to, and what they assess.
fn fix(world: &mut World, verdict: &Verdict, action: &Action) {
    for rule in verdict.rules.iter().filter(|rule| action.rules.iter().any(|id| id == rule.id())) {
        world.gone.extend(rule.open_violations().map(|judged| judged.violation.subject));
        if rule.id() == WAIVERS_RULE {
            let named = |id: &str| rule.open_violations().any(|judged| judged.violation.message.contains(id));
            world.waivers.retain(|waiver| !named(&waiver.id));
        }
        if action.kind == ActionKind::LowerRisk {
            let assessed = (0..).zip(&world.evidence.files).filter(|(_, file)| file.path.starts_with("net/"));
            world.gone.extend(assessed.map(|(index, _)| Subject::File(index)));
        }
    }
    if action.kind == ActionKind::LowerRisk && action.rules.is_empty() {
        // It is the policy that rejects every change.
        let packs = action.who.as_deref().unwrap().strip_prefix("pack ").unwrap();
        packs.split(", ").for_each(|pack| drop(world.manifests.insert(pack.to_owned(), String::new())));
    }
}

fn remove(world: &mut World, subject: Subject) {
    fn take<T>(list: &mut Vec<T>, index: u32) {
        list.remove(index as usize);
    }
    let evidence = &mut world.evidence;
    match subject {
        Subject::Change => evidence.change.labels.clear(),
        // There is one in any world.
        Subject::Finding(_) => evidence.findings = tollgate::evidence::Findings::default(),
        Subject::File(index) => take(&mut evidence.files, index),
        Subject::Dependency(index) => take(&mut evidence.dependencies, index),
        Subject::Review(index) => take(&mut evidence.reviews, index),
        Subject::Test(index) => take(&mut evidence.tests, index),
        Subject::Claim(index) => take(&mut evidence.claims, index),
        other => panic!("no world objects to {other:?}"),
    }
}

fn repair(world: &mut World, action: &Action) {
    for ((pack, id), script) in &mut world.rules {
        if action.rules.contains(id) {
            if action.action.starts_with("raise the limit") {
                world.manifests.insert(pack.clone(), String::new());
            } else {
                let now = script.mended.take().unwrap_or_else(|| panic!("{id} is not broken: {action:?}"));
                *script = Script { now, mended: None };
            }
        }
    }
}

fn supply(world: &mut World, action: &Action) {
    let said = &action.action;
    if said.contains("--author LOGIN") {
        return world.evidence.change.author = Some("dev".to_owned());
    }
    if said.contains("which commit the change ends in") {
        return world.evidence.change.head = Some(HEAD.to_owned());
    }
    if let Some(rest) = said.strip_prefix("name people or a team beside `") {
        let owner = rest.split('`').next().unwrap().to_owned();
        let owned = world.evidence.files.iter_mut().filter(|file| file.owners.contains(&owner));
        return owned.for_each(|file| file.owners.push("@olga".to_owned()));
    }
    // A source that is named, else a kind by its flag.
    let order = said.split(':').next().unwrap();
    let name = order.split('`').nth(1).filter(|name| !name.starts_with("--"));
    match name {
        Some(name) => {
            let named =
                |source: &&mut Source| source.tool.as_deref() == Some(name) || source.path.as_deref() == Some(name);
            let there: Vec<&mut Source> = world.evidence.sources.iter_mut().filter(named).collect();
            let none = there.is_empty();
            for source in there {
                let made = said.starts_with("bring in a newer").then(|| format!("{DAY}T00:00:00Z"));
                source.completeness = Completeness::Complete;
                source.reason = None;
                source.made = made.or(source.made.take());
            }
            if none {
                let source = Source { tool: Some(name.to_owned()), ..Source::complete(kind(said)) };
                world.has(source);
            }
        }
        None => {
            let kind = kind(said);
            world.without.retain(|other| *other != kind);
            if kind == EvidenceKind::Teams {
                world
                    .evidence
                    .teams
                    .entry("leads".to_owned())
                    .or_insert_with(|| vec!["lea".to_owned(), "lou".to_owned()]);
            }
            world
                .evidence
                .sources
                .retain(|source| source.kind != kind || source.path.is_some() || source.tool.is_some());
            world.evidence.sources.push(Source::complete(kind));
        }
    }
    world.evidence.sources.sort();
}

fn kind(said: &str) -> EvidenceKind {
    let told = FLAGS.iter().find(|(flag, _)| said.contains(flag));
    told.unwrap_or_else(|| panic!("nothing tells how: {said}")).1
}

fn waive(world: &mut World, action: &Action) {
    let id = action.action.split('`').nth(1).unwrap();
    // Who fixed what waivers violate may have taken it away.
    let Some(waiver) = world.waivers.iter_mut().find(|waiver| waiver.id == id) else { return };
    assert_eq!(action.who.as_deref(), Some(waiver.owner.as_str()));
    let renew = action.action.starts_with("renew");
    let have_approved = action.action.contains(" approved by ");
    assert!(renew || have_approved, "{action:?}");
    if renew {
        waiver.expires = "2026-03-01".parse().unwrap();
    }
    if have_approved {
        waiver.approved_by = Some("sam".to_owned());
    }
}

/// Lets as many people approve as are asked for, of those who are named, none of whom proposed the change.
fn approve(world: &mut World, action: &Action) {
    if let Some(why) = action.action.strip_prefix("name somebody who can approve: ") {
        return name_somebody(world, action, why);
    }
    let number: usize = match action.action.strip_prefix("get the approval of ").unwrap().split(' ').next().unwrap() {
        "one" => 1,
        number => number.parse().unwrap(),
    };
    let people = named(world, action.who.as_deref().unwrap());
    let approves = |login: &str| {
        let mut reviews = world.evidence.reviews.iter();
        reviews.any(|review| review.reviewer.as_deref() == Some(login) && review.state == ReviewState::Approved)
    };
    let left: Vec<String> =
        people.into_iter().filter(|login| login != "dev" && !approves(login)).take(number).collect();
    left.iter().for_each(|login| world.review(login, ReviewState::Approved));
}

/// The people that the words stand for.
fn named(world: &World, who: &str) -> BTreeSet<String> {
    let teams = &world.evidence.teams;
    let of_team = |name: &str| teams.get(name).cloned().unwrap_or_default();
    let of_login =
        |owner: &str| match owner.strip_prefix('@').map(|owner| owner.rsplit_once('/').unwrap_or(("", owner))) {
            Some(("", login)) => vec![login.to_owned()],
            Some((_, team)) => of_team(team),
            None => Vec::new(),
        };
    // Whoever is named beside an owner is one as well.
    let of_owner = |owner: &str| {
        let owned = world.evidence.files.iter().filter(|file| file.owners.iter().any(|own| own == owner));
        owned.flat_map(|file| &file.owners).flat_map(|owner| of_login(owner)).collect::<Vec<String>>()
    };
    let mut people = BTreeSet::new();
    for part in who.split(" or ") {
        if let Some(login) = part.strip_prefix("user:") {
            people.insert(login.to_owned());
        } else if let Some(team) = part.strip_prefix("team:") {
            people.extend(of_team(team));
        } else if part == "a member of any team" {
            people.extend(teams.values().flatten().cloned());
        } else if let Some(owners) = part.strip_prefix("the code owners (") {
            people.extend(owners.trim_end_matches(')').split(", ").flat_map(of_owner));
        } else if part != "the code owners" {
            panic!("nobody knows who that is: {part}");
        }
    }
    people
}

/// Brings people into the teams that have too few, or names owners.
fn name_somebody(world: &mut World, action: &Action, why: &str) {
    let mut teams: Vec<String> = why.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    if why.contains("code owner") {
        return world.evidence.files.iter_mut().for_each(|file| file.owners.push("@olga".to_owned()));
    }
    if teams.is_empty() {
        // Nobody of whom is asked is left; the rule tells whom it asks.
        let asked = world.rules.iter().filter(|((_, id), _)| action.rules.contains(id));
        let scripts: Vec<&str> = asked.map(|(_, script)| script.now.as_str()).collect();
        teams.extend(
            scripts
                .iter()
                .flat_map(|script| script.split("team:").skip(1))
                .map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
    }
    for team in teams {
        world.evidence.teams.entry(team).or_default().extend(["nia", "noa", "nil"].map(str::to_owned));
    }
}
