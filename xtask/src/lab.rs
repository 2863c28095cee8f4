//! `cargo xtask lab`: a demonstration network of several nodes on this machine.

use crate::place::Place;
use crate::setup::{self, Need};
use crate::steps::programs::Profile;
use crate::{CommandError, child, steps};

pub(crate) fn run(place: &Place, args: &[String]) -> Result<(), CommandError> {
    setup::make_ready(place, Need::Tests)?;
    steps::ui::build(place)?;
    steps::programs::build(place)?;
    let mut lab = place.command(steps::programs::path(place, Profile::Debug, "dogeller-lab"));
    lab.args(args);
    steps::programs::tell(place, Profile::Debug, &mut lab);
    Ok(child::run(lab)?)
}
