import UIKit
import UserNotifications

/// A call that rings here; its caller's name was checked.
struct Ring {
  let call: String
  let caller: String
  let video: Bool
}

/// Rings by a notification while the app is in the back, for the page is not seen there. In front the page rings, and
/// this does not. All of it runs on the main thread.
///
/// iOS soon freezes an app that was left, so this is for the half minute after that: a call that rang already, or comes
/// just then. CallKit would not change it without a push from a server, and breaks WebKit's sound (docs/platforms-ios.md).
final class Ringing: NSObject, UNUserNotificationCenterDelegate {
  private static let id = "ringing"
  private static let accept = "accept"
  private static let decline = "decline"

  private let events: Events
  private let center = UNUserNotificationCenter.current()
  private var now: Ring?
  /// Accepted on the notification; told once the app is in front, since only there WebKit opens a microphone.
  private var accepted: String?
  private var awake = UIBackgroundTaskIdentifier.invalid

  init(_ events: Events) {
    self.events = events
    super.init()
    center.delegate = self
    let answers = [
      UNNotificationAction(identifier: Self.accept, title: Words.accept, options: .foreground),
      UNNotificationAction(identifier: Self.decline, title: Words.decline, options: .destructive),
    ]
    center.setNotificationCategories([
      UNNotificationCategory(identifier: Self.id, actions: answers, intentIdentifiers: [])
    ])
    // Of a process that was ended: that call is over.
    withdraw()
    let notices = NotificationCenter.default
    notices.addObserver(self, selector: #selector(left), name: UIApplication.didEnterBackgroundNotification, object: nil)
    notices.addObserver(self, selector: #selector(came), name: UIApplication.didBecomeActiveNotification, object: nil)
  }

  func begin(_ ring: Ring) {
    if now?.call != ring.call { end() }
    now = ring
    if UIApplication.shared.applicationState == .background { left() }
  }

  func end() {
    now = nil
    accepted = nil
    withdraw()
    sleep()
  }

  @objc private func left() {
    guard let ring = now else { return }
    if awake == .invalid {
      awake = UIApplication.shared.beginBackgroundTask(withName: Self.id) { [weak self] in self?.freeze() }
    }
    post(ring, over: false)
  }

  @objc private func came() {
    withdraw()
    sleep()
    if let call = accepted {
      accepted = nil
      events.accepted(call)
    }
  }

  /// The system's patience is over: in a moment nobody could accept any more.
  private func freeze() {
    if let ring = now { post(ring, over: true) }
    sleep()
  }

  private func sleep() {
    guard awake != .invalid else { return }
    UIApplication.shared.endBackgroundTask(awake)
    awake = .invalid
  }

  private func post(_ ring: Ring, over: Bool) {
    let content = UNMutableNotificationContent()
    content.title = ring.caller
    if over {
      content.body = Words.missed
    } else {
      content.body = ring.video ? Words.ringsVideo : Words.ringsVoice
      content.sound = .default
      content.categoryIdentifier = Self.id
      content.userInfo = ["call": ring.call]
    }
    // The same identifier: what comes later takes the place of what was there. Who wants no notifications gets none.
    center.add(UNNotificationRequest(identifier: Self.id, content: content, trigger: nil))
  }

  private func withdraw() {
    center.removePendingNotificationRequests(withIdentifiers: [Self.id])
    center.removeDeliveredNotifications(withIdentifiers: [Self.id])
  }

  private func answered(_ action: String, _ call: String?) {
    guard let ring = now, ring.call == call else { return }
    switch action {
    case Self.accept:
      accepted = ring.call
      if UIApplication.shared.applicationState == .active { came() }
    case Self.decline:
      events.declined(ring.call)
    default:
      // A tap opens the app, where the page rings.
      break
    }
  }

  func userNotificationCenter(
    _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
    withCompletionHandler done: @escaping (UNNotificationPresentationOptions) -> Void
  ) {
    done([])
  }

  func userNotificationCenter(
    _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
    withCompletionHandler done: @escaping () -> Void
  ) {
    let call = response.notification.request.content.userInfo["call"] as? String
    let action = response.actionIdentifier
    DispatchQueue.main.async {
      self.answered(action, call)
      done()
    }
  }
}
