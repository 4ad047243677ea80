//! The state of a check: variables and what is known of them along the paths of a function, and the mistakes found.

use rhai::{ImmutableString, Position};

use super::Names;
use super::changes::Changes;
use super::kind::Kind;
use super::unit::{Body, Unit};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::host::Signature;

/// How many mistakes of one script are told; whoever has more mends these first.
const MAX_MISTAKES: usize = 100;
/// How many mistakes of one script are told with what was probably meant, and among how many names that is looked for: a
/// script may have thousands of each.
const MAX_ADVISED: usize = 20;
const MAX_CANDIDATES: usize = 1_000;
/// How many expressions are looked at in all; more than any script needs that people can read.
const MAX_STEPS: u32 = 400_000;

/// A function: the script (0 for the one being checked), and its position there.
pub(super) type FunctionId = (usize, usize);

/// Goes through a script.
pub(super) struct Checker<'a> {
    pub(super) names: &'a Names<'a>,
    /// The script, before the modules that it came to.
    root: &'a Unit,
    modules: Vec<&'a Unit>,
    /// The script that is being gone through.
    current: usize,
    mistakes: Vec<Diagnostic>,
    pub(super) memo: Vec<Memo>,
    /// Functions that are being gone through, outermost first.
    pub(super) running: Vec<FunctionId>,
    /// Whether something was found that a rule does about a change.
    pub(super) acts: bool,
    /// How deep expressions stand in each other, those of calling functions included.
    pub(super) depth: usize,
    /// Whether what was called last did something beside giving a value.
    pub(super) did: bool,
    /// The function of the host that was called last.
    pub(super) called: Option<&'static Signature>,
    /// Whether what stands before the last dot was but changed.
    pub(super) wrote: bool,
    steps: u32,
}

/// What came out of a function for some types of arguments.
#[derive(Debug)]
pub(super) struct Memo {
    pub(super) function: FunctionId,
    pub(super) this: Kind,
    pub(super) arguments: Vec<Kind>,
    pub(super) gives: Kind,
    pub(super) acts: bool,
    pub(super) mistakes: Vec<Diagnostic>,
}

/// How a variable came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Parameter,
    Let,
    Loop,
}

/// A variable.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: ImmutableString,
    pub(super) kind: Kind,
    pub(super) origin: Origin,
    pub(super) at: Position,
    pub(super) read: bool,
    /// At which step it was read last.
    pub(super) last_read: u32,
}

/// What is known at one point of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) kinds: Vec<Kind>,
    /// Changes that nothing read yet.
    pub(super) pending: u64,
    /// Whether no path leads here.
    pub(super) dead: bool,
}

impl State {
    /// What is known where two paths meet.
    pub(super) fn join(self, other: Self) -> Self {
        match (self.dead, other.dead) {
            (true, _) => other,
            (_, true) => self,
            _ => Self {
                kinds: self.kinds.into_iter().zip(other.kinds).map(|(left, right)| left.join(right)).collect(),
                pending: self.pending | other.pending,
                dead: false,
            },
        }
    }
}

/// A loop that is being gone through: what is known where it is left and begun anew, and what it gives.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) breaks: Option<State>,
    pub(super) continues: Option<State>,
    pub(super) gives: Kind,
    /// How many variables there are outside of it.
    pub(super) outside: usize,
}

/// One function that is being gone through.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) locals: Vec<Local>,
    pub(super) this: Kind,
    pub(super) loops: Vec<Loop>,
    pub(super) returns: Kind,
    pub(super) dead: bool,
    pub(super) changes: Changes,
    /// Whether it is the rule itself, which gives nothing.
    pub(super) is_rule: bool,
}

impl Frame {
    pub(super) fn state(&self) -> State {
        State {
            kinds: self.locals.iter().map(|local| local.kind.clone()).collect(),
            pending: self.changes.pending,
            dead: self.dead,
        }
    }

    /// Goes back, or on, to what is known elsewhere; variables that are not there are as they were.
    pub(super) fn set(&mut self, state: &State) {
        for (local, kind) in self.locals.iter_mut().zip(&state.kinds) {
            local.kind.clone_from(kind);
        }
        self.changes.pending = state.pending;
        self.dead = state.dead;
    }

    pub(super) fn local(&mut self, name: &str) -> Option<&mut Local> {
        self.locals.iter_mut().rev().find(|local| local.name == name)
    }

    pub(super) fn declare(&mut self, name: &ImmutableString, kind: Kind, origin: Origin, at: Position) {
        self.locals.push(Local { name: name.clone(), kind, origin, at, read: false, last_read: 0 });
    }
}

impl<'a> Checker<'a> {
    /// The name that was probably meant.
    pub(super) fn near<'n>(&self, written: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        (self.mistakes.len() < MAX_ADVISED)
            .then(|| crate::evidence::nearest(written, candidates.into_iter().take(MAX_CANDIDATES)))?
    }

    pub(super) fn new(names: &'a Names<'a>, unit: &'a Unit) -> Self {
        Self {
            names,
            root: unit,
            modules: Vec::new(),
            current: 0,
            mistakes: Vec::new(),
            memo: Vec::new(),
            running: Vec::new(),
            acts: false,
            depth: 0,
            did: false,
            called: None,
            wrote: false,
            steps: 0,
        }
    }

    /// The script that is being gone through.
    pub(super) fn unit(&self) -> &'a Unit {
        self.numbered(self.current)
    }

    fn numbered(&self, unit: usize) -> &'a Unit {
        unit.checked_sub(1).and_then(|index| self.modules.get(index)).copied().unwrap_or(self.root)
    }

    pub(super) const fn current(&self) -> usize {
        self.current
    }

    /// Goes on in another script; gives the one before.
    pub(super) const fn enter(&mut self, unit: usize) -> usize {
        std::mem::replace(&mut self.current, unit)
    }

    pub(super) fn body(&self, (unit, index): FunctionId) -> Option<&'a Body> {
        self.numbered(unit).bodies.get(index)
    }

    /// The number of a module, as a script's imports name it.
    pub(super) fn module(&mut self, alias: &str) -> Option<usize> {
        let name = self.unit().imports.iter().find(|(known, _, _)| known == alias).map(|(_, module, _)| module)?;
        let unit = self.names.modules.get(name)?;
        let index = self.modules.iter().position(|known| std::ptr::eq(*known, unit));
        Some(
            1 + index.unwrap_or_else(|| {
                self.modules.push(unit);
                self.modules.len() - 1
            }),
        )
    }

    pub(super) fn was_called(&self, function: FunctionId) -> bool {
        self.memo.iter().any(|memo| memo.function == function)
    }

    /// Counts an expression; false once there were too many.
    pub(super) fn step(&mut self, position: Position) -> bool {
        self.steps += 1;
        if self.steps == MAX_STEPS {
            let mistake = self
                .mistake(Code::LimitExceeded, position, "the script is too entangled to be checked before it runs")
                .help(
                    "divide it into functions that are called with fewer types, and loops that stand beside each other",
                );
            self.push(mistake);
        }
        self.steps < MAX_STEPS
    }

    pub(super) const fn steps(&self) -> u32 {
        self.steps
    }

    /// A mistake at a position of the script that is being gone through.
    pub(super) fn mistake(&self, code: Code, position: Position, message: impl Into<String>) -> Diagnostic {
        self.unit().script.mistake(code, position, message)
    }

    pub(super) fn push(&mut self, mistake: Diagnostic) {
        if self.mistakes.len() <= MAX_MISTAKES * 4 {
            self.mistakes.push(mistake);
        }
    }

    /// A mistake, with what to do where that is known.
    pub(super) fn report(
        &mut self,
        code: Code,
        position: Position,
        message: impl Into<String>,
        help: Option<impl Into<String>>,
    ) {
        let mistake = self.mistake(code, position, message);
        self.push(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    /// A mistake of types.
    pub(super) fn mismatch(&mut self, position: Position, message: impl Into<String>) {
        self.report(Code::TypeMismatch, position, message, None::<String>);
    }

    /// How many mistakes were found so far.
    pub(super) const fn found(&self) -> usize {
        self.mistakes.len()
    }

    /// Forgets mistakes that were found since, because what they rest on turned out to be less certain.
    pub(super) fn forget(&mut self, found: usize) {
        self.mistakes.truncate(found);
    }

    /// Takes the mistakes that were found since.
    pub(super) fn take_since(&mut self, found: usize) -> Vec<Diagnostic> {
        self.mistakes.split_off(found.min(self.mistakes.len()))
    }

    /// The mistakes in the order of the script, one for each place.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let place = |mistake: &Diagnostic| {
            mistake.place.as_ref().map(|place| (place.file.clone(), place.line, place.column)).unwrap_or_default()
        };
        self.mistakes.sort_by_key(place);
        self.mistakes.dedup_by_key(|mistake| place(mistake));
        self.mistakes.truncate(MAX_MISTAKES);
        self.mistakes
    }
}
