#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rebuilds the plotting library of the exploration report, sc_src/explore/report/echarts/echarts.min.js, from the
# versions in package.json and package-lock.json beside it. For maintainers only: building ircsim needs neither npm
# nor network. Needs Node.js 20 or later with npm, and the registry.
#   scripts/vendor-echarts.sh [--check]
#     --check  changes nothing; fails if the file in the tree is not what these versions produce
# For a newer version, change package.json, run `npm install --package-lock-only` in that folder, then this script.
set -eu
cd "$(dirname "$0")/.."

check=no
case "${1:-}" in
  "") ;;
  --check) check=yes ;;
  *)
    echo "vendor-echarts.sh: unknown argument '$1'; expected nothing or --check" >&2
    exit 2
    ;;
esac
command -v npm >/dev/null || {
  echo "vendor-echarts.sh: npm is not installed" >&2
  exit 3
}

folder=$PWD/sc_src/explore/report/echarts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder/package.json" "$folder/package-lock.json" "$folder/entry.mjs" "$work/"
# No package needs its install scripts. That of esbuild only replaces a launcher by its binary.
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)

version=$(node -p "require('$work/node_modules/echarts/package.json').version")
# The comments that esbuild could keep are the authors' licence notices. LICENSE has the whole texts.
(cd "$work" && node node_modules/esbuild/bin/esbuild entry.mjs --bundle --minify --format=iife --global-name=echarts \
  --target=es2020 --charset=ascii --legal-comments=none --log-level=warning \
  --banner:js="/* Apache ECharts $version (Apache-2.0), with zrender (BSD-3-Clause), tslib (0BSD), parts of d3 (BSD-3-Clause) */" \
  --outfile=echarts.min.js)

{
  echo "echarts.min.js is a part of Apache ECharts $version, bundled by scripts/vendor-echarts.sh. It holds code of"
  echo "the packages below under the licences below."
  for part in "Apache ECharts:echarts/NOTICE:echarts/LICENSE" "d3, parts in ECharts::echarts/licenses/LICENSE-d3" \
    "zrender::zrender/LICENSE" "tslib::tslib/LICENSE.txt"; do
    name=${part%%:*}
    files=${part#*:}
    printf '\n======== %s ========\n\n' "$name"
    for file in ${files%%:*} ${files#*:}; do
      tr -d '\r' <"$work/node_modules/$file"
      echo
    done
  done
} | sed 's/[ \t]*$//' >"$work/LICENSE"

for file in echarts.min.js LICENSE; do
  if [ "$check" = no ]; then
    cp "$work/$file" "$folder/$file"
  elif ! cmp -s "$work/$file" "$folder/$file"; then
    echo "vendor-echarts.sh: $folder/$file is not what ECharts $version bundles to" >&2
    exit 1
  fi
done
echo "vendor-echarts.sh: ECharts $version, $(wc -c <"$work/echarts.min.js") bytes"
