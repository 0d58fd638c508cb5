#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_library.sh <library>: the library must load without SystemC, OpenCV, ONNX and protobuf, and export
# only the C interface.
set -eu
needed=$(readelf -d "$1" | grep NEEDED)
echo "$needed"
if echo "$needed" | grep -qiE 'systemc|opencv|onnx|protobuf'; then
  echo "check_library: $1 needs SystemC, OpenCV, ONNX or protobuf" >&2
  exit 1
fi
exported=$(nm -D --defined-only "$1" | awk '{print $3}')
echo "$exported"
echo "$exported" | grep -qx irc_dpi_open
if echo "$exported" | grep -qv '^irc_dpi_'; then
  echo "check_library: $1 exports more than irc_dpi_*" >&2
  exit 1
fi
