//! The engine that rules run in: what the language has, what it has not, and every limit.
//!
//! No I/O, no clock, no randomness, no `eval`, no files. Limits are on counted operations and sizes, so that the same
//! policy on the same evidence ends the same way on every machine, in debug and release builds.

use std::sync::{Arc, LazyLock, OnceLock};

use rhai::module_resolvers::DummyModuleResolver;
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package as _,
};
use rhai::{Dynamic, Engine, Module, OptimizationLevel, Shared};

use super::bounded;
use super::host;
use super::limits::Limits;
use super::mentions::Mentions;
use super::meter::Meter;
use super::modules::Modules;
use super::runner::{CALLS_BEFORE_CHECK, Runner, Runners};

/// Keywords, operators and functions that would let a mistake pass, or that reach outside of the sandbox.
pub(crate) const DISABLED: &[(&str, &str)] = &[
    ("eval", "a rule can't run text as a script"),
    ("switch", "`switch` takes its default for a misspelled word; use `if` with `==`"),
    ("??", "`??` hides that something is missing; ask for it first"),
    ("?.", "`?.` hides that something is missing; ask for it first"),
    ("?[", "`?[` hides that something is missing; ask for it first"),
    ("try", "a rule can't catch an error; the rule ends as errored"),
    ("throw", "a rule can't end itself with an error; use `violation`, `note` or `not_applicable`"),
    ("Fn", "functions by name can't be checked before they run"),
    ("curry", "functions by name can't be checked before they run"),
    ("is_def_var", "names are checked before a rule runs"),
    ("is_def_fn", "names are checked before a rule runs"),
    ("type_of", "types are fixed; see the reference of the host functions"),
    ("is_shared", "values are never shared"),
];

/// Why a keyword, an operator or a function is not in the language.
pub(crate) fn why_disabled(symbol: &str) -> Option<&'static str> {
    DISABLED.iter().find(|(name, _)| *name == symbol).map(|(_, why)| *why)
}

/// The parts of an engine that are the same for every evaluation, made once.
pub(crate) struct Sandbox {
    /// What the scripts may call; they are read without it.
    functions: OnceLock<[Shared<Module>; 2]>,
    mentions: Mentions,
    pub(crate) limits: Limits,
    /// Runners between two evaluations.
    runners: Runners,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// For scripts that mention certain words, and no others.
    pub(crate) fn new(limits: Limits, mentions: Mentions) -> Self {
        Self { functions: OnceLock::new(), mentions, limits, runners: Runners::default() }
    }

    /// What the scripts can call: the functions of the language, and over them those of the host that are mentioned. Made by
    /// who asks first.
    pub(crate) fn functions(&self) -> &[Shared<Module>; 2] {
        self.functions.get_or_init(|| {
            let mut host = Module::new();
            host::register(&mut host, &|name| self.mentions.may_have(name));
            [language(&self.limits), host.into()]
        })
    }

    /// An engine that reads scripts, and runs none.
    pub(crate) fn compiler(&self) -> Engine {
        let mut engine = self.without_functions();
        for (symbol, _) in DISABLED {
            engine.disable_symbol(*symbol);
        }
        // Constants stay where they are written: folding would go round the typed operators, and metadata is read from them.
        engine.set_optimization_level(OptimizationLevel::None);
        engine.set_strict_variables(true);
        engine
    }

    /// What runs rules; every operation is counted by its meter. The modules are those of the policy, the same at every
    /// call.
    pub(crate) fn runner(&self, modules: &Modules) -> Box<Runner> {
        if let Some(runner) = self.runners.take() {
            runner.meter.watch.begin();
            return runner;
        }
        let mut engine = self.engine();
        engine.set_max_call_levels(self.limits.call_depth + CALLS_BEFORE_CHECK);
        let meter = Arc::new(Meter::start(&self.limits));
        let counted = Arc::clone(&meter);
        engine.on_progress(move |_| (!counted.charge(1)).then(|| Dynamic::from(LimitHit)));
        engine.set_module_resolver(modules.clone());
        Box::new(Runner::new(engine, meter, self.runners.is_first()))
    }

    /// Takes a runner back that an evaluation is done with.
    pub(crate) fn keep(&self, runner: Box<Runner>) {
        runner.meter.watch.rest();
        self.runners.put(runner);
    }

    /// An engine that runs scripts.
    pub(crate) fn engine(&self) -> Engine {
        let mut engine = self.without_functions();
        for module in self.functions() {
            // Each is asked before those that were there.
            engine.register_global_module(Shared::clone(module));
        }
        engine
    }

    fn without_functions(&self) -> Engine {
        let mut engine = Engine::new_raw();
        engine.set_fast_operators(false);
        engine.set_fail_on_invalid_map_property(true);
        engine.set_max_expr_depths(self.limits.expression_depth, self.limits.expression_depth);
        engine.set_max_call_levels(self.limits.call_depth);
        engine.set_max_string_size(self.limits.text_bytes);
        engine.set_max_array_size(self.limits.array_elements);
        engine.set_max_map_size(self.limits.map_entries);
        engine.set_max_variables(self.limits.variables);
        engine.set_max_functions(self.limits.functions);
        engine.set_module_resolver(DummyModuleResolver::new());
        engine.on_print(|text| tracing::info!(target: "tollgate::policy", "{text}"));
        engine.on_debug(|text, source, position| {
            tracing::debug!(target: "tollgate::policy", source, %position, "{text}");
        });
        engine
    }
}

/// The functions of the language under the sizes that nearly every policy has: made once, however many policies are loaded.
static USUAL: LazyLock<Shared<Module>> = LazyLock::new(|| standard_functions(&Limits::default()).into());

/// The functions of the language that rules have, within their bounds.
fn language(limits: &Limits) -> Shared<Module> {
    let sizes = |limits: &Limits| (limits.text_bytes, limits.array_elements);
    if sizes(limits) == sizes(&Limits::default()) { Shared::clone(&USUAL) } else { standard_functions(limits).into() }
}

fn standard_functions(limits: &Limits) -> Module {
    let mut standard = packages();
    bounded::register(&mut standard, limits.text_bytes, limits.array_elements);
    standard
}

/// The functions of the language that rules have, as the engine describes them: nothing that reads, waits, prints to the
/// outside or ends the script.
pub(crate) fn packages() -> Module {
    let mut standard = Module::new();
    // Into place and at once: packages of their own would be made, copied and let go at every start.
    for init in PACKAGES {
        init(&mut standard);
    }
    standard.register_lazy_functions();
    // It has one function that a package before it has, too: put into place, it would be the one that counts.
    let mut numbers = Module::new();
    BasicMathPackage::init(&mut numbers);
    numbers.register_lazy_functions();
    standard.fill_with(&numbers);
    standard
}

/// The parts of the standard library that rules have, beside numbers; nothing is in two of them.
const PACKAGES: &[fn(&mut Module)] = &[
    ArithmeticPackage::init,
    LogicPackage::init,
    BasicStringPackage::init,
    MoreStringPackage::init,
    BasicIteratorPackage::init,
    BasicFnPackage::init,
    BasicArrayPackage::init,
    BasicMapPackage::init,
];

/// What the meter ends a rule with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitHit;

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "how long a call takes is what is tested")]
mod tests {
    use std::any::TypeId;
    use std::collections::BTreeSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use rhai::{AST, CallFnOptions, Dynamic, Engine, FLOAT, FnPtr, FuncMetadata, INT, Module, Scope};

    use rhai::packages::{BasicMathPackage, Package as _};

    use super::{LimitHit, PACKAGES, Sandbox, packages};
    use crate::policy::host::RuleRun;
    use crate::policy::mentions::Mentions;
    use crate::policy::meter::Meter;
    use crate::policy::{BUILTIN_CATEGORIES, Limits};

    /// Values at the ends of what there is of each type.
    fn values() -> Vec<Dynamic> {
        let array = |of: Dynamic, count: usize| Dynamic::from(vec![of; count]);
        let text = |of: &str, count: usize| Dynamic::from(of.repeat(count));
        vec![
            Dynamic::UNIT,
            true.into(),
            (0 as INT).into(),
            (-1 as INT).into(),
            INT::MIN.into(),
            INT::MAX.into(),
            FLOAT::NAN.into(),
            FLOAT::MAX.into(),
            '\u{e9}'.into(),
            text("", 0),
            text("a\u{e9}", 1),
            text("ab", 10_000),
            array(Dynamic::UNIT, 0),
            Dynamic::from(vec![Dynamic::from(1 as INT), text("a", 1), array(text("b", 3), 2)]),
            array(text("ab", 100), 1_000),
            Dynamic::from(rhai::Map::new()),
            Dynamic::from(rhai::Map::from([("a".into(), array(text("b", 3), 2))])),
            Dynamic::from(INT::MIN..INT::MAX),
            Dynamic::from(-3 as INT..=3),
            Dynamic::from(FnPtr::new("same").unwrap()),
        ]
    }

    /// A script that calls a function, or uses an operator or a property, of as many arguments.
    fn call(name: &str, count: usize) -> Option<String> {
        let expression = match (name.strip_prefix("get$"), count) {
            (Some(property), 1) => format!("a.{property}"),
            (None, _) if name.starts_with(|first: char| first.is_alphabetic()) && !name.contains('$') => match count {
                0 => format!("{name}()"),
                1 => format!("a.{name}()"),
                2 => format!("a.{name}(b)"),
                _ => format!("a.{name}(b, c)"),
            },
            (None, 1) if !name.contains('$') => format!("{name}a"),
            (None, 2) if !name.contains('$') => format!("a {name} b"),
            _ => return None,
        };
        Some(format!("fn same(x) {{ x }} fn run(a, b, c) {{ let r = {expression}; `${{r}}${{a}}`; }}"))
    }

    #[test]
    fn what_is_in_two_packages_is_the_same_in_both() {
        let signatures = |module: &Module| -> Vec<(String, Vec<TypeId>)> {
            let mut engine = Engine::new_raw();
            engine.register_global_module(module.clone().into());
            let signature = |of: &FuncMetadata| (of.name.to_string(), of.param_types.to_vec());
            let mut all = engine.collect_fn_metadata(None, |info| Some(signature(info.metadata)), true);
            all.sort();
            all
        };
        let made = |init: &fn(&mut Module)| {
            let mut package = Module::new();
            init(&mut package);
            package.register_lazy_functions();
            package
        };
        let mut apart: Vec<_> = PACKAGES.iter().flat_map(|init| signatures(&made(init))).collect();
        apart.sort();
        let mut first = Module::new();
        for init in PACKAGES {
            first.fill_with(&made(init));
        }
        assert_eq!(apart, signatures(&first), "nothing is in two of them");
        let numbers = made(&(BasicMathPackage::init as fn(&mut Module)));
        let twice: Vec<_> = signatures(&numbers).into_iter().filter(|signature| apart.contains(signature)).collect();
        assert_eq!(twice, [("to_int".to_owned(), vec![TypeId::of::<char>()])]);
        for character in ['\0', 'a', '\u{e9}', char::MAX] {
            let number = |module: &Module| {
                let mut engine = Engine::new_raw();
                engine.register_global_module(module.clone().into());
                let mut scope = Scope::new();
                engine.eval_with_scope::<INT>(scope.push("c", character), "c.to_int()").unwrap()
            };
            assert_eq!([&first, &numbers, &packages()].map(number), [INT::from(u32::from(character)); 3]);
        }
        first.fill_with(&numbers);
        assert_eq!(signatures(&first), signatures(&packages()));
    }

    struct Bench {
        engine: Engine,
        meter: Arc<Meter>,
    }

    impl Bench {
        fn run(&self, ast: &AST, arguments: [&Dynamic; 3]) -> Result<(), String> {
            self.meter.begin_rule();
            let categories = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
            let run = Arc::new(RuleRun::new(categories, Arc::clone(&self.meter)));
            let options = CallFnOptions::new().eval_ast(false).with_tag(Dynamic::from(run));
            let [a, b, c] = arguments.map(Clone::clone);
            let start = Instant::now();
            catch_unwind(AssertUnwindSafe(|| {
                // That a call errs is its right.
                let _ = self.engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), ast, "run", (a, b, c));
            }))
            .map_err(|_| "panicked".to_owned())?;
            let took = start.elapsed();
            if took > Duration::from_secs(5) { Err(format!("took {took:?}")) } else { Ok(()) }
        }
    }

    #[test]
    fn no_function_panics_or_goes_on_whatever_it_is_given() {
        let limits = Limits { operations: 20_000, milliseconds: 600_000, ..Limits::default() };
        let sandbox = Sandbox::new(limits, Mentions::all());
        let compiler = sandbox.compiler();
        let functions: BTreeSet<(String, usize)> = sandbox
            .engine()
            .collect_fn_metadata(None, |info| Some((info.metadata.name.to_string(), info.metadata.num_params)), true)
            .into_iter()
            .collect();
        assert!(functions.len() > 200, "{}", functions.len());
        let mut engine = sandbox.engine();
        let meter = Arc::new(Meter::start(&sandbox.limits));
        let counted = Arc::clone(&meter);
        engine.on_progress(move |_| (!counted.charge(1)).then(|| Dynamic::from(LimitHit)));
        let bench = Bench { engine, meter };
        let values = values();
        let none = [Dynamic::UNIT];
        let mut calls = 0;
        let mut wrong = Vec::new();
        for (name, count) in &functions {
            let Some(ast) = call(name, *count).and_then(|script| compiler.compile(script).ok()) else { continue };
            let of = |index: usize| if index < *count { values.as_slice() } else { none.as_slice() };
            for a in of(0) {
                for b in of(1) {
                    // The third argument of what takes three is a length or a number nearly always.
                    for c in of(2).iter().take(6) {
                        calls += 1;
                        if let Err(why) = bench.run(&ast, [a, b, c]) {
                            wrong.push(format!("{name}({a:.40}, {b:.40}, {c:.40}) {why}"));
                        }
                    }
                }
            }
        }
        assert!(calls > 10_000, "{calls}");
        assert!(wrong.is_empty(), "{} of {calls}: {}", wrong.len(), wrong.join("\n"));
    }
}
