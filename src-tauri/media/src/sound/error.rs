//! What can go wrong with the codec.

/// The codec does not work.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// It could not be made: no memory, or a build of it that lacks what is asked for.
    #[error("the Opus codec can't be set up: {0}")]
    SetUp(#[source] opus::Error),
    /// It refused a block.
    #[error("the Opus codec can't code this: {0}")]
    Encode(#[source] opus::Error),
}
