//! What Tauri asks of a PNG: square, eight bits, red, green, blue and alpha. Else it refuses to build.

/// Why a picture will not do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PngError {
    #[error("it is no PNG")]
    NotPng,
    #[error("it is {width}x{height} pixels, not {wanted}x{wanted}")]
    Size { width: u32, height: u32, wanted: u32 },
    #[error("it has no alpha channel of eight bits (depth {depth}, colour type {colour})")]
    NotRgba { depth: u8, colour: u8 },
}

/// The eight bytes every PNG begins with, then a length and the name of its first chunk (PNG specification, 5.2 and 11.2.1).
const BEGINNING: &[u8; 16] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

pub(super) fn check(bytes: &[u8], wanted: u32) -> Result<(), PngError> {
    let header = bytes.strip_prefix(BEGINNING).and_then(|rest| rest.first_chunk::<10>()).ok_or(PngError::NotPng)?;
    let [w0, w1, w2, w3, h0, h1, h2, h3, depth, colour] = *header;
    let (width, height) = (u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    if (width, height) != (wanted, wanted) {
        return Err(PngError::Size { width, height, wanted });
    }
    // Colour type 6 is truecolour with alpha.
    if (depth, colour) != (8, 6) {
        return Err(PngError::NotRgba { depth, colour });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(pixels: u32, depth: u8, colour: u8) -> Vec<u8> {
        [&BEGINNING[..], &pixels.to_be_bytes(), &pixels.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat()
    }

    #[test]
    fn only_the_right_size_with_alpha_will_do() {
        assert_eq!(check(&png(32, 8, 6), 32), Ok(()));
        assert_eq!(check(&png(64, 8, 6), 32), Err(PngError::Size { width: 64, height: 64, wanted: 32 }));
        assert_eq!(check(&png(32, 8, 2), 32), Err(PngError::NotRgba { depth: 8, colour: 2 }));
        assert_eq!(check(b"GIF89a", 32), Err(PngError::NotPng));
        assert_eq!(check(&png(32, 8, 6)[..20], 32), Err(PngError::NotPng));
    }
}
