//! `cargo xtask icons`: icons/logo.svg in every size and container that systems want.

mod container;
mod png;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::child::{self, ChildError};
use crate::place::Place;
use crate::setup::{self, Need, SetupError};

/// Why the icons could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IconError {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Png { path: PathBuf, source: png::PngError },
}

/// What Tauri takes by name: file and pixels. `@2x` is twice the size for the same place on a dense screen.
const PLAIN: [(&str, u32); 4] = [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];

/// The sizes that Windows draws, by its display scales from 100 to 400 %.
const ICO: [u32; 6] = [16, 24, 32, 48, 64, 256];

/// The sizes of Apple's format, with the four letters that name each. Those for 16 and 32 pixels on screens that are not dense
/// take no PNG inside an app; macOS scales the next larger one.
const ICNS: [(&[u8; 4], u32); 7] =
    [(b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic13", 256), (b"ic08", 256), (b"ic14", 512), (b"ic09", 512)];

/// Draws all of them.
pub(crate) fn draw(place: &Place) -> Result<(), IconError> {
    setup::packages(place, Need::Icons)?;
    let folder = place.root.join("icons");
    for (name, pixels) in PLAIN {
        render(place, pixels, &folder.join(name))?;
    }
    let scratch = place.target.join("icons");
    fs::create_dir_all(&scratch).map_err(|source| IconError::File { path: scratch.clone(), source })?;

    let ico = images(place, &scratch, &ICO)?;
    write(&folder.join("icon.ico"), &container::ico(&ico))?;
    let icns = images(place, &scratch, &ICNS.map(|(_, pixels)| pixels))?;
    let named: Vec<(&[u8; 4], Vec<u8>)> =
        ICNS.iter().map(|(name, _)| *name).zip(icns.into_iter().map(|(_, png)| png)).collect();
    write(&folder.join("icon.icns"), &container::icns(&named))?;
    println!("Drew {} PNGs, icon.ico and icon.icns from icons/logo.svg.", PLAIN.len());
    Ok(())
}

fn images(place: &Place, scratch: &Path, sizes: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, IconError> {
    let one = |pixels: &u32| Ok((*pixels, render(place, *pixels, &scratch.join(format!("{pixels}.png")))?));
    sizes.iter().map(one).collect()
}

/// Draws one PNG and gives back its bytes.
fn render(place: &Place, pixels: u32, path: &Path) -> Result<Vec<u8>, IconError> {
    let mut convert = place.command("rsvg-convert");
    let size = pixels.to_string();
    convert.args(["--format", "png", "--width", &size, "--height", &size, "--output"]).arg(path).arg("icons/logo.svg");
    child::run_unattended(convert)?;
    let bytes = fs::read(path).map_err(|source| IconError::File { path: path.into(), source })?;
    png::check(&bytes, pixels).map_err(|source| IconError::Png { path: path.into(), source })?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), IconError> {
    fs::write(path, bytes).map_err(|source| IconError::File { path: path.into(), source })
}
