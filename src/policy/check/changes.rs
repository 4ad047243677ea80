//! Changes of variables that nothing reads afterwards: of a parameter, which is a copy of what the caller has, of an element
//! in a loop, or of a variable that is done with.

use rhai::{Expr, ImmutableString, Position};

use super::checker::{Checker, Frame, Origin};
use super::kind::Kind;
use crate::diagnostic::Code;

/// How many changes of one function are followed; whoever has more mends these first.
const MAX_CHANGES: usize = 64;

/// The changes in a function, each by its place.
#[derive(Debug, Default)]
pub(super) struct Changes {
    all: Vec<Change>,
    /// Those that nothing read yet on some path to here, by their numbers.
    pub(super) pending: u64,
    /// Those that something reads afterwards.
    read: u64,
}

#[derive(Debug)]
struct Change {
    at: Position,
    name: ImmutableString,
    origin: Origin,
    /// The variable, while there is one.
    local: Option<usize>,
}

impl Changes {
    /// The changes of variables by their numbers.
    fn of(&self, wanted: impl Fn(usize) -> bool) -> u64 {
        let all = self.all.iter().enumerate();
        all.filter(|(_, change)| change.local.is_some_and(&wanted)).fold(0, |bits, (index, _)| bits | 1 << index)
    }
}

impl Frame {
    /// What a variable is, for whoever looks at it; counted where it is read.
    pub(super) fn read(&mut self, name: &str, step: u32) {
        let Some(index) = self.locals.iter().rposition(|local| local.name == name) else { return };
        if let Some(local) = self.locals.get_mut(index) {
            local.read = true;
            local.last_read = step;
        }
        self.seen(&|local| local == index);
    }

    /// The changes so far of some variables are read.
    fn seen(&mut self, of: &dyn Fn(usize) -> bool) {
        if self.changes.pending != 0 {
            let seen = self.changes.of(of) & self.changes.pending;
            self.changes.read |= seen;
            self.changes.pending &= !seen;
        }
    }

    /// A variable is changed; `anew` where what it was before does not matter.
    pub(super) fn change(&mut self, name: &ImmutableString, at: Position, anew: bool) {
        let Some(index) = self.locals.iter().rposition(|local| local.name == *name) else { return };
        let Some(local) = self.locals.get(index) else { return };
        if anew {
            self.changes.pending &= !self.changes.of(|local| local == index);
        }
        let told = matches!(local.kind, Kind::Host(_)) || name.starts_with('_');
        if self.dead || told || anew && local.origin == Origin::Let {
            return;
        }
        let number = match self.changes.all.iter().position(|change| change.at == at && change.name == *name) {
            Some(number) => number,
            None if self.changes.all.len() < MAX_CHANGES => {
                let change = Change { at, name: name.clone(), origin: local.origin, local: None };
                self.changes.all.push(change);
                self.changes.all.len() - 1
            }
            None => return,
        };
        if let Some(change) = self.changes.all.get_mut(number) {
            change.local = Some(index);
        }
        self.changes.pending |= 1 << number;
    }

    /// What a loop read since it began it also read of what it changed before.
    pub(super) fn read_again(&mut self, since: u32) {
        if self.changes.pending != 0 {
            let read: Vec<bool> = self.locals.iter().map(|local| local.last_read > since).collect();
            let seen = self.changes.of(|local| read.get(local) == Some(&true)) & self.changes.pending;
            self.changes.read |= seen;
        }
    }

    /// Variables from a number on are no more. Of one that was never read that is told, and not what changes it.
    pub(super) fn forget_changes(&mut self, outside: usize) {
        if self.changes.all.is_empty() {
            return;
        }
        let gone = self.changes.of(|local| local >= outside);
        let unread: Vec<bool> = self.locals.iter().map(|local| local.origin == Origin::Let && !local.read).collect();
        self.changes.read |= self.changes.of(|local| local >= outside && unread.get(local) == Some(&true));
        self.changes.pending &= !gone;
        for change in &mut self.changes.all {
            change.local = change.local.filter(|local| *local < outside);
        }
    }
}

impl Checker<'_> {
    /// What stands before a dot was read, unless all that was done was to change it.
    pub(super) fn looked_at(&mut self, frame: &mut Frame, root: &Expr) {
        let wrote = std::mem::take(&mut self.wrote);
        if let Expr::Variable(variable, _, at) = root
            && variable.2.is_empty()
        {
            if wrote {
                frame.change(&variable.1, *at, false);
            } else {
                frame.read(&variable.1, self.steps());
            }
        }
    }

    /// What an expression gives that is read only to be changed, as `m.n` in `m.n += 1`.
    pub(super) fn before_change(&mut self, frame: &mut Frame, expression: &Expr) -> Kind {
        let root = match expression {
            Expr::Dot(sides, ..) | Expr::Index(sides, ..) => &sides.lhs,
            other => other,
        };
        let name = match root {
            Expr::Variable(variable, ..) if variable.2.is_empty() => Some(&variable.1),
            _ => None,
        };
        let index = name.and_then(|name| frame.locals.iter().rposition(|local| local.name == *name));
        let local = index.and_then(|index| frame.locals.get(index)).map(|local| (local.read, local.last_read));
        let (pending, read) = (frame.changes.pending, frame.changes.read);
        let kind = self.expression(frame, expression);
        if let (Some(index), Some((was_read, last_read))) = (index, local) {
            if let Some(local) = frame.locals.get_mut(index) {
                local.read = was_read;
                local.last_read = last_read;
            }
            let mine = frame.changes.of(|local| local == index);
            frame.changes.pending |= pending & mine;
            frame.changes.read = frame.changes.read & !mine | read & mine;
        }
        kind
    }

    /// Tells of the changes in a function that nothing reads afterwards.
    pub(super) fn unseen_changes(&mut self, frame: &Frame) {
        for (number, change) in frame.changes.all.iter().enumerate() {
            if frame.changes.read & 1 << number != 0 {
                continue;
            }
            let name = &change.name;
            let (why, help) = match change.origin {
                Origin::Parameter => (
                    ": a parameter is a copy, so that who calls the function has what it had",
                    "give the new value back at the end of the function, and use what it gives where it is called",
                ),
                Origin::Loop => (
                    ": the variable of a loop is a copy, so that what the loop goes through stays as it is",
                    "put the new value into an array of its own, and go on with that",
                ),
                Origin::Let => ("", "use it afterwards, or take the change away"),
            };
            let message = format!("`{name}` is changed here, and never read afterwards{why}");
            self.report(Code::UnusedValue, change.at, message, Some(help));
        }
    }
}
