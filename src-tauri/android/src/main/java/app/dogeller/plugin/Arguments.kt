package app.dogeller.plugin

import app.tauri.annotation.InvokeArg
import app.tauri.plugin.Channel

// What Rust may say. Each is checked before it is used; a bad one is an IllegalArgumentException, which
// DogellerPlugin answers with a code.

private val ID = Regex("[0-9a-f]{1,64}")

/** As in core: a name has at most 64 characters. */
private const val NAME_CHARACTERS = 64

@InvokeArg
internal class ListenArguments {
  lateinit var events: Channel
}

@InvokeArg
internal class PrepareArguments {
  lateinit var need: String
  var video: Boolean = false

  fun need(): Need = requireNotNull(Need.values().find { it.word == need })
}

/** No port: this node is not to be seen. */
@InvokeArg
internal class AppearArguments {
  var port: Int = 0
  var id: String = ""
  var v: String = ""
  var n: String = ""
  var s: String = ""

  fun announcement(): Announcement? {
    if (port == 0) return null
    require(port in 1..65535 && ID.matches(id) && v.length in 1..10 && s.length in 1..16)
    // A TXT entry has at most 255 bytes, its key included (RFC 6763, section 6.1).
    require(n.isNotEmpty() && n.toByteArray().size <= 200)
    return Announcement(port, mapOf("id" to id, "v" to v, "n" to n, "s" to s))
  }
}

@InvokeArg
internal class RingArguments {
  lateinit var call: String
  lateinit var name: String
  var video: Boolean = false

  fun ring(): Ring {
    require(ID.matches(call))
    val caller = shown(name)
    // CallStyle takes no caller without a name.
    require(caller.isNotEmpty())
    return Ring(call, caller, video)
  }
}

@InvokeArg
internal class CallArguments {
  lateinit var name: String
  var video: Boolean = false

  fun name(): String = shown(name)
}

@InvokeArg
internal class RouteArguments {
  lateinit var route: String

  fun route(): Route = requireNotNull(Route.values().find { it.word == route })
}

/** A name as the system's own screens may show it. */
private fun shown(name: String): String = name.filterNot { it.isISOControl() }.trim().take(2 * NAME_CHARACTERS)
