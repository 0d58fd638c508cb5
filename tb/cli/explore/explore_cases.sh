# SPDX-License-Identifier: Apache-2.0
# Functions for the test scripts of irc explore; each of them includes this file first. ../cases.sh describes the
# arguments and has the functions that are not defined anew here. Cases named long_* take minutes.
. "$(dirname "$0")/../cases.sh"

daemons=""
clean_up() {
  if [ -n "$daemons" ]; then
    # shellcheck disable=SC2086
    kill $daemons 2>/dev/null
    # shellcheck disable=SC2086
    (sleep 10 && kill -9 $daemons) 2>/dev/null &
    late=$!
    # shellcheck disable=SC2086
    wait $daemons 2>/dev/null
    kill "$late" 2>/dev/null
  fi
  rm -rf "$work"
}
trap clean_up EXIT
# A shell that a signal ends does not run the trap above by itself.
trap 'exit 143' HUP INT TERM

fail() {
  echo "FAILED: $*"
  for file in "$work"/stdout "$work"/stderr "$work"/log/*.log; do
    [ -f "$file" ] && echo "--- $file" && tail -c 3000 "$file"
  done
  exit 1
}

# expect CODE ARGUMENTS: irc must exit with CODE.
expect() {
  wanted=$1
  shift
  "$irc" "$@" >stdout 2>stderr
  code=$?
  [ "$code" = "$wanted" ] || fail "irc $*: exit code $code, expected $wanted"
}

# A grid of 24 points that take a moment each. Some of them have a wrong configuration.
small_experiment() {
  cat >small.toml <<EOF
[experiment]
name = "small"
config = "robust.toml"
set = ["run.limit=${1:-2}", "run.evaluator=ideal"]
[[parameter]]
key = "array.v_wl_v"
values = [0.55, 0.6, 0.65, 0.7, 0.8, 0.9]
[[parameter]]
key = "array.column_pairs"
values = [64, 96]
[[parameter]]
key = "array.amplifiers"
values = [48, 32]
[metrics]
energy_macro_j_per_image = "min"
area_m2 = "min"
bit_error_rate = "min"
[strategy]
kind = "grid"
EOF
}

csv_of() {
  "$irc" explore export "$1" --csv >"$2" 2>stderr || fail "export of $1"
}
