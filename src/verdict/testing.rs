//! Outcomes and evidence for the tests of this module.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::evaluate::{Assessment, Outcome, RequiredApproval, RuleOutcome, Subject, Violation};
use crate::evidence::{Change, Completeness, Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Source};
use crate::policy::{Approver, Enforcement, Risk, RuleMeta, Threshold};

/// A rule that ended satisfied: category `injection`, risk `high`, needs findings, approvers `team:security`.
pub(super) fn satisfied(id: &str, enforcement: Enforcement) -> RuleOutcome {
    let meta = RuleMeta {
        id: id.to_owned(),
        pack: "acme".to_owned(),
        layer: 0,
        title: String::new(),
        description: String::new(),
        category: "injection".to_owned(),
        enforcement,
        risk: Risk::High,
        needs: vec![EvidenceKind::Findings],
        optional: Vec::new(),
        approvers: vec![team("security")],
        further_approvers: Vec::new(),
        controls: Vec::new(),
        remedy: Some("do otherwise".to_owned()),
        owner: None,
        docs: None,
        scope: None,
        effective_on: None,
        pending: None,
        parameters: Vec::new(),
        set_by: BTreeMap::new(),
    };
    RuleOutcome {
        outcome: Outcome::Satisfied,
        ran: true,
        excusable: vec![EvidenceKind::Findings],
        reason: "why".to_owned(),
        evidence: vec![EvidenceKind::Findings],
        ..RuleOutcome::blank(&Arc::new(meta))
    }
}

/// Changes of an outcome, to be chained.
pub(super) trait Edit: Sized {
    fn ended(self, outcome: Outcome) -> Self;
    fn incomplete(self) -> Self;
    fn objects(self, subject: Subject, message: &str) -> Self;
    fn assesses(self, category: &str, risk: Risk) -> Self;
    fn asks(self, from: &[Approver], count: u32, subject: Subject) -> Self;
    fn meta(self, edit: impl FnOnce(&mut RuleMeta)) -> Self;
}

impl Edit for RuleOutcome {
    fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self.ran = !matches!(outcome, Outcome::Undecided | Outcome::Errored);
        self
    }

    fn incomplete(mut self) -> Self {
        self.incomplete = true;
        self
    }

    fn objects(mut self, subject: Subject, message: &str) -> Self {
        let message = message.to_owned();
        self.violations.push(Violation { subject, message, risk: None, remedy: None, approvers: Vec::new() });
        self.ended(Outcome::Violated)
    }

    fn assesses(mut self, category: &str, risk: Risk) -> Self {
        self.assessments.push(Assessment { category: category.to_owned(), risk, because: "so".to_owned() });
        self
    }

    fn asks(mut self, from: &[Approver], count: u32, subject: Subject) -> Self {
        self.required_approvals.push(RequiredApproval {
            subject,
            from: from.to_vec(),
            count,
            because: "because".to_owned(),
        });
        self
    }

    fn meta(mut self, edit: impl FnOnce(&mut RuleMeta)) -> Self {
        edit(Arc::make_mut(&mut self.rule));
        self
    }
}

pub(super) fn team(name: &str) -> Approver {
    Approver::Team(name.to_owned())
}

/// A change by dev: complete findings, and the files `a` of `@ann`, `b` of `@bob`, `c` of `@ann`.
pub(super) fn evidence() -> Evidence {
    let file = |path: &str, owner: &str| FileChange {
        added: Some(1),
        removed: Some(0),
        owners: vec![owner.to_owned()],
        ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
    };
    Evidence {
        files: vec![file("a", "@ann"), file("b", "@bob"), file("c", "@ann")],
        change: Change { author: Some("dev".to_owned()), ..Change::default() },
        sources: vec![Source::complete(EvidenceKind::Findings), Source::complete(EvidenceKind::Files)],
        ..Evidence::default()
    }
}

/// The same with findings that are not complete.
pub(super) fn evidence_with(source: Source) -> Evidence {
    assert_ne!(source.completeness, Completeness::Complete, "else nothing differs");
    Evidence { sources: vec![source], ..evidence() }
}

pub(super) fn threshold(risk: Risk, rejects: bool, approvals: Vec<(Vec<Approver>, u32)>) -> Threshold {
    Threshold { risk, rejects, approvals, pack: "acme".to_owned(), layer: 0 }
}
