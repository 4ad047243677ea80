//! Evidence of any shape that the types allow, with texts that want to be something else.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tollgate::evidence::{
    Advisory, AdvisoryKind, AdvisorySeverityFrom, BaselineState, Capability, Change, CheckStatus, Claim, ClaimKind,
    Comparison, Completeness, DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope, Directness,
    Disagreement, Ecosystem, Evidence, EvidenceKind, FileChange, FileCoverage, FileKind, FileKindFrom, FileMode,
    FileStatus, FindingKind, FindingRow, Findings, FindingsBuilder, Hunk, Integrity, Jump, Level, LfsPointer, Licence,
    Ownership, PackageSource, Pin, Presence, Problem, Review, ReviewState, Severity, SeverityFrom, Source, SourceKind,
    Suppression, TestCase, VexStatement, VexStatus, Word,
};

pub(crate) fn word<W: Word + std::fmt::Debug>() -> impl Strategy<Value = W> {
    select(W::ALL)
}

/// Quotes, line feeds, escapes, bidirectional controls, stand-ins for bytes that are not UTF-8, and anything at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-c]{0,3}",
        1 => "[\"\\\\\n\r\t\u{0}\u{1b}\u{7f}\u{2028}\u{202e}\u{feff}\u{10FF80}é`{}\\[\\],:]{0,8}",
        1 => any::<String>(),
    ]
}

fn path() -> impl Strategy<Value = String> {
    vec("[a-c\\\\\n\"\u{202e}\u{10FF80} ]{1,3}|\\.[a-c.]{2}", 1..4).prop_map(|segments| segments.join("/"))
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn time() -> impl Strategy<Value = String> {
    select(vec!["2026-01-31T00:00:00Z".to_owned(), "1999-12-31T23:59:59.123456789Z".to_owned()])
}

fn change() -> impl Strategy<Value = Change> {
    let facts = (option::of(any::<u64>()), vec(option::of(any::<bool>()), 3));
    (vec(option::of(text()), 10), texts(), texts(), option::of(time()), facts).prop_map(
        |(mut fields, commit_authors, labels, time, (number, mut facts))| {
            let mut fact = || facts.pop().flatten();
            let mut next = || fields.pop().flatten();
            Change {
                repository: next(),
                base: next(),
                merge_base: next(),
                head: next(),
                // Any text would do that may be a login.
                author: next().map(|text| format!("a{}z", text.replace(is_line_end, "\u{b7}"))),
                title: next(),
                branch: next(),
                target_branch: next(),
                description: next(),
                url: next(),
                number,
                draft: fact(),
                fork: fact(),
                author_is_bot: fact(),
                commit_authors,
                labels,
                time,
            }
        },
    )
}

#[derive(Debug, Clone)]
struct AnyFinding {
    rule: (String, Option<String>, String, Option<String>, Vec<String>),
    words: (FindingKind, Level, Severity, SeverityFrom, Suppression, BaselineState, Comparison, bool),
    score: Option<f32>,
    message: String,
    place: Result<String, Option<String>>,
    region: (u32, u32, u32),
    about: (Vec<u32>, Option<String>),
    fingerprint: u128,
}

fn finding() -> impl Strategy<Value = AnyFinding> {
    let rule = (text(), option::of(text()), text(), option::of(text()), texts());
    let words = (
        word::<FindingKind>(),
        word::<Level>(),
        word::<Severity>(),
        word::<SeverityFrom>(),
        word::<Suppression>(),
        word::<BaselineState>(),
        word::<Comparison>(),
        any::<bool>(),
    );
    let place = prop_oneof![path().prop_map(Ok), option::of(text()).prop_map(Err)];
    let region = (0_u32..3, 0_u32..3, 0_u32..3)
        .prop_map(|(line, more, column)| (line, if line > 0 { line + more } else { 0 }, column));
    let cwe = vec(1_u32..2000, 0..3).prop_map(|mut cwe| {
        cwe.sort_unstable();
        cwe.dedup();
        cwe
    });
    // Few fingerprints, so that many findings share one, and one that is what a shared one becomes.
    let fingerprint =
        prop_oneof![select(vec![0_u128, 1, u128::MAX, 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835]), any::<u128>()];
    let about = (cwe, option::of(text()));
    (rule, words, option::of(0.0_f32..=10.0), text(), place, region, about, fingerprint).prop_map(
        |(rule, words, score, message, place, region, about, fingerprint)| AnyFinding {
            rule,
            words,
            score,
            message,
            place,
            region,
            about,
            fingerprint,
        },
    )
}

fn findings(items: &[AnyFinding]) -> Findings {
    let mut findings = FindingsBuilder::default();
    findings.rule("a rule", None, "without findings", None, &[]);
    for item in items {
        let (tool, version, id, name, tags) = &item.rule;
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let rule = findings.rule(tool, version.as_deref(), id, name.as_deref(), &tags);
        let (kind, level, severity, severity_from, suppression, baseline_state, compared, changed) = item.words;
        findings.push(&FindingRow {
            rule,
            kind,
            level,
            severity,
            severity_from,
            score: item.score,
            message: &item.message,
            path: item.place.as_deref().ok(),
            unmapped: item.place.as_ref().err().and_then(Option::as_deref),
            line: item.region.0,
            end_line: item.region.1,
            column: item.region.2,
            cwe: &item.about.0,
            package: item.about.1.as_deref(),
            fingerprint: item.fingerprint,
            suppression,
            baseline_state,
            on_changed_line: changed || item.place.is_err(),
            compared,
        });
    }
    findings.finish()
}

fn hunks() -> impl Strategy<Value = Vec<Hunk>> {
    vec((1_u32..5, 0_u32..3, 0_u32..3), 0..4).prop_map(|blocks| {
        let (mut old, mut new) = (1, 1);
        let mut hunks = Vec::new();
        for (gap, removed, added) in blocks.into_iter().filter(|(_, removed, added)| removed + added > 0) {
            (old, new) = (old + gap, new + gap);
            let start = |line: u32, lines: u32| if lines == 0 { line - 1 } else { line };
            hunks.push(Hunk {
                old_start: start(old, removed),
                old_lines: removed,
                new_start: start(new, added),
                new_lines: added,
            });
            (old, new) = (old + removed, new + added);
        }
        hunks
    })
}

fn file() -> impl Strategy<Value = FileChange> {
    let mode = || option::of(select(vec![0o100_644, 0o100_755, 0o120_000, 0o160_000, 0o777_777]).prop_map(FileMode));
    let counts = (option::of(any::<u32>()), option::of(any::<u32>()), any::<bool>());
    let kind = (word::<FileKind>(), word::<FileKindFrom>(), any::<bool>());
    let pointers = (option::of(pointer()), option::of(pointer()));
    let people = (texts(), vec(ownership(), 0..3));
    (path(), word::<FileStatus>(), kind, (mode(), mode()), counts, hunks(), option::of(text()), pointers, people)
        .prop_map(
            |(
                path,
                status,
                kind,
                modes,
                (added, removed, binary),
                hunks,
                language,
                pointers,
                (mut owners, ownership),
            )| {
                let previous_path = (status == FileStatus::Renamed).then(|| format!("before/{path}"));
                let of_file = |ownership: Ownership| Ownership {
                    path: previous_path.clone().filter(|_| ownership.optional).unwrap_or_else(|| path.clone()),
                    ..ownership
                };
                let ownership: Vec<Ownership> = ownership.into_iter().map(of_file).collect();
                owners.extend(ownership.iter().flat_map(|ownership| ownership.owners.clone()));
                owners.sort();
                owners.dedup();
                FileChange {
                    mode_before: modes.0.filter(|_| status != FileStatus::Added),
                    mode_after: modes.1.filter(|_| status != FileStatus::Deleted),
                    binary,
                    added,
                    removed,
                    hunks,
                    language,
                    kind_from: kind.1,
                    hidden: kind.2 && binary,
                    lfs_before: pointers.0,
                    lfs_after: pointers.1,
                    owners,
                    ownership,
                    previous_path,
                    ..FileChange::at(path, status, kind.0)
                }
            },
        )
}

fn pointer() -> impl Strategy<Value = LfsPointer> {
    any::<u64>().prop_map(|size| LfsPointer { oid: "0123456789abcdef".repeat(4), size })
}

fn ownership() -> impl Strategy<Value = Ownership> {
    (option::of(text()), vec(text(), 1..3), 0_u32..4, any::<bool>(), 1_u32..99).prop_map(
        |(section, owners, count, optional, line)| Ownership {
            path: String::new(),
            section,
            owners,
            count,
            optional,
            line,
        },
    )
}

fn package_sources() -> impl Strategy<Value = Vec<PackageSource>> {
    let source = (word::<SourceKind>(), option::of(text()), option::of(text()));
    vec(source.prop_map(|(kind, host, location)| PackageSource { kind, host, location }), 0..3)
}

fn dependency() -> impl Strategy<Value = DependencyChange> {
    use DependencyChangeKind::{Added, Removed};
    let words = (
        word::<Ecosystem>(),
        word::<DependencyChangeKind>(),
        word::<Jump>(),
        word::<Directness>(),
        word::<DependencyScope>(),
    );
    let held = (word::<Pin>(), word::<Integrity>(), option::of(text()), texts(), package_sources());
    let disagreement = (word::<DependencyOrigin>(), text(), texts(), texts())
        .prop_map(|(by, source, before, after)| Disagreement { by, source, before, after });
    let stated = (vec(word::<DependencyOrigin>(), 0..3), vec(disagreement, 0..2));
    let sources = (package_sources(), package_sources(), texts());
    (words, text(), option::of(path()), text(), texts(), sources, held, stated).prop_map(
        |(words, name, manifest, purl, versions, (sources_before, sources_after, new_hosts), held, stated)| {
            let (pin, integrity, deprecated, similar_to, other_sources) = held;
            let (stated_by, disagreements) = stated;
            let (ecosystem, change, jump, directness, scope) = words;
            let side = |absent: DependencyChangeKind, first: &str| match change == absent {
                true => Vec::new(),
                false => [first.to_owned()].into_iter().chain(versions.clone()).collect(),
            };
            let keep = |absent: DependencyChangeKind, sources: Vec<PackageSource>| match change == absent {
                true => Vec::new(),
                false => sources,
            };
            DependencyChange {
                ecosystem,
                name,
                manifest,
                purl: format!("pkg:{purl}"),
                change,
                before: side(Added, "1"),
                after: side(Removed, "2"),
                jump: (!matches!(change, Added | Removed)).then_some(jump),
                directness,
                scope,
                sources_before: keep(Added, sources_before),
                sources_after: keep(Removed, sources_after),
                new_hosts,
                pin,
                integrity,
                deprecated,
                similar_to,
                other_sources,
                stated_by,
                disagreements,
            }
        },
    )
}

fn source() -> impl Strategy<Value = Source> {
    let fields = vec(option::of(text()), 5);
    let digest = option::of(Just("0123456789abcdef".repeat(4)));
    let problems = vec((text(), text()), 0..3);
    let digest = (digest, option::of(time()));
    (word::<EvidenceKind>(), word::<Completeness>(), fields, digest, any::<(u64, u64)>(), problems, 0_u64..9).prop_map(
        |(kind, completeness, mut fields, (sha256, made), (items, set_aside), problems, more)| {
            let mut next = || fields.pop().flatten();
            Source {
                kind,
                completeness,
                path: next(),
                tool: next(),
                tool_version: next(),
                commit: next(),
                reason: next(),
                sha256,
                made,
                items,
                set_aside,
                problem_count: problems.len() as u64 + more,
                problems: problems.into_iter().map(|(at, message)| Problem { at, message }).collect(),
            }
        },
    )
}

fn vex() -> impl Strategy<Value = VexStatement> {
    let texts = (option::of(text()), option::of(text()), option::of(text()), text());
    (word::<VexStatus>(), texts).prop_map(|(status, (justification, detail, author, source))| VexStatement {
        status,
        justification,
        detail,
        author,
        source,
    })
}

fn advisory() -> impl Strategy<Value = Advisory> {
    let package = (word::<Ecosystem>(), text(), option::of(path()), text());
    let rated = (
        word::<AdvisoryKind>(),
        option::of(word::<Severity>()),
        option::of(word::<AdvisorySeverityFrom>()),
        option::of(text()),
    );
    let told = (text(), texts(), text(), texts(), option::of(text()), texts(), vec(vex(), 0..2));
    (package, rated, told, texts(), texts()).prop_map(|(package, rated, told, before, mut after)| {
        let (ecosystem, name, manifest, purl) = package;
        let (kind, severity, severity_from, cvss) = rated;
        let (id, aliases, summary, fixed_in, published, sources, vex) = told;
        if before.is_empty() && after.is_empty() {
            after.push("1".to_owned());
        }
        let presence = match (before.is_empty(), after.is_empty()) {
            (true, _) => Presence::Introduced,
            (false, false) => Presence::CarriedOver,
            (false, true) => Presence::Fixed,
        };
        Advisory {
            manifest,
            aliases,
            kind,
            summary,
            before,
            after,
            presence,
            severity,
            severity_from,
            cvss,
            fixed_in,
            published,
            sources,
            vex,
            ..Advisory::at(ecosystem, name, format!("pkg:{purl}"), id)
        }
    })
}

fn licence() -> impl Strategy<Value = Licence> {
    let package = (word::<Ecosystem>(), text(), text(), text(), option::of(path()));
    let expression = option::of(select(vec!["MIT", "Apache-2.0 OR MIT", "LicenseRef-own"]));
    let told = (expression, option::of(text()), texts(), option::of(word::<DependencyOrigin>()));
    (package, told).prop_map(|((ecosystem, name, version, purl, manifest), (expression, stated, before, by))| Licence {
        ecosystem,
        name,
        version,
        purl: format!("pkg:{purl}"),
        manifest,
        expression: expression.map(str::to_owned),
        stated,
        before,
        by,
    })
}

fn review() -> impl Strategy<Value = Review> {
    let flags = (any::<bool>(), any::<bool>());
    (option::of(text()), flags, word::<ReviewState>(), option::of(text()), option::of(time())).prop_map(
        |(reviewer, (bot, latest), state, commit, time)| {
            let decisive = !matches!(state, ReviewState::Commented | ReviewState::Pending);
            let somebody = reviewer.as_ref().is_some_and(|login: &String| !login.trim().is_empty());
            Review { latest: latest && decisive && somebody, reviewer, bot, state, commit, time }
        },
    )
}

/// Of each reviewer one review is what they hold.
fn reviews() -> impl Strategy<Value = Vec<Review>> {
    vec(review(), 0..3).prop_map(|mut reviews| {
        let mut held = std::collections::BTreeSet::new();
        for review in reviews.iter_mut().filter(|review| review.latest) {
            review.latest = held.insert(review.reviewer.as_deref().map(str::to_lowercase));
        }
        reviews
    })
}

fn coverage() -> impl Strategy<Value = FileCoverage> {
    let lines = proptest::collection::btree_map(1_u32..99, any::<bool>(), 0..6);
    (path(), lines).prop_map(|(path, lines)| {
        let of = |hit: bool| lines.iter().filter(|(_, covered)| **covered == hit).map(|(line, _)| *line).collect();
        FileCoverage { path, covered: of(true), missed: of(false) }
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let numbers = vec((-99_i32..99).prop_map(|number| format!("{number}.5")), 0..3);
    let form = (word::<ClaimKind>(), any::<bool>(), option::of(text()));
    (option::of(text()), 1_u32..99, text(), texts(), form, numbers).prop_map(
        |(path, line, text, section, (kind, ticked, label), numbers)| {
            let ticked = (kind == ClaimKind::Checkbox).then_some(ticked);
            Claim { path, line, kind, text, label, section, ticked, numbers }
        },
    )
}

fn other() -> impl Strategy<Value = Evidence> {
    let capability =
        (path(), 1_u32..99, text(), text()).prop_map(|(path, line, kind, what)| Capability { path, line, kind, what });
    let place = (option::of(path()), 0_u32..99);
    let test = (text(), option::of(text()), text(), word::<CheckStatus>(), 1_u32..4, place, option::of(text()))
        .prop_map(|(suite, class, name, status, attempts, (path, line), message)| TestCase {
            suite,
            class,
            name,
            status,
            attempts,
            path,
            line,
            message,
        });
    (
        vec(licence(), 0..3),
        vec(advisory(), 0..3),
        vec(capability, 0..3),
        reviews(),
        proptest::collection::btree_map(text(), texts(), 0..3),
        vec(test, 0..3),
        vec(coverage(), 0..3),
        vec(claim(), 0..3),
    )
        .prop_map(|(licences, advisories, capabilities, reviews, teams, tests, coverage, claims)| Evidence {
            licences,
            advisories,
            capabilities,
            reviews,
            teams,
            tests,
            coverage,
            claims,
            ..Evidence::default()
        })
}

/// Evidence in canonical order: each file once, and a source for each kind.
pub(crate) fn evidence() -> impl Strategy<Value = Evidence> {
    (change(), vec(finding(), 0..8), vec(file(), 0..5), vec(dependency(), 0..5), vec(source(), 0..4), other()).prop_map(
        |(change, items, mut files, dependencies, mut sources, other)| {
            files.sort();
            files.dedup_by(|one, other| one.path == other.path);
            let mut coverage = other.coverage.clone();
            coverage.sort();
            coverage.dedup_by(|one, other| one.path == other.path);
            sources.extend(EvidenceKind::ALL.iter().map(|kind| Source::complete(*kind)));
            let findings = findings(&items);
            let mut evidence = Evidence { change, findings, files, dependencies, coverage, sources, ..other };
            // A source says of no item that it was read where there is none.
            let lost: Vec<EvidenceKind> =
                EvidenceKind::ALL.iter().copied().filter(|kind| is_empty(&evidence, *kind)).collect();
            for source in evidence.sources.iter_mut().filter(|source| lost.contains(&source.kind)) {
                source.items = 0;
            }
            evidence.sort();
            evidence
        },
    )
}

/// Whether the document has a list for a kind and nothing in it.
fn is_empty(evidence: &Evidence, kind: EvidenceKind) -> bool {
    match kind {
        EvidenceKind::Findings => evidence.findings.is_empty(),
        EvidenceKind::Files => evidence.files.is_empty(),
        EvidenceKind::Dependencies => evidence.dependencies.is_empty(),
        EvidenceKind::Licences => evidence.licences.is_empty(),
        EvidenceKind::Advisories => evidence.advisories.is_empty(),
        EvidenceKind::Capabilities => evidence.capabilities.is_empty(),
        EvidenceKind::Reviews => evidence.reviews.is_empty(),
        EvidenceKind::Teams => evidence.teams.is_empty(),
        EvidenceKind::Tests => evidence.tests.is_empty(),
        EvidenceKind::Coverage => evidence.coverage.is_empty(),
        EvidenceKind::Claims => evidence.claims.is_empty(),
        EvidenceKind::Change | EvidenceKind::Baseline | EvidenceKind::Owners => false,
    }
}
