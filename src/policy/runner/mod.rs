//! What runs rules, kept from one evaluation to the next: an engine, and for each rule what it has found out of its script.
//!
//! Nothing of a change stays here. What stays depends on the policy alone: which function a call means, the constants of a
//! script, compiled globs. An evaluation takes a runner for itself, and no two runners share a script: the engine counts who
//! holds a text or a function of it at every step, and two threads that count in one place wait for each other.

mod pool;
mod shown;

use std::sync::Arc;

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

pub(crate) use pool::Runners;
pub(crate) use shown::{Shown, collection_index};

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
    pub(crate) shown: Arc<Shown>,
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
    pub(crate) fn new(mut engine: Engine, meter: Arc<Meter>, first: bool) -> Self {
        let shown = Arc::<Shown>::default();
        let looked_at = Arc::clone(&shown);
        #[expect(deprecated, reason = "the only way to say what a variable is when it is looked at")]
        engine.on_var(move |_, index, _| looked_at.collection(index));
        Self { engine, meter, globs: Arc::default(), shown, first, rules: Vec::new(), scope: Scope::new() }
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

#[cfg(test)]
mod tests;
