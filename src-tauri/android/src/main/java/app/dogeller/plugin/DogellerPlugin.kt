package app.dogeller.plugin

import android.app.Activity
import android.content.Intent
import android.view.WindowManager
import androidx.appcompat.app.AppCompatActivity
import androidx.lifecycle.Lifecycle
import app.tauri.annotation.Command
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin
import app.tauri.plugin.PluginManager

/**
 * What only Android's own half can do for Dogeller. Rust alone calls it (the page is allowed none of its commands);
 * what happens goes back as [Events]. It decides nothing about calls. Everything here runs on the main thread.
 */
@TauriPlugin
internal class DogellerPlugin(activity: Activity) : Plugin(activity) {
  private class Call(val name: String, val video: Boolean)

  private val context = activity.applicationContext
  private val events = Events()
  private val multicast = Multicast(context)
  private val discovery = Discovery(context, events)
  private val route = AudioRoute(context, events)
  private val permissions = Permissions(context, route::bluetooth)

  /** Seen by the person. Tauri makes its plugins after the activity is there, so the first onResume may have passed. */
  private var inFront =
    (activity as? AppCompatActivity)?.lifecycle?.currentState?.isAtLeast(Lifecycle.State.STARTED) == true
  private var call: Call? = null
  private var awake = false

  init {
    Ringing.answered = { accepted, call -> if (accepted) events.accepted(call) else events.declined(call) }
    stayAwake()
  }

  /** Where events go. Whom discovery knows is told anew. */
  @Command
  fun listen(invoke: Invoke) = answer(invoke) {
    events.listen(invoke.parseArgs(ListenArguments::class.java).events)
    if (awake) discovery.start()
    permissions.state()
  }

  /** Asks the person for what is needed, and answers with all that is granted. */
  @Command
  fun prepare(invoke: Invoke) {
    val arguments = try {
      invoke.parseArgs(PrepareArguments::class.java).also { it.need() }
    } catch (_: Exception) {
      return invoke.reject(BAD)
    }
    try {
      permissions.prepare(arguments.need(), arguments.video) {
        // What was refused before may work now.
        if (awake && arguments.need() == Need.NETWORK) discovery.start()
        invoke.resolve(permissions.state())
      }
    } catch (_: IllegalStateException) {
      invoke.reject(BUSY)
    }
  }

  /** Announces this node, again if it changed; or withdraws it. */
  @Command
  fun appear(invoke: Invoke) = answer(invoke) {
    discovery.appear(invoke.parseArgs(AppearArguments::class.java).announcement())
    null
  }

  @Command
  fun ring(invoke: Invoke) = answer(invoke) {
    Ringing.begin(context, invoke.parseArgs(RingArguments::class.java).ring(), inFront)
    stayAwake()
    null
  }

  @Command
  fun stopRinging(invoke: Invoke) = answer(invoke) {
    Ringing.end(context)
    stayAwake()
    null
  }

  /** Both sides said yes, or this side calls; again when the picture is switched on or off. */
  @Command
  fun callBegan(invoke: Invoke) = answer(invoke) {
    val arguments = invoke.parseArgs(CallArguments::class.java)
    call = Call(arguments.name(), arguments.video)
    route.begin(arguments.video)
    stayAwake()
    keepCall()
    null
  }

  @Command
  fun callEnded(invoke: Invoke) = answer(invoke) {
    call = null
    route.end()
    CallService.end(context)
    keepScreenOn()
    stayAwake()
    null
  }

  @Command
  fun routes(invoke: Invoke) = answer(invoke) { route.state() }

  @Command
  fun chooseRoute(invoke: Invoke) = answer(invoke) {
    route.choose(invoke.parseArgs(RouteArguments::class.java).route())
    route.state()
  }

  override fun onNewIntent(intent: Intent) {
    Ringing.take(context, intent)
    stayAwake()
  }

  override fun onResume(activity: AppCompatActivity) = moved(true)

  // Not onPause: a dialog of the system pauses too, and the app is still seen behind it.
  override fun onStop(activity: AppCompatActivity) = moved(false)

  override fun onDestroy(activity: AppCompatActivity) {
    permissions.leave()
    if (PluginManager.activity !== activity) return
    // The page goes with its activity, and the call with the page.
    call = null
    route.end()
    CallService.end(context)
    Ringing.end(context)
    moved(false)
  }

  private fun moved(inFront: Boolean) {
    this.inFront = inFront
    Ringing.show(context, inFront)
    stayAwake()
    if (inFront) keepCall()
  }

  /** Hears multicast and is to be found while it is seen, rings or talks; else the battery is worth more. */
  private fun stayAwake() {
    val awake = inFront || Ringing.now != null || call != null
    if (awake == this.awake) return
    this.awake = awake
    try {
      multicast.hold(awake)
    } catch (_: RuntimeException) {
      // The system has too many such locks: others are found by it, and by those who already see them.
    }
    if (awake) discovery.start() else discovery.stop()
  }

  /** The system lets a service have camera and microphone only if it is started while the app is seen. */
  private fun keepCall() {
    keepScreenOn()
    val call = call ?: return
    if (inFront) CallService.begin(context, call.name, call.video)
  }

  private fun keepScreenOn() {
    val window = PluginManager.activity?.window ?: return
    if (call?.video == true) {
      window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
    } else {
      window.clearFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
    }
  }

  /** Answers a command: with what [work] says, or with a code. Not with the error's words, which may quote somebody. */
  private fun answer(invoke: Invoke, work: () -> JSObject?) {
    val result = try {
      work()
    } catch (_: Exception) {
      return invoke.reject(BAD)
    }
    invoke.resolve(result)
  }

  private companion object {
    const val BAD = "bad_arguments"
    const val BUSY = "busy"
  }
}
