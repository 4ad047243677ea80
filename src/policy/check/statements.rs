//! Statements: what they leave of what is known, which of them can never run, and whose value is lost.

use rhai::{ASTFlags, BinaryExpr, Expr, FlowControl, Ident, OpAssignment, Position, Stmt};

use super::checker::{Checker, Frame, Loop, Origin, State};
use super::is_constant;
use super::kind::{Kind, TEXT, Texts};
use crate::diagnostic::Code;
use crate::policy::host::item_of;

/// What becomes of the value of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// It is the value of the block or the function.
    Value,
    /// It is lost.
    Discard,
    /// It is what `check` gives, which has to be nothing.
    Nothing,
}

impl Checker<'_> {
    /// Goes through a block; gives what its last statement gives.
    pub(super) fn block(&mut self, frame: &mut Frame, statements: &[Stmt], want: Want) -> Kind {
        let outside = frame.locals.len();
        let kind = self.sequence(frame, statements, want);
        self.close(frame, outside);
        kind
    }

    pub(super) fn sequence(&mut self, frame: &mut Frame, statements: &[Stmt], want: Want) -> Kind {
        let mut kind = Kind::Nothing;
        let mut told = frame.dead;
        for (index, statement) in statements.iter().enumerate() {
            if frame.dead && !told && !statement.is_noop() {
                told = true;
                self.report(
                    Code::UnreachableCode,
                    statement.position(),
                    "this is never run: what stands before it ends the function or the loop on every path",
                    None::<String>,
                );
            }
            let want = if index + 1 == statements.len() { want } else { Want::Discard };
            kind = self.statement(frame, statement, want);
        }
        if frame.dead { Kind::Never } else { kind }
    }

    /// Ends a scope: a variable that was never read is a thought that was not ended.
    pub(super) fn close(&mut self, frame: &mut Frame, outside: usize) {
        frame.forget_changes(outside);
        for local in frame.locals.split_off(outside.min(frame.locals.len())) {
            if local.origin == Origin::Let && !local.read && !local.name.starts_with('_') {
                let help = match local.kind {
                    Kind::Host(name) if item_of(name).is_some() => {
                        format!(
                            "say something of it, as in `for item in {} {{ violation(item, \"..\"); }}`",
                            local.name
                        )
                    }
                    _ => format!("use it, or call it `_{}` where it is not meant to be read", local.name),
                };
                let message = format!("the variable `{}` is never read", local.name);
                self.report(Code::UnusedVariable, local.at, message, Some(help));
            }
        }
    }

    fn statement(&mut self, frame: &mut Frame, statement: &Stmt, want: Want) -> Kind {
        let found = self.found();
        match statement {
            Stmt::Var(variable, _, _) => {
                let (name, value, _) = &**variable;
                let kind = self.needed(frame, value);
                self.declare(frame, name, kind, Origin::Let);
                // What is wrong with the value is told alone.
                if self.found() > found
                    && let Some(local) = frame.locals.last_mut()
                {
                    local.read = true;
                }
                Kind::Nothing
            }
            Stmt::Assignment(assignment) => {
                self.assignment(frame, &assignment.0, &assignment.1);
                Kind::Nothing
            }
            Stmt::FnCall(call, position) => {
                self.did = false;
                let kind = self.call(frame, call, *position);
                self.outcome(kind, want, *position, found)
            }
            Stmt::Expr(expression) => match &**expression {
                Expr::Stmt(block) if want != Want::Value => self.block(frame, block.statements(), want),
                expression => {
                    self.did = false;
                    let kind = self.expression(frame, expression);
                    self.outcome(kind, want, expression.start_position(), found)
                }
            },
            Stmt::If(flow, _) => self.branches(frame, flow, want),
            Stmt::While(flow, position) => {
                let kind = self.while_loop(frame, flow, *position);
                self.outcome(kind, want, *position, found)
            }
            Stmt::Do(flow, flags, position) => {
                let kind = self.do_loop(frame, flow, *flags);
                self.outcome(kind, want, *position, found)
            }
            Stmt::For(parts, position) => {
                let (item, index, flow) = &**parts;
                let kind = self.for_loop(frame, item, index.as_ref(), flow);
                self.outcome(kind, want, *position, found)
            }
            Stmt::Block(block) => self.block(frame, block.statements(), want),
            Stmt::BreakLoop(value, flags, _) => {
                let kind = value.as_ref().map_or(Kind::Nothing, |value| self.expression(frame, value));
                leave(frame, kind, flags.intersects(ASTFlags::BREAK));
                Kind::Never
            }
            Stmt::Return(value, _, position) => {
                let kind = value.as_ref().map_or(Kind::Nothing, |value| self.expression(frame, value));
                if frame.is_rule {
                    self.outcome(kind.clone(), Want::Nothing, *position, found);
                }
                if !frame.dead {
                    frame.returns = std::mem::replace(&mut frame.returns, Kind::Never).join(kind);
                }
                frame.dead = true;
                Kind::Never
            }
            // Anything else is not in the language, or stands at the top of a script.
            _ => Kind::Nothing,
        }
    }

    /// What a statement gives, and whether it may be lost. Where something else is wrong with the statement, that is told
    /// alone.
    fn outcome(&mut self, kind: Kind, want: Want, position: Position, found: usize) -> Kind {
        let handle = self.names.known.is_handle(&kind);
        match want {
            Want::Value => return kind,
            _ if self.found() > found => {}
            Want::Discard if kind.is_value() && !handle && !self.did => {
                let help = match kind {
                    Kind::Host(name) if item_of(name).is_some() => {
                        "a selection says nothing by itself: go through it with `for` and call `violation(..)`"
                    }
                    Kind::Flag => "use it as the condition of an `if`, or take it away",
                    _ => "do something with it, or take it away",
                };
                self.report(Code::UnusedValue, position, format!("the value is not used: {kind}"), Some(help));
            }
            Want::Nothing if !handle && (kind.is_value() || matches!(kind, Kind::Maybe(_))) => self.report(
                Code::ReturnedValue,
                position,
                format!("`check` gives {kind} back, expected nothing"),
                Some("the value of the last statement is given back, and nobody looks at it; say what is wrong with `violation(..)`"),
            ),
            Want::Discard | Want::Nothing => {}
        }
        Kind::Nothing
    }

    /// A new variable; one that hides what every rule works with would be taken for it.
    fn declare(&mut self, frame: &mut Frame, name: &Ident, kind: Kind, origin: Origin) {
        let hides = match frame.local(&name.name).map(|local| (local.origin, &local.kind)) {
            Some((Origin::Parameter, Kind::Host("Change"))) => Some("the change"),
            Some((Origin::Parameter, Kind::Parameters)) => Some("the pack's parameters"),
            _ if name.name == "change" => Some("the change"),
            _ if name.name == "params" => Some("the pack's parameters"),
            _ if self.names.known.is_free(&name.name) => Some("a function of the host"),
            _ => None,
        };
        if let Some(hides) = hides {
            let message = format!("the variable `{}` has the name of {hides}", name.name);
            self.report(Code::ShadowedName, name.pos, message, Some("give it another name"));
        } else {
            let help =
                if origin == Origin::Let { "assign without `let`, or use another name" } else { "use another name" };
            self.already_there(frame, &name.name, name.pos, help);
        }
        frame.declare(&name.name, kind, origin, name.pos);
    }

    /// A name that stands for two variables of one function is soon taken for the other one.
    fn already_there(&mut self, frame: &mut Frame, name: &str, position: Position, help: &str) {
        let Some(at) = frame.local(name).map(|local| local.at).filter(|_| !name.starts_with('_')) else { return };
        let place = self.unit().script.place(at);
        let message = format!("`{name}` is already there, at line {}", place.line);
        let mistake = self.mistake(Code::ShadowedName, position, message);
        self.push(mistake.related(place, "the other one").help(help));
    }

    /// The parameters of a function without a name, which stands among variables.
    pub(super) fn shadowing_parameters(&mut self, frame: &mut Frame, function: &str, position: Position) {
        let unit = self.unit();
        let Some(body) = unit.function_named(function).and_then(|index| unit.bodies.get(index)) else { return };
        for name in &body.params {
            self.already_there(frame, name, position, "use another name for the parameter of the function");
        }
    }

    /// `if` and `else`: what is known after both of them.
    fn branches(&mut self, frame: &mut Frame, flow: &FlowControl, want: Want) -> Kind {
        self.condition(frame, &flow.expr);
        let before = frame.state();
        let yes = self.block(frame, flow.body.statements(), want);
        let after = frame.state();
        frame.set(&before);
        let no = self.block(frame, flow.branch.statements(), want);
        let both = after.join(frame.state());
        frame.set(&both);
        yes.join(no)
    }

    /// A condition has to be true or false, and has to be able to be both.
    fn condition(&mut self, frame: &mut Frame, expression: &Expr) {
        let kind = self.expression(frame, expression);
        self.flag(&kind, expression.start_position());
        if is_constant(expression) && !matches!(expression, Expr::And(..) | Expr::Or(..)) {
            self.constant(expression.start_position());
        }
    }

    pub(super) fn constant(&mut self, position: Position) {
        let message = "the condition is the same whatever the change is";
        self.report(Code::ConstantCondition, position, message, Some("ask something of the change, or take it away"));
    }

    /// Reports what is neither true nor false.
    pub(super) fn flag(&mut self, kind: &Kind, position: Position) {
        if kind.is_known() && *kind != Kind::Flag {
            let help = match kind {
                Kind::Host(name) if item_of(name).is_some() => Some("ask `!selection.is_empty()`"),
                Kind::Array(_) | Kind::Map(_) | Kind::ByWord(..) | Kind::Record(_) | Kind::Text(_) => {
                    Some("ask `!value.is_empty()`")
                }
                Kind::Number => Some("ask `number > 0`"),
                _ => None,
            };
            self.report(Code::TypeMismatch, position, format!("found {kind}, expected true or false"), help);
        }
    }

    fn while_loop(&mut self, frame: &mut Frame, flow: &FlowControl, position: Position) -> Kind {
        let endless = matches!(flow.expr, Expr::Unit(_) | Expr::BoolConstant(true, _));
        if matches!(flow.expr, Expr::BoolConstant(false, _)) {
            self.report(Code::UnreachableCode, position, "the loop is never run", None::<String>);
        }
        self.repeat(frame, endless, &mut |checker, frame| {
            if !endless {
                let kind = checker.expression(frame, &flow.expr);
                checker.flag(&kind, flow.expr.start_position());
                if is_constant(&flow.expr)
                    && !matches!(flow.expr, Expr::BoolConstant(..) | Expr::And(..) | Expr::Or(..))
                {
                    checker.constant(flow.expr.start_position());
                }
            }
            checker.block(frame, flow.body.statements(), Want::Discard);
        })
    }

    fn do_loop(&mut self, frame: &mut Frame, flow: &FlowControl, flags: ASTFlags) -> Kind {
        let until = flags.intersects(ASTFlags::NEGATED);
        let endless = matches!(flow.expr, Expr::BoolConstant(value, _) if value != until);
        self.repeat(frame, endless, &mut |checker, frame| {
            checker.block(frame, flow.body.statements(), Want::Discard);
            let kind = checker.expression(frame, &flow.expr);
            checker.flag(&kind, flow.expr.start_position());
        })
    }

    fn for_loop(&mut self, frame: &mut Frame, item: &Ident, index: Option<&Ident>, flow: &FlowControl) -> Kind {
        let over = self.expression(frame, &flow.expr);
        let position = flow.expr.start_position();
        let each = match &over {
            Kind::Unknown | Kind::Never => Kind::Unknown,
            Kind::Array(element) => {
                if self.empty_array(frame, &flow.expr, &over) {
                    self.report(
                        Code::UnreachableCode,
                        position,
                        "the loop is never run: the array is empty",
                        None::<String>,
                    );
                }
                (**element).clone().taken()
            }
            Kind::Text(_) => Kind::Character,
            Kind::Range | Kind::Stream(_) if self.empty_range(&flow.expr) => {
                self.report(
                    Code::UnreachableCode,
                    position,
                    "the loop is never run: no number is in the range",
                    Some("for numbers that go down write `range(5, 0, -1)`"),
                );
                Kind::Number
            }
            Kind::Range => Kind::Number,
            Kind::Stream(element) => (**element).clone(),
            Kind::Host(name) => match item_of(name) {
                Some(item) => Kind::Host(item),
                None => self.no_collection(&over, position),
            },
            _ => self.no_collection(&over, position),
        };
        self.repeat(frame, false, &mut |checker, frame| {
            let outside = frame.locals.len();
            checker.declare(frame, item, each.clone(), Origin::Loop);
            if let Some(index) = index {
                checker.declare(frame, index, Kind::Number, Origin::Loop);
            }
            checker.block(frame, flow.body.statements(), Want::Discard);
            checker.close(frame, outside);
        })
    }

    fn no_collection(&mut self, kind: &Kind, position: Position) -> Kind {
        let help = match kind {
            Kind::Map(_) | Kind::ByWord(..) | Kind::Record(_) => Some("go through its `keys()` or `values()`"),
            Kind::Number => Some("for the numbers below it write `0..number`"),
            _ => None,
        };
        let message = format!("a loop goes through a selection, an array, a text or a range, found {kind}");
        self.report(Code::TypeMismatch, position, message, help);
        Kind::Unknown
    }

    /// Goes through a loop until what is known at its head is what is known at its end. What was found on the way is
    /// forgotten where it rested on knowing more than that.
    fn repeat(&mut self, frame: &mut Frame, endless: bool, pass: &mut dyn FnMut(&mut Self, &mut Frame)) -> Kind {
        let mut head = frame.state();
        let found = self.found();
        for round in 0_usize.. {
            let begun = self.steps();
            let outside = frame.locals.len();
            frame.loops.push(Loop { breaks: None, continues: None, gives: Kind::Never, outside });
            pass(self, frame);
            let Some(ran) = frame.loops.pop() else { break };
            let mut next = head.clone().join(frame.state());
            if let Some(continues) = ran.continues {
                next = next.join(continues);
            }
            next.dead = head.dead;
            frame.changes.pending = next.pending;
            frame.read_again(begun);
            if next.kinds == head.kinds {
                head.pending = next.pending;
                let exit = match (endless, ran.breaks) {
                    (true, None) => State { dead: true, ..head },
                    (true, Some(breaks)) => breaks,
                    (false, None) => head,
                    (false, Some(breaks)) => head.join(breaks),
                };
                frame.set(&exit);
                return if endless { ran.gives } else { Kind::Nothing.join(ran.gives) };
            }
            self.forget(found);
            if round >= 2 {
                for (kind, before) in next.kinds.iter_mut().zip(&head.kinds).filter(|(kind, before)| *kind != *before) {
                    *kind =
                        if matches!((&*kind, before), (Kind::Text(_), Kind::Text(_))) { TEXT } else { Kind::Unknown };
                }
            }
            head = next;
            frame.set(&head);
        }
        Kind::Unknown
    }

    fn assignment(&mut self, frame: &mut Frame, operation: &OpAssignment, sides: &BinaryExpr) {
        let value = self.needed(frame, &sides.rhs);
        let operator = operation.get_op_assignment_info().map(|(.., operator)| operator);
        if let Expr::Variable(variable, _, position) = &sides.lhs {
            let name = variable.1.as_str();
            let before = frame.local(name).map_or(Kind::Unknown, |local| local.kind.clone());
            self.given(frame, name, *position);
            let after = match operator {
                Some(operator) => self.grown(operator, before, &value, sides, operation.position()),
                None => value,
            };
            frame.change(&variable.1, *position, operator.is_none());
            if let Some(local) = frame.local(name) {
                local.kind = after;
            }
            return;
        }
        let value = if operator.is_some() {
            let before = self.before_change(frame, &sides.lhs);
            self.grown(operator.unwrap_or_default(), before, &value, sides, operation.position())
        } else {
            value
        };
        self.write(frame, &sides.lhs, value);
    }

    /// `left += right` and the like: an array also takes an element.
    fn grown(&mut self, operator: &str, left: Kind, right: &Kind, sides: &BinaryExpr, position: Position) -> Kind {
        match (operator, &left, right) {
            ("+", Kind::Array(element), other) if other.is_value() && !matches!(other, Kind::Array(_)) => {
                Kind::Array(Box::new((**element).clone().join(other.clone())))
            }
            ("+", Kind::Text(_), Kind::Text(_)) => TEXT,
            _ => self.arithmetic(
                operator,
                (&left, sides.lhs.start_position()),
                (right, sides.rhs.start_position()),
                position,
            ),
        }
    }

    /// Reports that the change or the parameters are given another value.
    pub(super) fn given(&mut self, frame: &mut Frame, name: &str, position: Position) {
        let what = match frame.local(name).map(|local| (local.origin, &local.kind)) {
            Some((Origin::Parameter, Kind::Host("Change"))) => "the change",
            Some((Origin::Parameter, Kind::Parameters)) => "the pack's parameters",
            _ => return,
        };
        let message = format!("`{name}` is {what}, and can't be given another value");
        self.report(Code::ShadowedName, position, message, Some("use a variable of its own"));
    }

    /// An array that grows, a map that gets an entry.
    pub(super) fn put(&mut self, holder: &Kind, key: Option<&Kind>, value: Kind) -> Kind {
        let value = value.plain();
        let after = match holder {
            Kind::Array(element) => Kind::Array(Box::new((**element).clone().join(value))),
            Kind::Record(entries) => match key {
                Some(Kind::Text(Texts::One(name))) => {
                    let mut entries = entries.to_vec();
                    match entries.iter_mut().find(|(known, _)| known == name) {
                        Some((_, kind)) => *kind = value,
                        None => entries.push((name.clone(), value)),
                    }
                    Kind::Record(entries.into())
                }
                _ => holder.with_key(key.and_then(Kind::word), value),
            },
            Kind::ByWord(words, _) => match key {
                Some(Kind::Text(Texts::One(name))) if words.index_of(name).is_some() => {
                    holder.with_key(Some(words), value)
                }
                _ => holder.with_key(key.and_then(Kind::word), value),
            },
            Kind::Map(values) => Kind::Map(Box::new((**values).clone().join(value))),
            kind => kind.clone().touched(),
        };
        after.bounded()
    }
}

/// `break` and `continue`: what is known where the loop is left, or begun anew.
fn leave(frame: &mut Frame, gives: Kind, breaks: bool) {
    let state = frame.state();
    if let Some(inner) = frame.loops.last_mut()
        && !state.dead
    {
        let state = State { kinds: state.kinds.into_iter().take(inner.outside).collect(), ..state };
        let slot = if breaks { &mut inner.breaks } else { &mut inner.continues };
        *slot = Some(match slot.take() {
            Some(before) => before.join(state),
            None => state,
        });
        if breaks {
            inner.gives = std::mem::replace(&mut inner.gives, Kind::Never).join(gives);
        }
    }
    frame.dead = true;
}
