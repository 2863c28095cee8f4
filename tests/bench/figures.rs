//! A median and its spread.

use std::time::Duration;

/// Prints the median, the smallest and the largest in milliseconds, beside what is to be reached.
pub(crate) fn print(what: &str, mut times: Vec<Duration>, goal: &str) {
    times.sort();
    let ms = |at: usize| times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0);
    let (median, least, most) = (ms(times.len() / 2), ms(0), ms(times.len().saturating_sub(1)));
    println!("  {what}: {median:.0} ms ({least:.0} to {most:.0}, n={}); goal {goal}", times.len());
}
