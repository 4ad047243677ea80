//! Loading one pack into a policy set: every mistake that shows without running a rule, and nothing half-loaded.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{Engine, Map};

use super::check::{Names, Vocabularies, map_keys};
use super::files::PackFiles;
use super::manifest::{PackManifest, RuleTable};
use super::metadata::{Approver, Enforcement, PackMeta, Threshold};
use super::modules;
use super::nesting::may_nest;
use super::parameter::{Parameter, Parameters};
use super::rule::{self, Parsed, Script};
use super::set::{PolicySet, Rule};
use crate::diagnostic::{Code, Diagnostic, Place};

/// Loads one pack.
pub(super) struct Loader<'a> {
    pub(super) files: &'a PackFiles,
    pub(super) layer: u32,
    pub(super) compiler: &'a Engine,
    pub(super) known: &'a Vocabularies,
    pub(super) categories: &'a mut Vec<String>,
    pub(super) moved: &'a mut BTreeSet<String>,
}

impl Loader<'_> {
    pub(super) fn load(&mut self, set: &mut PolicySet, parameters: &[(String, String)]) -> Result<(), Vec<Diagnostic>> {
        self.stray_scripts()?;
        let (manifest, text) = self.manifest().map_err(|diagnostic| vec![diagnostic])?;
        let mut mistakes = Vec::new();
        let meta = self.meta(&manifest, &text, set, &mut mistakes);
        let values = self.parameters(&manifest, &text, parameters, &mut mistakes);
        set.thresholds.extend(self.thresholds(&manifest, &text, &mut mistakes));
        let rules = match self.rules(set, &meta.name, &values) {
            Ok(rules) => rules,
            Err(found) => {
                mistakes.extend(found);
                return Err(mistakes);
            }
        };
        let mut tables: Vec<(&toml::Spanned<String>, &RuleTable)> = manifest.rules.iter().collect();
        for (script, parsed) in rules {
            let table =
                tables.iter().position(|(id, _)| id.get_ref() == &parsed.meta.id).map(|index| tables.remove(index));
            match self.finish(&script, parsed, table.map(|(_, table)| table), &values, &text) {
                Ok(rule) => set.add(rule, &script, &mut mistakes),
                Err(found) => mistakes.extend(found),
            }
        }
        for (id, _) in tables {
            let known: Vec<&str> = set.rules.iter().map(|rule| rule.meta.id.as_str()).collect();
            mistakes.push(
                self.broken(&text, id.span(), format!("the pack has no rule `{}`", id.get_ref()))
                    .suggest(id.get_ref(), known),
            );
        }
        if set.rules.iter().all(|rule| rule.meta.layer != self.layer) && mistakes.is_empty() {
            mistakes.push(
                Diagnostic::new(Code::BrokenPack, "the pack has no rules")
                    .at(Place::file(self.files.name_of("rules")))
                    .help("put one file for each rule into `rules/`"),
            );
        }
        set.packs.push(meta);
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }

    /// A script where nobody looks for it would be a rule that never runs.
    fn stray_scripts(&self) -> Result<(), Vec<Diagnostic>> {
        let stray = |path: &&String| {
            path.ends_with(".rhai")
                && !path.starts_with("lib/")
                && !path.starts_with("cases/")
                && path.strip_prefix("rules/").is_none_or(|rest| rest.contains('/'))
        };
        let mistakes: Vec<Diagnostic> = self
            .files
            .files
            .keys()
            .filter(stray)
            .map(|path| {
                Diagnostic::new(Code::BrokenPack, "the script would never run")
                    .at(Place::file(self.files.name_of(path)))
                    .help("rules lie directly in `rules/`, modules in `lib/`")
            })
            .collect();
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }

    fn manifest(&self) -> Result<(PackManifest, Arc<str>), Diagnostic> {
        let name = self.files.name_of("pack.toml");
        let bytes = self.files.files.get("pack.toml").ok_or_else(|| {
            Diagnostic::new(Code::UnreadablePack, "the pack has no `pack.toml`")
                .at(Place::file(self.files.origin.clone()))
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
        Ok((manifest, text))
    }

    fn broken(&self, text: &Arc<str>, span: std::ops::Range<usize>, message: String) -> Diagnostic {
        Diagnostic::new(Code::BrokenPack, message).at(Place::at_offset(
            self.files.name_of("pack.toml"),
            text,
            span.start,
        ))
    }

    fn meta(
        &mut self,
        manifest: &PackManifest,
        text: &Arc<str>,
        set: &PolicySet,
        mistakes: &mut Vec<Diagnostic>,
    ) -> PackMeta {
        let name = manifest.name.get_ref();
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if name.is_empty() || !name.chars().all(plain) {
            mistakes.push(self.broken(
                text,
                manifest.name.span(),
                format!("the name `{name}` has to be of lower case letters, digits and dashes"),
            ));
        }
        let sha256 = self.files.sha256();
        if let Some(other) = set.packs.iter().find(|pack| pack.name == *name) {
            let what = if other.sha256 == sha256 { "is there twice" } else { "is there twice with different contents" };
            mistakes.push(self.broken(
                text,
                manifest.name.span(),
                format!("the pack `{name}` {what}: also from {}", other.origin),
            ));
        }
        for category in &manifest.categories {
            if !self.categories.contains(category) {
                self.categories.push(category.clone());
            }
        }
        PackMeta {
            name: name.clone(),
            version: manifest.version.clone(),
            description: manifest.description.clone(),
            layer: self.layer,
            sha256,
            origin: self.files.origin.clone(),
            expect: manifest.evidence.iter().map(|(kind, table)| (*kind, table.expect.clone())).collect(),
            may_lack: manifest.evidence.iter().filter(|(_, table)| table.may_lack).map(|(kind, _)| *kind).collect(),
            max_age_days: {
                let ages = manifest.evidence.iter();
                ages.filter_map(|(kind, table)| table.max_age_days.map(|days| (*kind, days))).collect()
            },
        }
    }

    fn parameters(
        &mut self,
        manifest: &PackManifest,
        text: &Arc<str>,
        moved: &[(String, String)],
        mistakes: &mut Vec<Diagnostic>,
    ) -> Parameters {
        let mut values = Parameters::new();
        for (name, table) in &manifest.parameters {
            match Parameter::declare(name, table) {
                Ok(parameter) => {
                    values.insert(name.clone(), parameter);
                }
                Err((diagnostic, span)) => {
                    let place = Place::at_offset(self.files.name_of("pack.toml"), text, span.start);
                    mistakes.push(diagnostic.at(place));
                }
            }
        }
        for (name, value) in moved {
            let Some(parameter) = values.get_mut(name) else { continue };
            self.moved.insert(name.clone());
            let set = parameter.of.read(value).and_then(|value| parameter.set(value, "--param"));
            if let Err(what) = set {
                mistakes.push(Diagnostic::new(Code::BadParameter, format!("parameter `{name}`: {what}")));
            }
        }
        values
    }

    fn approvers(
        &self,
        from: &[toml::Spanned<String>],
        text: &Arc<str>,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Vec<Approver> {
        let mut approvers = Vec::new();
        for approver in from {
            match Approver::parse(approver.get_ref()) {
                Some(approver) => approvers.push(approver),
                None => mistakes.push(self.broken(
                    text,
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

    fn thresholds(&self, manifest: &PackManifest, text: &Arc<str>, mistakes: &mut Vec<Diagnostic>) -> Vec<Threshold> {
        let mut thresholds = Vec::new();
        for (risk, table) in &manifest.risk {
            let mut approvals = Vec::new();
            for approval in &table.approvals {
                let from = self.approvers(&approval.from, text, mistakes);
                if from.is_empty() || approval.count == 0 {
                    mistakes.push(self.broken(
                        text,
                        approval.from.first().map_or(0..0, toml::Spanned::span),
                        format!("an approval for risk `{risk}` needs somebody to give it and a count of at least 1"),
                    ));
                }
                approvals.push((from, approval.count));
            }
            thresholds.push(Threshold {
                risk: *risk,
                rejects: table.decision.is_some(),
                approvals,
                pack: manifest.name.get_ref().clone(),
            });
        }
        thresholds
    }

    /// Compiles every rule, after the modules that they import.
    fn rules(
        &self,
        set: &mut PolicySet,
        pack: &str,
        values: &Parameters,
    ) -> Result<Vec<(Script, Parsed)>, Vec<Diagnostic>> {
        let libraries = modules::read(self.files, self.compiler)?;
        let mut scripts = Vec::new();
        let mut mistakes = Vec::new();
        for (path, bytes) in self.files.deciding() {
            let Some(id) = path.strip_prefix("rules/").and_then(|path| path.strip_suffix(".rhai")) else { continue };
            match modules::script(self.files, path, bytes) {
                Ok(script) => scripts.push((id.to_owned(), script)),
                Err(diagnostic) => mistakes.push(diagnostic),
            }
        }
        let mut names = Names {
            known: self.known,
            keys: libraries.iter().flat_map(|library| map_keys(&library.ast)).collect(),
            parameters: values.iter().map(|(name, parameter)| (name.clone(), parameter.of.of_values())).collect(),
            modules: modules::units(&libraries)?,
            categories: self.categories,
        };
        set.may_nest |= libraries.iter().any(|library| may_nest(&library.ast));
        let modules = modules::link(&self.files.origin, libraries, &names, set.sandbox.compiler())?;
        set.modules.insert(&self.files.origin, modules);
        let shared_keys = names.keys.clone();
        let mut rules = Vec::new();
        for (id, script) in scripts {
            names.keys.clone_from(&shared_keys);
            if let Ok(ast) = script.compile(self.compiler) {
                names.keys.extend(map_keys(&ast));
            }
            match rule::parse(&script, &id, pack, self.layer, self.categories, self.compiler, &names) {
                Ok(parsed) => {
                    set.may_nest |= may_nest(&parsed.ast);
                    rules.push((script, parsed));
                }
                Err(found) => mistakes.extend(found),
            }
        }
        if mistakes.is_empty() { Ok(rules) } else { Err(mistakes) }
    }

    /// Applies the pack's own settings to a rule.
    fn finish(
        &self,
        script: &Script,
        parsed: Parsed,
        table: Option<&RuleTable>,
        values: &Parameters,
        text: &Arc<str>,
    ) -> Result<Rule, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let mut meta = parsed.meta;
        let mut values = values.clone();
        if let Some(table) = table {
            meta.enforcement = table.enforcement.unwrap_or(meta.enforcement);
            if let Some(approvers) = &table.approvers {
                meta.approvers = self.approvers(approvers, text, &mut mistakes);
            }
            for (name, value) in &table.parameters {
                let result = match values.get_mut(name.get_ref()) {
                    // What the command line moved stays moved.
                    Some(parameter) if parameter.set_by.is_some() => Ok(()),
                    Some(parameter) => parameter.replace(value.get_ref()),
                    None => Err(format!("the pack has no parameter `{}`", name.get_ref())),
                };
                mistakes.extend(result.err().map(|what| self.broken(text, name.span(), what)));
            }
        }
        if meta.enforcement == Enforcement::SoftMandatory && meta.approvers.is_empty() {
            mistakes.push(
                script
                    .mistake(Code::BrokenMetadata, parsed.position, "a soft-mandatory rule needs `approvers`")
                    .help("name who may let a violation pass, such as `approvers: [\"team:security\"]`"),
            );
        }
        for (name, parameter) in &values {
            if let Some(by) = &parameter.set_by {
                meta.set_by.insert(format!("parameters.{name}"), by.clone());
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        // A rule that never reads its parameters need not be given them.
        let parameters = if script.text.contains("params") {
            values.iter().map(|(name, parameter)| (name.as_str().into(), parameter.dynamic())).collect()
        } else {
            Map::new()
        };
        Ok(Rule {
            meta: Arc::new(meta),
            ast: parsed.ast,
            top_level: parsed.top_level,
            source: script.name.clone(),
            parameters,
        })
    }
}
