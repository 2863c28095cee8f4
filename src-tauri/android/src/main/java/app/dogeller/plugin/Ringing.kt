package app.dogeller.plugin

import android.app.Notification
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.media.AudioAttributes
import android.media.AudioManager
import android.media.RingtoneManager
import androidx.core.app.NotificationChannelCompat
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.app.Person
import java.security.MessageDigest
import java.security.SecureRandom

/** A call that rings here; its name was checked. */
internal class Ring(val call: String, val name: String, val video: Boolean)

private const val CHANNEL = "ringing"
private const val NOTIFICATION = 1

/** No call rings longer; should Rust be gone, the notification goes by itself. */
private const val RINGS_MS = 120_000L

private const val ACCEPT = "app.dogeller.ACCEPT"
private const val DECLINE = "app.dogeller.DECLINE"
private const val TOKEN = "token"

/**
 * Rings by a notification, for the page is neither seen nor (from Android 17 on) heard while the app is in the back. In
 * front the page rings, and this does not. One in the process: the system starts an activity and a receiver about it.
 */
internal object Ringing {
  /** Told of the answer: whether accepted, and which call. */
  var answered: ((accepted: Boolean, call: String) -> Unit)? = null

  /** Closes the screen above the lock screen. */
  var over: (() -> Unit)? = null

  var now: Ring? = null
    private set

  /** Any app may start our activity, so only who holds this may accept: it turns on a microphone. */
  private var token = ""

  fun begin(context: Context, ring: Ring, inFront: Boolean) {
    if (now?.call != ring.call) end(context)
    now = ring
    token = hex(ByteArray(16).also { SecureRandom().nextBytes(it) })
    show(context, inFront)
  }

  fun end(context: Context) {
    now = null
    token = ""
    NotificationManagerCompat.from(context).cancel(NOTIFICATION)
    over?.invoke()
  }

  /** The app came to the front, or left it. */
  fun show(context: Context, inFront: Boolean) {
    val ring = now ?: return
    if (inFront) {
      NotificationManagerCompat.from(context).cancel(NOTIFICATION)
      over?.invoke()
    } else {
      post(context, ring)
    }
  }

  /** What brings the app to the front and accepts; `null` when nothing rings any more. */
  fun acceptance(context: Context): Intent? {
    if (now == null) return null
    val app = context.packageManager.getLaunchIntentForPackage(context.packageName)?.component ?: return null
    return Intent(ACCEPT)
      .setComponent(app)
      .putExtra(TOKEN, token)
      .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK or Intent.FLAG_ACTIVITY_SINGLE_TOP)
  }

  /** Takes an intent that came to the app or to the receiver, if it is one of ours. */
  fun take(context: Context, intent: Intent) {
    val ring = now ?: return
    val accepted = when (intent.action) {
      ACCEPT -> true
      DECLINE -> false
      else -> return
    }
    val given = intent.getStringExtra(TOKEN).orEmpty()
    if (!MessageDigest.isEqual(given.toByteArray(), token.toByteArray())) return
    end(context)
    answered?.invoke(accepted, ring.call)
  }

  fun refusal(context: Context): Intent =
    Intent(DECLINE).setClass(context, DeclineReceiver::class.java).putExtra(TOKEN, token)

  private fun post(context: Context, ring: Ring) {
    val manager = NotificationManagerCompat.from(context)
    val accept = acceptance(context) ?: return
    val flags = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT
    val screen = Intent(context, RingingActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    val style = NotificationCompat.CallStyle.forIncomingCall(
      Person.Builder().setName(ring.name).setImportant(true).build(),
      PendingIntent.getBroadcast(context, 0, refusal(context), flags),
      PendingIntent.getActivity(context, 0, accept, flags),
    )
    val words = if (ring.video) R.string.dogeller_rings_video else R.string.dogeller_rings_voice
    val notification = NotificationCompat.Builder(context, CHANNEL)
      .setSmallIcon(android.R.drawable.sym_call_incoming)
      .setContentTitle(ring.name)
      .setContentText(context.getString(words))
      .setStyle(style.setIsVideo(ring.video))
      .setCategory(NotificationCompat.CATEGORY_CALL)
      // Before Android 8 a notification has no channel to take these from.
      .setPriority(NotificationCompat.PRIORITY_MAX)
      .setDefaults(NotificationCompat.DEFAULT_VIBRATE)
      .setSound(ringtone(), AudioManager.STREAM_RING)
      .setFullScreenIntent(PendingIntent.getActivity(context, 0, screen, flags), true)
      .setOngoing(true)
      .setTimeoutAfter(RINGS_MS)
      .build()
    // Again and again, as a phone rings.
    notification.flags = notification.flags or Notification.FLAG_INSISTENT
    try {
      manager.createNotificationChannel(channel(context))
      manager.notify(NOTIFICATION, notification)
    } catch (_: SecurityException) {
      // The person wants no notifications.
    }
  }

  private fun channel(context: Context): NotificationChannelCompat {
    val attributes = AudioAttributes.Builder()
      .setUsage(AudioAttributes.USAGE_NOTIFICATION_RINGTONE)
      .setContentType(AudioAttributes.CONTENT_TYPE_SONIFICATION)
      .build()
    return NotificationChannelCompat.Builder(CHANNEL, NotificationManagerCompat.IMPORTANCE_HIGH)
      .setName(context.getString(R.string.dogeller_channel_ringing))
      .setSound(ringtone(), attributes)
      .setVibrationEnabled(true)
      .build()
  }

  private fun ringtone() = RingtoneManager.getDefaultUri(RingtoneManager.TYPE_RINGTONE)
}
