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
use rhai::{AST, Dynamic, Engine, Module, OptimizationLevel, Shared};

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

    /// What the scripts can call of what they mention: functions of the language, and over them those of the host. Made by who
    /// asks first.
    pub(crate) fn functions(&self) -> &[Shared<Module>; 2] {
        self.functions.get_or_init(|| {
            let wanted = |name: &str| self.mentions.may_have(name);
            let mut host = Module::new();
            host::register(&mut host, &wanted);
            [language(&self.limits, &wanted).into(), host.into()]
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

/// The functions of the language that rules have, within their bounds, as far as they are wanted.
fn language(limits: &Limits, wanted: &dyn Fn(&str) -> bool) -> Module {
    let mut language = packages(wanted);
    bounded::register(&mut language, limits.text_bytes, limits.array_elements);
    language
}

/// What the engine describes of the language without making it: every function that rules may have, nothing that reads,
/// waits, prints to the outside or ends the script.
static DESCRIBED: LazyLock<AST> = LazyLock::new(|| {
    let mut described = Module::new();
    for init in PACKAGES {
        init(&mut described);
    }
    AST::new_from_module(described)
});

/// The functions of the language whose names are wanted, as the engine has them, and those that it calls by itself.
pub(crate) fn packages(wanted: &dyn Fn(&str) -> bool) -> Module {
    let wanted = |name: &str| {
        // Operators and indexes are written without a name.
        let is_named = name.starts_with(|first: char| first.is_ascii_alphabetic()) && !name.starts_with("index$");
        let name = name.strip_prefix("get$").or_else(|| name.strip_prefix("set$")).unwrap_or(name);
        !is_named || UNNAMED.contains(&name) || wanted(name)
    };
    // Only of a script's functions the engine lets a choice be made; what it is not told to make it only describes.
    let made = DESCRIBED.clone_functions_only_filtered(|_, _, _, name, _| wanted(name));
    let module = Shared::clone(made.shared_lib());
    drop(made);
    Shared::unwrap_or_clone(module)
}

/// What the engine calls where scripts do not name it: for `in`, and for values in texts.
const UNNAMED: &[&str] = &["contains", "to_string", "to_debug", "print", "debug"];

/// The parts of the standard library that rules have. Of what is in two of them the latter counts.
const PACKAGES: &[fn(&mut Module)] = &[
    BasicMathPackage::init,
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
            (None, 2) if name == "in" => "a in b".to_owned(),
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
        Some(format!("fn same(x) {{ x }} fn run(a, b, c) {{ let r = {expression}; `${{r}}${{a}}` }}"))
    }

    #[test]
    fn what_is_in_two_packages_is_the_same_in_both() {
        let engine = |module: Module| {
            let mut engine = Engine::new_raw();
            engine.register_global_module(module.into());
            engine
        };
        let signatures = |module: Module| -> Vec<(String, Vec<TypeId>)> {
            let signature = |of: &FuncMetadata| (of.name.to_string(), of.param_types.to_vec());
            engine(module).collect_fn_metadata(None, |info| Some(signature(info.metadata)), true)
        };
        let made = |init: &fn(&mut Module)| {
            let mut package = Module::new();
            init(&mut package);
            package
        };
        let mut apart: Vec<_> = PACKAGES.iter().flat_map(|init| signatures(made(init))).collect();
        apart.sort();
        let twice: Vec<_> =
            apart.iter().zip(&apart[1..]).filter(|(one, next)| one == next).map(|(one, _)| one).collect();
        assert_eq!(twice, [&("to_int".to_owned(), vec![TypeId::of::<char>()])]);
        for character in ['\0', 'a', '\u{e9}', char::MAX] {
            let number = |module: Module| {
                let mut scope = Scope::new();
                engine(module).eval_with_scope::<INT>(scope.push("c", character), "c.to_int()").ok()
            };
            let all: Vec<INT> = PACKAGES.iter().map(made).chain([packages(&|_| true)]).filter_map(number).collect();
            assert_eq!(all, [INT::from(u32::from(character)); 3]);
        }
        apart.dedup();
        let mut together = signatures(packages(&|_| true));
        together.sort();
        assert_eq!(apart, together);
    }

    struct Bench {
        engine: Engine,
        meter: Arc<Meter>,
    }

    impl Bench {
        /// For scripts that mention certain words.
        fn new(mentions: Mentions) -> Self {
            let limits = Limits { operations: 20_000, milliseconds: 600_000, ..Limits::default() };
            let sandbox = Sandbox::new(limits, mentions);
            let mut engine = sandbox.engine();
            let meter = Arc::new(Meter::start(&sandbox.limits));
            let counted = Arc::clone(&meter);
            engine.on_progress(move |_| (!counted.charge(1)).then(|| Dynamic::from(LimitHit)));
            Self { engine, meter }
        }

        /// What a script comes to: a text or an error.
        fn run(&self, ast: &AST, arguments: [&Dynamic; 3]) -> Result<String, String> {
            self.meter.begin_rule();
            let categories = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
            let run = Arc::new(RuleRun::new(categories, Arc::clone(&self.meter)));
            let options = CallFnOptions::new().eval_ast(false).with_tag(Dynamic::from(run));
            let [a, b, c] = arguments.map(Clone::clone);
            let start = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                // That a call errs is its right.
                self.engine
                    .call_fn_with_options::<String>(options, &mut Scope::new(), ast, "run", (a, b, c))
                    .unwrap_or_else(|error| error.to_string())
            }))
            .map_err(|_| "panicked".to_owned())?;
            let took = start.elapsed();
            if took > Duration::from_secs(5) { Err(format!("took {took:?}")) } else { Ok(outcome) }
        }
    }

    #[test]
    fn no_function_panics_or_goes_on_whatever_it_is_given_nor_misses_one_that_is_not_mentioned() {
        let bench = Bench::new(Mentions::all());
        let compiler = Sandbox::new(Limits::default(), Mentions::all()).compiler();
        let functions = bench.engine.collect_fn_metadata(
            None,
            |info| Some((info.metadata.name.to_string(), info.metadata.num_params)),
            true,
        );
        // What `in` calls goes by another name.
        let functions: BTreeSet<_> = functions.into_iter().chain([("in".to_owned(), 2)]).collect();
        assert!(functions.len() > 200, "{}", functions.len());
        let values = values();
        let none = [Dynamic::UNIT];
        let mut calls = 0;
        let mut wrong = Vec::new();
        for (name, count) in &functions {
            let Some(script) = call(name, *count) else { continue };
            let Ok(ast) = compiler.compile(&script) else { continue };
            let mut mentions = Mentions::none();
            mentions.note(script.as_bytes());
            let sparse = Bench::new(mentions);
            let of = |index: usize| if index < *count { values.as_slice() } else { none.as_slice() };
            for a in of(0) {
                for b in of(1) {
                    // The third argument of what takes three is a length or a number nearly always.
                    for c in of(2).iter().take(6) {
                        calls += 1;
                        match (bench.run(&ast, [a, b, c]), sparse.run(&ast, [a, b, c])) {
                            (Ok(all), Ok(few)) if all == few => {}
                            (all, few) => {
                                wrong.push(format!("{name}({a:.40}, {b:.40}, {c:.40}) {all:.200?}, {few:.200?}"));
                            }
                        }
                    }
                }
            }
        }
        assert!(calls > 10_000, "{calls}");
        assert!(wrong.is_empty(), "{} of {calls}: {}", wrong.len(), wrong.join("\n"));
    }
}
