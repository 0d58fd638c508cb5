#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a page of the documentation: every command block in order, in a scratch folder, up to the first that fails.
#   scripts/run_doc.sh PAGE [BUILD]     BUILD is the build tree, build/ by default
#
# What of the page is run:
#   ```sh               the block's lines are commands; the build's programs come first in PATH
#   ```LANGUAGE         a block whose first line is a comment `file: NAME` is written to NAME
#   <!-- needs: TOOL... -->            without one of these programs the page is skipped
#   <!-- needs-python: MODULE... -->   without one of these Python modules the page is skipped
# Other blocks are only shown. IRCSIM is the source tree, IRCSIM_BUILD the build tree.
# Exit code: 0 all commands succeeded, 77 skipped, otherwise that of the command that failed.
set -eu

[ $# -ge 1 ] && [ -f "$1" ] || {
  echo "run_doc.sh: expected a page of the documentation" >&2
  exit 2
}
page=$(realpath "$1")
IRCSIM=$(realpath "$(dirname "$0")/..")
IRCSIM_BUILD=$(realpath "${2:-$IRCSIM/build}")
export IRCSIM IRCSIM_BUILD

needed() { sed -n "s/^<!-- $1: \(.*\) -->\$/\1/p" "$page"; }
for tool in $(needed needs); do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
modules=$(needed needs-python)
if [ -n "$modules" ]; then
  # Debian's modules belong to Debian's Python, which another one may hide.
  python3 -c "import $(echo "$modules" | sed 's/ /, /g')" >/dev/null 2>&1 || PATH=/usr/bin:$PATH
  for module in $modules; do
    python3 -c "import $module" >/dev/null 2>&1 || { echo "skipped: Python has no module $module"; exit 77; }
  done
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/page"

awk -v scratch="$scratch" '
  !inside && /^```[a-z]/ { inside = 1; first = 1; kind = substr($0, 4) == "sh" ? "sh" : "shown"; next }
  inside && /^```$/ { if (kind == "file") print "END_OF_FILE_OF_THE_PAGE"; inside = 0; next }
  !inside && /^```$/ { inside = 1; kind = "shown"; first = 0; next }
  inside && first {
    first = 0
    if (kind != "sh" && match($0, /file: [^ ]+/) && $0 ~ /^(#|\/\/|\/\*) *file: /) {
      kind = "file"
      name = substr($0, RSTART + 6, RLENGTH - 6)
      print "cat >" name " <<\"END_OF_FILE_OF_THE_PAGE\""
    }
  }
  inside && kind != "shown" { print; commands++ }
  END { if (!commands) exit 1 }
' "$page" >"$scratch/commands" || { echo "run_doc.sh: $1 holds no command" >&2; exit 2; }

status=0
(cd "$scratch/page" && PATH=$IRCSIM_BUILD/bin:$PATH sh -eux "$scratch/commands") || status=$?
[ "$status" -eq 0 ] || echo "run_doc.sh: $1: the command shown last ended with exit code $status" >&2
exit "$status"
