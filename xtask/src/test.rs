//! `cargo xtask test`: set-up, then every step, then one summary.

use std::time::{Duration, Instant};

use crate::place::Place;
use crate::setup::{self, Need, Ready};
use crate::steps::{self, Here, Step, StepError};
use crate::{CommandError, TestChoice};

/// How a step ended.
#[derive(Debug)]
enum Outcome {
    Passed(Duration),
    Failed(Duration, StepError),
    /// This system cannot run it.
    NotRunHere(&'static str),
    /// A step before it failed.
    NotReached,
}

pub(crate) fn run(place: &Place, choice: &TestChoice) -> Result<(), CommandError> {
    if choice.list {
        for step in Step::ALL {
            println!("{:<8} {}", step.name(), step.title());
        }
        return Ok(());
    }
    let started = Instant::now();
    let steps: Vec<Step> =
        Step::ALL.into_iter().filter(|step| choice.only.is_empty() || choice.only.contains(step)).collect();

    headline("set-up", "what the tests need");
    let ready = match setup::make_ready(place, Need::Tests) {
        Ok(ready) => ready,
        Err(error) => {
            eprintln!("\nerror: {error}\n\nThe set-up failed, so no test ran.");
            println!("\nsteps: 0 passed, 1 failed");
            return Err(CommandError::TestsFailed);
        }
    };

    let mut outcomes: Vec<(Step, Outcome)> = Vec::new();
    for step in steps.iter().copied() {
        let stopped = !choice.keep_going && outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(..)));
        let outcome = if stopped { Outcome::NotReached } else { run_one(place, &ready, step, &steps) };
        outcomes.push((step, outcome));
    }
    print!("{}", summary(&outcomes, started.elapsed()));
    if outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(..))) {
        return Err(CommandError::TestsFailed);
    }
    Ok(())
}

/// The programs that a chosen step runs, when the steps that make them were not chosen.
fn make_programs(place: &Place, chosen: &[Step]) -> Result<(), StepError> {
    if !chosen.contains(&Step::Ui) {
        steps::ui::build(place)?;
    }
    if !chosen.contains(&Step::Build) {
        steps::programs::build(place)?;
    }
    Ok(())
}

fn run_one(place: &Place, ready: &Ready, step: Step, chosen: &[Step]) -> Outcome {
    headline(step.name(), step.title());
    if let Here::CannotRun(why) = step.here() {
        println!("not run here: {why}");
        return Outcome::NotRunHere(why);
    }
    let started = Instant::now();
    let made = if step.runs_programs() { make_programs(place, chosen) } else { Ok(()) };
    match made.and_then(|()| step.run(place, ready.chromium.as_deref())) {
        Ok(()) => {
            println!("\n{} passed in {}", step.name(), clock(started.elapsed()));
            Outcome::Passed(started.elapsed())
        }
        Err(error) => {
            eprintln!("\n{} FAILED after {}: {error}", step.name(), clock(started.elapsed()));
            Outcome::Failed(started.elapsed(), error)
        }
    }
}

fn headline(name: &str, title: &str) {
    println!("\n==== {name}: {title} ====\n");
}

/// The last thing printed; its last line is the one a machine reads.
fn summary(outcomes: &[(Step, Outcome)], whole: Duration) -> String {
    let mut text = String::from("\n==== summary ====\n\n");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (step, outcome) in outcomes {
        let line = match outcome {
            Outcome::Passed(took) => {
                passed += 1;
                format!("passed        {:>9}", clock(*took))
            }
            Outcome::Failed(took, error) => {
                failed += 1;
                format!("FAILED        {:>9}  {error}", clock(*took))
            }
            Outcome::NotRunHere(why) => {
                skipped += 1;
                format!("not run here             {why}")
            }
            Outcome::NotReached => {
                skipped += 1;
                "not reached              (--keep-going runs it all the same)".to_owned()
            }
        };
        text.push_str(&format!("{:<8} {line}\n", step.name()));
    }
    text.push_str(&format!("\n{} in all.\n\nsteps: {passed} passed, {failed} failed", clock(whole)));
    if skipped > 0 {
        text.push_str(&format!(", {skipped} skipped"));
    }
    text.push('\n');
    text
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{}:{:02} min", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_and_a_step_that_did_not_run_never_passes() {
        let outcomes = [
            (Step::Format, Outcome::Passed(Duration::from_millis(1500))),
            (Step::Unit, Outcome::Failed(Duration::from_secs(61), StepError::NoTests("tests/lan"))),
            (Step::Lan, Outcome::NotRunHere("no namespaces")),
            (Step::E2e, Outcome::NotReached),
        ];
        let text = summary(&outcomes, Duration::from_secs(63));
        assert_eq!(text.lines().last(), Some("steps: 1 passed, 1 failed, 2 skipped"));
        assert!(text.contains("1.5 s") && text.contains("1:01 min"), "{text}");
        assert!(text.contains("lan      not run here"), "{text}");
    }

    #[test]
    fn nothing_is_said_of_skipping_when_all_ran() {
        let text = summary(&[(Step::Format, Outcome::Passed(Duration::ZERO))], Duration::ZERO);
        assert_eq!(text.lines().last(), Some("steps: 1 passed, 0 failed"));
    }
}
