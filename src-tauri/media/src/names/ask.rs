//! The sockets: asks on every network at once and listens for the first answers.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::task::Poll;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

use super::ADDRESSES;
use super::answer::{Family, addresses};
use super::network::{Network, networks};
use super::question::question;

/// When is asked, from the start: multicast on Wi-Fi is lost at times and never sent again.
const ASKED_AT: [Duration; 3] = [Duration::ZERO, Duration::from_millis(250), Duration::from_secs(1)];

/// How long an answer is waited for. Chromium says a name at most once a second, so that the second to ask waits nearly
/// as long (840 ms measured with version 156).
const PATIENCE: Duration = Duration::from_secs(2);

/// How long is listened after the first answer, so that both families can arrive.
const MORE: Duration = Duration::from_millis(50);

/// The largest message of multicast DNS, in bytes (RFC 6762 section 17).
const LARGEST_MESSAGE: usize = 9000;

/// Room for any datagram: Windows fails a read that finds a larger one, and a failed socket is given up.
const BUFFER: usize = 65_536;

/// Multicast DNS packets are sent with this hop limit (RFC 6762 section 11).
const HOPS: u32 = 255;

/// Who is asked. Answers come from the same port.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    v4: Ipv4Addr,
    v6: Ipv6Addr,
    port: u16,
}

/// Everybody who speaks multicast DNS (RFC 6762 section 3).
pub(super) const MDNS: Group =
    Group { v4: Ipv4Addr::new(224, 0, 0, 251), v6: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb), port: 5353 };

/// The networks this machine is on now. One that cannot list its cards has nobody to ask.
pub(super) fn networks_now() -> Vec<Network> {
    networks(if_addrs::get_if_addrs().unwrap_or_default())
}

/// Asks on these networks for the addresses of a well-formed name.
pub(super) async fn ask(name: &str, networks: &[Network], group: Group) -> Vec<IpAddr> {
    let mut found = Vec::new();
    let mut ears: Vec<Ear<'_>> = networks.iter().flat_map(|network| open(network, group)).collect();
    if ears.is_empty() {
        return found;
    }
    let questions = Family::ALL.map(|family| question(name, family));
    let mut buffer = vec![0; BUFFER];
    let begun = Instant::now();
    let mut end = begun + PATIENCE;
    let mut turns = ASKED_AT.map(|after| begun + after).into_iter().peekable();
    loop {
        let asking = turns.peek().copied().filter(|at| found.is_empty() && *at < end);
        tokio::select! {
            // The clock first, so that nobody can keep us here by sending all the time.
            biased;
            () = sleep_until(asking.unwrap_or(end)) => {
                if asking.is_none() {
                    return found;
                }
                turns.next();
                ears.iter().for_each(|ear| ear.ask(&questions));
            }
            heard = hear(&mut ears, &mut buffer) => {
                let first = found.is_empty();
                if heard.from.port() == group.port && heard.network.holds(heard.from) {
                    let said = buffer.get(..heard.length).filter(|said| said.len() <= LARGEST_MESSAGE);
                    keep(&mut found, addresses(said.unwrap_or_default(), name));
                }
                if found.len() == ADDRESSES {
                    return found;
                }
                if first && !found.is_empty() {
                    end = end.min(Instant::now() + MORE);
                }
            }
        }
    }
}

fn keep(found: &mut Vec<IpAddr>, said: Vec<IpAddr>) {
    for address in said {
        if found.len() < ADDRESSES && !found.contains(&address) {
            found.push(address);
        }
    }
}

/// A socket on one network.
struct Ear<'a> {
    socket: UdpSocket,
    network: &'a Network,
    /// Where it asks; nothing for one that only listens.
    asks: Option<SocketAddr>,
}

impl Ear<'_> {
    /// A network on which nothing can be sent, such as one whose cable was just pulled, does not matter to the others.
    /// The sockets do not block, and their buffers hold these few small messages.
    fn ask(&self, questions: &[Vec<u8>]) {
        let Some(group) = self.asks else { return };
        for question in questions {
            let _lost = SockRef::from(&self.socket).send_to(question, &group.into());
        }
    }
}

/// The sockets for one network. Those that ask have a port of their own, so that a responder by the book answers to it
/// alone (RFC 6762 section 6.7). Chromium (`services/network/mdns_responder.cc`) and Firefox (`mdns_service`) answer to
/// everybody whatever the port, so the port of everybody is listened on too. IPv4 is asked about IPv6 as well: Chromium
/// 156 on Linux does not listen on IPv6. What cannot be opened is left out.
fn open(network: &Network, group: Group) -> Vec<Ear<'_>> {
    let mut ears = Vec::new();
    let mut add = |socket: io::Result<Socket>, asks: Option<SocketAddr>| {
        if let Ok(socket) = socket.and_then(|socket| UdpSocket::from_std(socket.into())) {
            ears.push(Ear { socket, network, asks });
        }
    };
    if let Some(ours) = network.v4 {
        add(asking_v4(ours), Some(SocketAddr::from((group.v4, group.port))));
        if group.v4.is_multicast() {
            add(listening_v4(ours, group), None);
        }
    }
    if network.v6 {
        add(asking_v6(network.card), Some(SocketAddrV6::new(group.v6, group.port, 0, network.card).into()));
        if group.v6.is_multicast() {
            add(listening_v6(network.card, group), None);
        }
    }
    ears
}

fn asking_v4(ours: Ipv4Addr) -> io::Result<Socket> {
    let socket = datagrams(Domain::IPV4)?;
    socket.set_multicast_if_v4(&ours)?;
    socket.set_multicast_ttl_v4(HOPS)?;
    socket.bind(&SocketAddr::from((ours, 0)).into())?;
    Ok(socket)
}

fn asking_v6(card: u32) -> io::Result<Socket> {
    let socket = datagrams(Domain::IPV6)?;
    socket.set_multicast_if_v6(card)?;
    socket.set_multicast_hops_v6(HOPS)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    Ok(socket)
}

fn listening_v4(ours: Ipv4Addr, group: Group) -> io::Result<Socket> {
    let socket = datagrams(Domain::IPV4)?;
    share(&socket)?;
    // Bound to the group it takes nothing that is meant for the other responders on this port. Windows cannot do that.
    let address = if cfg!(windows) { Ipv4Addr::UNSPECIFIED } else { group.v4 };
    socket.bind(&SocketAddr::from((address, group.port)).into())?;
    socket.join_multicast_v4(&group.v4, &ours)?;
    Ok(socket)
}

fn listening_v6(card: u32, group: Group) -> io::Result<Socket> {
    let socket = datagrams(Domain::IPV6)?;
    share(&socket)?;
    let address = if cfg!(windows) { Ipv6Addr::UNSPECIFIED } else { group.v6 };
    let zone = if cfg!(windows) { 0 } else { card };
    socket.bind(&SocketAddr::from(SocketAddrV6::new(address, group.port, 0, zone)).into())?;
    socket.join_multicast_v6(&group.v6, card)?;
    Ok(socket)
}

fn datagrams(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if domain == Domain::IPV6 {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The port belongs to everybody on this machine who speaks multicast DNS.
fn share(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    Ok(())
}

/// A datagram in the buffer.
struct Heard<'a> {
    length: usize,
    from: SocketAddr,
    network: &'a Network,
}

/// The next datagram on any of the sockets. A socket that fails is closed: its card is gone.
async fn hear<'a>(ears: &mut Vec<Ear<'a>>, buffer: &mut [u8]) -> Heard<'a> {
    poll_fn(|context| {
        let mut place = 0;
        while let Some(ear) = ears.get(place) {
            let mut read = ReadBuf::new(buffer);
            match ear.socket.poll_recv_from(context, &mut read) {
                Poll::Ready(Ok(from)) => {
                    let heard = Heard { length: read.filled().len(), from, network: ear.network };
                    // The others come first next time, so that a noisy network does not drown a quiet one.
                    ears.rotate_left(place + 1);
                    return Poll::Ready(heard);
                }
                Poll::Ready(Err(_)) => drop(ears.swap_remove(place)),
                Poll::Pending => place += 1,
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests;
