#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formats all C and C++ files that git tracks. With --check it only lists the files that would change, and fails if
# there are any. The result of clang-format 14 counts, because versions differ.
set -eu
cd "$(dirname "$0")/.."

mode=-i
case "${1:-}" in
  "") ;;
  --check) mode="--dry-run --Werror" ;;
  *)
    echo "format.sh: unknown argument '$1'; expected nothing or --check" >&2
    exit 2
    ;;
esac
format=$(command -v clang-format-14 || command -v clang-format) || {
  echo "format.sh: clang-format is not installed" >&2
  exit 3
}
# shellcheck disable=SC2086  # the mode may be two words
git ls-files -z -- '*.c' '*.h' '*.cpp' | xargs -0 -r "$format" --style=file $mode
