package app.dogeller.plugin

import android.content.Context
import android.net.wifi.WifiManager

/** Without it Wi-Fi drops what is sent to everybody, mDNS too. It costs battery: it is held only while it is of use. */
internal class Multicast(context: Context) {
  private val lock =
    (context.applicationContext.getSystemService(Context.WIFI_SERVICE) as? WifiManager)
      ?.createMulticastLock("dogeller")
      ?.apply { setReferenceCounted(false) }

  fun hold(held: Boolean) {
    val lock = lock ?: return
    if (held && !lock.isHeld) {
      lock.acquire()
    } else if (!held && lock.isHeld) {
      lock.release()
    }
  }
}
