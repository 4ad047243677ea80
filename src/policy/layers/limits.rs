//! The limits of a policy set: the first layer may set them either way, later ones only lower them.

use std::collections::BTreeMap;

use super::pack::Pack;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::limits::{Limit, Limits};
use crate::policy::metadata::SetBy;

/// A limit that somebody set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetLimit {
    /// Its name.
    pub name: &'static str,
    /// What it is set to.
    pub value: u64,
    /// What it is where nobody sets it.
    pub default: u64,
    /// Who set it.
    pub set_by: SetBy,
}

struct Held {
    value: u64,
    set_by: SetBy,
    place: Option<Place>,
}

/// Puts the limits of all layers together, and those that were set from outside, the last layer of all.
pub(super) fn combine(
    packs: &[Pack],
    outside: &[(String, u64)],
    start: Limits,
) -> Result<(Limits, Vec<SetLimit>), Vec<Diagnostic>> {
    let mut limits = start;
    let mut held: BTreeMap<&'static str, Held> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for pack in packs {
        for (name, value) in &pack.manifest.limits {
            let place = pack.place(value.span());
            let limit = match Limit::named(name.get_ref()) {
                Ok(limit) => limit,
                Err(message) => {
                    mistakes.push(pack.broken(name.span(), message));
                    continue;
                }
            };
            let value = *value.get_ref();
            let said = held.get(limit.name);
            let refused = match said.filter(|said| said.value != value) {
                Some(said) if said.set_by.layer == Some(pack.layer) => {
                    let message = format!(
                        "the limit `{}` is set to {value} here and to {} by pack `{}` of the same layer",
                        limit.name, said.value, said.set_by.by
                    );
                    Some((Code::LayerConflict, message))
                }
                _ if pack.layer > 0 && value > limit.of(&limits) => {
                    let message = format!(
                        "the limit `{}` can't be raised from {} to {value}: only the first layer may raise a limit",
                        limit.name,
                        limit.of(&limits)
                    );
                    Some((Code::WeakensLayer, message))
                }
                _ => limit.set(&mut limits, value).err().map(|message| (Code::BrokenPack, message)),
            };
            if let Some((code, message)) = refused {
                let mistake = Diagnostic::new(code, message).at(place);
                let first = packs.iter().find(|first| first.layer == 0);
                mistakes.push(match (said.and_then(|said| said.place.clone()), first) {
                    (Some(place), _) if code != Code::BrokenPack => mistake.related(place, "set here"),
                    (None, Some(first)) if code == Code::WeakensLayer => mistake.related(
                        first.place(first.manifest.name.span()),
                        "the first layer, which could raise it and does not",
                    ),
                    _ => mistake,
                });
                continue;
            }
            // What another pack of the layer says alike stays with the one that comes first by name.
            if held.get(limit.name).is_none_or(|said| said.set_by.layer != Some(pack.layer)) {
                held.insert(limit.name, Held { value, set_by: pack.set_by(), place: Some(place) });
            }
        }
    }
    for (name, value) in outside {
        let mistake = Limit::named(name).and_then(|limit| from_outside(limit, *value, &mut limits, &mut held));
        mistakes
            .extend(mistake.err().map(|message| Diagnostic::new(Code::Usage, format!("--limit {name}: {message}"))));
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let of = |limit: &'static Limit| {
        let held = held.remove(limit.name)?;
        Some(SetLimit {
            name: limit.name,
            value: held.value,
            default: limit.of(&Limits::default()),
            set_by: held.set_by,
        })
    };
    Ok((limits, Limits::ALL.iter().filter_map(of).collect()))
}

/// A flag lowers a limit of a pack, and sets either way what no pack says anything of.
fn from_outside(
    limit: &'static Limit,
    value: u64,
    limits: &mut Limits,
    held: &mut BTreeMap<&'static str, Held>,
) -> Result<(), String> {
    if let Some(said) = held.get(limit.name) {
        if said.set_by.layer.is_none() && said.value != value {
            return Err(format!("is there twice, with {} and with {value}", said.value));
        }
        if value > said.value {
            return Err(format!("can't be raised to {value}: {} sets it to {}", said.set_by, said.value));
        }
    }
    limit.set(limits, value)?;
    held.insert(limit.name, Held { value, set_by: SetBy::flag("--limit"), place: None });
    Ok(())
}
