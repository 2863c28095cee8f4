//! Whatever people do and whatever breaks: both ends agree, nothing rings for ever, no media before both said yes, no
//! signal is lost or doubled, and in the end everybody sees everybody.
//!
//! `DOGELLER_SCHEDULES` sets how many random schedules are played (a soak plays more), `DOGELLER_SEED` plays one of them
//! and writes its story, line by line, to the file that `DOGELLER_STORY` names.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use dogeller_core::sim;
use dogeller_core::wire::peer::EndReason;

/// Schedules played by default.
const SCHEDULES: u64 = 10_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn replay(seed: u64) {
    let (result, story) = sim::tell(seed);
    if let Ok(file) = std::env::var("DOGELLER_STORY") {
        std::fs::write(file, story.join("\n")).unwrap();
    }
    assert!(result.is_ok(), "seed {seed}: {}", result.unwrap_err());
}

#[test]
fn every_random_schedule_keeps_every_promise() {
    if let Some(seed) = number("DOGELLER_SEED") {
        return replay(seed);
    }
    let schedules = number("DOGELLER_SCHEDULES").unwrap_or(SCHEDULES);
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let play = || {
        let (mut wrong, mut told) = (Vec::new(), sim::Story::default());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= schedules {
                return (wrong, told);
            }
            match catch_unwind(|| sim::run(seed)) {
                Ok(Ok(story)) => told.add(&story),
                Ok(Err(violation)) => wrong.push(format!("DOGELLER_SEED={seed}: {violation}")),
                Err(_) => wrong.push(format!("DOGELLER_SEED={seed}: a panic, printed above")),
            }
        }
    };
    let (mut wrong, mut told) = (Vec::new(), sim::Story::default());
    std::thread::scope(|scope| {
        let players: Vec<_> = (0..threads).map(|_| scope.spawn(play)).collect();
        for (more, story) in players.into_iter().map(|player| player.join().unwrap()) {
            wrong.extend(more);
            told.add(&story);
        }
    });
    eprintln!("{:.1} s: {told:?}", started.elapsed().as_secs_f32());
    let first = wrong.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {schedules} went wrong:\n{first}", wrong.len());
    if schedules >= 1000 {
        went_everywhere(&told);
    }
}

/// The schedules reached what they are to test.
fn went_everywhere(told: &sim::Story) {
    for reason in [
        EndReason::Cancelled,
        EndReason::Declined,
        EndReason::Busy,
        EndReason::NotAtScreen,
        EndReason::Unanswered,
        EndReason::HungUp,
        EndReason::NoPath,
        EndReason::EngineFailed,
        EndReason::Lost,
        EndReason::Superseded,
    ] {
        assert!(told.ends.contains_key(&reason), "no call ended as {reason:?}");
    }
    assert!(told.connected > told.schedules && told.crossed > told.schedules / 10, "hardly anybody talked: {told:?}");
    assert!(told.relayed > 0, "no signal ever needed the data channel");
    assert!(told.letters > told.schedules, "hardly anybody wrote: {told:?}");
}
