#!/usr/bin/env bash
# Installs the Debian packages that are missing. Idempotent, and quick when nothing is missing.
#
#   tools/setup.sh [TASK]     TASK: build (default), format, fresh, bench
#
# CAVEA_SKIP_SETUP=1 in the environment makes it do nothing, for machines that are looked after by
# other means.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/say.sh
. "$here/say.sh"

task=${1:-build}
[ "${CAVEA_SKIP_SETUP:-0}" != 1 ] || exit 0

# --- Which Debian is this? ------------------------------------------------------------------------

# What /etc/os-release may leave out.
ID='' VERSION_ID='' PRETTY_NAME=''
# shellcheck source=/dev/null
[ ! -r /etc/os-release ] || . /etc/os-release
case "$ID:$VERSION_ID" in
  debian:12 | debian:13) ;;
  *)
    fail "this is ${PRETTY_NAME:-an unknown system}; the set-up knows Debian 12 and 13 only." \
      "Install what tools/packages.txt lists by hand, then run again with CAVEA_SKIP_SETUP=1."
    ;;
esac

# --- Which packages are missing? ------------------------------------------------------------------

# Prints "NAME SUITE MIN" of each package for the task on this Debian; "-" where nothing is asked.
wanted_packages() {
  awk -v debian="$VERSION_ID" -v task="$task" '
    { sub(/#.*/, "") }
    NF == 0 { next }
    {
      suite = min = "-"
      for_task = "build"
      fits = 1
      for (i = 2; i <= NF; i++) {
        split($i, option, "=")
        if (option[1] == "debian") fits = option[2] == debian
        else if (option[1] == "suite") suite = option[2]
        else if (option[1] == "min") min = option[2]
        else if (option[1] == "for") for_task = option[2]
      }
      if (fits && for_task == task) print $1, suite, min
    }' "$here/packages.txt"
}

declare -A installed=()
while read -r name status version; do
  [ "$status" != installed ] || installed[$name]=$version
done < <(dpkg-query -W -f '${Package} ${db:Status-Status} ${Version}\n')

missing=()
missing_from=()
while read -r name suite min; do
  if [ -n "${installed[$name]:-}" ]; then
    [ "$min" != - ] || continue
    ! dpkg --compare-versions "${installed[$name]}" ge "$min" || continue
  fi
  if [ "$suite" = - ]; then missing+=("$name"); else missing_from+=("$suite $name"); fi
done < <(wanted_packages)

[ ${#missing[@]} -gt 0 ] || [ ${#missing_from[@]} -gt 0 ] || exit 0

# --- Install them ---------------------------------------------------------------------------------

names=("${missing[@]}" "${missing_from[@]##* }")
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  fail "packages are missing, and installing them takes root or sudo: ${names[*]}" \
    "Run this once as root: $here/setup.sh $task"
fi

# Runs apt-get as root; waits while another package manager is at work.
apt_get() {
  local log code attempt
  log=$(mktemp)
  for attempt in $(seq 1 60); do
    code=0
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
      apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" \
      >"$log" 2>&1 || code=$?
    if [ "$code" -eq 0 ] || ! grep -q 'Could not get lock' "$log"; then break; fi
    [ "$attempt" -ne 1 ] || say "Another program is using apt; waiting for it ..."
    sleep 5
  done
  if [ "$code" -ne 0 ]; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    fail "apt-get $* failed; its last lines are above." \
      "Nothing was removed. Put right what apt complains about, then run the same command again."
  fi
  rm -f "$log"
}

# The suites that apt is configured for, by apt's own reading of its sources.
has_suite() {
  apt-get update --print-uris 2>/dev/null | grep -q "/dists/$1/"
}

add_backports() {
  local codename=${1%-backports} entry style target file
  local files=()
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources; do
    [ ! -s "$file" ] || files+=("$file")
  done
  [ ${#files[@]} -eq 0 ] || entry=$(awk -v codename="$codename" -f "$here/backports_entry.awk" "${files[@]}")
  [ -n "${entry:-}" ] || fail "no apt source for $codename was found to derive $1 from." \
    "Add $1 to the sources of apt, then run the same command again."
  style=$(head -n 1 <<<"$entry")
  target=/etc/apt/sources.list.d/cavea-backports.${style#style }
  say "Adding $1 to the apt sources ($target)"
  tail -n +2 <<<"$entry" | "${as_root[@]}" tee "$target" >/dev/null
}

say "Installing ${#names[@]} packages: ${names[*]}"
for item in "${missing_from[@]}"; do
  has_suite "${item% *}" || add_backports "${item% *}"
done
apt_get update
[ ${#missing[@]} -eq 0 ] || apt_get install --no-install-recommends --no-remove "${missing[@]}"
for item in "${missing_from[@]}"; do
  apt_get install --no-install-recommends --no-remove -t "${item% *}" "${item#* }"
done
