//! What runs rules, kept from one evaluation to the next: an engine, and for each rule what it has found out of its script.
//!
//! Nothing of a change stays here. What stays depends on the policy alone: which function a call means, the constants of a
//! script, compiled globs. An evaluation takes a runner for itself, and no two runners share a script: the engine counts who
//! holds a text or a function of it at every step, and two threads that count in one place wait for each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{
    AST, Array, Caches, Dynamic, Engine, EvalAltResult, EvalContext, GlobalRuntimeState, ImmutableString, Map, Module,
    Position, Scope, Shared,
};

use super::body::Body;
use super::host::{Globs, RuleRun};
use super::metadata::RuleMeta;
use super::meter::Meter;
use super::rule::Script;
use super::set::{PolicySet, Rule};

/// How many calls deep the engine is when `check` begins, where [`EvalContext`] calls it; it is the same where its statements
/// are run.
pub(crate) const CALLS_BEFORE_CHECK: usize = 2;
/// How many functions are kept for one rule; it finds them anew beyond that.
const MAX_KEPT: usize = 4_096;

/// One engine and what belongs to it.
pub(crate) struct Runner {
    engine: Engine,
    pub(crate) meter: Arc<Meter>,
    pub(crate) globs: Arc<Globs>,
    /// Whether it is the one that runs the scripts as they were loaded; others have copies of their own.
    first: bool,
    /// By the rules' places in the policy set.
    rules: Vec<Option<Prepared>>,
    /// Empty between two rules; it keeps its room.
    scope: Scope<'static>,
}

/// A rule's script as the engine runs it.
struct Prepared {
    /// The functions of the rule that it is of, held so that no other's can come to lie in their place.
    of: Shared<Module>,
    /// What the rule says of itself, which its outcomes hold.
    meta: Arc<RuleMeta>,
    parameters: Dynamic,
    /// What is run; without it, the function is called.
    body: Option<Body>,
    run: Arc<RuleRun>,
    global: GlobalRuntimeState,
    caches: Caches,
}

/// What came of calling `check`.
pub(crate) struct Called {
    /// What the rule said.
    pub(crate) run: Arc<RuleRun>,
    pub(crate) returned: Result<Dynamic, Box<EvalAltResult>>,
}

impl Runner {
    pub(crate) fn new(engine: Engine, meter: Arc<Meter>, first: bool) -> Self {
        Self { engine, meter, globs: Arc::default(), first, rules: Vec::new(), scope: Scope::new() }
    }

    /// What a rule says of itself.
    pub(crate) fn meta(&self, rule: &Rule) -> Arc<RuleMeta> {
        Arc::clone(self.prepared(rule).map_or(&rule.meta, |prepared| &prepared.meta))
    }

    /// Calls a rule's `check`. It may leave something else in the place of the change.
    pub(crate) fn check(&mut self, policy: &PolicySet, rule: &Rule, change: &mut Dynamic) -> Called {
        if self.prepared(rule).is_none() {
            let run = Arc::new(RuleRun::new(policy.categories(rule.meta.layer), Arc::clone(&self.meter)));
            // Importing what a script imports counts, but not to what the rule may use: it happens at the first run only.
            self.meter.begin_rule();
            match Prepared::new(&self.engine, rule, (!self.first).then_some(policy), Arc::clone(&run)) {
                Ok(prepared) => self.put(rule.index, Some(prepared)),
                Err(error) => return Called { run, returned: Err(error) },
            }
        }
        self.meter.begin_rule();
        let Some(Some(prepared)) = self.rules.get_mut(rule.index) else { return Called::nothing(&self.meter) };
        // A function of a module looks up what it calls among its own; what is kept for it would be taken for the rule's.
        let mut own = Caches::new();
        let caches = if prepared.global.num_imports() > 0 { &mut own } else { &mut prepared.caches };
        let parameters = match &prepared.body {
            Some(body) if !body.reads_parameters => Dynamic::UNIT,
            _ => prepared.parameters.clone(),
        };
        let returned = match &mut prepared.body {
            Some(body) => body.run(&self.engine, &mut prepared.global, caches, change, parameters),
            None => call(&self.engine, &mut prepared.global, caches, &mut self.scope, change, parameters),
        };
        let run = Arc::clone(&prepared.run);
        let many = prepared.caches.fn_resolution_cache_mut().dict.len() > MAX_KEPT;
        self.scope.clear();
        if returned.is_err() || many || self.meter.exhausted() {
            // What an error left behind is not known.
            self.put(rule.index, None);
        }
        Called { run, returned }
    }

    fn prepared(&self, rule: &Rule) -> Option<&Prepared> {
        let prepared = self.rules.get(rule.index)?.as_ref()?;
        Shared::ptr_eq(&prepared.of, rule.ast.shared_lib()).then_some(prepared)
    }

    fn put(&mut self, index: usize, prepared: Option<Prepared>) {
        if self.rules.len() <= index {
            self.rules.resize_with(index + 1, || None);
        }
        if let Some(slot) = self.rules.get_mut(index) {
            *slot = prepared;
        }
    }
}

/// Calls `check` as a function.
fn call(
    engine: &Engine,
    global: &mut GlobalRuntimeState,
    caches: &mut Caches,
    scope: &mut Scope<'static>,
    change: &mut Dynamic,
    mut parameters: Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let mut context = EvalContext::new(engine, global, caches, scope, None);
    context.call_fn_raw("check", false, false, &mut [change, &mut parameters]).map_err(|error| match *error {
        EvalAltResult::ErrorInFunctionCall(name, _, inner, _) if name == "check" => inner,
        _ => error,
    })
}

impl Called {
    /// Never comes about, as a rule is prepared before it is run.
    fn nothing(meter: &Arc<Meter>) -> Self {
        let run = Arc::new(RuleRun::new(Arc::from([]), Arc::clone(meter)));
        let error = EvalAltResult::ErrorRuntime("the script is not there".into(), Position::NONE);
        Self { run, returned: Err(error.into()) }
    }
}

impl Prepared {
    /// Out of the script as it was loaded or, given the policy, of a copy that shares nothing with it.
    fn new(
        engine: &Engine,
        rule: &Rule,
        copy_from: Option<&PolicySet>,
        run: Arc<RuleRun>,
    ) -> Result<Self, Box<EvalAltResult>> {
        let copy = copy_from.and_then(|policy| copy_of(policy, rule));
        let (script, meta, parameters) = match copy {
            Some(copy) => (copy, Arc::new((*rule.meta).clone()), apart(&rule.parameters)),
            None => (rule.ast.clone(), Arc::clone(&rule.meta), rule.parameters.clone()),
        };
        let mut global = engine.new_global_runtime_state();
        global.lib.push(script.shared_lib().clone());
        global.source = Some(rule.source.as_str().into());
        global.tag = Dynamic::from(Arc::clone(&run));
        if rule.top_level {
            #[expect(deprecated, reason = "the only way to run statements and keep what they import")]
            let _: Dynamic =
                engine.eval_statements_raw(&mut global, &mut Caches::new(), &mut Scope::new(), script.statements())?;
        }
        // What an imported module adds to the functions of the script is not known here.
        let body = if global.num_imports() > 0 { None } else { Body::of(&script) };
        if let Some(body) = &body {
            body.begin(&mut global);
        }
        let of = rule.ast.shared_lib().clone();
        Ok(Self { of, meta, parameters: Dynamic::from_map(parameters), body, run, global, caches: Caches::new() })
    }
}

/// A rule's script once more, as it was when it was loaded.
fn copy_of(policy: &PolicySet, rule: &Rule) -> Option<AST> {
    let script = Script { name: rule.source.clone(), text: Arc::clone(policy.texts.get(&rule.source)?) };
    let ast = script.compile(&policy.sandbox.compiler()).ok()?;
    Some(if rule.top_level { ast } else { ast.clone_functions_only() })
}

/// Parameters once more, in texts of their own.
fn apart(parameters: &Map) -> Map {
    fn own(value: &Dynamic) -> Dynamic {
        if let Some(array) = value.read_lock::<Array>() {
            return Dynamic::from(array.iter().map(own).collect::<Array>());
        }
        value.read_lock::<ImmutableString>().map_or_else(|| value.clone(), |text| Dynamic::from(text.to_string()))
    }
    parameters.iter().map(|(name, value)| (name.clone(), own(value))).collect()
}

/// How many runners are kept; threads beyond that make new ones.
const KEPT: usize = 16;

/// Room for a runner, on lines of memory that no other thread's room lies on.
#[derive(Default)]
#[repr(align(128))]
struct Slot(Mutex<Option<Box<Runner>>>);

/// Runners that nobody uses.
#[derive(Default)]
pub(crate) struct Runners {
    slots: [Slot; KEPT],
    any: AtomicBool,
}

impl Runners {
    /// The runner that this thread put back last, else one that another did.
    pub(crate) fn take(&self) -> Option<Box<Runner>> {
        let own = slot();
        let (before, after) = self.slots.split_at_checked(own)?;
        after.iter().chain(before).find_map(|slot| slot.0.try_lock().ok()?.take())
    }

    /// Whether a runner that is made now is the first of all.
    pub(crate) fn is_first(&self) -> bool {
        !self.any.swap(true, Ordering::Relaxed)
    }

    /// Keeps a runner for the next evaluation.
    pub(crate) fn put(&self, runner: Box<Runner>) {
        if let Some(slot) = self.slots.get(slot()) {
            *slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(runner);
        }
    }
}

/// The place of this thread: what a processor has at hand is found again by the thread that used it.
fn slot() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<Option<usize>> = const { Cell::new(None) };
    }
    OWN.get().unwrap_or_else(|| {
        let own = NEXT.fetch_add(1, Ordering::Relaxed) % KEPT;
        OWN.set(Some(own));
        own
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rhai::{AST, Caches, Dynamic, Map, Scope};

    use super::{Body, call};
    use crate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Source};
    use crate::policy::host::{ChangeView, RuleRun, Store};
    use crate::policy::mentions::Mentions;
    use crate::policy::modules::Modules;
    use crate::policy::sandbox::Sandbox;
    use crate::policy::{BUILTIN_CATEGORIES, Limits};

    /// What came of a script three times in a row, what it said and asked for, and how many operations it took.
    fn outcomes(script: &AST, sandbox: &Sandbox, mut body: Option<Body>, of_evidence: bool) -> Vec<String> {
        let runner = sandbox.runner(&Modules::default());
        let store = Store::new(Arc::new(evidence()), Arc::clone(&runner.meter), Arc::clone(&runner.globs), None);
        let (mut caches, mut scope) = (Caches::new(), Scope::new());
        let mut again = |_: usize| {
            let categories = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
            let run = Arc::new(RuleRun::new(categories, Arc::clone(&runner.meter)));
            let mut global = runner.engine.new_global_runtime_state();
            global.lib.push(script.shared_lib().clone());
            global.source = Some("rules/a.rhai".into());
            global.tag = Dynamic::from(Arc::clone(&run));
            runner.meter.begin_rule();
            store.forget_read();
            let view = Dynamic::from(ChangeView::new(Arc::clone(&store)));
            let mut change = if of_evidence { view } else { Dynamic::from(3_i64) };
            let parameters = Dynamic::from_map(Map::new());
            let returned = match &mut body {
                Some(body) => {
                    body.begin(&mut global);
                    body.run(&runner.engine, &mut global, &mut caches, &mut change, parameters)
                }
                None => call(&runner.engine, &mut global, &mut caches, &mut scope, &mut change, parameters),
            };
            scope.clear();
            let (effects, operations) = (std::mem::take(&mut *run.effects()), runner.meter.used());
            if returned.is_err() {
                // As where rules run.
                (body, caches) = (body.take().and(Body::of(script)), Caches::new());
            }
            format!("{returned:?} {effects:?} {operations} {:?}", store.kinds_read())
        };
        (0..3).map(&mut again).collect()
    }

    #[test]
    fn statements_do_count_and_say_what_the_function_does() {
        let functions = "fn twice(x) { x * 2 } fn deep(x) { if x > 0 { deep(x - 1) + 1 } else { 0 } } fn spin() { loop {} }\n\
                         fn grow(x) { let a = x; let b = a; let c = b; c } fn len(x) { 99 } fn fails(x) { [1][x + 7] }\n";
        let bodies = [
            "note(`${twice(change)} ${change.twice()}`);",
            "let list = [1, 2, 3]; note(`${list.len()} ${len(list)} ${list.map(|x| x.twice()).len()}`);",
            "for i in 0..5 { if i == 3 { break; } note(`${i} ${\"a\" in [\"a\", \"b\"]} ${!(i in [1])}`); }",
            "let i = 0; while i < 4 { i += 1; if i == 2 { continue; } note(i.to_string()); } do { i -= 1 } until i < 2;",
            "if change > 2 { return; } note(\"never\");",
            "return change + 1;",
            "change",
            "change = \"gone\"; note(change);",
            "const LIMIT = 2; { const LIMIT = 3; note(`${LIMIT}`); } note(`${LIMIT} ${params.len()}`);",
            "params.a = #{ b: [change, \"x\".to_upper()] }; note(params.a.b[1].sub_string(0, 1));",
            "let text = \"a\" + change + `b${-change}` + (change > 1 && true || false); note(text);",
            "let f = |x| x + twice(x); note(`${f.call(2)} ${call(f, 3)}`);",
            "let map = #{ f: |x| x * 5 }; note(`${map.f(2)}`);",
            "note(`${[1, 2][change]}`);",
            "note(`${\n  fails(change)}`);",
            "note(`${change.unknown()}`);",
            "note(`${change.unknown}`);",
            "note(`${unknown(1, \"a\")}`);",
            "note(`${change == \"3\"}`);",
            "note(`${1 / 0}`);",
            "note(`${deep(20)}`);",
            "note(`${deep(40)}`);",
            "note(`${deep(500)}`);",
            "loop {}",
            "spin();",
            "let n = 0; while n < 1000000 { n += 1; }",
            "let text = \"0123456789\"; loop { text += text; }",
            "let list = [1]; loop { list += list; }",
            "let a = 1; let b = 2; let c = 3; let d = 4; note(`${grow(1)} ${a + b + c + d}`);",
            "check(1, 2);",
            "if change > 0 { check(change - 1, params); fails(1); }",
            "[3, 1, 2].for_each(|x| note(`${x} ${this}`)); let l = [3, 1]; l.sort(); note(`${l}`);",
            "assess(\"unheard of\", \"high\", \"because\");",
            "not_applicable(\"\");",
        ];
        for limits in [
            Limits { operations: 3_000, ..Limits::default() },
            Limits { operations: 30, ..Limits::default() },
            Limits {
                operations: 3_000,
                variables: 6,
                call_depth: 30,
                text_bytes: 64,
                array_elements: 40,
                ..Limits::default()
            },
        ] {
            let sandbox = Sandbox::new(limits, Mentions::all());
            for text in bodies {
                let text = format!("{functions}fn check(change, params) {{\n {text}\n}}");
                let script = sandbox.compiler().compile(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                let script = script.clone_functions_only();
                let body = Body::of(&script);
                assert!(body.is_some(), "{text}");
                assert_eq!(
                    outcomes(&script, &sandbox, body, false),
                    outcomes(&script, &sandbox, None, false),
                    "{text}"
                );
            }
        }
    }

    /// Three files, one of them deleted.
    fn evidence() -> Evidence {
        let file = |path: &str, status| FileChange::at(path.to_owned(), status, FileKind::Source);
        Evidence {
            files: vec![
                file("a/b.rs", FileStatus::Modified),
                file("a/c.rs", FileStatus::Deleted),
                file("d.rs", FileStatus::Added),
            ],
            sources: vec![Source::complete(EvidenceKind::Files)],
            ..Evidence::default()
        }
    }

    #[test]
    fn collections_of_the_change_are_asked_for_as_its_properties_are() {
        let functions = "fn other(change) { change.files.count() } fn swap() { this = #{ files: [1, 2] }; }\n";
        let bodies = [
            "note(`${change.files.count()} ${change.files.under(\"a/**\").deleted().any()}`);",
            "for f in change.files.under(\"a/**\") { note(f.path); } for f in change.files { note(f.path); }",
            "if change.files.any() && change.findings.is_empty() { violation(change, \"a\"); }",
            "let files = change.files; note(`${files.count()} ${files.added().count()} ${other(change)}`);",
            "note(`${change.files.top(1, \"added\").count()}`); change.files.and(change.files.added()).count()",
            "note(`${change.dependencies.count()}`); change.files.under(1)",
            "change.files.under(\"[\").any()",
            "change.files.under(fails()).any()",
            "change.files.unknown()",
            "change.files.unknown.any()",
            "change.unknown.any()",
            "change.labels.len()",
            "change.files[0].path",
            "change = #{ files: [1, 2] }; note(`${change.files.len()}`);",
            "let change = #{ files: [1, 2] }; note(`${change.files.len()}`);",
            "{ let change = [1]; note(`${change.files.len()}`); }",
            "for change in [#{ files: [1, 2] }] { note(`${change.files.len()}`); }",
            "for (f, change) in change.files { note(`${change.files.len()}`); }",
            "let params = change; note(`${params.files.count()}`);",
            "change.files = change.files; change.files.count()",
        ];
        for operations in [3, 5, 8, 13, 1_000] {
            let sandbox = Sandbox::new(Limits { operations, ..Limits::default() }, Mentions::all());
            for text in bodies {
                let text = format!("{functions}fn check(change, params) {{\n {text}\n}}");
                let script = sandbox.compiler().compile(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                let script = script.clone_functions_only();
                let body = Body::of(&script);
                assert!(body.is_some(), "{text}");
                assert_eq!(outcomes(&script, &sandbox, body, true), outcomes(&script, &sandbox, None, true), "{text}");
            }
        }
    }

    #[test]
    fn nothing_is_counted_for_setting_a_collection_where_what_it_gave_may_have_been_changed() {
        let sandbox = Sandbox::new(Limits::default(), Mentions::all());
        let text = "fn check(change, params) { change.files.group_by(\"status\").len() }";
        let script = sandbox.compiler().compile(text).unwrap().clone_functions_only();
        let counted = |body| -> Vec<(String, u64)> {
            let outcomes = outcomes(&script, &sandbox, body, true).into_iter();
            let parts = |outcome: String| {
                let (before, operations) = outcome.trim_end_matches(" [Files]").rsplit_once(' ').unwrap();
                (before.to_owned(), operations.parse().unwrap())
            };
            outcomes.map(parts).collect()
        };
        for (own, called) in counted(Body::of(&script)).into_iter().zip(counted(None)) {
            assert_eq!((&own.0, own.1 + 2), (&called.0, called.1));
        }
    }

    #[test]
    fn what_is_no_change_any_more_has_no_collections() {
        let sandbox = Sandbox::new(Limits::default(), Mentions::all());
        let text =
            "fn swap() { this = #{ files: [1, 2] }; } fn check(change, params) { change.swap(); change.files.len() }";
        let script = sandbox.compiler().compile(text).unwrap().clone_functions_only();
        for outcome in outcomes(&script, &sandbox, Body::of(&script), true) {
            assert!(outcome.contains("Unknown property 'files'"), "{outcome}");
        }
    }
}
