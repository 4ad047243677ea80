//! A pack whose `pack.toml` was read: what every later step takes from it, and where each line of it stands.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::files::PackFiles;
use crate::policy::manifest::{ApprovalTable, PackManifest};
use crate::policy::metadata::{Approver, PackMeta, SetBy};
use crate::policy::waiving;

/// One pack of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Pack {
    pub(crate) files: Arc<PackFiles>,
    pub(crate) manifest: Arc<PackManifest>,
    text: Arc<str>,
    pub(crate) sha256: String,
    /// From 0; set when the layers are put on top of each other.
    pub(crate) layer: u32,
}

impl Pack {
    /// Reads `pack.toml`.
    pub(crate) fn read(files: Arc<PackFiles>) -> Result<Self, Diagnostic> {
        let name = files.name_of("pack.toml");
        let bytes = files.files.get("pack.toml").ok_or_else(|| {
            Diagnostic::new(Code::UnreadablePack, "the pack has no `pack.toml`")
                .at(Place::file(files.origin.clone()))
                .help("a pack is a directory with `pack.toml` and `rules/`")
        })?;
        let text: Arc<str> = std::str::from_utf8(bytes)
            .map_err(|_| Diagnostic::new(Code::BrokenPack, "is not UTF-8").at(Place::file(name.clone())))?
            .trim_start_matches('\u{feff}')
            .into();
        let manifest = toml::from_str(&text).map_err(|error| {
            let place = match error.span() {
                Some(span) => Place::at_offset(name.clone(), &text, span.start),
                None => Place::file(name.clone()),
            };
            Diagnostic::of_toml(Code::BrokenPack, error.message()).at(place)
        })?;
        let sha256 = files.sha256();
        Ok(Self { files, manifest: Arc::new(manifest), text, sha256, layer: 0 })
    }

    pub(crate) fn name(&self) -> &str {
        self.manifest.name.get_ref()
    }

    pub(crate) fn set_by(&self) -> SetBy {
        SetBy::pack(self.name(), self.layer)
    }

    /// A place in `pack.toml`.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place::at_offset(self.files.name_of("pack.toml"), &self.text, span.start)
    }

    /// Where a header of `pack.toml` stands; its beginning where the table is written in another way.
    pub(crate) fn manifest_span(&self, header: &str) -> Range<usize> {
        self.text.find(header).map_or(0..0, |at| at..at + header.len())
    }

    /// A mistake in `pack.toml`.
    pub(crate) fn mistake(&self, code: Code, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, message).at(self.place(span))
    }

    pub(crate) fn broken(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.mistake(Code::BrokenPack, span, message)
    }

    /// What it says of itself; mistakes in that are added.
    pub(crate) fn meta(&self, mistakes: &mut Vec<Diagnostic>) -> PackMeta {
        let manifest = &self.manifest;
        let name = manifest.name.get_ref();
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if name.is_empty() || !name.chars().all(plain) {
            mistakes.push(self.broken(
                manifest.name.span(),
                format!("the name `{name}` has to be of lower case letters, digits and dashes"),
            ));
        }
        let evidence = || manifest.evidence.iter();
        let fallback = manifest.approvals.as_ref().map(|approvals| &approvals.fallback);
        if let Some(nobody) = fallback.filter(|fallback| fallback.get_ref().is_empty()) {
            mistakes.push(
                self.broken(nobody.span(), "nobody is named to fall back on")
                    .help("name somebody, as in `fallback = [\"team:platform\"]`, or leave `[approvals]` out"),
            );
        }
        let fallback = fallback.map(|fallback| self.approvers(fallback.get_ref(), mistakes)).unwrap_or_default();
        let override_approvals = self.override_approvals(mistakes);
        PackMeta {
            name: name.clone(),
            version: manifest.version.clone(),
            description: manifest.description.clone(),
            layer: self.layer,
            sha256: self.sha256.clone(),
            origin: self.files.origin.clone(),
            expect: evidence().map(|(kind, table)| (*kind, table.expect.clone())).collect(),
            may_lack: evidence().filter(|(_, table)| table.may_lack).map(|(kind, _)| *kind).collect(),
            max_age_days: evidence().filter_map(|(kind, table)| table.max_age_days.map(|days| (*kind, days))).collect(),
            scope: manifest.scope.as_ref().map(|scope| {
                let mut paths: Vec<String> = scope.paths.get_ref().iter().map(|glob| glob.get_ref().clone()).collect();
                paths.sort();
                paths.dedup();
                paths
            }),
            fallback,
            waivers: waiving::terms(self, mistakes),
            override_approvals,
        }
    }

    /// What it asks for before an override is honoured. A later layer that asked for its own people could let pass what the
    /// first one holds back, so only the first may; mistakes are added.
    fn override_approvals(&self, mistakes: &mut Vec<Diagnostic>) -> Vec<(Vec<Approver>, u32)> {
        let Some(table) = &self.manifest.override_ else { return Vec::new() };
        let span = table.approvals.span();
        if self.layer > 0 {
            let message = "only a pack of the first layer says whose approval an override needs";
            mistakes.push(
                self.mistake(Code::WeakensLayer, span, message)
                    .help("leave `[override]` out, or move it to the first layer"),
            );
            return Vec::new();
        }
        if table.approvals.get_ref().is_empty() {
            mistakes.push(
                self.broken(span, "nobody is named to approve an override")
                    .help("name somebody, or leave `[override]` out: then none is honoured"),
            );
            return Vec::new();
        }
        self.approvals(table.approvals.get_ref(), "an override", mistakes)
    }

    /// Approvals with who may give them; each needs somebody, and a number of people. Mistakes are added.
    pub(crate) fn approvals(
        &self,
        written: &[ApprovalTable],
        what: &str,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Vec<(Vec<Approver>, u32)> {
        let mut approvals = Vec::new();
        for approval in written {
            let known = mistakes.len();
            let from = self.approvers(&approval.from, mistakes);
            if mistakes.len() == known && (from.is_empty() || approval.count == 0) {
                mistakes.push(self.broken(
                    approval.from.first().map_or(0..0, toml::Spanned::span),
                    format!("an approval for {what} needs somebody to give it and a count of at least 1"),
                ));
            }
            approvals.push((from, approval.count));
        }
        approvals
    }

    /// Whether it says nothing that could change a decision.
    pub(crate) fn is_empty(&self) -> bool {
        let manifest = &self.manifest;
        manifest.extends.is_empty()
            && manifest.evidence.is_empty()
            && manifest.risk.is_empty()
            && manifest.approvals.is_none()
            && manifest.waivers.is_none()
            && manifest.override_.is_none()
            && manifest.rules.is_empty()
            && manifest.set.is_empty()
            && manifest.limits.is_empty()
    }

    /// A list of approvers, in order, each once; mistakes in it are added.
    pub(crate) fn approvers(&self, from: &[toml::Spanned<String>], mistakes: &mut Vec<Diagnostic>) -> Vec<Approver> {
        let mut approvers = Vec::new();
        for approver in from {
            match Approver::parse(approver.get_ref()) {
                Some(approver) => approvers.push(approver),
                None => mistakes.push(self.broken(
                    approver.span(),
                    format!(
                        "unknown approver `{}`, expected `user:LOGIN`, `team:NAME`, `owners` or `any`",
                        approver.get_ref()
                    ),
                )),
            }
        }
        approvers.sort();
        approvers.dedup();
        approvers
    }
}
