//! Who owns the changed paths, by the CODEOWNERS of the base. A renamed file is owned by both its paths.

mod decide;
mod index;
