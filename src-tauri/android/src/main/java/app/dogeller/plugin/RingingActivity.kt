package app.dogeller.plugin

import android.app.Activity
import android.app.KeyguardManager
import android.content.Context
import android.os.Build
import android.os.Bundle
import android.view.Gravity
import android.view.WindowManager
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView

/**
 * Who calls, above the lock screen. The app itself is never shown there: it holds what people wrote. So accepting on a
 * locked phone asks for the lock first.
 */
internal class RingingActivity : Activity() {
  private val close: () -> Unit = { finish() }

  override fun onCreate(savedInstanceState: Bundle?) {
    super.onCreate(savedInstanceState)
    val ring = Ringing.now ?: return finish()
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O_MR1) {
      @Suppress("DEPRECATION")
      window?.addFlags(
        WindowManager.LayoutParams.FLAG_SHOW_WHEN_LOCKED or WindowManager.LayoutParams.FLAG_TURN_SCREEN_ON,
      )
    }
    Ringing.over = close
    setContentView(view(ring))
  }

  override fun onDestroy() {
    if (Ringing.over === close) Ringing.over = null
    super.onDestroy()
  }

  private fun view(ring: Ring): LinearLayout {
    val space = (24 * (resources?.displayMetrics?.density ?: 1f)).toInt()
    val words = if (ring.video) R.string.dogeller_rings_video else R.string.dogeller_rings_voice
    return LinearLayout(this).apply {
      orientation = LinearLayout.VERTICAL
      gravity = Gravity.CENTER
      setPadding(space, space, space, space)
      addView(text(ring.name, 32f))
      addView(text(getString(words), 18f))
      addView(button(R.string.dogeller_accept) { accept() })
      addView(button(R.string.dogeller_decline) { decline() })
    }
  }

  private fun text(words: String, size: Float) = TextView(this).apply {
    text = words
    textSize = size
    gravity = Gravity.CENTER
  }

  private fun button(words: Int, click: () -> Unit) = Button(this).apply {
    setText(words)
    textSize = 24f
    setOnClickListener { click() }
  }

  private fun decline() = Ringing.take(this, Ringing.refusal(this))

  private fun accept() {
    val keyguard = getSystemService(Context.KEYGUARD_SERVICE) as? KeyguardManager
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O && keyguard?.isKeyguardLocked == true) {
      keyguard.requestDismissKeyguard(this, object : KeyguardManager.KeyguardDismissCallback() {
        override fun onDismissSucceeded() = open()
      })
    } else {
      open()
    }
  }

  private fun open() {
    Ringing.acceptance(this)?.let { startActivity(it) }
    finish()
  }
}
