//! `ui/src/wire.gen.ts`: the TypeScript of the wire types, made from the Rust ones so that the two cannot differ.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::child::{self, ChildError};
use crate::place::Place;

const FILE: &str = "ui/src/wire.gen.ts";

/// Why the types could not be written or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TypesError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{FILE} is not what src-tauri/core/src/wire says any more. Run `cargo xtask types` and look at the difference"
    )]
    Drift,
}

/// Writes the file anew.
pub(crate) fn write(place: &Place) -> Result<(), TypesError> {
    let made = make(place)?;
    let path = place.root.join(FILE);
    fs::write(&path, made).map_err(|source| TypesError::File { path, source })?;
    println!("Wrote {FILE}.");
    Ok(())
}

/// Fails when the committed file is not what the Rust types say.
pub(crate) fn compare(place: &Place) -> Result<(), TypesError> {
    let made = make(place)?;
    let path = place.root.join(FILE);
    let committed = fs::read_to_string(&path).map_err(|source| TypesError::File { path, source })?;
    // A checkout on Windows may have changed the line ends, which says nothing about the types.
    if committed.lines().eq(made.lines()) { Ok(()) } else { Err(TypesError::Drift) }
}

fn make(place: &Place) -> Result<String, TypesError> {
    let folder = place.target.join("wire-types");
    // ts-rs adds to a file that is there, and would keep types that no longer exist.
    match fs::remove_dir_all(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => {
            return Err(TypesError::File { path: folder, source });
        }
    }
    let mut export = place.cargo("test");
    export.args(["--quiet", "--package", "dogeller-core", "--features", "ts", "--lib", "export_bindings"]);
    export.env("TS_RS_EXPORT_DIR", &folder);
    child::run_unattended(export)?;
    let path = folder.join("wire.gen.ts");
    fs::read_to_string(&path).map_err(|source| TypesError::File { path, source })
}
