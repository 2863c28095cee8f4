package app.dogeller.plugin

import app.tauri.plugin.Channel
import app.tauri.plugin.JSArray
import app.tauri.plugin.JSObject

/** The way to Rust, which must not block there: it is called on the main thread. */
internal class Events {
  private var channel: Channel? = null

  fun listen(channel: Channel) {
    this.channel = channel
  }

  /** Somebody is announced, or their announcement changed. */
  fun found(instance: String, addresses: List<String>, txt: JSObject) =
    send(of("found").put("instance", instance).put("addresses", JSArray(addresses)).put("txt", txt))

  /** An announcement is gone. */
  fun lost(instance: String) = send(of("lost").put("instance", instance))

  /** Where a call is heard changed, or where it could be. */
  fun route(routes: JSObject) = send(routes.put("event", "route"))

  fun accepted(call: String) = send(of("accepted").put("call", call))

  fun declined(call: String) = send(of("declined").put("call", call))

  private fun of(event: String) = JSObject().put("event", event)

  /**
   * Only ASCII goes over: tauri 2.12 takes the JVM's modified UTF-8 for UTF-8 and ends the process where they differ,
   * which anybody's name could bring about.
   */
  private fun send(event: JSObject) {
    if (event.toString().all { it.code < 0x80 }) {
      channel?.send(event)
    }
  }
}

private const val DIGITS = "0123456789abcdef"

/** Bytes of others, on their way through [Events]. */
internal fun hex(bytes: ByteArray): String = buildString(bytes.size * 2) {
  for (byte in bytes) {
    append(DIGITS[byte.toInt() shr 4 and 0xf])
    append(DIGITS[byte.toInt() and 0xf])
  }
}
