//! Room in the kernel's neighbour tables. All namespaces of a machine share their bound (1,024 entries), which 33 hosts
//! that all talk with each other exceed; real hosts have a table each.

use std::fs;

const ROOM: &str = "200000";
const BOUNDS: [&str; 6] = [
    "ipv4/neigh/default/gc_thresh1",
    "ipv4/neigh/default/gc_thresh2",
    "ipv4/neigh/default/gc_thresh3",
    "ipv6/neigh/default/gc_thresh1",
    "ipv6/neigh/default/gc_thresh2",
    "ipv6/neigh/default/gc_thresh3",
];

/// The bounds as they were; put back when dropped.
pub(crate) struct Bounds {
    before: Vec<(String, String)>,
}

impl Bounds {
    /// Raises the bounds where this user may; else says what to expect.
    pub(crate) fn raise() -> Self {
        let mut before = Vec::new();
        for bound in BOUNDS {
            let path = format!("/proc/sys/net/{bound}");
            match fs::read_to_string(&path).and_then(|value| fs::write(&path, ROOM).map(|()| value)) {
                Ok(value) => before.push((path, value)),
                Err(error) => {
                    println!("{path} stays as it is ({error}): figures for 50 and more are the kernel's, not ours")
                }
            }
        }
        Self { before }
    }
}

impl Drop for Bounds {
    fn drop(&mut self) {
        for (path, value) in &self.before {
            if let Err(error) = fs::write(path, value.trim()) {
                println!("{path} was not put back to {}: {error}", value.trim());
            }
        }
    }
}
