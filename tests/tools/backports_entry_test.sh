#!/usr/bin/env bash
# Checks that tools/backports_entry.awk reads both styles of apt sources. Run by ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# expect WHAT EXPECTED FILE...: what the script prints for these files.
expect() {
  local what=$1 expected=$2 actual
  shift 2
  actual=$(cd "$scratch" && awk -v codename=bookworm -f "$OLDPWD/tools/backports_entry.awk" "$@")
  if [ "$actual" != "$expected" ]; then
    printf 'FAILED: %s\nexpected:\n%s\nactual:\n%s\n' "$what" "$expected" "$actual"
    failures=$((failures + 1))
  fi
}

cat >"$scratch/plain.list" <<'END'
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
deb   http://mirror.example/debian   bookworm   contrib main # the usual one
END
expect "a one-line entry" "style list
deb http://mirror.example/debian bookworm-backports main" plain.list

cat >"$scratch/options.list" <<'END'
deb [ arch=amd64 signed-by=/usr/share/keyrings/k.gpg ] https://mirror.example/debian bookworm main
END
expect "options of a one-line entry are kept" "style list
deb [ arch=amd64 signed-by=/usr/share/keyrings/k.gpg ] https://mirror.example/debian bookworm-backports main" \
  options.list

cat >"$scratch/several.sources" <<'END'
# A disabled stanza comes first.
Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb deb-src
# A comment inside a stanza.
URIs: http://one.example/debian
 http://two.example/debian
Suites: bookworm bookworm-updates
Components: main non-free-firmware
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----
END
expected="style sources
Types: deb
Suites: bookworm-backports
Components: main
URIs: http://one.example/debian
 http://two.example/debian
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----"
expect "a deb822 stanza, with all its addresses and its key" "$expected" several.sources
printf '# nothing here\n' >"$scratch/empty.list"
expect "the first file that fits counts" "$expected" empty.list several.sources plain.list

printf 'Types: deb\nURIs: http://x.example/debian\nSuites: trixie\nComponents: main' >"$scratch/other.sources"
expect "another release is no source" "" other.sources
expect "a stanza at the end of one file does not run into the next file" "$expected" \
  other.sources several.sources

exit "$failures"
