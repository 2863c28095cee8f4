import Tauri
import UIKit

/// What only iOS's own half can do for Dogeller. Rust alone calls it (the page is allowed none of its commands); what
/// happens goes back as `Events`. It decides nothing about calls. Its commands are those of the Android half, under the
/// same names, but for `appear`: Bonjour is asked from Rust.
final class DogellerPlugin: Plugin {
  private static let bad = "bad_arguments"
  private static let unavailable = "unavailable"

  private let events: Events
  private let ringing: Ringing

  override init() {
    events = Events()
    ringing = Ringing(events)
    super.init()
  }

  /// Where events go.
  @objc func listen(_ invoke: Invoke) {
    guard let arguments = try? invoke.parseArgs(ListenArguments.self) else { return invoke.reject(Self.bad) }
    DispatchQueue.main.async { self.events.listen(arguments.events) }
    Permissions.state { invoke.resolve($0) }
  }

  /// Asks the person for what is needed, and answers with all that is granted.
  @objc func prepare(_ invoke: Invoke) {
    guard let arguments = try? invoke.parseArgs(PrepareArguments.self) else { return invoke.reject(Self.bad) }
    Permissions.prepare(arguments.need, video: arguments.video) { invoke.resolve($0) }
  }

  @objc func ring(_ invoke: Invoke) {
    answer(invoke) { self.ringing.begin(try invoke.parseArgs(RingArguments.self).ring()) }
  }

  @objc func stopRinging(_ invoke: Invoke) {
    answer(invoke) { self.ringing.end() }
  }

  /// Both sides said yes, or this side calls; again when the picture is switched on or off.
  @objc func callBegan(_ invoke: Invoke) {
    answer(invoke) {
      // Who watches touches nothing, and a dark screen would put the app in the back.
      UIApplication.shared.isIdleTimerDisabled = try invoke.parseArgs(CallArguments.self).video
    }
  }

  @objc func callEnded(_ invoke: Invoke) {
    answer(invoke) { UIApplication.shared.isIdleTimerDisabled = false }
  }

  @objc func routes(_ invoke: Invoke) {
    invoke.resolve(Routes())
  }

  @objc func chooseRoute(_ invoke: Invoke) {
    let known = (try? invoke.parseArgs(RouteArguments.self)) != nil
    invoke.reject(known ? Self.unavailable : Self.bad)
  }

  /// Answers a command after its work on the main thread. Not with an error's words, which may quote somebody.
  private func answer(_ invoke: Invoke, _ work: @escaping () throws -> Void) {
    DispatchQueue.main.async {
      do {
        try work()
      } catch {
        return invoke.reject(Self.bad)
      }
      invoke.resolve()
    }
  }
}

@_cdecl("init_plugin_dogeller")
func initPlugin() -> Plugin {
  DogellerPlugin()
}
