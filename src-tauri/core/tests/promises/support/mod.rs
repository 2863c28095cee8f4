//! What several promises need: two people in a quiet world, a peer that a test plays itself, and arbitrary messages.

pub(crate) mod arbitrary;
pub(crate) mod pair;
pub(crate) mod scripted;
