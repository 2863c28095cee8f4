#!/usr/bin/env bash
# headless.sh PROGRAM ARCHIVE
# Packs dogeller-headless for systems that take neither a .deb nor an .rpm: the program and what belongs to it, laid out as
# below /usr/local. The same bytes each time for the same program and commit.
set -euo pipefail

program=$(realpath "$1")
archive=$(realpath --canonicalize-missing "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
top=$stage/dogeller-headless
share=$top/share
install -D --mode=755 "$program" "$top/bin/dogeller-headless"

mkdir -p "$share/man/man1"
"$program" man "$share/man/man1"
gzip --best --no-name "$share"/man/man1/*

mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
"$program" completions bash > "$share/bash-completion/completions/dogeller-headless"
"$program" completions zsh > "$share/zsh/site-functions/_dogeller-headless"
"$program" completions fish > "$share/fish/vendor_completions.d/dogeller-headless.fish"

# The packages' unit starts what lies in /usr/bin.
unit=$top/lib/systemd/user/dogeller-headless.service
mkdir -p "$(dirname "$unit")"
sed 's|^ExecStart=/usr/bin/|ExecStart=/usr/local/bin/|' packaging/linux/dogeller-headless.service > "$unit"
grep --quiet '^ExecStart=/usr/local/bin/dogeller-headless$' "$unit"

install -D --mode=644 --target-directory="$share/doc/dogeller-headless" LICENSE-MIT LICENSE-APACHE CHANGELOG.md
cat > "$share/doc/dogeller-headless/INSTALL" <<'END'
sudo tar --extract --file ARCHIVE --directory /usr/local --strip-components=1 --no-same-owner

Then `man dogeller-headless`. To have it run as long as you are logged in:

systemctl --user enable --now dogeller-headless
END

find "$top" -type d -exec chmod 755 {} +
find "$share" "$unit" -type f -exec chmod 644 {} +
mkdir -p "$(dirname "$archive")"
tar --create --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" \
  --directory="$stage" dogeller-headless | gzip --best --no-name > "$archive"
