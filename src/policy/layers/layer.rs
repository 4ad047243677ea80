//! What a layer is given as: packs, with those that they extend.

use std::sync::Arc;

use super::pack::Pack;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::files::PackFiles;

/// How many packs a policy set may have, those that others extend included.
pub const MAX_PACKS: usize = 100;

/// Packs of the same authority. Their order changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    packs: Vec<Given>,
}

#[derive(Debug, Clone)]
enum Given {
    /// As it was read, with everything that it extends among the packs of its layer.
    Whole(Pack),
    /// As it lies there; what it extends was not looked up.
    Files(Arc<PackFiles>),
}

impl From<PackFiles> for Layer {
    fn from(pack: PackFiles) -> Self {
        Self { packs: vec![Given::Files(Arc::new(pack))] }
    }
}

impl From<&PackFiles> for Layer {
    fn from(pack: &PackFiles) -> Self {
        pack.clone().into()
    }
}

impl From<&Vec<PackFiles>> for Layer {
    fn from(packs: &Vec<PackFiles>) -> Self {
        Self { packs: packs.iter().map(|pack| Given::Files(Arc::new(pack.clone()))).collect() }
    }
}

impl From<&Self> for Layer {
    fn from(layer: &Self) -> Self {
        layer.clone()
    }
}

/// A look-up of what a pack at a place extends, by what is written there.
type LookUp<'a, P> = dyn Fn(&P, &str) -> Result<(P, PackFiles), Diagnostic> + 'a;

impl Layer {
    /// A pack and everything that it extends, by itself or by way of another.
    ///
    /// # Errors
    /// Where a pack is not there, can't be read, extends itself, or there are too many of them.
    pub fn gather<P>(place: P, pack: PackFiles, look_up: &LookUp<'_, P>) -> Result<Self, Vec<Diagnostic>> {
        let mut gatherer = Gatherer { look_up, packs: Vec::new(), chain: Vec::new() };
        gatherer.visit(&place, Arc::new(pack)).map_err(|mistake| vec![mistake])?;
        Ok(Self { packs: gatherer.packs.into_iter().map(Given::Whole).collect() })
    }

    /// Its packs, those that others extend included.
    pub fn packs(&self) -> impl Iterator<Item = &PackFiles> {
        self.packs.iter().map(|given| match given {
            Given::Whole(pack) => &*pack.files,
            Given::Files(files) => files,
        })
    }

    /// Its packs, each read. What is inside the binary is looked up here; nothing else can be.
    pub(super) fn read(&self) -> Result<Vec<Pack>, Vec<Diagnostic>> {
        let mut packs = Vec::new();
        let mut mistakes = Vec::new();
        for given in &self.packs {
            match given {
                Given::Whole(pack) => packs.push(pack.clone()),
                Given::Files(files) => {
                    let mut gatherer = Gatherer { look_up: &built_in, packs: Vec::new(), chain: Vec::new() };
                    match gatherer.visit(&(), Arc::clone(files)) {
                        Ok(()) => packs.extend(gatherer.packs),
                        Err(mistake) => mistakes.push(mistake),
                    }
                }
            }
        }
        if mistakes.is_empty() { Ok(packs) } else { Err(mistakes) }
    }
}

fn built_in((): &(), written: &str) -> Result<((), PackFiles), Diagnostic> {
    match written.strip_prefix("builtin:") {
        Some(name) => PackFiles::required_builtin(name).map(|pack| ((), pack)),
        None => Err(Diagnostic::new(
            Code::UnreadablePack,
            format!("`{written}` can't be looked up here: where the pack lies is not known"),
        )),
    }
}

struct Gatherer<'a, P> {
    look_up: &'a LookUp<'a, P>,
    packs: Vec<Pack>,
    /// The packs that are being visited, outermost first: where each is from, and its digest.
    chain: Vec<(String, String)>,
}

impl<P> Gatherer<'_, P> {
    fn visit(&mut self, place: &P, files: Arc<PackFiles>) -> Result<(), Diagnostic> {
        let pack = Pack::read(files)?;
        let id = (pack.files.origin.clone(), pack.sha256.clone());
        if self.packs.iter().any(|known| (&known.files.origin, &known.sha256) == (&id.0, &id.1)) {
            return Ok(());
        }
        if self.packs.len() >= MAX_PACKS {
            let message = format!("there are more than {MAX_PACKS} packs, with those that they extend");
            return Err(Diagnostic::new(Code::UnreadablePack, message).at(Place::file(id.0)));
        }
        self.packs.push(pack.clone());
        self.chain.push(id);
        for extended in &pack.manifest.extends {
            let written = extended.get_ref();
            let at = pack.place(extended.span());
            let (next, files) = (self.look_up)(place, written).map_err(|mistake| match mistake.place {
                Some(_) => mistake.related(at.clone(), "extended here"),
                None => mistake.at(at.clone()),
            })?;
            if let Some(index) =
                self.chain.iter().position(|(origin, sha256)| *origin == files.origin && *sha256 == files.sha256())
            {
                let mut names: Vec<String> =
                    self.chain.iter().skip(index).map(|(origin, _)| format!("`{origin}`")).collect();
                names.push(format!("`{}`", files.origin));
                let message = format!("packs extend each other in a circle: {}", names.join(" extends "));
                return Err(Diagnostic::new(Code::BrokenPack, message).at(at));
            }
            self.visit(&next, Arc::new(files)).map_err(|mistake| match mistake.place {
                Some(_) => mistake,
                None => mistake.at(at),
            })?;
        }
        self.chain.pop();
        Ok(())
    }
}
