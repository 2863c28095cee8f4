//! Whole schedules: a world, people and faults that one seed decides.

use std::time::Duration;

use super::dice::Dice;
use super::queue::Happening;
use super::{Profile, Story, Violation, World};

/// How long after the network is well everything must be in order: the longest rest between dials, then ringing out,
/// then a connection that never comes.
const WITHIN: u64 = 180_000;

fn profile(dice: &mut Dice) -> (usize, Profile) {
    let devices = match dice.between(0, 99) {
        0..50 => 2,
        50..82 => 3,
        82..94 => 4,
        _ => dice.between(5, 8) as usize,
    };
    let delay = dice.pick(&[(1, 3), (1, 20), (20, 60), (1, 200)]).unwrap_or((1, 3));
    let faults = dice.pick(&[None, Some((4000, 20_000)), Some((500, 6000))]).flatten();
    let pace = dice.pick(&[(200, 4000), (1000, 12_000), (20, 900)]);
    let profile = Profile {
        delay,
        page_delay: dice.pick(&[(0, 3), (0, 40), (5, 300)]).unwrap_or((0, 3)),
        multicast_loss: dice.pick(&[0, 0, 10, 40]).unwrap_or(0),
        pace: pace.unwrap_or((200, 4000)),
        faults,
        absence: dice.chance(2),
        whims: dice.chance(40),
        firewall: dice.chance(3),
        codec: dice.chance(6),
        swallowed: dice.chance(10).then_some(0),
    };
    (devices, profile)
}

/// Runs the schedule of a seed.
///
/// # Errors
/// The first thing that went wrong.
pub fn run(seed: u64) -> Result<Story, Violation> {
    play(&mut World::of(seed))
}

/// Runs the schedule of a seed and gives all that happened, line by line, in the end or up to the failure.
pub fn tell(seed: u64) -> (Result<Story, Violation>, Vec<String>) {
    let mut world = World::of(seed);
    world.log = Some(Vec::new());
    let result = play(&mut world);
    (result, world.log.take().unwrap_or_default())
}

impl World {
    /// The world of a seed, before anything happened.
    fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (devices, profile) = profile(&mut dice);
        Self::new(dice, profile, devices)
    }
}

fn play(world: &mut World) -> Result<Story, Violation> {
    world.active = true;
    if let Some(at) = world.profile.swallowed {
        world.devices[at].multicast = false;
    }
    for at in 0..world.devices.len() {
        let slow = world.dice.chance(30);
        let due = world.dice.between(0, if slow { 5000 } else { 100 });
        world.queue.put(due, Happening::Undo(super::fault::Undo::Start(at)));
        world.queue.put(due + 1500, Happening::Person(at));
    }
    world.queue.put(2000, Happening::Fault);
    let acting = world.dice.between(15_000, 70_000);
    let acting = if world.profile.absence { acting + 150_000 } else { acting };
    world.run(Duration::from_millis(acting))?;
    world.heal();
    let healed = world.now;
    world.run(Duration::from_secs(10))?;
    while let Some(wrong) = world.unsettled() {
        if world.now > healed + WITHIN {
            world.fail(None, &format!("still after three minutes: {wrong}"));
        }
        world.run(Duration::from_secs(5))?;
    }
    // What is in order stays in order.
    if world.dice.chance(10) {
        world.run(Duration::from_secs(70))?;
        if let Some(wrong) = world.unsettled() {
            world.fail(None, &format!("it does not stay in order: {wrong}"));
        }
        world.run(Duration::ZERO)?;
    }
    world.story.letters = (0..world.devices.len()).map(|at| world.letters_at(at)).sum();
    world.story.schedules = 1;
    world.story.lasted = world.now;
    Ok(world.story.clone())
}
