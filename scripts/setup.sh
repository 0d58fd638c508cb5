#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that the build needs. Installed packages do not change.
#   scripts/setup.sh [--trainer] [--ci]
#     --trainer  also libtorch, for irc-train
#     --ci       also what .ci/run uses: compiler cache, formatter, GTKWave (its converter reads our dumps), chromium
#                (opens the exploration report)
# shellcheck disable=SC2086  # lists of package names are meant to be split
set -eu

packages="g++ cmake ninja-build pkg-config
  libsystemc-dev libboost-dev libboost-iostreams-dev libtomlplusplus-dev nlohmann-json3-dev libhwy-dev libtbb-dev libfmt-dev
  libonnx-dev libprotobuf-dev protobuf-compiler libopencv-dev libpugixml-dev libcli11-dev catch2
  libsqlite3-dev libssl-dev libpagmo-dev
  ngspice libbenchmark-dev libopenblas-dev jq time gnuplot-nox zstd slurm-wlm munge parallel
  verilator iverilog make"

for argument in "$@"; do
  case "$argument" in
    --trainer) packages="$packages libtorch-dev" ;;
    --ci) packages="$packages ccache clang-format-14 gtkwave chromium chromium-driver curl" ;;
    *)
      echo "setup.sh: unknown argument '$argument'; expected --trainer or --ci" >&2
      exit 2
      ;;
  esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup.sh: this is not a Debian system; install the equivalents of:" $packages >&2
  exit 3
fi

missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=""
  [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "setup: all packages are installed"
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: neither root rights nor sudo; ask an administrator to install:$missing" >&2
    exit 3
  fi
  as_root=sudo
fi
echo "setup: installing$missing"
$as_root apt-get update -q
# DEBIAN_FRONTEND must reach apt through sudo.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
