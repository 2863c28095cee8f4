#!/usr/bin/env bash
# collect.sh TARGET FOLDER
# Copies what people download of a build into one folder, each under a name that says what it is for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
out=$2
version=$(node --print 'require("./tauri.conf.json").version')
built=${CARGO_TARGET_DIR:?says where the bundles were built}
# Windows writes its own kind of slashes, which a pattern would take for something else.
built=${built//\\//}
mkdir -p "$out"

# The one file that a pattern must match.
one() {
  if [ $# -ne 1 ] || [ ! -e "$1" ]; then
    echo "error: wanted one file and found: $*" >&2
    exit 1
  fi
  echo "$1"
}

case $target in
  linux-*)
    bundles=$built/release/bundle
    cp "$(one "$bundles"/deb/*.deb)" "$out/"
    cp "$(one "$bundles"/rpm/*.rpm)" "$out/"
    bash packaging/release/headless.sh "$built/release/dogeller-headless" \
      "$out/dogeller-headless_${version}_$target.tar.gz"
    ;;
  windows-*)
    cp "$(one "$built"/release/bundle/nsis/*-setup.exe)" "$out/"
    cp "$(one "$built"/release/bundle/msi/*.msi)" "$out/"
    ;;
  macos-*)
    bundles=$built/universal-apple-darwin/release/bundle
    cp "$(one "$bundles"/dmg/*.dmg)" "$out/"
    # What the updater takes on macOS. The variable keeps macOS from adding files of its own beside each.
    COPYFILE_DISABLE=1 tar -czf "$out/Dogeller_${version}_macos.app.tar.gz" -C "$bundles/macos" Dogeller.app
    ;;
  android)
    outputs=gen/android/app/build/outputs
    cp "$(one "$outputs"/apk/universal/release/*.apk)" "$out/Dogeller_${version}_android.apk"
    cp "$(one "$outputs"/bundle/universalRelease/*.aab)" "$out/Dogeller_${version}_android.aab"
    ;;
  ios)
    made=gen/apple/build
    simulator=("$made"/*/*.app)
    if [ -e "${simulator[0]}" ]; then
      app=$(one "${simulator[@]}")
      tar -czf "$out/Dogeller_${version}_ios-simulator.tar.gz" -C "$(dirname "$app")" "$(basename "$app")"
    else
      cp "$(one "$made"/*/*.ipa)" "$out/Dogeller_${version}_ios.ipa"
    fi
    ;;
  *)
    echo "error: nothing is known of the target $target" >&2
    exit 1
    ;;
esac
ls -l "$out"
