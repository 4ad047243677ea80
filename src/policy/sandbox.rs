//! The engine that rules run in: what the language has, what it has not, and every limit.
//!
//! No I/O, no clock, no randomness, no `eval`, no files. Limits are on counted operations and sizes, so that the same
//! policy on the same evidence ends the same way on every machine, in debug and release builds.

use std::sync::Arc;

use rhai::module_resolvers::DummyModuleResolver;
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Dynamic, Engine, Module, ModuleResolver, OptimizationLevel, Shared};

use super::bounded;
use super::host::{self, Meter};
use super::limits::Limits;
use super::watch::Watch;

/// Keywords, operators and functions that would let a mistake pass, or that reach outside of the sandbox.
const DISABLED: &[(&str, &str)] = &[
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
    /// The standard functions and the host's in one module: the engine finds a function at its first look.
    functions: Shared<Module>,
    pub(crate) limits: Limits,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn new(limits: Limits) -> Self {
        let mut standard = Module::new();
        for package in [
            ArithmeticPackage::new().as_shared_module(),
            LogicPackage::new().as_shared_module(),
            BasicStringPackage::new().as_shared_module(),
            MoreStringPackage::new().as_shared_module(),
            BasicIteratorPackage::new().as_shared_module(),
            BasicFnPackage::new().as_shared_module(),
            BasicMathPackage::new().as_shared_module(),
            BasicArrayPackage::new().as_shared_module(),
            BasicMapPackage::new().as_shared_module(),
        ] {
            standard.fill_with(&package);
        }
        bounded::register(&mut standard, limits.text_bytes, limits.array_elements);
        let mut functions = host::module();
        functions.fill_with(&standard);
        functions.build_index();
        Self { functions: functions.into(), limits }
    }

    /// An engine that reads scripts.
    pub(crate) fn compiler(&self) -> Engine {
        let mut engine = self.engine();
        for (symbol, _) in DISABLED {
            engine.disable_symbol(*symbol);
        }
        // Constants stay where they are written: folding would go round the typed operators, and metadata is read from them.
        engine.set_optimization_level(OptimizationLevel::None);
        engine.set_strict_variables(true);
        engine
    }

    /// An engine that runs rules; every operation is counted by `meter`.
    pub(crate) fn runner(
        &self,
        meter: &Arc<Meter>,
        watch: &Arc<Watch>,
        modules: impl ModuleResolver + 'static,
    ) -> Engine {
        let mut engine = self.engine();
        let (meter, watch) = (Arc::clone(meter), Arc::clone(watch));
        engine.on_progress(move |_| (!(meter.charge(1) && watch.goes_on())).then(|| Dynamic::from(LimitHit)));
        engine.set_module_resolver(modules);
        engine
    }

    fn engine(&self) -> Engine {
        let mut engine = Engine::new_raw();
        engine.register_global_module(Shared::clone(&self.functions));
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

/// What the meter ends a rule with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitHit;
