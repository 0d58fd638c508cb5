#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# irc validate spice as a test: validate_spice.sh IRC [--long]. Exit 77: skipped, ngspice is not installed.
irc=$1
shift
if ! command -v ngspice >/dev/null; then
  echo "skipped: ngspice is not installed (scripts/setup.sh installs it)"
  exit 77
fi
exec "$irc" validate spice "$@"
