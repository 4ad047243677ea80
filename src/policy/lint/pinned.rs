//! Parameters that a later layer gives a rule for itself though they are so already: from then on nothing else moves them.

use super::Pack;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::layers::Layer;
use crate::policy::parameter::{Type, json};
use crate::policy::set::PolicySet;

/// Warns of values that say nothing new, and hold on to what a later layer would make stricter.
pub(super) fn warn(layers: &[Layer], set: &PolicySet, packs: &[Pack<'_>], found: &mut Vec<Diagnostic>) {
    for pack in packs.iter().filter(|pack| pack.manifest.rules.values().any(|rule| !rule.parameters.is_empty())) {
        let layer = set.packs().iter().find(|one| one.origin == pack.files.origin).map(|one| one.layer as usize);
        let Some(earlier) = layer.and_then(|layer| layers.get(..layer)).filter(|layers| !layers.is_empty()) else {
            continue;
        };
        // What was so before this layer said anything.
        if let Ok(before) = PolicySet::load(earlier, &[]) {
            of_pack(pack, &before, found);
        }
    }
}

fn of_pack(pack: &Pack<'_>, before: &PolicySet, found: &mut Vec<Diagnostic>) {
    for (id, table) in &pack.manifest.rules {
        let Some(rule) = before.rules().iter().find(|rule| rule.meta.id == *id.get_ref()) else { continue };
        for (name, value) in &table.parameters {
            let held = rule.meta.parameters.iter().find(|one| one.name == *name.get_ref() && !one.own);
            let of = before.parameters().iter().find(|one| one.pack == rule.meta.pack && one.name == *name.get_ref());
            let (Some(held), Some(of)) = (held, of) else { continue };
            let said = Type::parse(&of.kind).ok().and_then(|of| of.fit(value.get_ref()).ok());
            if said.as_ref().map(json).as_ref() != Some(&held.value) {
                continue;
            }
            let message = format!(
                "the parameter `{}` of the rule `{}` is {} already, by {}: said again by `{}` for this rule alone, no later `[set]` and no `--param` moves it",
                name.get_ref(),
                id.get_ref(),
                held.value,
                held.set_by,
                pack.manifest.name.get_ref(),
            );
            let place = Place::at_offset(pack.files.name_of("pack.toml"), &pack.text, value.span().start);
            found.push(
                Diagnostic::new(Code::PinnedParameter, message)
                    .at(place)
                    .help("leave it out, so that later layers can still make it stricter"),
            );
        }
    }
}
