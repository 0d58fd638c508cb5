# SPDX-License-Identifier: Apache-2.0
# What the sections' scripts share; scripts/figures.sh sources it before each of them, in the repository's root.
#   irc             the program (environment: IRC)
#   results         folder of the runs' results (environment: FIGURES_OUT)
# shellcheck shell=sh
set -eu
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
irc=${IRC:-build/bin/irc}
results=${FIGURES_OUT:-out/figures}
programs=$(dirname "$irc")
mkdir -p "$results"

# slug TEXT...: a file name for a command.
slug() {
  printf '%s\n' "$*" | cksum | cut -d' ' -f1 | sed "s/^/$(printf '%s' "$1" | tr -c 'a-z' -)-/"
}

# result ARGUMENTS...: the path of the document that `irc ARGUMENTS --json` prints. A command that another section of
# the same call has run is not run again. Exit code 1 (a check failed) is a result, too: the figures say so.
result() {
  file=$results/$(slug "$@").json
  if [ ! -s "$file" ]; then
    echo "  irc $*" >&2
    status=0
    case $1 in
      run) /usr/bin/time -o "$file.time" -f '%e %U %S' "$irc" "$@" --set run.draw=0 --out "${file%.json}" --json >"$file.part" 2>"$file.log" || status=$? ;;
      *) /usr/bin/time -o "$file.time" -f '%e %U %S' "$irc" "$@" --json >"$file.part" 2>"$file.log" || status=$? ;;
    esac
    if [ "$status" -gt 1 ]; then
      cat "$file.log" >&2
      echo "figures: 'irc $*' ended with exit code $status" >&2
      return 1
    fi
    mv "$file.part" "$file"
  fi
  echo "$file"
}

# wall_seconds, processor_seconds ARGUMENTS...: what this command took.
wall_seconds() { tail -n 1 "$results/$(slug "$@").json.time" | awk '{ printf "%.1f\n", $1 }'; }
processor_seconds() { tail -n 1 "$results/$(slug "$@").json.time" | awk '{ printf "%.1f\n", $2 + $3 }'; }

# query FILTER [OPTIONS] [FILE]: jq with the number formats of figures.jq; prints texts as they are.
query() {
  filter=$1
  shift
  jq -r -L scripts/figures/lib "include \"figures\"; $filter" "$@"
}

# skip REASON: ends the script; the page keeps what it has.
skip() {
  echo "$1" >&2
  exit 77
}

# machine: processor, number of cores and compiler, for figures that depend on them.
machine() {
  cpu=$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)
  sets=$(awk '/^(flags|Features)/ {
    for (i = 3; i <= NF; ++i) if ($i ~ /^(avx2|avx512f|amx_int8|asimd|sve)$/) text = text " " $i
    print text; exit }' /proc/cpuinfo)
  compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$programs/../CMakeCache.txt" 2>/dev/null) || compiler=""
  echo "${cpu:-$(uname -m)}, $(nproc) cores,${sets:+$sets,} $("${compiler:-c++}" --version | head -n 1)"
}

# run_row WHAT ARGUMENTS...: a row of the table of runs; run_head prints its head.
run_head() {
  echo "| $1 | ideal mAP@0.5 | nonideal | drop | worst chip | chips within the abstract's drop (95 % interval) | cycles | energy |"
  echo "|---|---|---|---|---|---|---|---|"
}
run_row() {
  what=$1
  shift
  query '[$what, (.map.ideal | percent), (.map | map_percent), (.map | drop | points), (.map.worst | percent),
    (.map | good_chips), (.cycles_per_image | thousands), (.energy_j_per_image | uj)] | row' --arg what "$what" "$(result "$@" --yield-drop 0.0385)"
}

# study NAME ARGUMENTS...: the path of the document that `irc ARGUMENTS` prints; its evaluations are kept in a folder of
# its own, so that a study that was broken off goes on. A store never mixes two versions of the model.
study() {
  name=$1
  shift
  folder=${FIGURES_STUDIES:-out/figures-studies}/$name
  echo "  irc $* --out $folder" >&2
  "$irc" "$@" --out "$folder" --json >"$results/$name.json" || return 1
  echo "$results/$name.json"
}

# explored NAME EXPERIMENT [OPTIONS]: the same of an exploration: the document of `irc explore export --json`.
explored() {
  name=$1
  shift
  folder=${FIGURES_STUDIES:-out/figures-studies}/$name
  echo "  irc explore $* --out $folder" >&2
  "$irc" explore "$@" --out "$folder" >"$results/$name.log" 2>&1 || return 1
  "$irc" explore export "$folder" --json >"$results/$name.json"
  echo "$results/$name.json"
}

# grid DOCUMENT X-KEY Y-KEY HEAD X-FACTOR Y-FACTOR Y-UNIT: mAP with a row for each Y, a column for each X in uA.
grid() {
  query '
    def value($k): .parameters[$k];
    ([.points[] | value($x)] | unique) as $xs | ([.points[] | value($y)] | unique) as $ys | .points as $points
    | ([$head] + [$xs[] | . * $xf | significant(2) + " uA"] | row), "|" + "---|" * (($xs | length) + 1),
      ($ys[] as $yv | [($yv * $yf | significant(2)) + $yu]
       + [$xs[] as $xv | $points[] | select(value($x) == $xv and value($y) == $yv) | .metrics.map_nonideal | points(2)] | row)' --arg x "$2" --arg y "$3" --arg head "$4" --argjson xf "$5" --argjson yf "$6" --arg yu "$7" "$1"
}
