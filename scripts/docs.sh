#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the documentation site into build-docs/site, or checks the documentation.
#   scripts/docs.sh                  the site with its API reference: open build-docs/site/index.html
#   scripts/docs.sh --check [PART]   fails on broken links and anchors, pages that the navigation does not name (PART links),
#                                    public names of include/irc without a comment (api), and faults of the built site (site)
#   scripts/docs.sh --serve [PORT]   builds the site and serves it on this machine, with its search
# Needs mkdocs, mkdocs-material and doxygen (scripts/setup.sh --docs); --check links needs Python only. Without them the script
# says that it skipped the work and ends with IRC_DOCS_SKIP (0 if unset; the tests set 77).
# IRC_DOCS_TREE names another source tree, IRC_DOCS_BUILD another output folder; tests use both.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
tree=${IRC_DOCS_TREE:-$home}
cd "$tree"
build=${IRC_DOCS_BUILD:-build-docs}
tools=$home/scripts/docs
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

usage() {
  sed -n '3,10s/^# \{0,1\}//p' "$home/scripts/docs.sh" >&2
  exit 2
}

# needs TOOL...: ends the script if one of them is absent.
needs() {
  for tool in "$@"; do
    present=yes
    case "$tool" in
      mkdocs-material) mkdocs build --help 2>/dev/null | grep -qw material || present=no ;;
      *) command -v "$tool" >/dev/null || present=no ;;
    esac
    if [ "$present" = no ]; then
      echo "docs: skipped, $tool is not installed (scripts/setup.sh --docs installs it)"
      exit "${IRC_DOCS_SKIP:-0}"
    fi
  done
}

# The API reference, as HTML and XML, with Doxygen's complaints in api.log.
build_api() {
  rm -rf "$build/api"
  mkdir -p "$build/api"
  python3 "$tools/rooms.py" docs/architecture.md include/irc >"$build/api/rooms.dox"
  {
    cat docs/Doxyfile
    echo "PROJECT_NUMBER = $(sed -n 's/^project(ircsim VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
    echo "OUTPUT_DIRECTORY = $build/api"
    echo "INPUT += $build/api/rooms.dox"
    echo "FILE_PATTERNS += *.dox"
    echo "WARN_LOGFILE = $build/api/api.log"
    # Doxygen 1.9.5 and later have dark colours.
    if [ "$(printf '%s\n1.9.5\n' "$(doxygen --version | cut -d' ' -f1)" | sort -V | head -n 1)" = 1.9.5 ]; then
      echo "HTML_COLORSTYLE = AUTO_LIGHT"
    fi
  } >"$build/api/Doxyfile"
  doxygen "$build/api/Doxyfile"
}

build_site() {
  build_api
  python3 "$tools/assemble.py" . "$build/src"
  # mkdocs takes relative folders relative to its configuration.
  folder=$(cd "$build" && pwd)
  IRC_DOCS_SRC=$folder/src mkdocs build --quiet --strict --clean --config-file mkdocs.yml --site-dir "$folder/site"
  cp -R "$build/api/html" "$build/site/api"
}

check_links() {
  needs python3
  python3 "$tools/links.py" .
}

check_api() {
  needs python3 doxygen
  build_api
  python3 "$tools/api.py" "$build/api/xml" "$build/api/api.log" --fields
}

check_site() {
  needs python3 doxygen mkdocs mkdocs-material
  build_site
  python3 "$tools/site_check.py" "$build/site"
}

case "${1:-}" in
  "")
    needs python3 doxygen mkdocs mkdocs-material
    build_site
    echo "docs: open $build/site/index.html"
    ;;
  --serve)
    needs python3 doxygen mkdocs mkdocs-material
    build_site
    echo "docs: http://127.0.0.1:${2:-8000}/"
    exec python3 -m http.server --bind 127.0.0.1 --directory "$build/site" "${2:-8000}"
    ;;
  --check)
    case "${2:-all}" in
      links) check_links ;;
      api) check_api ;;
      site) check_site ;;
      all)
        # Each part as a command of its own: a part that is skipped does not hide one that fails.
        status=0
        for part in links api site; do
          code=0
          "$home/scripts/docs.sh" --check "$part" || code=$?
          if [ "$code" -ne 0 ] && { [ "$status" -eq 0 ] || [ "$code" -ne "${IRC_DOCS_SKIP:-0}" ]; }; then status=$code; fi
        done
        exit "$status"
        ;;
      *) usage ;;
    esac
    ;;
  *) usage ;;
esac
