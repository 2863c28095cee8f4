// swift-tools-version:5.5

import PackageDescription

// The app's build script copies Tauri's own package to ../.tauri/tauri-api, then builds this one and links its archive.
let package = Package(
  name: "DogellerPlugin",
  platforms: [
    // Swift compiles for iOS alone; without this it would want a macOS older than Tauri's package takes.
    .macOS(.v10_13),
    // As bundle.iOS.minimumSystemVersion in tauri.conf.json.
    .iOS(.v15),
  ],
  products: [
    .library(name: "DogellerPlugin", type: .static, targets: ["DogellerPlugin"])
  ],
  dependencies: [
    .package(name: "Tauri", path: "../.tauri/tauri-api")
  ],
  targets: [
    .target(name: "DogellerPlugin", dependencies: [.byName(name: "Tauri")], path: "Sources")
  ]
)
