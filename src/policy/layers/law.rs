//! What a later layer may do to what earlier ones said: raise, add, and move inside of what they declare tunable. Everything
//! else is refused, with the line that would do it and the line that forbids it.

use jiff::civil::Date;

use super::statements::{Said, Slot, Statement};
use super::values::{Declarations, Draft, Held};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::metadata::{Enforcement, FurtherApprovers};

/// Where the statements of a layer are applied.
pub(super) struct Law<'a> {
    pub(super) drafts: &'a mut [Draft],
    pub(super) declarations: &'a mut [Declarations],
    /// The layer whose statements they are; `None` for what is set from outside of all packs.
    pub(super) layer: Option<u32>,
}

impl Law<'_> {
    /// Applies a statement, as far as it may be.
    pub(super) fn apply(&mut self, slot: &Slot, name: &str, statement: Statement) -> Result<(), Diagnostic> {
        let Statement { said, set_by, place, .. } = statement;
        let refuse = |code: Code, message: String| {
            let mistake = Diagnostic::new(code, message);
            match &place {
                Some(place) => mistake.at(place.clone()),
                None => mistake,
            }
        };
        let weakens = |message: String| refuse(Code::WeakensLayer, message);
        let code = if self.layer.is_some() { Code::WeakensLayer } else { Code::BadParameter };
        match (slot, said) {
            (Slot::Enforcement(index), Said::Enforcement(value)) => {
                let Some(draft) = self.drafts.get_mut(*index) else { return Ok(()) };
                if self.layer != Some(draft.meta.layer) {
                    enforcement(draft, value).map_err(|explain| explain(weakens(lowered(draft, value))))?;
                }
                draft.enforcement = Held { value, set_by, place, declared: false };
            }
            (Slot::Tunable(index), Said::Enforcements(value)) => {
                let Some(draft) = self.drafts.get_mut(*index) else { return Ok(()) };
                if self.layer != Some(draft.meta.layer) {
                    let before = draft.tunable.as_ref();
                    let wider = value.iter().find(|word| before.is_none_or(|before| !before.value.contains(word)));
                    if let Some(word) = wider {
                        let message = format!("{name} can't be widened by `{word}`: only the rule's own layer may");
                        let forbids = before.and_then(|before| before.place.as_ref()).unwrap_or(&draft.place);
                        return Err(weakens(message).related(forbids.clone(), "declared here"));
                    }
                }
                draft.tunable = Some(Held { value, set_by, place, declared: true });
            }
            (Slot::Approvers(index), Said::Approvers(from)) => {
                let Some(draft) = self.drafts.get_mut(*index) else { return Ok(()) };
                if self.layer == Some(draft.meta.layer) {
                    draft.approvers = Held { value: from, set_by, place, declared: false };
                } else {
                    draft.meta.further_approvers.push(FurtherApprovers { from, set_by });
                }
            }
            (Slot::EffectiveOn(index), Said::Date(value)) => {
                let Some(draft) = self.drafts.get_mut(*index) else { return Ok(()) };
                if self.layer != Some(draft.meta.layer) {
                    later(draft, value).map_err(|(message, explain)| explain(weakens(message)))?;
                }
                draft.effective_on = Some(Held { value, set_by, place, declared: false });
            }
            (Slot::Own(index, parameter), Said::Value(value)) => {
                let Some(draft) = self.drafts.get_mut(*index) else { return Ok(()) };
                let Some(declared) = self.declarations.get(draft.pack).and_then(|known| known.get(parameter)) else {
                    return Ok(());
                };
                let before = draft.own.get(parameter).unwrap_or(&declared.held);
                if self.layer != Some(draft.meta.layer) {
                    declared.parameter.may_move(&before.value, &value).map_err(|what| {
                        let mistake = refuse(code, format!("{name} {what}"));
                        before.explain(mistake.related(declared.place.clone(), "declared here"))
                    })?;
                }
                draft.own.insert(parameter.clone(), Held { value, set_by, place, declared: false });
            }
            (Slot::Value(index, parameter), Said::Value(value)) => {
                let Some(declared) = self.declarations.get_mut(*index).and_then(|known| known.get_mut(parameter))
                else {
                    return Ok(());
                };
                if self.layer != Some(declared.layer) {
                    declared.parameter.may_move(&declared.held.value, &value).map_err(|what| {
                        let mistake = refuse(code, format!("{name} {what}"));
                        let mistake = mistake.related(declared.place.clone(), "declared here");
                        if declared.held.declared { mistake } else { declared.held.explain(mistake) }
                    })?;
                }
                let before = &declared.held.value;
                let relaxed = value != *before && !declared.parameter.is_stricter(before, &value);
                if self.layer.is_none() && relaxed {
                    declared.relaxed_from = Some(before.clone());
                }
                declared.held = Held { value, set_by, place, declared: false };
            }
            _ => {}
        }
        Ok(())
    }
}

/// Adds the places that forbid something.
type Explain<'a> = Box<dyn FnOnce(Diagnostic) -> Diagnostic + 'a>;

fn enforcement(draft: &Draft, value: Enforcement) -> Result<(), Explain<'_>> {
    let tunable = draft.tunable.as_ref().is_some_and(|tunable| tunable.value.contains(&value));
    if value >= draft.enforcement.value || tunable {
        return Ok(());
    }
    Err(Box::new(|mistake| {
        let mistake = draft.enforcement.explain(mistake);
        match &draft.tunable {
            Some(tunable) => tunable.explain(mistake),
            None => mistake,
        }
    }))
}

fn lowered(draft: &Draft, value: Enforcement) -> String {
    let may = match draft.tunable.as_ref().map(|tunable| tunable.value.as_slice()) {
        None | Some([]) => "its own layer does not declare it `tunable`".to_owned(),
        Some(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("its own layer lets it be lowered to {} alone", words.join(" or "))
        }
    };
    format!(
        "the enforcement of `{}` can't be lowered from {} to {value}: {may}",
        draft.meta.id, draft.enforcement.value
    )
}

fn later(draft: &Draft, value: Date) -> Result<(), (String, Explain<'_>)> {
    let id = &draft.meta.id;
    match &draft.effective_on {
        Some(held) if value <= held.value => Ok(()),
        Some(held) => Err((
            format!(
                "`{id}` can't be put off from {} to {value}: a later layer may only move the day to an earlier one",
                held.value
            ),
            Box::new(|mistake| held.explain(mistake)),
        )),
        None => Err((
            format!("`{id}` can't be put off to {value}: it is in force already"),
            Box::new(|mistake| mistake.related(draft.place.clone(), "declared here")),
        )),
    }
}
