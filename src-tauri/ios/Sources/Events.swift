import Tauri

/// The way to Rust, which must not block there: it is called on the main thread.
final class Events {
  private struct Answer: Encodable {
    let event: String
    let call: String
  }

  private var channel: Channel?

  func listen(_ channel: Channel) {
    self.channel = channel
  }

  func accepted(_ call: String) { send(Answer(event: "accepted", call: call)) }

  func declined(_ call: String) { send(Answer(event: "declined", call: call)) }

  private func send(_ answer: Answer) {
    // Two short strings can always be written down.
    try? channel?.send(answer)
  }
}
