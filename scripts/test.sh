#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages, builds and runs every test. Exits with 0 only if all of them pass.
#   scripts/test.sh [release|dev|asan] [arguments of ctest]
# Without arguments of ctest, the cases labelled `long` are left out (scripts/test.sh -L long runs them).
set -eu
cd "$(dirname "$0")/.."

preset=release
case "${1:-}" in
  release | dev | asan)
    preset=$1
    shift
    ;;
esac

[ $# -gt 0 ] || set -- --label-exclude '^long$'

scripts/setup.sh
scripts/build.sh "$preset"
status=0
ctest --preset "$preset" --output-on-failure --parallel "${IRC_JOBS:-$(nproc)}" "$@" || status=$?
if [ "$status" -eq 0 ]; then
  echo "test.sh: all tests of preset '$preset' passed"
else
  echo "test.sh: tests of preset '$preset' FAILED (see above)" >&2
fi
exit "$status"
