//! The few kernel calls the lab needs, wrapped so that no other file is unsafe.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io;
use std::mem::{size_of, zeroed};
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// Gives the calling thread a network of its own; it goes when the last thread or process in it has ended.
pub(super) fn own_network() -> io::Result<()> {
    // SAFETY: no pointers; CLONE_NEWNET changes the calling thread alone.
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) })
}

/// Lets the calling thread go before ordinary ones when all processors are busy. Only root may; others stay ordinary.
pub(super) fn go_first() -> io::Result<()> {
    // SAFETY: no pointers; 0 is the calling thread.
    check(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, -15) })
}

/// Makes a TAP device in the calling thread's network. Reads and writes are whole Ethernet frames and do not block.
pub(super) fn tap(name: &str) -> io::Result<File> {
    let tun = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun")?;
    let mut request = named(name);
    request.ifr_ifru.ifru_flags = (libc::IFF_TAP | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: TUNSETIFF reads and writes one ifreq, which lives until the call returns.
    check(unsafe { libc::ioctl(tun.as_raw_fd(), libc::TUNSETIFF, &mut request) })?;
    Ok(tun)
}

/// Plugs the cable of a TAP device in or out, as its host sees it.
pub(super) fn set_carrier(tap: &File, plugged: bool) -> io::Result<()> {
    let carrier = libc::c_int::from(plugged);
    // SAFETY: TUNSETCARRIER reads one int, which lives until the call returns.
    check(unsafe { libc::ioctl(tap.as_raw_fd(), libc::TUNSETCARRIER, &carrier) })
}

/// The network cards of the thread that made this.
pub(super) struct Cards {
    socket: UdpSocket,
}

impl Cards {
    /// Of the calling thread's network.
    pub(super) fn here() -> io::Result<Self> {
        Ok(Self { socket: UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))? })
    }

    /// Sets a card's hardware address; the card must be down.
    pub(super) fn set_mac(&self, card: &str, mac: [u8; 6]) -> io::Result<()> {
        let mut request = named(card);
        let mut address = libc::sockaddr { sa_family: libc::ARPHRD_ETHER, sa_data: [0; 14] };
        for (to, from) in address.sa_data.iter_mut().zip(mac) {
            *to = from as libc::c_char;
        }
        request.ifr_ifru.ifru_hwaddr = address;
        self.ask(libc::SIOCSIFHWADDR, &mut request)
    }

    /// Switches a card on or off.
    pub(super) fn set_up(&self, card: &str, up: bool) -> io::Result<()> {
        let mut request = named(card);
        self.ask(libc::SIOCGIFFLAGS, &mut request)?;
        // SAFETY: SIOCGIFFLAGS has just filled this field of the union.
        let flags = unsafe { request.ifr_ifru.ifru_flags };
        let wanted = libc::IFF_UP as libc::c_short;
        request.ifr_ifru.ifru_flags = if up { flags | wanted } else { flags & !wanted };
        self.ask(libc::SIOCSIFFLAGS, &mut request)
    }

    /// Sets the address of a card, in place of the one of the same label (`eth0`, `eth0:1`); unspecified removes it.
    pub(super) fn set_address(&self, label: &str, address: Ipv4Addr, mask: Ipv4Addr) -> io::Result<()> {
        let mut request = named(label);
        request.ifr_ifru.ifru_addr = socket_address(address);
        self.ask(libc::SIOCSIFADDR, &mut request)?;
        if address.is_unspecified() {
            return Ok(());
        }
        let mut request = named(label);
        request.ifr_ifru.ifru_netmask = socket_address(mask);
        self.ask(libc::SIOCSIFNETMASK, &mut request)
    }

    /// Gives a card one IPv6 address more, on a network of this many leading bits.
    pub(super) fn add_address6(&self, card: &str, address: Ipv6Addr, bits: u8) -> io::Result<()> {
        let name = CString::new(card)?;
        // SAFETY: `name` ends with a zero and lives until the call returns.
        let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
        if index == 0 {
            return Err(io::Error::last_os_error());
        }
        let request = libc::in6_ifreq {
            ifr6_addr: libc::in6_addr { s6_addr: address.octets() },
            ifr6_prefixlen: u32::from(bits),
            ifr6_ifindex: index.cast_signed(),
        };
        // Only a socket of its own family takes it.
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?;
        // SAFETY: SIOCSIFADDR on an IPv6 socket reads one in6_ifreq, which lives until the call returns.
        check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFADDR, &request) })
    }

    fn ask(&self, what: libc::Ioctl, request: &mut libc::ifreq) -> io::Result<()> {
        // SAFETY: every request of this type reads and writes one ifreq, which lives until the call returns.
        check(unsafe { libc::ioctl(self.socket.as_raw_fd(), what, request) })
    }
}

fn named(card: &str) -> libc::ifreq {
    // SAFETY: an ifreq is plain numbers, for which all zeros is a value.
    let mut request: libc::ifreq = unsafe { zeroed() };
    let room = request.ifr_name.len() - 1;
    for (to, from) in request.ifr_name.iter_mut().take(room).zip(card.bytes()) {
        *to = from as libc::c_char;
    }
    request
}

fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    let mut generic = libc::sockaddr { sa_family: libc::AF_INET as libc::sa_family_t, sa_data: [0; 14] };
    // sockaddr_in without its family: two bytes of port, then the address in network order.
    for (to, from) in generic.sa_data.iter_mut().skip(2).zip(address.octets()) {
        *to = from as libc::c_char;
    }
    generic
}

/// Which file descriptors can be read, waited for at most `timeout`.
pub(super) fn wait_readable(files: &[BorrowedFd<'_>], timeout: Option<Duration>) -> io::Result<Vec<usize>> {
    let mut polled: Vec<libc::pollfd> =
        files.iter().map(|file| libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 }).collect();
    let limit = timeout.map(|time| libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos().cast_signed()),
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let count = polled.len() as libc::nfds_t;
    // SAFETY: `polled` holds `count` entries; `limit` is null or points to a timespec that outlives the call.
    let answer = unsafe { libc::ppoll(polled.as_mut_ptr(), count, limit, std::ptr::null()) };
    match check(answer) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Vec::new()),
        Err(error) => return Err(error),
    }
    Ok(polled.iter().enumerate().filter(|(_, entry)| entry.revents & libc::POLLIN != 0).map(|(at, _)| at).collect())
}

/// Lets the process started by `command` be killed when the thread that starts it ends.
pub(super) fn die_with_starter(command: &mut Command) -> &mut Command {
    let starter = std::process::id().cast_signed();
    let hook = move || {
        // SAFETY: prctl with these arguments touches no memory; both calls are async-signal-safe.
        check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })?;
        // The starter may have gone before the line above.
        // SAFETY: no arguments.
        if unsafe { libc::getppid() } == starter { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: the hook allocates nothing and takes no lock, as code between fork and exec must not.
    unsafe { command.pre_exec(hook) }
}

/// Asks a process to end (SIGTERM).
pub(crate) fn ask_to_end(process: u32) -> io::Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::kill(process.cast_signed(), libc::SIGTERM) })
}

/// Stops or continues a process without its knowing (SIGSTOP, SIGCONT): a machine that hangs or sleeps.
pub(crate) fn freeze(process: u32, frozen: bool) -> io::Result<()> {
    let signal = if frozen { libc::SIGSTOP } else { libc::SIGCONT };
    // SAFETY: no pointers.
    check(unsafe { libc::kill(process.cast_signed(), signal) })
}

fn check(answer: libc::c_int) -> io::Result<()> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

const _: () = assert!(size_of::<libc::sockaddr>() == size_of::<libc::sockaddr_in>());
