#!/usr/bin/env bash
# sign.sh VERSION FOLDER
# Signs what updates are made of, with the key in TAURI_SIGNING_PRIVATE_KEY and its password. Each signature holds the version, so
# that nobody can offer an old bundle as a new one. It is done at the very end, since a .deb is packed anew after Tauri made it,
# and in one place, since each place that has the key is one to lose it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=${1#v}
folder=$2
shopt -s nullglob
files=("$folder"/*.deb "$folder"/*.rpm "$folder"/*-setup.exe "$folder"/*.msi "$folder"/*_macos.app.tar.gz)
if [ ${#files[@]} -eq 0 ]; then
  echo "error: nothing in $folder could be signed" >&2
  exit 1
fi
for file in "${files[@]}"; do
  # What it prints is the signature once more.
  node node_modules/@tauri-apps/cli/tauri.js signer sign --app-version "$version" "$file" > /dev/null
  echo "$file.sig"
done
