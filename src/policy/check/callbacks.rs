//! Functions without a name that are given to functions of arrays: each is gone through with what the array holds.

use super::calls::{Argument, Holder};
use super::checker::{Checker, Frame};
use super::kind::{Kind, TEXT};
use super::standard::Standard;

impl Checker<'_> {
    /// Goes through the functions among the arguments; what comes out where it depends on what they give.
    pub(super) fn callback(
        &mut self,
        frame: &Frame,
        entry: &Standard,
        holder: &Holder,
        arguments: &[Argument<'_>],
    ) -> Option<Kind> {
        if entry.name == "call" {
            let Kind::Function(name) = &holder.kind else { return None };
            return Some(self.anonymous(frame, name, arguments, holder.kind.clone()));
        }
        let argument = arguments.iter().find(|argument| matches!(argument.kind, Kind::Function(_)))?;
        let Kind::Function(name) = &argument.kind else { return None };
        let element = match &holder.kind {
            Kind::Array(element) => (**element).clone().plain().taken(),
            _ => Kind::Unknown,
        };
        let body = self.unit().function_named(name)?;
        let count = self.unit().bodies.get(body)?.params.len();
        let given: Vec<Kind> = match entry.name {
            _ if holder.kind.is_map() => vec![TEXT],
            "reduce" | "reduce_rev" => vec![Kind::Unknown, element.clone(), Kind::Number],
            "sort" | "sort_by" | "order" | "order_by" | "dedup" => vec![element.clone(), element.clone()],
            "zip" => vec![element.clone(), Kind::Unknown, Kind::Number],
            _ => vec![element.clone(), Kind::Number],
        };
        let given: Vec<Kind> = (0..count).map(|index| given.get(index).cloned().unwrap_or(Kind::Unknown)).collect();
        let given: Vec<Argument<'_>> =
            given.into_iter().map(|kind| Argument { kind, at: argument.at, written: None }).collect();
        let gave = self.called(frame, (self.current(), body), element, &given, argument.at);
        let expected = match entry.name {
            "all" | "some" | "filter" | "find" | "index_of" | "retain" | "drain" | "dedup" => gave == Kind::Flag,
            "sort" | "sort_by" | "order" | "order_by" => matches!(gave, Kind::Number | Kind::Flag),
            _ => true,
        };
        if gave.is_known() && !expected {
            let wanted = if matches!(entry.name, "sort" | "sort_by" | "order" | "order_by") {
                "a number: below zero, zero or above"
            } else {
                "true or false"
            };
            self.mismatch(argument.at, format!("the function for `{}` gives {gave}, expected {wanted}", entry.name));
        }
        match entry.name {
            "map" if gave.is_value() && !holder.kind.is_map() => Some(Kind::Array(Box::new(gave)).bounded()),
            _ => None,
        }
    }

    /// `function.call(..)`.
    fn anonymous(&mut self, frame: &Frame, name: &str, arguments: &[Argument<'_>], this: Kind) -> Kind {
        let unit = self.unit();
        let Some(index) = unit.function_named(name) else { return Kind::Unknown };
        let Some(body) = unit.bodies.get(index).filter(|body| body.params.len() == arguments.len()) else {
            return Kind::Unknown;
        };
        self.called(frame, (self.current(), index), this, arguments, body.start)
    }
}
