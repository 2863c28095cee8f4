//! A file that no longer fits in the head has more than one noun in it.

use super::sources::Source;

/// The alarm. What a file should have is half of it or less.
const LINES: usize = 500;

pub(super) fn broken(files: &[Source]) -> Vec<String> {
    let too_long = files.iter().filter_map(|file| {
        let lines = file.text.lines().count();
        (lines > LINES)
            .then(|| format!("{}: {lines} lines, more than {LINES}: split it by what it is about", file.path))
    });
    too_long.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alarm_goes_off_above_the_bound_and_not_on_it() {
        let file = |lines: usize| [Source { path: "ui/src/a.ts".into(), text: "x\n".repeat(lines) }];
        assert!(broken(&file(LINES)).is_empty());
        assert_eq!(broken(&file(LINES + 1)).len(), 1);
    }
}
