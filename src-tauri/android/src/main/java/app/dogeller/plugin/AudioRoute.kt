package app.dogeller.plugin

import android.content.Context
import android.content.pm.PackageManager
import android.media.AudioDeviceCallback
import android.media.AudioDeviceInfo
import android.media.AudioManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import androidx.annotation.RequiresApi
import app.tauri.plugin.JSArray
import app.tauri.plugin.JSObject

/** Where a call is heard. In the order in which one is chosen when nobody chose. */
internal enum class Route(val word: String) {
  WIRED("wired"),
  BLUETOOTH("bluetooth"),
  EARPIECE("earpiece"),
  SPEAKER("speaker"),
}

/**
 * Earpiece, speaker or headset during a call. Chromium chooses too, when the page opens the microphone: it prefers
 * headsets as this does, and the speaker to the earpiece. Who says it last is heard, so this says it when the call
 * has begun, when somebody chooses, and when devices come and go.
 */
internal class AudioRoute(private val context: Context, private val events: Events) {
  private val audio = context.getSystemService(Context.AUDIO_SERVICE) as? AudioManager
  private val main = Handler(Looper.getMainLooper())
  private val devices = Devices()
  private var inCall = false
  private var video = false
  private var chosen: Route? = null
  private var applied: Route? = null

  /** A call began, or its picture was switched on. */
  fun begin(video: Boolean) {
    val audio = audio ?: return
    this.video = video
    if (!inCall) {
      inCall = true
      audio.mode = AudioManager.MODE_IN_COMMUNICATION
      // It is called at once with all there are.
      audio.registerAudioDeviceCallback(devices, main)
    }
    settle(audio)
  }

  fun end() {
    val audio = audio ?: return
    if (!inCall) return
    inCall = false
    chosen = null
    applied = null
    audio.unregisterAudioDeviceCallback(devices)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
      audio.clearCommunicationDevice()
    } else {
      leaveLegacy(audio)
    }
    // Not what it was at the beginning: Chromium may have set the mode of this call before.
    audio.mode = AudioManager.MODE_NORMAL
  }

  fun choose(route: Route) {
    val audio = audio ?: return
    require(inCall && route in available(audio))
    chosen = route
    settle(audio)
  }

  fun state(): JSObject {
    val available = audio?.let(::available).orEmpty()
    return JSObject().put("route", applied?.word).put("available", JSArray(available.map { it.word }))
  }

  fun bluetooth(): Boolean = audio?.let(::available).orEmpty().contains(Route.BLUETOOTH)

  private fun settle(audio: AudioManager) {
    val available = available(audio)
    if (chosen !in available) chosen = null
    val usual = available.firstOrNull { it != Route.EARPIECE || !video }
    val route = chosen ?: usual ?: return
    val changed = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) set(audio, route) else setLegacy(audio, route)
    if (changed) applied = route
    events.route(state())
  }

  private fun available(audio: AudioManager): List<Route> {
    val routes = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
      audio.availableCommunicationDevices.mapNotNull(::routeOf)
    } else {
      legacy(audio)
    }
    return routes.distinct().sorted()
  }

  @RequiresApi(Build.VERSION_CODES.S)
  private fun set(audio: AudioManager, route: Route): Boolean {
    val device = audio.availableCommunicationDevices.firstOrNull { routeOf(it) == route } ?: return false
    return try {
      audio.setCommunicationDevice(device)
    } catch (_: IllegalArgumentException) {
      // Unplugged in this moment.
      false
    }
  }

  private fun routeOf(device: AudioDeviceInfo): Route? = when (device.type) {
    AudioDeviceInfo.TYPE_BUILTIN_EARPIECE -> Route.EARPIECE
    AudioDeviceInfo.TYPE_BUILTIN_SPEAKER -> Route.SPEAKER
    AudioDeviceInfo.TYPE_WIRED_HEADSET,
    AudioDeviceInfo.TYPE_WIRED_HEADPHONES,
    AudioDeviceInfo.TYPE_USB_HEADSET,
    AudioDeviceInfo.TYPE_USB_DEVICE -> Route.WIRED
    AudioDeviceInfo.TYPE_BLUETOOTH_SCO,
    AudioDeviceInfo.TYPE_BLE_HEADSET,
    AudioDeviceInfo.TYPE_HEARING_AID -> Route.BLUETOOTH
    else -> null
  }

  // Before Android 12 there are two switches instead of a list.

  @Suppress("DEPRECATION")
  private fun legacy(audio: AudioManager): List<Route> {
    val outputs = audio.getDevices(AudioManager.GET_DEVICES_OUTPUTS).mapNotNull(::routeOf)
    val phone = context.packageManager.hasSystemFeature(PackageManager.FEATURE_TELEPHONY)
    return outputs.filter {
      when (it) {
        Route.WIRED, Route.SPEAKER -> true
        // With a plug in it, the earpiece is silent.
        Route.EARPIECE -> phone && Route.WIRED !in outputs
        Route.BLUETOOTH -> audio.isBluetoothScoAvailableOffCall
      }
    }
  }

  @Suppress("DEPRECATION")
  private fun setLegacy(audio: AudioManager, route: Route): Boolean {
    if (route == Route.BLUETOOTH) {
      audio.startBluetoothSco()
    } else if (applied == Route.BLUETOOTH) {
      audio.stopBluetoothSco()
    }
    audio.isBluetoothScoOn = route == Route.BLUETOOTH
    audio.isSpeakerphoneOn = route == Route.SPEAKER
    return true
  }

  @Suppress("DEPRECATION")
  private fun leaveLegacy(audio: AudioManager) {
    audio.stopBluetoothSco()
    audio.isBluetoothScoOn = false
    audio.isSpeakerphoneOn = false
  }

  private inner class Devices : AudioDeviceCallback() {
    override fun onAudioDevicesAdded(addedDevices: Array<out AudioDeviceInfo>) = changed()

    override fun onAudioDevicesRemoved(removedDevices: Array<out AudioDeviceInfo>) = changed()

    private fun changed() {
      val audio = audio ?: return
      if (inCall) settle(audio)
    }
  }
}
