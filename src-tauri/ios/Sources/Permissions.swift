import AVFoundation
import UserNotifications

/// What something is asked for, in the order in which a person meets them.
enum Need: String, Decodable {
  /// To see anybody at all: at the start.
  case network

  /// To be told of a call after the app was left: once there is somebody who could call.
  case ringing

  /// To be heard and seen: when the first call begins.
  case call
}

/// What the person granted, under the names of the Android half.
struct State: Encodable {
  /// Whether something must be done about it here: never. iOS asks by itself when the node first looks around, tells
  /// no app what was answered, and Bonjour tells the node of a refusal.
  let network = true
  let microphone: Bool
  let camera: Bool
  let notifications: Bool
  /// Nothing here ever covers the screen.
  let fullScreen = false

  private enum CodingKeys: String, CodingKey {
    case network, microphone, camera, notifications
    case fullScreen = "full_screen"
  }
}

/// Asks the person. Once answered, the system answers by itself, and it shows one question after the other.
enum Permissions {
  /// Calls `done`, on any thread, when what is needed is granted or refused.
  static func prepare(_ need: Need, video: Bool, done: @escaping (State) -> Void) {
    switch need {
    case .network:
      state(done)
    case .ringing:
      UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound]) { _, _ in state(done) }
    case .call:
      AVCaptureDevice.requestAccess(for: .audio) { _ in
        guard video else { return state(done) }
        AVCaptureDevice.requestAccess(for: .video) { _ in state(done) }
      }
    }
  }

  static func state(_ done: @escaping (State) -> Void) {
    UNUserNotificationCenter.current().getNotificationSettings { settings in
      done(
        State(
          microphone: AVCaptureDevice.authorizationStatus(for: .audio) == .authorized,
          camera: AVCaptureDevice.authorizationStatus(for: .video) == .authorized,
          notifications: settings.authorizationStatus == .authorized))
    }
  }
}
