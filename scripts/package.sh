#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian packages ircsim, libircsim-dev and ircsim-doc into build/packages.
#   scripts/package.sh
# The packages fit the Debian release on which they are built. The script builds in build-packages/, apart from
# build/, because packages need other settings (prefix /usr, no tests). IRC_JOBS=n limits the jobs that run at once.
set -eu
cd "$(dirname "$0")/.."

for tool in cmake ninja dpkg-deb dpkg-shlibdeps file; do
  command -v "$tool" >/dev/null || {
    echo "package.sh: $tool is missing; install the packages of scripts/setup.sh, dpkg-dev and file" >&2
    exit 3
  }
done

packages=build/packages
tree=build-packages
cmake --preset release -B "$tree" -DIRC_BUILD_TESTS=OFF -DIRC_BUILD_BENCHMARKS=OFF -DIRC_BUILD_TRAINER=OFF \
  -DCMAKE_INSTALL_PREFIX=/usr
cmake --build "$tree" --target irc_packaged --parallel "${IRC_JOBS:-$(nproc)}"
mkdir -p "$packages"
rm -f "$packages"/*.deb
cpack --config "$tree/CPackConfig.cmake" -B "$packages/parts"
mv "$packages"/parts/*.deb "$packages"
rm -rf "$packages/parts"
echo "packages:"
ls "$packages"/*.deb
