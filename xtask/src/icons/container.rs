//! The two files that hold several PNGs: Windows' .ico and Apple's .icns.

/// An .ico: a count, one entry of 16 bytes a picture, then the pictures, which may be PNGs since Windows Vista.
pub(super) fn ico(images: &[(u32, Vec<u8>)]) -> Vec<u8> {
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let mut file = Vec::new();
    // Reserved, the kind (1 is an icon), how many.
    for number in [0, 1, images.len()] {
        file.extend_from_slice(&short(number));
    }
    let mut at = HEADER + ENTRY * images.len();
    for (pixels, png) in images {
        // One byte each, in which 256 does not fit and is written as 0.
        let side = u8::try_from(*pixels).unwrap_or(0);
        // Width, height, no palette, reserved; then colour planes and bits per pixel.
        file.extend_from_slice(&[side, side, 0, 0, 1, 0, 32, 0]);
        file.extend_from_slice(&long(png.len()).to_le_bytes());
        file.extend_from_slice(&long(at).to_le_bytes());
        at += png.len();
    }
    for (_, png) in images {
        file.extend_from_slice(png);
    }
    file
}

/// An .icns: a name and a length, then the same for each picture. Lengths count their own eight bytes.
pub(super) fn icns(images: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut pictures = Vec::new();
    for (name, png) in images {
        pictures.extend_from_slice(*name);
        pictures.extend_from_slice(&long(png.len() + 8).to_be_bytes());
        pictures.extend_from_slice(png);
    }
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&long(pictures.len() + 8).to_be_bytes());
    file.extend_from_slice(&pictures);
    file
}

/// Icons are some kilobytes: the bounds of the formats are far away, and a file beyond them would be refused by Tauri.
fn long(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ico_says_where_each_picture_begins() {
        let file = ico(&[(16, vec![1; 10]), (256, vec![2; 20])]);
        assert_eq!(file[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(file[6..22], [16, 16, 0, 0, 1, 0, 32, 0, 10, 0, 0, 0, 38, 0, 0, 0]);
        assert_eq!(file[22..38], [0, 0, 0, 0, 1, 0, 32, 0, 20, 0, 0, 0, 48, 0, 0, 0]);
        assert_eq!(file[38..48], [1; 10]);
        assert_eq!(file[48..], [2; 20]);
    }

    #[test]
    fn an_icns_counts_its_own_headers() {
        let file = icns(&[(b"ic07", vec![7; 3])]);
        assert_eq!(file, b"icns\0\0\0\x13ic07\0\0\0\x0b\x07\x07\x07");
    }
}
