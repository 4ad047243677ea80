//! What every script may use: the host's names by the type that they belong to, and the engine's own.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::kind::Kind;
use super::standard::{FUNCTIONS, PROPERTIES, named};
use crate::policy::host::{Signature, Type, signatures};

/// The names that every script may use.
#[derive(Debug)]
pub(crate) struct Vocabularies {
    /// The host's names by the type that they belong to; those that belong to none come under the empty name.
    receivers: Vec<(&'static str, Vec<&'static Signature>)>,
    /// Types of what an effect gives, to say more about it.
    handles: Vec<&'static str>,
}

impl Vocabularies {
    /// The names, collected once for the whole process.
    pub(crate) fn known() -> &'static Self {
        static KNOWN: OnceLock<Vocabularies> = OnceLock::new();
        KNOWN.get_or_init(Self::collect)
    }

    fn collect() -> Self {
        let mut receivers: Vec<(&'static str, Vec<&'static Signature>)> = Vec::new();
        for signature in signatures() {
            // Mostly, those of a type stand together.
            match receivers.iter_mut().rfind(|(name, _)| *name == signature.receiver) {
                Some((_, names)) => names.push(signature),
                None => receivers.push((signature.receiver, vec![signature])),
            }
        }
        let functions = receivers.iter().find(|(name, _)| name.is_empty()).map(|(_, names)| names);
        let given = functions.into_iter().flatten().filter_map(|signature| match Type::parse(signature.returns) {
            Some(Type::Host(name)) => Some(name),
            _ => None,
        });
        // What no property and no method of another type gives comes from an effect alone.
        let handles = given
            .filter(|name| signatures().all(|other| other.returns != *name || ["", name].contains(&other.receiver)))
            .collect();
        Self { receivers, handles }
    }

    /// The host's names of a type; those that belong to none for the empty name.
    pub(super) fn of(&self, receiver: &str) -> &[&'static Signature] {
        self.receivers.iter().find(|(name, _)| *name == receiver).map_or(&[], |(_, names)| names)
    }

    /// The types that the host's names belong to.
    pub(super) fn receivers(&self) -> impl Iterator<Item = &'static str> {
        self.receivers.iter().map(|(name, _)| *name)
    }

    /// Whether a value is what an effect gave, so that a script may let it go.
    pub(super) fn is_handle(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Host(name) => self.handles.contains(name),
            Kind::Maybe(kind) => self.is_handle(kind),
            _ => false,
        }
    }

    /// Whether a function of the host does something about the change.
    pub(super) fn is_effect(&self, signature: &Signature) -> bool {
        signature.params.is_some()
            && (signature.returns.is_empty()
                || signature.receiver.is_empty() && self.handles.contains(&signature.returns))
    }

    fn named<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'static Signature> + use<'n> {
        let all = self.receivers.iter().flat_map(|(_, names)| names.iter().copied());
        all.filter(move |signature| signature.name == name)
    }

    /// Every function of the host with a name and a number of arguments, whatever it belongs to.
    pub(super) fn candidates(&self, name: &str, arity: usize) -> Vec<&'static Signature> {
        self.named(name).filter(|signature| signature.arity() == Some(arity)).collect()
    }

    /// With how many arguments a function can be called, what stands before the dot counted; empty where there is none.
    pub(super) fn arities(&self, name: &str) -> BTreeSet<usize> {
        let standard = named(FUNCTIONS, name).iter().map(|entry| entry.takes.len());
        standard.chain(self.named(name).filter_map(Signature::arity)).collect()
    }

    pub(super) fn is_function(&self, name: &str) -> bool {
        !named(FUNCTIONS, name).is_empty() || self.named(name).any(|signature| signature.params.is_some())
    }

    pub(super) fn is_property(&self, name: &str) -> bool {
        !named(PROPERTIES, name).is_empty() || self.named(name).any(|signature| signature.params.is_none())
    }

    /// Whether a function of the host is called without anything before a dot.
    pub(super) fn is_free(&self, name: &str) -> bool {
        self.of("").iter().any(|signature| signature.name == name)
    }

    pub(super) fn function_names(&self) -> impl Iterator<Item = &str> {
        let all = self.receivers.iter().flat_map(|(_, names)| names.iter().copied());
        let host = all.filter(|signature| signature.params.is_some()).map(|signature| signature.name);
        host.chain(FUNCTIONS.iter().map(|entry| entry.name))
    }

    pub(super) fn property_names(&self) -> impl Iterator<Item = &str> {
        let all = self.receivers.iter().flat_map(|(_, names)| names.iter().copied());
        let host = all.filter(|signature| signature.params.is_none()).map(|signature| signature.name);
        host.chain(PROPERTIES.iter().map(|entry| entry.name))
    }
}

/// What a name of the host gives.
pub(super) fn given(signature: &Signature) -> Kind {
    Type::parse(signature.returns).map_or(Kind::Unknown, Kind::of)
}
