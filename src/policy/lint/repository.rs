//! Open words of a pack against a repository: globs, tools and packages that nothing there is meant by.

use std::collections::{BTreeMap, BTreeSet};

use rhai::Position;

use super::Pack;
use super::bare;
use super::script::{Argument, Call, Facts};
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Ecosystem, EvidenceKind, Word as _, nearest, tool_key};
use crate::policy::host::{Param, check_glob, signatures};
use crate::policy::set::{PolicySet, SetParameter};

/// What a repository has that open words can mean.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// Its paths.
    pub paths: Vec<String>,
    /// The texts of its CI files.
    pub ci: Vec<String>,
    /// The languages of its files, by Linguist's names.
    pub languages: BTreeSet<String>,
    /// Its packages, by ecosystem.
    pub packages: BTreeMap<Ecosystem, BTreeSet<String>>,
}

/// Tools by the names that they write into their reports. Whoever expects one of them has not misspelled it.
const TOOLS: &[&str] = &[
    "Bandit",
    "Bearer",
    "Brakeman",
    "cargo-audit",
    "cargo-deny",
    "Checkov",
    "Clippy",
    "CodeQL",
    "Coverity",
    "cppcheck",
    "detect-secrets",
    "ESLint",
    "Flawfinder",
    "ggshield",
    "GitGuardian",
    "gitleaks",
    "golangci-lint",
    "gosec",
    "govulncheck",
    "Grype",
    "hadolint",
    "Horusec",
    "KICS",
    "kube-linter",
    "MobSF",
    "nodejsscan",
    "noseyparker",
    "npm audit",
    "osv-scanner",
    "OWASP ZAP",
    "pip-audit",
    "PMD",
    "Polaris",
    "Polyspace",
    "Psalm",
    "Ruff",
    "secretlint",
    "Semgrep",
    "ShellCheck",
    "Snyk Code",
    "Snyk Open Source",
    "SonarQube",
    "SpotBugs",
    "staticcheck",
    "talisman",
    "Terrascan",
    "tfsec",
    "Trivy",
    "trufflehog",
    "yarn audit",
    "zizmor",
];

impl Repository {
    /// What of a pack it has nothing of.
    pub(super) fn warn(&self, pack: &Pack<'_>, set: &PolicySet, found: &mut Vec<Diagnostic>) {
        for script in pack.rules.iter().chain(&pack.modules) {
            for (_, texts) in
                script.functions.iter().flat_map(|function| &function.compared).filter(|(name, _)| is_path(name))
            {
                for (text, at) in texts.iter().filter(|(text, _)| !text.is_empty() && !self.paths.contains(text)) {
                    let message = format!("there is no path `{text}`");
                    let paths = self.paths.iter().map(String::as_str);
                    found.push(script.script.mistake(Code::UnmatchedGlob, *at, message).suggest(text, paths));
                }
            }
            for call in script.functions.iter().flat_map(|function| &function.calls) {
                for (index, argument) in call.arguments.iter().enumerate() {
                    if let Argument::Texts(texts) = argument {
                        for (text, at) in texts {
                            self.argument(script, call, index, text, *at, found);
                        }
                    }
                }
            }
        }
        for (name, table) in &pack.manifest.parameters {
            if !matches!(table.kind.get_ref().as_str(), "glob" | "list<glob>") {
                continue;
            }
            self.globs(pack, table.default.get_ref(), &format!("of the parameter `{name}`"), found);
        }
        self.values(pack, set, found);
        for glob in pack.manifest.scope.iter().flat_map(|scope| scope.paths.get_ref()) {
            let glob = toml::Value::String(glob.get_ref().clone());
            self.globs(pack, &glob, "of the pack's scope", found);
        }
        let expected = pack.manifest.evidence.iter().filter(|(kind, _)| **kind == EvidenceKind::Findings);
        for tool in expected.flat_map(|(_, table)| &table.expect) {
            if self.lacks_tool(tool) {
                let quoted = format!("\"{tool}\"");
                let message = format!("no CI file mentions the tool `{tool}`, which is expected");
                found.push(with_tool(pack.warn(Code::UnmentionedTool, &[&quoted], message), tool));
            }
        }
    }

    /// Globs that a pack sets parameters to.
    fn values(&self, pack: &Pack<'_>, set: &PolicySet, found: &mut Vec<Diagnostic>) {
        let is_of_globs = |of: Option<&str>, name: &str| {
            let named = |one: &&SetParameter| one.name == name && of.is_none_or(|of| one.pack == of);
            set.parameters().iter().filter(named).any(|one| matches!(one.kind.as_str(), "glob" | "list<glob>"))
        };
        for (written, value) in &pack.manifest.set {
            let written = written.get_ref().as_str();
            let (of, name) = written.rsplit_once('.').map_or((None, written), |(of, name)| (Some(of), name));
            if is_of_globs(of, name) {
                self.globs(pack, value.get_ref(), &format!("for the parameter `{name}`"), found);
            }
        }
        for (rule, table) in &pack.manifest.rules {
            let home = set.rules().iter().find(|one| one.meta.id == *rule.get_ref()).map(|one| one.meta.pack.as_str());
            for (name, value) in table.parameters.iter().filter(|(name, _)| is_of_globs(home, name.get_ref())) {
                let what = format!("for the parameter `{}` of the rule `{}`", name.get_ref(), rule.get_ref());
                self.globs(pack, value.get_ref(), &what, found);
            }
        }
    }

    /// Globs of `pack.toml` that match no path.
    fn globs(&self, pack: &Pack<'_>, value: &toml::Value, what: &str, found: &mut Vec<Diagnostic>) {
        for glob in texts(value).into_iter().filter(|glob| self.lacks_path(glob)) {
            let message = format!("the glob `{glob}` {what} matches no path");
            found.push(self.below(pack.warn(Code::UnmatchedGlob, &[&format!("\"{glob}\"")], message), glob));
        }
    }

    /// A text that is written out in a call.
    fn argument(
        &self,
        script: &Facts,
        call: &Call,
        index: usize,
        text: &str,
        at: Position,
        found: &mut Vec<Diagnostic>,
    ) {
        let warn = |code, message: String| script.script.mistake(code, at, message);
        if takes(call, index, |param| matches!(param, Param::Globs)) && self.lacks_path(text) {
            found.push(self.below(warn(Code::UnmatchedGlob, format!("the glob `{text}` matches no path")), text));
        }
        if !call.method {
            return;
        }
        let ecosystem =
            |param: Param| matches!(param, Param::Word(of) | Param::Words(of) if of.name == Ecosystem::VOCABULARY.name);
        if call.name == "tool" && self.lacks_tool(text) {
            let warning = warn(Code::UnmentionedTool, format!("no CI file mentions the tool `{text}`"));
            found.push(with_tool(warning, text));
        } else if call.name == "language" && !self.languages.iter().any(|known| known.eq_ignore_ascii_case(text)) {
            let message = format!("no file is in the language `{text}`");
            found.push(warn(Code::UnusedLanguage, message).suggest(text, self.languages.iter().map(String::as_str)));
        } else if takes(call, index, ecosystem) {
            let has = Ecosystem::parse(text).is_none_or(|one| self.packages.contains_key(&one));
            if !has {
                found.push(warn(Code::UnlockedPackage, format!("no lockfile has a package of the ecosystem `{text}`")));
            }
        } else if call.name == "name" && !self.has_package(text) {
            let names = self.packages.values().flatten().map(String::as_str);
            found.push(
                warn(Code::UnlockedPackage, format!("no lockfile has the package `{text}`")).suggest(text, names),
            );
        }
    }

    fn has_package(&self, name: &str) -> bool {
        self.packages.values().flatten().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn lacks_path(&self, glob: &str) -> bool {
        check_glob(glob).is_ok_and(|pattern| !self.paths.iter().any(|path| pattern.matches(path)))
    }

    /// The same warning, and what was meant by a glob that is a directory.
    fn below(&self, warning: Diagnostic, glob: &str) -> Diagnostic {
        let inside = |path: &String| path.strip_prefix(glob).is_some_and(|rest| rest.starts_with('/'));
        if self.paths.iter().any(inside) { bare::with_help(warning, glob) } else { warning }
    }

    fn lacks_tool(&self, tool: &str) -> bool {
        let key = tool_key(tool);
        let is_known = TOOLS.iter().any(|known| tool_key(known) == key);
        let spellings = [key.clone(), key.replace(' ', "-"), key.replace([' ', '-'], "")];
        !is_known && !self.ci.iter().any(|text| spellings.iter().any(|spelling| text.to_lowercase().contains(spelling)))
    }
}

/// Whether a property of some evidence is a path in the repository.
fn is_path(property: &str) -> bool {
    matches!(property, "path" | "previous_path" | "manifest")
}

fn with_tool(warning: Diagnostic, tool: &str) -> Diagnostic {
    match nearest(tool, TOOLS.iter().copied()) {
        Some(near) => warning.help(format!("did you mean `{near}`?")),
        None => warning.help("a tool is named as it names itself in its report, `tool.driver.name` in SARIF"),
    }
}

/// Whether every function of the host that a call may mean takes what is asked about at an argument.
pub(super) fn takes(call: &Call, index: usize, is: impl Fn(Param) -> bool) -> bool {
    let arity = call.arguments.len() + usize::from(call.method);
    let mut some = false;
    for signature in signatures().filter(|one| one.name == call.name && one.arity() == Some(arity)) {
        let skipped = usize::from(!call.method && !signature.receiver.is_empty());
        let param =
            signature.params.and_then(|params| params.get(index.checked_sub(skipped)?)).map(|(_, param)| *param);
        if !param.is_some_and(&is) {
            return false;
        }
        some = true;
    }
    some
}

/// Texts that a value of `pack.toml` is or lists.
pub(super) fn texts(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(values) => values.iter().filter_map(toml::Value::as_str).collect(),
        _ => Vec::new(),
    }
}
