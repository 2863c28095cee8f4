package app.dogeller.plugin

import android.net.nsd.NsdManager
import android.net.nsd.NsdServiceInfo
import android.os.Build
import android.os.Handler
import androidx.annotation.RequiresApi
import java.net.InetAddress

/** Older systems sometimes never answer. */
private const val ANSWER_MS = 5_000L

/** Tells what an instance is: its addresses, its port and its TXT entries. Everything happens on [main]. */
internal class Resolver(
  private val nsd: NsdManager,
  private val main: Handler,
  private val resolved: (NsdServiceInfo, List<InetAddress>) -> Unit,
) {
  /** From Android 14 on the system tells of each change. */
  private val watching = HashMap<String, NsdManager.ServiceInfoCallback>()

  /** Before, it is asked once, and takes one question at a time. */
  private val waiting = LinkedHashMap<String, NsdServiceInfo>()
  private var asked: Asked? = null

  fun begin(info: NsdServiceInfo) {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
      watch(info)
    } else {
      waiting[info.serviceName] = info
      askNext()
    }
  }

  fun end(name: String) {
    waiting.remove(name)
    watching.remove(name)?.let(::unwatch)
  }

  fun endAll() {
    waiting.clear()
    val all = watching.values.toList()
    watching.clear()
    all.forEach(::unwatch)
  }

  @RequiresApi(Build.VERSION_CODES.UPSIDE_DOWN_CAKE)
  private fun watch(info: NsdServiceInfo) {
    val name = info.serviceName
    val callback = object : NsdManager.ServiceInfoCallback {
      override fun onServiceInfoCallbackRegistrationFailed(errorCode: Int) {
        if (watching[name] === this) watching.remove(name)
      }

      override fun onServiceUpdated(serviceInfo: NsdServiceInfo) {
        if (watching[name] === this) resolved(serviceInfo, serviceInfo.hostAddresses)
      }

      override fun onServiceLost() = Unit

      override fun onServiceInfoCallbackUnregistered() = Unit
    }
    watching[name] = callback
    try {
      nsd.registerServiceInfoCallback(info, { main.post(it) }, callback)
    } catch (_: RuntimeException) {
      watching.remove(name)
    }
  }

  private fun unwatch(callback: NsdManager.ServiceInfoCallback) {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.UPSIDE_DOWN_CAKE) return
    try {
      nsd.unregisterServiceInfoCallback(callback)
    } catch (_: RuntimeException) {
      // Its registration had failed.
    }
  }

  private fun askNext() {
    if (asked != null) return
    val info = waiting.values.firstOrNull() ?: return
    waiting.remove(info.serviceName)
    val asked = Asked()
    this.asked = asked
    main.postDelayed({ asked.over() }, ANSWER_MS)
    try {
      @Suppress("DEPRECATION")
      nsd.resolveService(info, asked)
    } catch (_: RuntimeException) {
      asked.over()
    }
  }

  private inner class Asked : NsdManager.ResolveListener {
    override fun onResolveFailed(serviceInfo: NsdServiceInfo, errorCode: Int) {
      main.post { over() }
    }

    override fun onServiceResolved(serviceInfo: NsdServiceInfo) {
      main.post {
        @Suppress("DEPRECATION")
        resolved(serviceInfo, listOfNotNull(serviceInfo.host))
        over()
      }
    }

    fun over() {
      if (asked !== this) return
      asked = null
      askNext()
    }
  }
}
