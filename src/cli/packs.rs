//! Where packs are, and where those are that they extend. What a pack extends is read from the same place as the pack itself:
//! the commit that judges where that lies inside of the repository, the disk or the binary elsewhere.

use std::path::{Component, Path, PathBuf};

use super::judge::{Checkout, Run, normal};
use super::pipeline::{Layer, PackFiles};
use super::said::{Location, PackPlace};
use crate::diagnostic::{Code, Diagnostic};

/// What begins the name of a pack that is inside the binary.
const BUILTIN: &str = "builtin:";

/// Where a pack was read from.
#[derive(Debug, Clone)]
enum Spot {
    /// Inside the binary.
    Builtin,
    /// A path in the repository, at the commit that judges.
    Inside(String),
    /// A directory on the disk.
    Outside(Location),
}

/// Where packs can be read from.
struct Places<'a> {
    checkout: Option<&'a Checkout>,
    /// The commit that packs inside the repository are read from.
    commit: Option<String>,
}

/// The layers of a run, in their order.
///
/// # Errors
/// Every pack that is not there or can't be read.
pub fn layers(run: &Run) -> Result<Vec<Layer>, Vec<Diagnostic>> {
    let checkout = run.checkout.as_ref();
    let commit = match (&run.settings.policy_ref.value, checkout) {
        (Some(_), None) => {
            return Err(vec![
                Diagnostic::new(Code::Usage, "`policy-ref` names a commit, but the change is not one of a repository")
                    .help("describe the change with `--repo`, `--base` and `--head`"),
            ]);
        }
        (Some(reference), Some(checkout)) => Some(checkout.resolve(reference).map_err(|mistake| vec![mistake])?),
        (None, checkout) => checkout.and_then(Checkout::base_commit).map(str::to_owned),
    };
    let places = Places { checkout, commit };
    all(run.settings.policy.value.iter().map(|place| places.layer(place).map(|(_, layer)| layer)))
}

/// The layers of some packs as they lie in the binary and on the disk, in their order.
///
/// # Errors
/// Every pack that is not there or can't be read.
pub fn layers_as_they_stand(places: &[PackPlace]) -> Result<Vec<Layer>, Vec<Diagnostic>> {
    all(places.iter().map(|place| as_it_stands(place).map(|(_, layer)| layer)))
}

/// A pack as it lies in the binary or on the disk, and its layer: the pack with those that it extends.
///
/// # Errors
/// Where one of them is not there or can't be read.
pub fn as_it_stands(place: &PackPlace) -> Result<(PackFiles, Layer), Vec<Diagnostic>> {
    Places { checkout: None, commit: None }.layer(place)
}

fn all(layers: impl Iterator<Item = Result<Layer, Vec<Diagnostic>>>) -> Result<Vec<Layer>, Vec<Diagnostic>> {
    let mut read = Vec::new();
    let mut mistakes = Vec::new();
    for layer in layers {
        match layer {
            Ok(layer) => read.push(layer),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
}

impl Places<'_> {
    fn layer(&self, place: &PackPlace) -> Result<(PackFiles, Layer), Vec<Diagnostic>> {
        let (spot, pack) = self.read(place).map_err(|mistake| vec![mistake])?;
        let layer = Layer::gather(spot, pack.clone(), &|spot, written| self.extended(spot, written))?;
        Ok((pack, layer))
    }

    fn read(&self, place: &PackPlace) -> Result<(Spot, PackFiles), Diagnostic> {
        match place {
            PackPlace::Builtin(name) => Ok((Spot::Builtin, PackFiles::required_builtin(name)?)),
            PackPlace::Directory(location) => {
                match self.checkout.and_then(|checkout| Some((checkout, checkout.inside(&location.path)?))) {
                    Some((checkout, path)) => self.inside(checkout, path, &location.shown),
                    None => {
                        let pack = PackFiles::from_dir(&location.path, &location.shown)?;
                        Ok((Spot::Outside(location.clone()), pack))
                    }
                }
            }
        }
    }

    fn inside(&self, checkout: &Checkout, path: String, shown: &str) -> Result<(Spot, PackFiles), Diagnostic> {
        let Some(commit) = &self.commit else {
            let message = format!("`{shown}` lies inside the repository, and the change has no base to read it from");
            return Err(Diagnostic::new(Code::UnreadablePack, message)
                .help("name a commit with `--policy-ref`, or keep the pack outside"));
        };
        let pack = checkout.pack_at(commit, &path, shown)?;
        Ok((Spot::Inside(path), pack))
    }

    /// What a pack extends, by what is written in its `pack.toml`.
    fn extended(&self, from: &Spot, written: &str) -> Result<(Spot, PackFiles), Diagnostic> {
        if let Some(name) = written.strip_prefix(BUILTIN) {
            return Ok((Spot::Builtin, PackFiles::required_builtin(name)?));
        }
        let refused = |message: String| Err(Diagnostic::new(Code::BrokenPack, message));
        if written.trim().is_empty() || Path::new(written).has_root() || written.contains('\\') {
            return refused(format!(
                "`{written}` is no pack: expected `builtin:NAME`, or a path with `/` from this pack's directory"
            ));
        }
        match from {
            Spot::Builtin => {
                refused(format!("a pack inside the binary can't extend `{written}`, which is outside of it"))
            }
            Spot::Inside(path) => match (joined(path, written), self.checkout) {
                (Some(path), Some(checkout)) => self.inside(checkout, path.clone(), &path),
                _ => refused(format!(
                    "`{written}` lies outside of the repository: what a pack inside of it extends is read from the base"
                )),
            },
            Spot::Outside(location) => {
                let path = normal(&location.path.join(written));
                let shown = shown(&location.shown, written);
                self.read(&PackPlace::Directory(Location { path, shown }))
            }
        }
    }
}

/// A path in the repository, from another one; `None` where that leads out of it.
fn joined(from: &str, written: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// How a path from another one is shown: without the detours, and with nothing of the machine that the user did not write.
fn shown(from: &str, written: &str) -> String {
    let mut path = PathBuf::new();
    for part in Path::new(from).join(written).components() {
        match (part, path.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                path.pop();
            }
            (part, _) => path.push(part),
        }
    }
    let text = path.to_string_lossy().replace('\\', "/");
    if text.is_empty() { ".".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{joined, shown};

    #[test]
    fn a_path_in_the_repository_never_leads_out_of_it() {
        assert_eq!(joined("policies/org", "../common").as_deref(), Some("policies/common"));
        assert_eq!(joined("policies/org", "../../x/./y").as_deref(), Some("x/y"));
        assert_eq!(joined("policies", "..").as_deref(), Some(""));
        assert_eq!(joined("policies/org", "../../../common"), None);
        assert_eq!(joined("a", "../../a"), None, "not even where it leads back in");
    }

    #[test]
    fn a_path_on_the_disk_is_shown_from_where_the_user_stood() {
        assert_eq!(shown("policies/org", "../common"), "policies/common");
        assert_eq!(shown("../org", "../common"), "../common");
        assert_eq!(shown("org", "../../common"), "../common");
        assert_eq!(shown("org", ".."), ".");
        assert_eq!(shown("/srv/org", "../common"), "/srv/common");
    }
}
