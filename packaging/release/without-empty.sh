#!/usr/bin/env bash
# without-empty.sh COMMAND...
# Runs a command without those of Tauri's variables that are empty: a secret that is not set arrives as an empty variable,
# and Tauri would take it for a certificate that it cannot read.
set -euo pipefail

for name in $(compgen -e); do
  case $name in
    APPLE_* | TAURI_SIGNING_*) if [ -z "${!name}" ]; then unset "$name"; fi ;;
  esac
done
exec "$@"
