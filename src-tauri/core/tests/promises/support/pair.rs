//! Two people on a quiet network, each with one page open.

use std::time::Duration;

use dogeller_core::PageId;
use dogeller_core::call::{Line, Past};
use dogeller_core::sim::World;
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{Command, Phase};

/// Anna is device 0, Bob is device 1.
pub(crate) struct Pair {
    pub(crate) world: World,
    pub(crate) anna: PageId,
    pub(crate) bob: PageId,
}

impl Pair {
    pub(crate) fn new() -> Self {
        Self::of(1, 2)
    }

    /// Two people, and more devices on their network.
    pub(crate) fn of(seed: u64, devices: usize) -> Self {
        let mut world = World::quiet(seed, devices).unwrap();
        let anna = world.open_page(0, true).unwrap();
        let bob = world.open_page(1, true).unwrap();
        world.run(Duration::from_millis(100)).unwrap();
        Self { world, anna, bob }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.world.run(Duration::from_millis(ms)).unwrap();
    }

    /// Anna calls Bob, and it rings there.
    pub(crate) fn ringing(mut self) -> Self {
        self.world.call(0, self.anna, 1, Media::Video);
        self.pass(500);
        assert_eq!(self.bobs(), Some(Phase::Incoming));
        assert_eq!(self.annas(), Some(Phase::Outgoing { ringing: true }));
        self
    }

    /// Anna and Bob talk.
    pub(crate) fn talking(self) -> Self {
        let mut pair = self.ringing();
        pair.accept();
        pair.pass(1000);
        pair.both(Phase::Connected);
        pair
    }

    pub(crate) fn annas(&self) -> Option<Phase> {
        self.world.phase(0, self.anna)
    }

    pub(crate) fn bobs(&self) -> Option<Phase> {
        self.world.phase(1, self.bob)
    }

    #[track_caller]
    pub(crate) fn both(&self, phase: Phase) {
        assert_eq!((self.annas(), self.bobs()), (Some(phase), Some(phase)));
    }

    #[track_caller]
    pub(crate) fn both_ringing(&self) {
        assert_eq!((self.annas(), self.bobs()), (Some(Phase::Outgoing { ringing: true }), Some(Phase::Incoming)));
    }

    /// Both show that the call ended so, and remember it so.
    #[track_caller]
    pub(crate) fn both_ended(&self, reason: EndReason) {
        self.both(Phase::Ended { reason });
        self.both_remember(reason);
    }

    #[track_caller]
    pub(crate) fn both_remember(&self, reason: EndReason) {
        let last = |at| self.world.node(at).and_then(|node| node.line().past().last().copied());
        let (a, b): (Past, Past) = (last(0).unwrap(), last(1).unwrap());
        assert_eq!((a.id, a.reason, b.reason), (b.id, reason, reason));
    }

    pub(crate) fn accept(&mut self) {
        self.world.with_call(1, self.bob, |call| Command::Accept { call, media: Media::Video });
    }

    pub(crate) fn anna_hangs_up(&mut self) {
        self.world.with_call(0, self.anna, |call| Command::HangUp { call });
    }

    pub(crate) fn bob_hangs_up(&mut self) {
        self.world.with_call(1, self.bob, |call| Command::HangUp { call });
    }

    /// The telephone line of a device.
    pub(crate) fn line(&self, at: usize) -> &Line {
        self.world.node(at).unwrap().line()
    }
}
