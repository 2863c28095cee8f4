package app.dogeller.plugin

import android.content.Context
import android.net.nsd.NsdManager
import android.net.nsd.NsdServiceInfo
import android.os.Handler
import android.os.Looper
import app.tauri.plugin.JSObject
import java.net.Inet4Address
import java.net.Inet6Address
import java.net.InetAddress
import java.security.SecureRandom

/** What this node says of itself; the TXT entries are those of lan/src/discovery/announcement.rs. */
internal class Announcement(val port: Int, val txt: Map<String, String>)

private const val SERVICE = "_dogeller._tcp"

/** Instances known at once; a network has fewer people, and each costs the system something. */
private const val INSTANCES = 256

/** Addresses of one instance. */
private const val ADDRESSES = 8

/** How long those that were there before have to be found again. */
private const val AGAIN_MS = 5_000L

private val TXT = listOf("id", "v", "n", "s")

/**
 * The system's own DNS-SD, beside mdns-sd: some phones give multicast to nobody else, with the lock too. It is a hint
 * like the other, and Rust believes neither.
 */
internal class Discovery(context: Context, private val events: Events) {
  private val nsd = context.applicationContext.getSystemService(Context.NSD_SERVICE) as? NsdManager
  private val main = Handler(Looper.getMainLooper())
  private val random = SecureRandom()

  /** Who was found since looking began. */
  private val known = HashSet<String>()

  /** Whom Rust was told of. */
  private val told = HashSet<String>()
  private val resolver = nsd?.let { Resolver(it, main, ::resolved) }

  private var announcement: Announcement? = null
  private var registered: Registered? = null
  private var browsing: Browsing? = null

  /** Announces this node, again if it changed; or withdraws it. */
  fun appear(announcement: Announcement?) {
    this.announcement = announcement
    if (browsing != null) register()
  }

  /** Announces, and looks for others anew. */
  fun start() {
    stopBrowsing()
    val nsd = nsd ?: return
    val browsing = Browsing()
    // Before the person allows the local network the system may refuse by a throw.
    try {
      nsd.discoverServices(SERVICE, NsdManager.PROTOCOL_DNS_SD, browsing)
      this.browsing = browsing
    } catch (_: RuntimeException) {
      return
    }
    known.clear()
    // Not at once: that would take everybody off the list for a moment.
    main.postDelayed({ if (this.browsing === browsing) (told - known).forEach(::lost) }, AGAIN_MS)
    register()
  }

  /** Looks for nobody and is not to be found, as the system wants of an app that nobody sees. */
  fun stop() {
    stopBrowsing()
    registered?.let(::unregister)
    registered = null
  }

  private fun register() {
    val former = registered
    registered = null
    val announcement = announcement
    if (announcement != null) {
      val info = NsdServiceInfo().apply {
        serviceType = SERVICE
        // Two of one name hide each other: 64 random bits are never taken.
        serviceName = hex(ByteArray(8).also { random.nextBytes(it) })
        port = announcement.port
        for ((key, value) in announcement.txt) setAttribute(key, value)
      }
      val listener = Registered(former)
      try {
        nsd?.registerService(info, NsdManager.PROTOCOL_DNS_SD, listener)
        registered = listener
        return
      } catch (_: RuntimeException) {
        // As in start().
      }
    }
    former?.let(::unregister)
  }

  private fun unregister(registered: Registered) {
    registered.leaveFormer()
    try {
      nsd?.unregisterService(registered)
    } catch (_: RuntimeException) {
      // Its registration had failed.
    }
  }

  private fun stopBrowsing() {
    resolver?.endAll()
    val former = browsing ?: return
    browsing = null
    try {
      nsd?.stopServiceDiscovery(former)
    } catch (_: RuntimeException) {
      // It had not begun.
    }
  }

  private fun resolved(info: NsdServiceInfo, addresses: List<InetAddress>) {
    val name = info.serviceName ?: return
    if (name !in known || info.port !in 1..65535) return
    if (name !in told && told.size >= 2 * INSTANCES) return
    val txt = JSObject()
    for (key in TXT) {
      val value = info.attributes[key] ?: return
      if (value.size > 255) return
      txt.put(key, hex(value))
    }
    val sockets = addresses.mapNotNull { socket(it, info.port) }.take(ADDRESSES)
    if (sockets.isEmpty()) return
    told.add(name)
    events.found(hex(name.toByteArray()), sockets, txt)
  }

  private fun lost(name: String) {
    if (told.remove(name)) events.lost(hex(name.toByteArray()))
  }

  /** As Rust reads it; `null` for what nobody can be reached at. */
  private fun socket(address: InetAddress, port: Int): String? {
    val text = address.hostAddress?.substringBefore('%') ?: return null
    return when (address) {
      is Inet4Address -> "$text:$port"
      is Inet6Address -> when {
        !address.isLinkLocalAddress -> "[$text]:$port"
        // Without the network that it is on it says nothing.
        address.scopeId == 0 -> null
        else -> "[$text%${address.scopeId}]:$port"
      }
      else -> null
    }
  }

  private inner class Browsing : NsdManager.DiscoveryListener {
    override fun onDiscoveryStarted(serviceType: String) = Unit

    override fun onDiscoveryStopped(serviceType: String) = Unit

    override fun onStopDiscoveryFailed(serviceType: String, errorCode: Int) = Unit

    override fun onStartDiscoveryFailed(serviceType: String, errorCode: Int) = ifCurrent { browsing = null }

    override fun onServiceFound(serviceInfo: NsdServiceInfo) = ifCurrent {
      val name = serviceInfo.serviceName
      if (name != null && known.size < INSTANCES && known.add(name)) resolver?.begin(serviceInfo)
    }

    override fun onServiceLost(serviceInfo: NsdServiceInfo) = ifCurrent {
      val name = serviceInfo.serviceName
      if (name != null && known.remove(name)) {
        resolver?.end(name)
        lost(name)
      }
    }

    /** The system calls on a thread of its own, and also after it was told to stop. */
    private fun ifCurrent(work: () -> Unit) {
      main.post { if (browsing === this) work() }
    }
  }

  /** What was announced before goes once this is on the network: nobody sees us vanish in between. */
  private inner class Registered(private var former: Registered?) : NsdManager.RegistrationListener {
    fun leaveFormer() {
      former?.let(::unregister)
      former = null
    }

    override fun onServiceRegistered(serviceInfo: NsdServiceInfo) {
      main.post { leaveFormer() }
    }

    override fun onServiceUnregistered(serviceInfo: NsdServiceInfo) = Unit

    override fun onUnregistrationFailed(serviceInfo: NsdServiceInfo, errorCode: Int) = Unit

    override fun onRegistrationFailed(serviceInfo: NsdServiceInfo, errorCode: Int) {
      main.post {
        leaveFormer()
        if (registered === this) registered = null
      }
    }
  }
}
