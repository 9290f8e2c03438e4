#!/usr/bin/env bash
# Starts one node of the program that ./dev run has built, loads the demo data once, prints how to
# talk to it, and stays with it until it ends. Its exit code is passed on.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/say.sh
. "$here/say.sh"

cavea=${CAVEA_BINARY:-$here/../build/release/app/cavea}
# How long a start may take; a store is opened, not replayed, so this is generous.
ready_seconds_max=60

# --- What was asked for ---------------------------------------------------------------------------

port=${CAVEA_PORT:-8088}
data=${CAVEA_DATA:-./data}
address=${CAVEA_ADDRESS:-127.0.0.1}
with_demo=true
serve_options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --port | --data | --address)
      [ $# -ge 2 ] || fail -c 2 "$1 needs a value."
      printf -v "${1#--}" '%s' "$2"
      shift 2
      ;;
    --port=* | --data=* | --address=*)
      option=${1%%=*}
      printf -v "${option#--}" '%s' "${1#*=}"
      shift
      ;;
    # Questions to the program that start no node.
    -h | --help | --print-config)
      exec "$cavea" serve --data "$data" --port "$port" --address "$address" "${serve_options[@]}" "$@"
      ;;
    --no-demo)
      with_demo=false
      shift
      ;;
    *)
      serve_options+=("$1")
      shift
      ;;
  esac
done
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
  fail -c 2 "--port takes a number from 1 to 65535, not '$port'."
fi

# Where this machine reaches a node that listens on every address.
case "$address" in
  0.0.0.0 | '*') url=http://127.0.0.1:$port ;;
  ::) url="http://[::1]:$port" ;;
  *:*) url="http://[$address]:$port" ;;
  *) url=http://$address:$port ;;
esac

# --- The node -------------------------------------------------------------------------------------

node=0
node_code=0
# Whether somebody asked this script to end.
stopping=false

# Waits for the end of the node, also when a signal to this script interrupts the waiting, and
# leaves its exit code in node_code.
wait_for_node() {
  local again
  while :; do
    node_code=0
    wait "$node" || node_code=$?
    kill -0 "$node" 2>/dev/null || break
  done
  # It may have ended just when a signal had interrupted `wait`; bash then still knows its code.
  again=0
  wait "$node" 2>/dev/null || again=$?
  [ "$again" -eq 127 ] || node_code=$again
  node=0
}

# However this script ends, no node is left behind.
at_exit() {
  local code=$?
  if [ "$node" -ne 0 ]; then
    stop_node
    wait_for_node
  fi
  stop_simulator
  exit "$code"
}

stop_node() {
  [ "$node" -eq 0 ] || kill -TERM "$node" 2>/dev/null || true
}

# --- Payments -------------------------------------------------------------------------------------

simulator=0
simulator_url=
payment_options=()

# A payment provider that moves no money, unless a real one is set up.
start_simulator() {
  local log=$data/payment-simulator.log
  case " ${serve_options[*]} ${CAVEA_PAYMENT_URL:-} " in
    *" --payment-url"* | *" http"* | *" --config"*) return 0 ;;
  esac
  mkdir -p "$data"
  chmod 700 "$data"
  [ -s "$data/payment.key" ] || printf 'sk_test_cavea\n' >"$data/payment.key"
  [ -s "$data/payment-notice.secret" ] || printf 'whsec_cavea\n' >"$data/payment-notice.secret"
  "$cavea" payment-simulator --port 0 --webhook-url "$url/v1/payments/notices" >"$log" 2>&1 &
  simulator=$!
  local deadline=$((SECONDS + 10))
  until simulator_url=$(grep -o 'http://127.0.0.1:[0-9]*' "$log" | head -n 1) && [ -n "$simulator_url" ]; do
    if ! kill -0 "$simulator" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      say "The payment simulator did not start; $log tells why. Nothing can be paid."
      simulator_url=
      return 0
    fi
    sleep 0.05
  done
  payment_options=(--payment-url "$simulator_url" --payment-key-file "$data/payment.key"
    --payment-notice-secret-file "$data/payment-notice.secret")
}

stop_simulator() {
  [ "$simulator" -eq 0 ] || kill -TERM "$simulator" 2>/dev/null || true
}

# Whether the node itself, and not a stranger on the same port, listens there.
node_listens() {
  local hex inodes link
  printf -v hex '%04X' "$port"
  inodes=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [ -n "$inodes" ] || return 1
  for link in /proc/"$node"/fd/*; do
    link=$(readlink "$link" 2>/dev/null) || continue
    [[ $link == socket:* ]] || continue
    ! grep -qx "${link//[!0-9]/}" <<<"$inodes" || return 0
  done
  return 1
}

wait_until_ready() {
  local deadline=$((SECONDS + ready_seconds_max))
  until node_listens && curl -fsS -o /dev/null --noproxy '*' --max-time 2 "$url/readyz" 2>/dev/null; do
    if ! kill -0 "$node" 2>/dev/null; then
      # The program has said why; a start that never became ready is never a success.
      wait_for_node
      [ "$node_code" -ne 0 ] || $stopping || node_code=1
      [ "$node_code" -ne 0 ] || exit 0
      fail -c "$node_code" "the node did not start (exit code $node_code); its message is above."
    fi
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "the node was not ready within $ready_seconds_max seconds; its log is above."
    fi
    sleep 0.05
  done
}

token() {
  "$cavea" token --data "$data" --role "$1" --subject "$2" --expires 30d
}

# --- Demo data ------------------------------------------------------------------------------------

demo_mark=$data/demo-loaded

load_demo() {
  local files=() file
  for file in "$here"/../demo/*.json "$here"/../demo/*.csv; do
    [ ! -e "$file" ] || files+=("$file")
  done
  [ ${#files[@]} -gt 0 ] || return 0
  say "Loading the demo data"
  "$cavea" import "${files[@]}" --url "$url" --token "$admin_token" || {
    fail -c $? "the demo data could not be loaded; the reason is above." \
      "./dev run --no-demo starts without it."
  }
  date -u +%FT%TZ >"$demo_mark"
  data_story="$data_story, demo data loaded"
}

# --- What a newcomer needs ------------------------------------------------------------------------

# The first offering of a kind that is on sale; nothing if there is none.
first_on_sale() {
  curl -fsS --noproxy '*' "$url/v1/$1?status=on_sale&limit=1" 2>/dev/null |
    grep -o '"id": *"[^"]*"' | head -n 1 | cut -d '"' -f 4 || true
}

print_banner() {
  local user="-H 'Authorization: Bearer $user_token'" offering claim='"quantity":1'
  offering=$(first_on_sale classes)
  if [ -z "$offering" ]; then
    offering=$(first_on_sale performances)
    claim='"best_available":{"party_size":2}'
  fi
  cat <<END

Cavea is ready at $url      (documentation: $url/docs)
Data: $data ($data_story)

Tokens, valid for 30 days:
  administrator  $admin_token
  user           $user_token

Try: what is on; a place, reserved; my reservations.
  curl -sS '$url/v1/performances?limit=3'
  curl -sS '$url/v1/reservations' $user -H 'Idempotency-Key: "try-$offering"' -H 'Content-Type: application/json' -d '{"items":[{"offering":"$offering",$claim}]}'
  curl -sS '$url/v1/me/reservations' $user

${simulator_url:+Payments go to a simulator that moves no money: $simulator_url (docs/payments.md)
}Ctrl-C stops the node.
END
}

# --------------------------------------------------------------------------------------------------

if [ -e "$data" ] && [ -n "$(ls -A "$data" 2>/dev/null)" ]; then
  data_story="kept from before"
else
  data_story="new"
fi

# With job control the node has its own process group: Ctrl-C reaches this script only, which then
# asks the node once to stop.
set -m
start_simulator
"$cavea" serve --data "$data" --port "$port" --address "$address" "${payment_options[@]}" \
  "${serve_options[@]}" &
node=$!
set +m
trap 'stopping=true; stop_node' INT TERM HUP
trap at_exit EXIT

wait_until_ready
admin_token=$(token admin administrator)
user_token=$(token user demo-user)
if $with_demo && [ ! -e "$demo_mark" ]; then
  load_demo
fi
print_banner
wait_for_node
exit "$node_code"
