#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Configures and builds one preset of CMakePresets.json.
#   scripts/build.sh [release|dev|asan]     release (the default) builds build/bin/irc
# IRC_WERROR=1 turns warnings into errors; IRC_JOBS=n limits the number of parallel jobs.
set -eu
cd "$(dirname "$0")/.."

preset=${1:-release}
case "$preset" in
  release | dev | asan) ;;
  *)
    echo "build.sh: unknown preset '$preset'; expected release, dev or asan" >&2
    exit 2
    ;;
esac

# The preset dev sets warnings as errors itself.
if [ "$preset" = dev ]; then
  cmake --preset "$preset"
elif [ "${IRC_WERROR:-0}" = 1 ]; then
  cmake --preset "$preset" -DIRC_WARNINGS_AS_ERRORS=ON
else
  cmake --preset "$preset" -DIRC_WARNINGS_AS_ERRORS=OFF
fi
cmake --build --preset "$preset" --parallel "${IRC_JOBS:-$(nproc)}"
