package app.dogeller.plugin

import android.Manifest.permission.BLUETOOTH_CONNECT
import android.Manifest.permission.CAMERA
import android.Manifest.permission.POST_NOTIFICATIONS
import android.Manifest.permission.RECORD_AUDIO
import android.app.Activity
import android.app.AlertDialog
import android.app.NotificationManager
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.provider.Settings
import androidx.core.app.ActivityCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.content.ContextCompat
import app.tauri.plugin.JSObject
import app.tauri.plugin.PluginManager

/** Android 17: the first that asks for the local network. Written out, since older SDKs have neither name. */
private const val ANDROID_17 = 37
private const val ACCESS_LOCAL_NETWORK = "android.permission.ACCESS_LOCAL_NETWORK"

/** Questions that wait; a person answers one at a time. */
private const val WAITING = 8

/** What something is asked for, in the order in which a person meets them. */
internal enum class Need(val word: String) {
  /** To see anybody at all: at the start. */
  NETWORK("network"),

  /** To be rung for while the app is in the back: once there is somebody who could call. */
  RINGING("ringing"),

  /** To be heard and seen: when the first call begins. */
  CALL("call"),
}

/**
 * Asks the person, one thing after the other: Android drops a request that is made while another is shown, and wry
 * takes the empty answer to it for a yes.
 */
internal class Permissions(private val context: Context, private val bluetooth: () -> Boolean) {
  private class Request(val need: Need, val video: Boolean, val done: () -> Unit)

  private val waiting = ArrayDeque<Request>()
  private val asked = context.getSharedPreferences("dogeller.asked", Context.MODE_PRIVATE)

  /** Calls [done] when what is needed is granted or refused; [state] says which. */
  fun prepare(need: Need, video: Boolean, done: () -> Unit) {
    check(waiting.size < WAITING)
    waiting.addLast(Request(need, video, done))
    if (waiting.size == 1) next()
  }

  /** The activity is gone, and its dialogs with it: nobody will answer. */
  fun leave() {
    val all = waiting.toList()
    waiting.clear()
    all.forEach { it.done() }
  }

  fun state(): JSObject = JSObject()
    .put("network", Build.VERSION.SDK_INT < ANDROID_17 || granted(ACCESS_LOCAL_NETWORK))
    .put("microphone", granted(RECORD_AUDIO))
    .put("camera", granted(CAMERA))
    .put("notifications", NotificationManagerCompat.from(context).areNotificationsEnabled())
    .put("full_screen", fullScreen())

  fun granted(permission: String): Boolean =
    ContextCompat.checkSelfPermission(context, permission) == PackageManager.PERMISSION_GRANTED

  private fun fullScreen(): Boolean {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.UPSIDE_DOWN_CAKE) return true
    val manager = context.getSystemService(Context.NOTIFICATION_SERVICE) as? NotificationManager
    return manager?.canUseFullScreenIntent() == true
  }

  private fun next() {
    val request = waiting.firstOrNull() ?: return
    val activity = PluginManager.activity
    val missing = wanted(request).filterNot(::granted)
    when {
      activity == null || missing.isEmpty() -> answer(request)
      request.need == Need.NETWORK -> explain(activity, missing, request)
      else -> ask(missing, request)
    }
  }

  /** All in one request: the system asks one after the other by itself, and wry cannot wait for two. */
  private fun wanted(request: Request): List<String> = when (request.need) {
    Need.NETWORK -> if (Build.VERSION.SDK_INT >= ANDROID_17) listOf(ACCESS_LOCAL_NETWORK) else emptyList()
    Need.RINGING ->
      if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) listOf(POST_NOTIFICATIONS) else emptyList()
    Need.CALL -> listOfNotNull(
      RECORD_AUDIO,
      CAMERA.takeIf { request.video },
      // Chromium finds no headset without it; who has none is not asked.
      BLUETOOTH_CONNECT.takeIf { Build.VERSION.SDK_INT >= Build.VERSION_CODES.S && bluetooth() },
    )
  }

  private fun ask(missing: List<String>, request: Request) {
    val editor = asked.edit()
    missing.forEach { editor.putBoolean(it, true) }
    editor.apply()
    try {
      PluginManager.requestPermissions(missing.toTypedArray()) { answer(request) }
    } catch (_: IllegalStateException) {
      // The activity went in this moment.
      answer(request)
    }
  }

  private fun explain(activity: Activity, missing: List<String>, request: Request) {
    // Refused for good, the system shows no dialog any more: only its settings help.
    val blocked = missing.any {
      asked.getBoolean(it, false) && !ActivityCompat.shouldShowRequestPermissionRationale(activity, it)
    }
    val dialog = AlertDialog.Builder(activity)
      .setTitle(R.string.dogeller_network_title)
      .setMessage(if (blocked) R.string.dogeller_network_blocked else R.string.dogeller_network_why)
      .setPositiveButton(if (blocked) R.string.dogeller_open_settings else R.string.dogeller_continue) { _, _ ->
        if (blocked) {
          openSettings(activity)
          answer(request)
        } else {
          ask(missing, request)
        }
      }
      .setNegativeButton(R.string.dogeller_not_now) { _, _ -> answer(request) }
      .setOnCancelListener { answer(request) }
    try {
      dialog.show()
    } catch (_: RuntimeException) {
      // The activity went in this moment.
      answer(request)
    }
  }

  private fun openSettings(activity: Activity) {
    val ours = Uri.fromParts("package", context.packageName, null)
    try {
      activity.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, ours))
    } catch (_: RuntimeException) {
      // A system without this screen.
    }
  }

  private fun answer(request: Request) {
    if (waiting.firstOrNull() !== request) return
    waiting.removeFirst()
    request.done()
    next()
  }
}
