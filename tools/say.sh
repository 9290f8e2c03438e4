# shellcheck shell=bash
# Sourced by ./dev and the scripts in tools/: how they talk.

say() {
  printf '%s\n' "$*"
}

# fail [-c CODE] LINE...: the first line says what is wrong, the others what to do.
fail() {
  local code=1
  if [ "$1" = -c ]; then
    code=$2
    shift 2
  fi
  printf 'error: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
  exit "$code"
}

# quietly WHAT COMMAND...: runs it without output; if it fails, shows what it wrote and stops.
quietly() {
  local what=$1 log code=0
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then
    tail -n 60 "$log" >&2
    rm -f "$log"
    fail -c "$code" "$what failed (exit code $code); its last lines are above."
  fi
  rm -f "$log"
}
