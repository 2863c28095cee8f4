import Foundation
import Tauri

// What Rust may say. Each is checked before it is used; a bad one is an error, which DogellerPlugin answers with a code.

struct BadArguments: Error {}

struct ListenArguments: Decodable {
  let events: Channel
}

struct PrepareArguments: Decodable {
  let need: Need
  let video: Bool
}

struct RingArguments: Decodable {
  private let call: String
  private let name: String
  private let video: Bool

  func ring() throws -> Ring {
    let caller = shown(name)
    guard isID(call), !caller.isEmpty else { throw BadArguments() }
    return Ring(call: call, caller: caller, video: video)
  }
}

/// The name is for systems that show who is talked to; iOS shows only that the app uses the microphone.
struct CallArguments: Decodable {
  let name: String
  let video: Bool
}

struct RouteArguments: Decodable {
  let route: Route
}

private func isID(_ text: String) -> Bool {
  (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
}

/// A name as the system's own screens may show it. As in core it has at most 64 characters.
private func shown(_ name: String) -> String {
  var caller = String.UnicodeScalarView()
  caller.append(contentsOf: name.unicodeScalars.lazy.filter { $0.properties.generalCategory != .control }.prefix(64))
  return String(caller).trimmingCharacters(in: .whitespaces)
}
