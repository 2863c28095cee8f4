package app.dogeller.plugin

import android.Manifest.permission.CAMERA
import android.Manifest.permission.RECORD_AUDIO
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import android.os.PowerManager
import androidx.core.app.NotificationChannelCompat
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.app.ServiceCompat
import androidx.core.content.ContextCompat

private const val CHANNEL = "call"
private const val NOTIFICATION = 2
private const val NAME = "name"
private const val VIDEO = "video"

/** A lock has an end, should anything keep this from ending. */
private const val AWAKE_MS = 12L * 60 * 60 * 1000

/** Keeps a call's camera and microphone on while the app is in the back. The call itself lives in the page. */
internal class CallService : Service() {
  private var awake: PowerManager.WakeLock? = null

  override fun onBind(intent: Intent?): IBinder? = null

  override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
    val name = intent?.getStringExtra(NAME).orEmpty()
    val video = intent?.getBooleanExtra(VIDEO, false) == true
    if (!enterForeground(name, video)) stopSelf()
    return START_NOT_STICKY
  }

  override fun onDestroy() {
    awake?.let { if (it.isHeld) it.release() }
    super.onDestroy()
  }

  private fun enterForeground(name: String, video: Boolean): Boolean {
    // Android 14 throws for a type without its permission.
    var types = 0
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
      if (granted(RECORD_AUDIO)) types = types or ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE
      if (video && granted(CAMERA)) types = types or ServiceInfo.FOREGROUND_SERVICE_TYPE_CAMERA
      if (types == 0) return false
    }
    val channel = NotificationChannelCompat.Builder(CHANNEL, NotificationManagerCompat.IMPORTANCE_LOW)
      .setName(getString(R.string.dogeller_channel_call))
      .build()
    NotificationManagerCompat.from(this).createNotificationChannel(channel)
    val open = packageManager.getLaunchIntentForPackage(packageName)?.let {
      PendingIntent.getActivity(this, 0, it, PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT)
    }
    val notification = NotificationCompat.Builder(this, CHANNEL)
      .setSmallIcon(android.R.drawable.stat_sys_phone_call)
      .setContentTitle(name)
      .setContentText(getString(R.string.dogeller_in_call))
      .setCategory(NotificationCompat.CATEGORY_CALL)
      .setContentIntent(open)
      .setOngoing(true)
      .setForegroundServiceBehavior(NotificationCompat.FOREGROUND_SERVICE_IMMEDIATE)
      .build()
    try {
      ServiceCompat.startForeground(this, NOTIFICATION, notification, types)
    } catch (_: RuntimeException) {
      // The app left the front in this moment: the call goes on as long as the system lets it.
      return false
    }
    if (awake == null) {
      awake = (getSystemService(Context.POWER_SERVICE) as? PowerManager)
        ?.newWakeLock(PowerManager.PARTIAL_WAKE_LOCK, "dogeller:call")
        ?.apply { acquire(AWAKE_MS) }
    }
    return true
  }

  private fun granted(permission: String) =
    ContextCompat.checkSelfPermission(this, permission) == PackageManager.PERMISSION_GRANTED

  companion object {
    /**
     * Only from the front: a service that is started in the back gets neither camera nor microphone. It is started as
     * any service, not by `startForegroundService`, which would end the app if the call were over before it began.
     */
    fun begin(context: Context, name: String, video: Boolean) {
      try {
        context.startService(intent(context).putExtra(NAME, name).putExtra(VIDEO, video))
      } catch (_: IllegalStateException) {
        // In the back after all.
      }
    }

    fun end(context: Context) {
      context.stopService(intent(context))
    }

    private fun intent(context: Context) = Intent(context, CallService::class.java)
  }
}
