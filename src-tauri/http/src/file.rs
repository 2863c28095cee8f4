//! Small files in the data folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Reads a file of at most `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    // One more than allowed, to tell a file of just the size from a larger one.
    File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is larger than it can be"));
    }
    Ok(text)
}

/// Writes a file that its owner alone can read: wholly or not at all.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_added_extension("new");
    // A draft left by a crash may have any mode; a file made here has the right one from its first byte.
    match fs::remove_file(&draft) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(text.as_bytes())?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_for_the_owner_alone_and_reads_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        fs::write(folder.path().join("x.json.new"), "left by a crash").unwrap();
        write(&path, "12345").unwrap();
        write(&path, "123456").unwrap();
        assert_eq!(read(&path, 6).unwrap(), "123456");
        assert_eq!(read(&path, 5).unwrap_err().kind(), io::ErrorKind::InvalidData);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
