#!/usr/bin/env bash
# secrets.sh WITHOUT NAME...
# Says in the step's output `signed` whether these variables are set. When none is, it tells what follows from that; when
# only some are, somebody forgot the others, and that must not look like a release without signatures.
set -euo pipefail

without=$1
shift
missing=""
given=0
for name in "$@"; do
  if [ -n "${!name:-}" ]; then given=$((given + 1)); else missing="$missing $name"; fi
done

if [ "$given" -eq $# ]; then
  echo "signed=true" >> "$GITHUB_OUTPUT"
elif [ "$given" -eq 0 ]; then
  echo "signed=false" >> "$GITHUB_OUTPUT"
  echo "::notice title=Not signed::$without. The secrets that are missing:$missing"
else
  echo "::error title=Secrets are missing::some are set, these are not:$missing"
  exit 1
fi
