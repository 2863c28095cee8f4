//! A data channel as it comes, with nothing of ours: `cargo xtask bench` holds files on connections of their own against it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::Error;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, SettingEngineBuilder,
};

use super::StackError;
use super::build::channel_init;

/// The largest message that needs no setting, and the quickest that was measured.
const MESSAGE_BYTES: usize = 64 * 1024;
/// What may wait to be sent: more than is on its way at any time.
const WAITING_BYTES: usize = 4 << 20;

struct Gathering(mpsc::Sender<()>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Gathering {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            // Told once is enough.
            let _told = self.0.try_send(());
        }
    }
}

struct Side {
    connection: Arc<dyn PeerConnection>,
    channel: Arc<dyn DataChannel>,
    gathered: mpsc::Receiver<()>,
}

impl Side {
    async fn open() -> Result<Self, Error> {
        let (gathering, gathered) = mpsc::channel(1);
        let settings = SettingEngineBuilder::new().with_include_loopback_candidate(true).build();
        let connection: Arc<dyn PeerConnection> = Arc::new(
            PeerConnectionBuilder::new()
                .with_setting_engine(settings)
                .with_handler(Arc::new(Gathering(gathering)))
                .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
                .with_data_channel_send_buffer_limit(WAITING_BYTES)
                .build()
                .await?,
        );
        let (label, init) = channel_init();
        let channel = connection.create_data_channel(label, Some(init)).await?;
        Ok(Self { connection, channel, gathered })
    }
}

/// How long a data channel of the crate takes to carry so many bytes from one end of this process to the other.
///
/// # Errors
/// [`StackError`] where no channel opens, or it closes early.
pub async fn carry(bytes: usize) -> Result<Duration, StackError> {
    let (mut from, mut to) = (opened().await?, opened().await?);
    let took = connected(&mut from, &mut to, bytes).await;
    for side in [from, to] {
        // Its drop leaves its task to run.
        let _closed = side.connection.close().await;
    }
    took.map_err(StackError::new("a data channel carries nothing"))
}

async fn opened() -> Result<Side, StackError> {
    Side::open().await.map_err(StackError::new("no data channel can be made"))
}

async fn connected(from: &mut Side, to: &mut Side, bytes: usize) -> Result<Duration, Error> {
    let offer = from.connection.create_offer(None).await?;
    from.connection.set_local_description(offer).await?;
    from.gathered.recv().await;
    let offer = from.connection.local_description().await.ok_or(Error::ErrUnknownType)?;
    to.connection.set_remote_description(offer).await?;
    let answer = to.connection.create_answer(None).await?;
    to.connection.set_local_description(answer).await?;
    to.gathered.recv().await;
    let answer = to.connection.local_description().await.ok_or(Error::ErrUnknownType)?;
    from.connection.set_remote_description(answer).await?;
    while !matches!(from.channel.poll().await, Some(DataChannelEvent::OnOpen)) {}
    let begun = Instant::now();
    let channel = from.channel.clone();
    let sent = tokio::spawn(async move {
        let message = [0_u8; MESSAGE_BYTES];
        for _ in 0..bytes.div_ceil(MESSAGE_BYTES) {
            channel.send(BytesMut::from(&message[..])).await?;
        }
        Ok::<(), Error>(())
    });
    let mut received = 0;
    while received < bytes {
        match to.channel.poll().await {
            Some(DataChannelEvent::OnMessage(message)) => received += message.data.len(),
            Some(DataChannelEvent::OnClose) | None => return Err(Error::ErrConnectionClosed),
            Some(_) => {}
        }
    }
    let took = begun.elapsed();
    sent.await.map_err(|_| Error::ErrConnectionClosed)??;
    Ok(took)
}
