/// All that the plugin shows, in English. What the system asks for the app is in packaging/ios/Info.plist.
enum Words {
  static let ringsVoice = "calls you"
  static let ringsVideo = "calls you with video"
  static let missed = "called you. Dogeller rings only while it is open."
  static let accept = "Accept"
  static let decline = "Decline"
}
