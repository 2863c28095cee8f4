//! Files from one node to another on one machine, beside what else carries files there: curl to nginx and tar through
//! `openssl s_client`, both over TLS 1.3, and a data channel of WebRTC. Both ends share two cores in each.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dogeller_media::stack::channel;
use dogeller_tests::lab::{Host, Lab};
use dogeller_tests::node::{NodeProcess, State};

use crate::idle::megabytes;

/// Rounds of each; the best counts, since both write to one disk.
const ROUNDS: usize = 3;
const GIGABYTE: usize = 1_000_000_000;
/// Some seconds of a data channel.
const CHANNEL_BYTES: usize = 200_000_000;
const SMALL_FILES: usize = 10_000;
const SMALL_BYTES: usize = 10_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Two nodes on one host.
struct Pair {
    host: Host,
    nodes: [NodeProcess; 2],
    home: tempfile::TempDir,
    _lab: Lab,
}

fn pair() -> Outcome<Pair> {
    let lab = Lab::new(1)?;
    let host = lab.host(0);
    let nodes = [NodeProcess::start(&host, "Ada")?, NodeProcess::start(&host, "Ben")?];
    nodes[0].wait_for(&nodes[1].peer_id()?, State::Online, Duration::from_secs(10))?;
    Ok(Pair { host, nodes, home: tempfile::tempdir()?, _lab: lab })
}

impl Pair {
    /// How long a file or folder takes from yes to there.
    fn carry(&self, what: &Path) -> Outcome<Duration> {
        let [ada, ben] = &self.nodes;
        let what = what.to_str().ok_or("a path")?;
        ada.ask(&["send", &ben.peer_id()?, what, "--wait", "0"])?;
        let begun = Instant::now();
        let received = ben.ask(&["receive", &ada.peer_id()?])?;
        let took = begun.elapsed();
        if !received.status.success() {
            return Err(format!("{received:?}").into());
        }
        fs::remove_dir_all(ben.options().downloads())?;
        Ok(took)
    }

    /// A certificate and its key.
    fn certificate(&self) -> Outcome<(PathBuf, PathBuf)> {
        let (certificate, key) = (self.home.path().join("cert.pem"), self.home.path().join("key.pem"));
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
        openssl.args(["-subj", "/CN=dogeller", "-keyout"]).arg(&key).arg("-out").arg(&certificate);
        let made = openssl.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if made.success() { Ok((certificate, key)) } else { Err("openssl made no certificate".into()) }
    }
}

/// Ends what was started for comparison.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _gone = self.0.wait();
    }
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok()
}

fn best(mut of: impl FnMut() -> Outcome<Duration>) -> Outcome<Duration> {
    let times: Vec<Duration> = (0..ROUNDS).map(|_| of()).collect::<Result<_, _>>()?;
    times.into_iter().min().ok_or_else(|| "no rounds".into())
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e6
}

/// One file of a gigabyte.
pub(crate) fn gigabyte() -> Outcome<()> {
    let pair = pair()?;
    let file = pair.home.path().join("film");
    let mut film = fs::File::create(&file)?;
    let mut noise = vec![0_u8; 1_000_000];
    for n in 0..GIGABYTE / noise.len() {
        let at = n % noise.len();
        noise[at] = noise[at].wrapping_add(n as u8 | 1);
        film.write_all(&noise)?;
    }
    film.sync_all()?;
    let before: Vec<f64> = pair.nodes.iter().map(|node| megabytes(node.pid())).collect::<Result<_, _>>()?;
    let ours = best(|| pair.carry(&file))?;
    let most: Vec<f64> = pair.nodes.iter().map(|node| peak(node.pid())).collect::<Result<_, _>>()?;
    println!("  Dogeller: {:.0} MB/s, from yes to there", rate(GIGABYTE, ours));
    println!(
        "  memory at its peak: sender {:+.1} MB, receiver {:+.1} MB beside idle; goal at most 32",
        most[0] - before[0],
        most[1] - before[1]
    );
    let channel = channel()?;
    println!(
        "  a data channel of crate webrtc: {:.0} MB/s; Dogeller {:.1} times that, goal 3",
        rate(CHANNEL_BYTES, channel),
        rate(GIGABYTE, ours) / rate(CHANNEL_BYTES, channel)
    );
    if !(is_there("nginx") && is_there("curl")) {
        println!("  curl to nginx: not measured, one of them is not installed");
        return Ok(());
    }
    let theirs = curl(&pair, &file)?;
    println!(
        "  curl to nginx over TLS 1.3: {:.0} MB/s; Dogeller {:.2} times that, goal 0.8",
        rate(GIGABYTE, theirs),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

/// In this process, so that its two ends share what the two nodes do.
fn channel() -> Outcome<Duration> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    best(|| runtime.block_on(channel::carry(CHANNEL_BYTES)).map_err(Into::into))
}

fn peak(pid: u32) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}

fn curl(pair: &Pair, file: &Path) -> Outcome<Duration> {
    let (certificate, key) = pair.certificate()?;
    let home = pair.home.path();
    let root = home.join("root");
    fs::create_dir_all(&root)?;
    let port = 18_443;
    let config = home.join("nginx.conf");
    fs::write(
        &config,
        format!(
            "user root; daemon off; master_process off; error_log stderr crit; pid {home}/nginx.pid;\n\
             events {{}}\n\
             http {{ access_log off; client_body_temp_path {home}/body; client_max_body_size 0;\n\
             server {{ listen {port} ssl; ssl_protocols TLSv1.3; ssl_certificate {certificate}; ssl_certificate_key {key};\n\
             root {root}; location / {{ dav_methods PUT; }} }} }}\n",
            home = home.display(),
            certificate = certificate.display(),
            key = key.display(),
            root = root.display()
        ),
    )?;
    let mut nginx = Command::new("nginx");
    nginx.arg("-c").arg(&config).arg("-p").arg(home).stdout(Stdio::null()).stderr(Stdio::null());
    let _nginx = Ends(pair.host.spawn(nginx)?);
    std::thread::sleep(Duration::from_millis(500));
    best(|| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--insecure", "--tlsv1.3", "--upload-file"]).arg(file);
        curl.arg(format!("https://{}:{port}/film", pair.host.address()));
        let begun = Instant::now();
        let done = pair.host.spawn(curl)?.wait()?;
        let took = begun.elapsed();
        fs::remove_file(root.join("film"))?;
        if done.success() { Ok(took) } else { Err(format!("curl: {done}").into()) }
    })
}

/// A folder of many small files.
pub(crate) fn many() -> Outcome<()> {
    let pair = pair()?;
    let folder = pair.home.path().join("many");
    fs::create_dir_all(&folder)?;
    for n in 0..SMALL_FILES {
        let mut bytes = vec![n as u8; SMALL_BYTES];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        fs::write(folder.join(format!("{n}.txt")), bytes)?;
    }
    let ours = best(|| pair.carry(&folder))?;
    let bytes = SMALL_FILES * SMALL_BYTES;
    println!("  Dogeller: {:.0} MB/s, from yes to there", rate(bytes, ours));
    let theirs = tar(&pair, &folder)?;
    println!(
        "  tar through openssl s_client to s_server: {:.0} MB/s; Dogeller {:.2} times that, goal 0.5",
        rate(bytes, theirs),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

fn tar(pair: &Pair, folder: &Path) -> Outcome<Duration> {
    let (certificate, key) = pair.certificate()?;
    let mut port = 18_500;
    best(|| {
        port += 1;
        let out = pair.home.path().join("out");
        fs::create_dir_all(&out)?;
        let script = format!(
            "openssl s_server -quiet -naccept 1 -tls1_3 -accept {port} -cert {} -key {} 2>/dev/null \
             | tar x -C {}",
            certificate.display(),
            key.display(),
            out.display()
        );
        let mut server = Command::new("sh");
        // It ends with its input, so it is given one that does not end.
        server.args(["-c", &script]).stdin(Stdio::piped());
        let mut server = pair.host.spawn(server)?;
        let _open = server.stdin.take();
        std::thread::sleep(Duration::from_millis(300));
        let script = format!(
            "tar c -C {} {} | openssl s_client -quiet -no_ign_eof -nocommands -tls1_3 -connect {}:{port} 2>/dev/null",
            folder.parent().ok_or("a folder")?.display(),
            folder.file_name().ok_or("a folder")?.to_string_lossy(),
            pair.host.address()
        );
        let mut client = Command::new("sh");
        client.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null());
        let begun = Instant::now();
        let mut client = pair.host.spawn(client)?;
        server.wait()?;
        let took = begun.elapsed();
        client.wait()?;
        let came = fs::read_dir(out.join("many"))?.count();
        fs::remove_dir_all(&out)?;
        if came == SMALL_FILES { Ok(took) } else { Err(format!("{came} files came through tar").into()) }
    })
}
