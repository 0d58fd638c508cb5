#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages (Debian 12 or 13) that a build needs. Packages that are installed are left alone.
#   scripts/setup.sh [--demo] [--trainer] [--docs] [--python] [--browser] [--ci]
#     (nothing)  everything for all programs and nearly all tests
#     --demo     only what the main job needs: building and running `irc run`
#     --trainer  also libtorch, for irc-train
#     --docs     also what builds the documentation site (scripts/docs.sh) and reads the manual page
#     --python   also PyTorch and ONNX for Python, for the page docs/pytorch.md
#     --browser  also Chromium and GTKWave, for the tests that open our reports and waveforms in them
#     --ci       also what .ci/run uses on its own machine: formatter, linter, Clang with libFuzzer, debootstrap (makes bare systems)
# shellcheck disable=SC2086  # lists of package names are meant to be split
set -eu

main="g++ cmake ninja-build pkg-config
  libsystemc-dev libboost-dev libboost-iostreams-dev libtomlplusplus-dev nlohmann-json3-dev libhwy-dev libtbb-dev libfmt-dev
  libonnx-dev libprotobuf-dev protobuf-compiler libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev
  libpugixml-dev libcli11-dev"
rest="catch2 libopencv-dnn-dev libsqlite3-dev libssl-dev libpagmo-dev
  ngspice libbenchmark-dev libopenblas-dev jq time gnuplot-nox zstd slurm-wlm munge parallel
  verilator iverilog yosys make"
packages="$main $rest"

for argument in "$@"; do
  case "$argument" in
    --demo) packages="$main" ;;
    --trainer) packages="$packages libtorch-dev" ;;
    --docs) packages="$packages mkdocs mkdocs-material doxygen man-db" ;;
    --python) packages="$packages python3 python3-torch python3-onnx" ;;
    --browser) packages="$packages chromium chromium-driver curl gtkwave" ;;
    --ci) packages="$packages clang-format-14 clang-tidy-14 clang-14 libclang-rt-14-dev gcovr debootstrap" ;;
    *)
      echo "setup.sh: unknown argument '$argument'; expected --demo, --trainer, --docs, --python, --browser or --ci" >&2
      exit 2
      ;;
  esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup.sh: this is not a Debian system; please install the equivalents of:" $packages >&2
  exit 3
fi

missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=""
  [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "setup: all packages are installed already"
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: you are not root and there is no sudo; please have these packages installed:$missing" >&2
    exit 3
  fi
  as_root=sudo
fi
echo "setup: installing $(echo $missing | wc -w) packages and what they depend on:$missing"
$as_root apt-get update -q
# DEBIAN_FRONTEND must reach apt through sudo.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
