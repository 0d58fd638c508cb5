#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds with the thread sanitizer and runs the tests in which threads share data: evaluators, reference network,
# amplifiers, calibration, the C interface, workers and the store.
#   scripts/tsan.sh [further arguments of ctest]
# Loops run on threads of tb/tsan, because the distribution's TBB is not compiled for the sanitizer. SystemC simulations
# are left out: the sanitizer does not know QuickThreads' stacks, and a simulation has one thread.
set -eu
cd "$(dirname "$0")/.."

jobs=${IRC_JOBS:-$(nproc)}
tests="test_core test_array test_network test_sense test_device test_scene test_macro test_dpi test_explore test_study"
cmake --preset tsan >/dev/null
# shellcheck disable=SC2086  # a list of words
cmake --build --preset tsan --parallel "$jobs" --target $tests
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:${TSAN_OPTIONS:-}"
pattern=$(echo "$tests" | tr ' ' '|')
ctest --preset tsan --no-tests=error --output-on-failure --parallel "$jobs" -R "^($pattern): " "$@"
