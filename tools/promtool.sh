#!/usr/bin/env bash
# Sees to it that promtool, which checks our metrics in a test, can be had: from PATH, or unpacked
# into build/tools. On Debian 12 it comes with the package prometheus, which is not installed,
# because it would start a server.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/say.sh
. "$here/say.sh"

target=$here/../build/tools/promtool
if command -v promtool >/dev/null || [ -x "$target" ] || [ "${CAVEA_SKIP_SETUP:-0}" = 1 ]; then
  exit 0
fi

say "Fetching promtool (out of the package prometheus, which is not installed)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
# apt gives up its rights for downloads and then could not write into our folder.
quietly "Downloading the package prometheus" apt-get -q -o Acquire::Retries=3 \
  -o APT::Sandbox::User="$(id -un)" download prometheus
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
mkdir -p "$(dirname "$target")"
mv usr/bin/promtool "$target"
