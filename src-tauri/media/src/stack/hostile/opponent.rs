//! The other side of a connection. It has the keys, answers checks and shakes hands like anybody, and sends what the script
//! wants in between.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dogeller_core::text::{CandidateLine, Sdp};
use rtc::crypto::{self, HashAlgorithm, RTCCryptoProvider};
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType};
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::dtls::state::State;
use rtc::shared::TransportProtocol;
use rtc::shared::marshal::{MarshalSize, Unmarshal};
use rtc::stun::attributes::{ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType};
use rtc::stun::fingerprint::FINGERPRINT;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc::stun::xoraddr::XorMappedAddress;
use rtc::{rtp, srtp};

use super::association::{self, Association};
use super::side::{self, HERE, Role, Side};

const THERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), 50_000);
const FRAGMENT: &str = "othr";
const PASSWORD: &str = "0123456789abcdefghijklmn";
/// The most questions and records kept.
const KEPT: usize = 64;

/// See the module.
pub(super) struct Opponent {
    side: Side,
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: String,
    fragment: String,
    password: String,
    endpoint: Endpoint,
    questions: VecDeque<TransactionId>,
    records: VecDeque<Vec<u8>>,
    heard: VecDeque<Vec<u8>>,
    keys: Option<srtp::context::Context>,
    association: Association,
}

impl Opponent {
    /// Descriptions are exchanged, and nothing else yet.
    pub(super) fn meet(role: Role, client: bool) -> Option<Self> {
        let provider = crypto::default_provider().ok()?;
        let certificate = side::certificate();
        let hash = provider.crypto().hash(HashAlgorithm::Sha256, certificate.certificate.first()?).ok()?;
        let fingerprint: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        let config = ConfigBuilder::default()
            .with_crypto_provider(provider.clone())
            .with_certificates(vec![certificate])
            .with_srtp_protection_profiles(vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm])
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_insecure_skip_verify(true)
            .with_extended_master_secret(ExtendedMasterSecretType::Require);
        // A browser that answers may take either part; one whose offer is answered here is always the client.
        let client = client || role == Role::Answers;
        let config = Arc::new(config.build(client, None).ok()?);
        let server = (!client).then(|| config.clone());
        let mut opponent = Self {
            side: Side::new(),
            provider,
            fingerprint: fingerprint.join(":"),
            fragment: String::new(),
            password: String::new(),
            endpoint: Endpoint::new(THERE, TransportProtocol::UDP, server),
            questions: VecDeque::new(),
            records: VecDeque::new(),
            heard: VecDeque::new(),
            keys: None,
            association: Association::default(),
        };
        let part = if client { "active" } else { "passive" };
        match role {
            Role::Offers => {
                opponent.side.offer(false);
                let answer = opponent.filled(include_str!("answer.sdp")).replace("{part}", part);
                opponent.side.take_answer(&Sdp::new(answer).ok()?);
            }
            Role::Answers => {
                let offer = opponent.filled(include_str!("offer.sdp"));
                opponent.side.answer(&Sdp::new(offer).ok()?);
            }
        }
        let description = opponent.side.description()?;
        let value = |name: &str| description.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        opponent.fragment = value("a=ice-ufrag:")?;
        opponent.password = value("a=ice-pwd:")?;
        let line = format!("candidate:1 1 udp 2130706431 {} {} typ host", THERE.ip(), THERE.port());
        opponent.side.add_candidate(&CandidateLine::new(line).ok()?);
        if client {
            opponent.endpoint.connect(opponent.side.now, HERE, config, None).ok()?;
        }
        Some(opponent)
    }

    fn filled(&self, text: &str) -> String {
        let text = text.replace("{fragment}", FRAGMENT).replace("{password}", PASSWORD);
        text.replace("{fingerprint}", &self.fingerprint)
    }

    pub(super) fn is_up(&self) -> bool {
        self.side.up
    }

    pub(super) fn is_associated(&self) -> bool {
        self.association.open
    }

    /// Another offer, with the right names in it.
    pub(super) fn describe(&mut self, text: &[u8]) {
        if let Ok(offer) = Sdp::new(self.filled(&String::from_utf8_lossy(text))) {
            self.side.answer(&offer);
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.side.pass(time);
        self.collect();
    }

    /// A datagram, as it is.
    pub(super) fn send(&mut self, datagram: &[u8]) {
        self.side.arrives(THERE, datagram);
    }

    pub(super) fn send_from_elsewhere(&mut self, port: u8, datagram: &[u8]) {
        self.side.arrives(SocketAddr::new(THERE.ip(), 50_001 + u16::from(port)), datagram);
    }

    /// A path is found.
    pub(super) fn connect(&mut self) {
        for _ in 0..8 {
            self.pass(Duration::from_millis(100));
            self.answer_checks();
            self.check(1);
        }
    }

    /// Answers every check of this side's.
    pub(super) fn answer_checks(&mut self) {
        self.collect();
        while let Some(question) = self.questions.pop_front() {
            let mapped = XorMappedAddress { ip: HERE.ip(), port: HERE.port() };
            let answer: [Box<dyn Setter>; 3] = [Box::new(BINDING_SUCCESS), Box::new(question), Box::new(mapped)];
            self.send_message(&answer, &[], PASSWORD.to_owned());
        }
    }

    /// Checks the path, and picks it with the lowest bit.
    pub(super) fn check(&mut self, flags: u8) {
        let mut attributes = vec![0, 0x24, 4, 110, 0, 30, 255];
        attributes.extend([0x80, 0x2a, 8, 0, 0, 0, 0, 0, 0, 0, flags]);
        if flags & 1 == 1 {
            attributes.extend([0, 0x25, 0]);
        }
        debug_assert_eq!((ATTR_PRIORITY.0, ATTR_ICE_CONTROLLING.0, ATTR_USE_CANDIDATE.0), (0x24, 0x802a, 0x25));
        self.send_signed(&attributes);
    }

    /// A check with any attributes, signed as it should be.
    pub(super) fn send_signed(&mut self, attributes: &[u8]) {
        let request: [Box<dyn Setter>; 2] = [Box::new(BINDING_REQUEST), Box::new(TransactionId([7; 12]))];
        let user = format!("{}:{FRAGMENT}", self.fragment);
        let mut all = user.into_bytes();
        let mut named = vec![0, ATTR_USERNAME.0 as u8, all.len() as u8];
        named.append(&mut all);
        named.extend(attributes);
        self.send_message(&request, &named, self.password.clone());
    }

    /// An answer with any attributes to the last check of this side's, signed as it should be.
    pub(super) fn answer_signed(&mut self, attributes: &[u8]) {
        self.collect();
        let question = self.questions.pop_back().unwrap_or(TransactionId([0; 12]));
        let answer: [Box<dyn Setter>; 2] = [Box::new(BINDING_SUCCESS), Box::new(question)];
        self.send_message(&answer, attributes, PASSWORD.to_owned());
    }

    /// Attributes are a type of two bytes, a length of one, and so many bytes.
    fn send_message(&mut self, start: &[Box<dyn Setter>], mut attributes: &[u8], password: String) {
        let mut message = Message::new();
        if message.build(start).is_err() {
            return;
        }
        while let Some(([high, low, length], rest)) = attributes.split_first_chunk() {
            let (value, rest) = rest.split_at(usize::from(*length).min(rest.len()));
            message.add(AttrType(u16::from_be_bytes([*high, *low])), value);
            attributes = rest;
        }
        let crypto = self.provider.crypto();
        let signed = MessageIntegrity::new_short_term_integrity_with_provider(password, crypto).add_to(&mut message);
        if signed.and_then(|()| FINGERPRINT.add_to(&mut message)).is_ok() {
            self.side.arrives(THERE, &message.raw);
        }
    }

    /// Sorts what this side sent.
    fn collect(&mut self) {
        for datagram in std::mem::take(&mut self.side.out) {
            match datagram.message.first() {
                Some(0..=3) => {
                    if let [0, 1, _, _, _, _, _, _, rest @ ..] = &datagram.message[..]
                        && let Some(id) = rest.first_chunk()
                        && self.questions.len() < KEPT
                    {
                        self.questions.push_back(TransactionId(*id));
                    }
                }
                Some(20..=63) if self.records.len() < KEPT => self.records.push_back(datagram.message.to_vec()),
                _ => {}
            }
        }
    }

    /// One round of the handshake, or of what follows it.
    pub(super) fn shake(&mut self) {
        for datagram in self.replies() {
            self.send(&datagram);
        }
    }

    /// The same, with some bytes changed: two for a place, one to change it by.
    pub(super) fn shake_bent(&mut self, changes: &[u8]) {
        for datagram in self.replies() {
            self.send(&bent(datagram, changes));
        }
    }

    /// The same with every datagram sent once more, changed.
    pub(super) fn shake_twice(&mut self, changes: &[u8]) {
        for datagram in self.replies() {
            self.send(&bent(datagram.clone(), changes));
            self.send(&datagram);
        }
    }

    /// What this side said is lost.
    pub(super) fn lose(&mut self) {
        self.collect();
        self.records.clear();
    }

    /// Nothing came for a second: the handshake's last flight goes out again.
    pub(super) fn retransmit(&mut self) {
        self.pass(Duration::from_secs(1));
        let _over = self.endpoint.handle_timeout(HERE, self.side.now);
        self.shake();
    }

    fn replies(&mut self) -> Vec<Vec<u8>> {
        self.pass(Duration::from_millis(2));
        let mut complete = false;
        for record in std::mem::take(&mut self.records) {
            let read = self.endpoint.read(self.side.now, HERE, None, record[..].into());
            for event in read.unwrap_or_default() {
                match event {
                    EndpointEvent::HandshakeComplete => complete = true,
                    EndpointEvent::ApplicationData(data) if self.heard.len() < KEPT => {
                        self.heard.push_back(data.to_vec());
                    }
                    EndpointEvent::ApplicationData(_) | EndpointEvent::PeerClosed | _ => {}
                }
            }
        }
        if complete {
            self.keys = self.endpoint.get_connection_state(HERE).and_then(|state| self.keys_of(state));
        }
        self.transmits()
    }

    fn transmits(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.endpoint.poll_transmit()).map(|datagram| datagram.message.to_vec()).collect()
    }

    fn keys_of(&self, state: &State) -> Option<srtp::context::Context> {
        let profile = srtp::protection_profile::ProtectionProfile::AeadAes128Gcm;
        let mut config = srtp::config::Config { profile, ..Default::default() };
        let label = srtp::config::LABEL_EXTRACTOR_DTLS_SRTP;
        let material = state.export_keying_material(label, &[], config.keying_material_len()).ok()?;
        config.set_session_keys_from_keying_material(material.as_ref(), state.is_client()).ok()?;
        let (key, salt) = (&config.keys.local_master_key, &config.keys.local_master_salt);
        srtp::context::Context::new(key, salt, profile, None, None, self.provider.crypto()).ok()
    }

    pub(super) fn send_rtp(&mut self, packet: &[u8]) {
        // The crate cannot seal what it would have written longer.
        let header = rtp::Header::unmarshal(&mut &*packet).map(|header| header.marshal_size());
        if header.is_ok_and(|header| header <= packet.len())
            && let Some(Ok(sealed)) = self.keys.as_mut().map(|keys| keys.encrypt_rtp(packet))
        {
            self.send(&sealed);
        }
    }

    pub(super) fn send_rtcp(&mut self, packet: &[u8]) {
        if packet.len() >= 8
            && let Some(Ok(sealed)) = self.keys.as_mut().map(|keys| keys.encrypt_rtcp(packet))
        {
            self.send(&sealed);
        }
    }

    /// Any bytes where SCTP belongs, but for what is known to end the crate's task.
    pub(super) fn send_data(&mut self, packet: &[u8]) {
        if association::has_internal_message(packet) {
            return;
        }
        let _closed = self.endpoint.write(self.side.now, HERE, packet);
        for datagram in self.transmits() {
            self.send(&datagram);
        }
    }

    /// Any chunks in a packet that is right otherwise.
    pub(super) fn send_chunks(&mut self, chunks: &[u8]) {
        let packet = self.association.packet(chunks);
        self.send_data(&packet);
    }

    /// Opens an association, or goes on with it.
    pub(super) fn associate(&mut self) {
        if self.heard.is_empty() && !self.association.open {
            self.send_chunks(&Association::opening());
        }
        for _ in 0..3 {
            self.shake();
            for packet in std::mem::take(&mut self.heard) {
                if let Some(chunks) = self.association.hears(&packet) {
                    self.send_chunks(&chunks);
                }
            }
        }
    }
}

fn bent(mut datagram: Vec<u8>, changes: &[u8]) -> Vec<u8> {
    let length = datagram.len().max(1);
    let (changes, rest) = changes.as_chunks::<3>();
    for [high, low, by] in changes {
        let place = usize::from(u16::from_be_bytes([*high, *low])) % length;
        if let Some(byte) = datagram.get_mut(place) {
            *byte ^= by;
        }
    }
    if let [cut] = rest {
        datagram.truncate(length.saturating_sub(usize::from(*cut)));
    }
    datagram
}
