package app.dogeller.plugin

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent

/** The notification's Decline, which needs no screen. */
internal class DeclineReceiver : BroadcastReceiver() {
  override fun onReceive(context: Context, intent: Intent) = Ringing.take(context, intent)
}
