/// Where a call is heard.
enum Route: String, Codable {
  case wired, bluetooth, earpiece, speaker
}

/// Where a call is heard, and where it could be. Always empty: the sound is WebKit's, in a process and an audio session
/// of its own, which nothing here reaches. Touching this process's session would only quarrel with it (see
/// docs/platforms-ios.md). Whoever wants to choose uses the page's `setSinkId`, or Control Center.
struct Routes: Encodable {
  let available: [Route] = []
}
