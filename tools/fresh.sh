#!/usr/bin/env bash
# Proves the two commands on a machine with nothing installed: builds a minimal Debian in a scratch
# folder, clones the commit that is checked out into it, and runs ./dev test and ./dev run there.
#
#   ./dev fresh [--suite bookworm|trixie] [--deb822] [--keep]
#
# --deb822 gives the new machine its apt sources in that style instead of one line.
# Everything is removed afterwards, also after a failure or Ctrl-C (--keep leaves the folder). The
# root has mounts and processes of its own, so nothing leaks into this machine; it shares the
# network. Needs root, about 6 GiB in TMPDIR (default /var/tmp) and, on two cores, half an hour.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/say.sh
. "$here/say.sh"
repository=$(cd "$here/.." && pwd)

suite=bookworm
keep=false
deb822=false
started=$SECONDS
inside_root=''

while [ $# -gt 0 ]; do
  case "$1" in
    --suite)
      [ $# -ge 2 ] || fail -c 2 "--suite needs a value: bookworm or trixie."
      suite=$2
      shift 2
      ;;
    --suite=*)
      suite=${1#*=}
      shift
      ;;
    --deb822)
      deb822=true
      shift
      ;;
    --keep)
      keep=true
      shift
      ;;
    # For the script itself: the part that runs in namespaces of its own.
    --inside)
      inside_root=$2
      shift 2
      ;;
    *) fail -c 2 "./dev fresh does not know $1." \
      "Usage: ./dev fresh [--suite bookworm|trixie] [--deb822] [--keep]" ;;
  esac
done

[ "$(id -u)" -eq 0 ] || fail "./dev fresh makes a root file system and needs root." "Run: sudo ./dev fresh"

step() {
  local seconds=$((SECONDS - started))
  printf '\n--- %s (after %d min %02d s)\n' "$1" $((seconds / 60)) $((seconds % 60))
}

# --- The machine's own way to packages ------------------------------------------------------------

# The address of the machine's Debian mirror, by apt's own reading of its sources.
mirror() {
  local codename uri
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  uri=$(apt-get update --print-uris |
    sed -nE "s#^'(.*)/dists/($codename|stable|oldstable)/InRelease'.*#\1#p")
  uri=${uri%%$'\n'*}
  # Cloud images name a file with mirrors in it.
  case "$uri" in
    mirror+file:* | mirror:file:*) uri=$(grep -m 1 -o 'https\?://[^[:space:]]*' "${uri#*file:}") ;;
  esac
  [ -n "$uri" ] || fail "no Debian mirror was found in the apt sources of this machine."
  echo "${uri%/}"
}

# What apt needs to reach the mirror from here: proxies, certificates, passwords, relaxed checks.
copy_apt_settings() {
  local root=$1 settings=$1/etc/apt/apt.conf.d/90machine file
  apt-config dump | grep -iE '^Acquire::.*(Proxy|Ca(Info|Path)|Ssl|Verify-|Check-|ForceIPv)' >"$settings" || true
  # Some of these settings name files.
  while read -r file; do
    [ ! -f "$file" ] || cp -L --parents "$file" "$root"
  done < <(grep -o '"/[^"]*"' "$settings" | tr -d '"')
  [ ! -e /etc/apt/auth.conf ] || cp -a /etc/apt/auth.conf "$root/etc/apt/"
  [ ! -d /etc/apt/auth.conf.d ] || cp -a /etc/apt/auth.conf.d/. "$root/etc/apt/auth.conf.d/"
}

copy_network_settings() {
  local root=$1
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
  fi
  # Until ca-certificates is installed there, an https mirror needs the machine's own list.
  if [ -f /etc/ssl/certs/ca-certificates.crt ] && [ ! -e "$root/etc/ssl/certs/ca-certificates.crt" ]; then
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  fi
}

# --- Outside: make the folder, start the inside, remove the folder ---------------------------------

if [ -z "$inside_root" ]; then
  commit=$(git -c safe.directory='*' -C "$repository" rev-parse HEAD)
  [ -z "$(git -c safe.directory='*' -C "$repository" status --porcelain)" ] ||
    say "Note: what is not committed is not in the clone."
  scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/cavea-fresh.XXXXXX")
  inside=0

  remove_scratch() {
    local code=$?
    trap '' INT TERM HUP
    # The first process of the namespace takes all others and the mounts with it.
    if [ "$inside" -ne 0 ]; then
      kill -KILL "$inside" 2>/dev/null || true
      wait "$inside" 2>/dev/null || true
    fi
    if $keep; then
      say "Kept: $scratch"
    else
      rm -rf --one-file-system "$scratch"
    fi
    exit "$code"
  }
  trap remove_scratch EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  from=$(mirror)
  step "A minimal Debian ($suite) from $from"
  mkdir "$scratch/root"
  options=()
  ! $deb822 || options+=(--deb822)
  unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    "${BASH_SOURCE[0]}" --suite "$suite" "${options[@]}" --inside "$scratch/root" </dev/null &
  inside=$!
  code=0
  wait "$inside" || code=$?
  inside=0
  [ "$code" -eq 0 ] || fail -c "$code" "the fresh machine did not get through; see above."
  step "Commit $commit works on a fresh Debian ($suite)"
  exit 0
fi

# --- Inside: mounts and processes of our own -------------------------------------------------------

root=$inside_root
home=/home/cavea

mount_system() {
  local node
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755,size=1m none "$root/dev"
  for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  mkdir "$root/dev/shm" "$root/dev/pts"
  mount -t tmpfs -o mode=1777 none "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
}

# Becomes a command in the clone, with a clean environment; only the way to the network is carried over.
exec_in_root() {
  local carried=() name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY CAVEA_JOBS; do
    [ -z "${!name:-}" ] || carried+=("$name=${!name}")
  done
  exec chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LC_ALL=C.UTF-8 "${carried[@]}" /bin/bash -c "cd $home && exec \"\$@\"" bash "$@"
}

in_root() {
  (exec_in_root "$@")
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    # A connection that is refused means that nobody listens there.
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# start PORT: starts ./dev run in the fresh root and waits for its banner.
start() {
  local deadline=$((SECONDS + 1800))
  exec_in_root ./dev run --port "$1" >"$root/run.log" 2>&1 &
  run=$!
  until grep -q '^Ctrl-C stops' "$root/run.log"; do
    if ! kill -0 "$run" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      cat "$root/run.log"
      fail "./dev run did not get ready."
    fi
    sleep 0.1
  done
  sed -n '/^Cavea is ready/,$p' "$root/run.log"
}

# Pastes the curl lines of the banner; each has to be answered with 2xx.
paste_examples() {
  local line status count=0
  while read -r line; do
    status=$(in_root bash -c "$line -o /tmp/answer -w '%{http_code}'" </dev/null) || status="no answer"
    say "$status  ${line:0:70}..."
    if [[ $status != 2?? ]]; then
      cat "$root/tmp/answer" || true
      fail "this line of the banner does not work: $line"
    fi
    count=$((count + 1))
  done < <(sed -n 's/^ *\(curl .*\)/\1/p' "$root/run.log")
  [ "$count" -eq 3 ] || fail "the banner shows $count curl lines, not 3."
}

stop() {
  local code=0 before=$SECONDS
  kill -TERM "$run"
  wait "$run" || code=$?
  [ "$code" -eq 0 ] || { tail -n 30 "$root/run.log"; fail "after SIGTERM ./dev run ended with $code, not 0."; }
  say "Stopped with exit code 0 after $((SECONDS - before)) s"
}

from=$(mirror)
# debootstrap does not read the settings of apt.
proxy=$(apt-config dump | sed -n 's/^Acquire::http::Proxy "\(.*\)";$/\1/p')
[ -z "$proxy" ] || export http_proxy="${http_proxy:-$proxy}"
quietly "debootstrap" debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$root" "$from"
if $deb822; then
  rm "$root/etc/apt/sources.list"
  cat >"$root/etc/apt/sources.list.d/debian.sources" <<END
Types: deb
URIs: $from
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
fi
copy_apt_settings "$root"
copy_network_settings "$root"
mount_system
git -c safe.directory='*' clone -q --no-hardlinks "$repository" "$root$home"
say "Its apt sources:"
cat "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* 2>/dev/null || true

step "./dev test"
in_root ./dev test
step "./dev test, second set-up"
before=$(date +%s%N)
in_root tools/setup.sh
say "tools/setup.sh took $((($(date +%s%N) - before) / 1000000)) ms with nothing to install"

step "./dev run"
port=$(free_port)
start "$port"
paste_examples
stop

step "./dev run, second start"
begin=$SECONDS
start "$port"
say "Ready after $((SECONDS - begin)) s"
grep -q 'kept from before' "$root/run.log" || fail "the second start does not say that it kept the data."
paste_examples
stop
