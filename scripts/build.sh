#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Configures and builds one preset of CMakePresets.json.
#   scripts/build.sh [release|dev|asan] [TARGET...]     release (the default) leaves the program at build/bin/irc
# Without a target everything is built. IRC_WERROR=1 turns warnings into errors; IRC_JOBS=n limits the jobs that run at
# once, which saves memory.
set -eu
cd "$(dirname "$0")/.."

preset=${1:-release}
[ $# -eq 0 ] || shift
case "$preset" in
  release | dev | asan) ;;
  *)
    echo "build.sh: unknown preset '$preset'; expected release, dev or asan" >&2
    exit 2
    ;;
esac

# dev says itself that warnings are errors.
if [ "$preset" = dev ]; then
  cmake --preset "$preset"
elif [ "${IRC_WERROR:-0}" = 1 ]; then
  cmake --preset "$preset" -DIRC_WARNINGS_AS_ERRORS=ON
else
  cmake --preset "$preset" -DIRC_WARNINGS_AS_ERRORS=OFF
fi
if [ $# -gt 0 ]; then
  cmake --build --preset "$preset" --parallel "${IRC_JOBS:-$(nproc)}" --target "$@"
else
  cmake --build --preset "$preset" --parallel "${IRC_JOBS:-$(nproc)}"
fi
