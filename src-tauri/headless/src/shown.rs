//! What goes on with files, for a person in a terminal or for a script.

use std::io::IsTerminal;

use dogeller_core::wire::encode;
use dogeller_core::wire::files::{Going, Parcel, Stage, Trouble};
use serde::Serialize;
use tokio::io::{AsyncWriteExt, stderr};

use crate::talk::print;

/// Cells of a progress bar.
const CELLS: u64 = 24;

/// One line for a script.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    /// It was offered, or what has become of it changed.
    Files { parcel: &'a Parcel, stage: Stage },
    /// It is there.
    Placed { parcel: &'a Parcel, place: &'a str },
    /// What goes on.
    Going { of: u64, going: Going },
}

/// What a person or a script is shown.
pub(crate) struct Shown {
    json: bool,
    bar: bool,
    /// A bar stands in the last line.
    dirty: bool,
}

impl Shown {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, bar: std::io::stderr().is_terminal() && !json, dirty: false }
    }

    /// Somebody offered files, and they are accepted.
    pub(crate) async fn offered_by(&mut self, parcel: &Parcel, name: &str) {
        if self.json {
            return print(&(encode(&Line::Files { parcel, stage: Stage::Offered }) + "\n")).await;
        }
        self.end().await;
        print(&format!("{name} sends {}.\n", contents(parcel))).await;
    }

    /// They are there.
    pub(crate) async fn placed(&mut self, parcel: &Parcel, place: &str) {
        if self.json {
            return print(&(encode(&Line::Placed { parcel, place }) + "\n")).await;
        }
        self.end().await;
        print(&format!("Received: {place}\n")).await;
    }

    /// What one offered oneself is something else now.
    pub(crate) async fn became(&mut self, parcel: &Parcel, stage: Stage, name: &str) {
        if self.json {
            return print(&(encode(&Line::Files { parcel, stage }) + "\n")).await;
        }
        let what = match stage {
            Stage::Offered => format!("Offered to {name}: {}.", contents(parcel)),
            Stage::Accepted { paused: false } => format!("{name} accepted."),
            Stage::Accepted { paused: true } => "Paused.".to_owned(),
            Stage::Received => format!("{name} has received all of it."),
            Stage::Declined | Stage::Cancelled { .. } => return,
        };
        self.end().await;
        print(&(what + "\n")).await;
    }

    /// What goes on.
    pub(crate) async fn goes(&mut self, parcel: &Parcel, going: Going) {
        if self.json {
            return print(&(encode(&Line::Going { of: parcel.bytes, going }) + "\n")).await;
        }
        if self.bar {
            self.dirty = true;
            // A terminal that is gone shows nothing.
            let _closed = stderr().write_all(format!("\r\x1b[K{}", bar(parcel.bytes, going)).as_bytes()).await;
        }
    }

    /// Takes the bar away.
    pub(crate) async fn end(&mut self) {
        if std::mem::take(&mut self.dirty) {
            let _closed = stderr().write_all(b"\r\x1b[K").await;
        }
    }
}

fn bar(of: u64, going: Going) -> String {
    match going {
        Going::Waiting => "Waiting.".to_owned(),
        Going::Checking => "Checking what is there already.".to_owned(),
        Going::Moving { bytes, rate, left_ms } => {
            let full = (CELLS * bytes.min(of)).checked_div(of).unwrap_or(CELLS);
            let cells: String = (0..CELLS).map(|cell| if cell < full { '#' } else { '.' }).collect();
            let percent = (100 * bytes.min(of)).checked_div(of).unwrap_or(100);
            let left = left_ms.map(|ms| format!(", {} left", time(ms / 1000))).unwrap_or_default();
            format!("[{cells}] {percent} %  {}/s{left}", size(rate))
        }
        Going::HaltedThere => "Paused at the other end.".to_owned(),
        Going::StuckThere => "It cannot go on at the other end.".to_owned(),
        Going::Stuck { trouble } => match trouble {
            Trouble::NoRoom { missing } => format!("The disk has no room: {} are missing.", size(missing)),
            Trouble::NotWritable => "The disk does not take it.".to_owned(),
            Trouble::Gone => "Something that is to be sent is not there any more.".to_owned(),
            Trouble::Changed => "Something that is to be sent was changed since it was offered.".to_owned(),
            Trouble::NotAsOffered => "Something else comes than was offered.".to_owned(),
        },
    }
}

fn contents(parcel: &Parcel) -> String {
    let names: Vec<&str> = parcel.names.iter().map(dogeller_core::filename::FileName::as_str).collect();
    let more = if parcel.more > 0 { format!(" and {} more", parcel.more) } else { String::new() };
    format!("{}{more} ({})", names.join(", "), size(parcel.bytes))
}

fn size(bytes: u64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB"];
    let unit = (0..units.len() - 1).take_while(|n| bytes >= 1000_u64.pow(u32::try_from(*n).unwrap_or(0) + 1)).count();
    let tenths = bytes / (1000_u64.pow(u32::try_from(unit).unwrap_or(0)) / 10).max(1);
    match (unit, units.get(unit)) {
        (0, _) | (_, None) => format!("{bytes} B"),
        (_, Some(name)) => format!("{}.{} {name}", tenths / 10, tenths % 10),
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{}:{:02} min", seconds / 60, seconds % 60),
        _ => format!("{}:{:02} h", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_at_a_glance() {
        let sizes = [0, 999, 1000, 1_234_567, 999_999_999, 5_000_000_000_000_000].map(size);
        assert_eq!(sizes, ["0 B", "999 B", "1.0 KB", "1.2 MB", "999.9 MB", "5000.0 TB"]);
        assert_eq!([5, 65, 3720].map(time), ["5 s", "1:05 min", "1:02 h"]);
    }

    #[test]
    fn a_bar_is_as_full_as_what_has_moved() {
        let moving = |bytes| Going::Moving { bytes, rate: 2_000_000, left_ms: Some(65_000) };
        assert_eq!(bar(100, moving(50)), "[############............] 50 %  2.0 MB/s, 1:05 min left");
        assert_eq!(bar(0, moving(0)), "[########################] 100 %  2.0 MB/s, 1:05 min left");
    }
}
