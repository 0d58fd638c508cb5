#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Has yosys read, check and synthesise the RTL (rtl/), once for each geometry.
#   scripts/synthesis.sh [--check] [--json] [--netlist FILE] [--rtl FOLDER] [GEOMETRY...]
#     GEOMETRY        a configuration: a file, or a name from tb/cosim/variants or configs; default: all of these
#     --check         only reads the RTL and checks it; nothing is mapped to gates
#     --json          prints a JSON document, a list with one object per geometry
#     --netlist FILE  writes the gates of the one geometry as Verilog
#     --rtl FOLDER    other sources than rtl/, for instance a copy with a mistake
# The checks: no latches, no combinational loops (in the whole controller), no net with two drivers or with none, and no
# memories except those of the modules whose comment says so; these are black boxes. No operator directly before a cast,
# which yosys 0.23 misreads.
#
# The figures: cells and flip-flops; gate equivalents, which are the area of the cells in areas of a NAND2 (relative
# areas of the X1 cells of the NanGate 45 nm Open Cell Library); and the longest topological path within a module, in
# gates. IRC names the program, default build/bin/irc.
# Exit code 0: all right; 1: a check failed; 2: wrong usage; 3: a file or the program irc is missing; 77: no yosys.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
irc=${IRC:-$here/build/bin/irc}
rtl=$here/rtl
only_check=false
json=false
netlist=""
memories="irc_buffer irc_cell_store irc_partial_sums irc_tile_records"

refuse() {
  echo "synthesis.sh: $1" >&2
  exit "$2"
}

while [ $# -gt 0 ]; do
  case "$1" in
    --check) only_check=true ;;
    --json) json=true ;;
    --netlist | --rtl)
      [ $# -ge 2 ] || refuse "$1 needs a path" 2
      if [ "$1" = --rtl ]; then rtl=$2; else netlist=$2; fi
      shift
      ;;
    -h | --help)
      sed -n '3,/^set -eu/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --) shift && break ;;
    -*) refuse "unknown option '$1'; expected --check, --json, --netlist, --rtl or --help" 2 ;;
    *) break ;;
  esac
  shift
done
if [ -n "$netlist" ]; then
  [ $# -eq 1 ] || refuse "--netlist needs one geometry, found $#" 2
  [ "$only_check" = false ] || refuse "--netlist and --check exclude each other, because --check maps nothing" 2
fi
for argument in "$@"; do
  case "$argument" in
    -*) refuse "option '$argument' stands after a geometry; options come first" 2 ;;
  esac
done
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046  # names of our files hold no blanks
  set -- $(cd "$here" && ls tb/cosim/variants/*.toml configs/*.toml)
fi
command -v yosys >/dev/null || refuse "yosys is not installed (scripts/setup.sh)" 77
command -v jq >/dev/null || refuse "jq is not installed (scripts/setup.sh)" 3
command -v "$irc" >/dev/null || refuse "no program '$irc' (scripts/build.sh, or set IRC)" 3
[ -f "$rtl/irc_controller.sv" ] || refuse "no irc_controller.sv in '$rtl'" 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# config GEOMETRY: its file.
config() {
  for file in "$1" "$here/$1" "$here/tb/cosim/variants/$1.toml" "$here/configs/$1.toml"; do
    if [ -f "$file" ]; then
      echo "$file"
      return
    fi
  done
  refuse "no geometry '$1': neither a file nor a name in tb/cosim/variants or configs" 3
}

# sources: the RTL without the memories; the types come first.
sources() {
  echo "$rtl/irc_types_pkg.sv"
  for file in "$rtl"/irc_*.sv; do
    name=$(basename "$file" .sv)
    case " irc_types_pkg $memories " in
      *" $name "*) ;;
      *) echo "$file" ;;
    esac
  done
}

# prepare: copies the RTL to where no path holds blanks, and moves the structures into the package. In the sources they
# stand before it, because Icarus 11 cannot take them from a package; yosys 0.52 can take them from nowhere else.
prepare() {
  mkdir "$work/rtl"
  for file in "$rtl"/irc_*.sv; do
    name=$(basename "$file")
    if [ "$name" = irc_types_pkg.sv ]; then
      echo "package irc_types_pkg;"
      sed '/^package irc_types_pkg;$/d' "$file"
    else
      sed 's/\(^\|[^.a-z_]\)\(irc_command_t\|irc_tile_t\)\([^a-z_]\)/\1irc_types_pkg::\2\3/g' "$file"
    fi >"$work/rtl/$name"
  done
  rtl=$work/rtl
}

# check_casts: yosys 0.23 takes an operator before a cast, as in ~12'(x), for a part of the cast's size, without a word.
check_casts() {
  for file in "$rtl"/irc_*.sv; do
    sed 's|//.*||' "$file" | grep -nE "([~!]|[=(,?:] *[-+&|^]) *[0-9A-Za-z_:]+'\(" | while IFS=: read -r line text; do
      echo "synthesis.sh: $(basename "$file"):$line: '$text' has an operator before a cast, which yosys 0.23 reads wrongly;" \
        "expected parentheses around the cast" >&2
    done
  done >"$work/casts" 2>&1
  [ ! -s "$work/casts" ] || {
    cat "$work/casts" >&2
    exit 1
  }
}

# read_commands: reads the RTL up to word-level cells.
read_commands() {
  echo "read_verilog -sv $work/packages/irc_contract_pkg.sv $work/packages/irc_config_pkg.sv"
  for name in $memories; do echo "read_verilog -sv -lib $rtl/$name.sv"; done
  for file in $(sources); do echo "read_verilog -sv $file"; done
  cat <<COMMANDS
hierarchy -check -top irc_controller
proc
select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr t:\$sr
select -assert-none t:\$mem t:\$mem_v2 t:\$memrd t:\$memrd_v2 t:\$memwr t:\$memwr_v2
check -assert
design -save words
flatten
scc -expect 0
design -load words
COMMANDS
}

# map_commands: gates, flip-flops without enable or reset, and the figures.
map_commands() {
  cat <<COMMANDS
opt_expr
opt_clean
wreduce
peepopt
opt_expr
opt_clean
alumacc
opt_expr
opt_merge
opt_clean
techmap
opt_expr
opt_merge
opt_clean
dfflegalize -cell \$_DFF_P_ 01
simplemap
opt_expr
opt_merge
opt_clean
abc -fast -g AND,OR,XOR,XNOR,NAND,NOR,ANDNOT,ORNOT,MUX
opt_clean
check -assert
tee -q -o $work/stat.json stat -json
tee -q -o $work/gates.txt ltp -noff
COMMANDS
  [ -z "$netlist" ] || echo "write_verilog -noattr $work/netlist.v"
}

# longest FILE: length and module of the longest path in the report of ltp.
longest() {
  awk '/^Longest topological path in / {
      module = $5; length_ = $0
      sub(/.*length=/, "", length_); sub(/\).*/, "", length_)
      sub(/^.*\\/, "", module)
      if (length_ + 0 >= best) { best = length_ + 0; of = module }
    }
    END { print best + 0, of }' "$1"
}

# The figures of one geometry as a JSON object. Instances are counted from the top. yosys 0.23 prints the hierarchy as text
# between two members of its JSON document; newer versions count instances of modules apart from cells.
figures() {
  sed '/^   },$/,/^ *"design": {/{/^   },$/b;/"design": {/b;d}' "$work/stat.json" >"$work/cells.json"
  jq -n --arg geometry "$1" --arg gates "$(longest "$work/gates.txt")" \
    --slurpfile stat "$work/cells.json" '
    def weight: {"$_NOT_": 0.667, "$_NAND_": 1, "$_NOR_": 1, "$_AND_": 1.333, "$_OR_": 1.333, "$_ANDNOT_": 1.333,
      "$_ORNOT_": 1.333, "$_XOR_": 2, "$_XNOR_": 2, "$_MUX_": 2.333, "$_DFF_P_": 5.667};
    def plain: if startswith("$paramod") then split("\\")[1] else ltrimstr("\\") end;
    $stat[0].modules as $modules
    | (reduce ($modules | to_entries[]) as $m ({};
        .[$m.key] = ($m.value.num_cells_by_type + ($m.value.num_submodules_by_type // {}) | with_entries(select($modules["\\" + .key] or $modules[.key]))))) as $below
    | def key($name): if $modules[$name] then $name else "\\" + $name end;
      def count($name; $times): {key: $name, value: $times},
        ($below[$name] | to_entries[] | count(key(.key); .value * $times));
    ([count("\\irc_controller"; 1)] | group_by(.key) | map({key: .[0].key, value: (map(.value) | add)})) as $instances
    | [$instances[] | .key as $key | ($modules[$key].num_cells_by_type | with_entries(select(.key | startswith("$_")))) as $cells
        | {module: ($key | plain), instances: .value, cells: ([$cells[]] | add // 0),
           flip_flops: ($cells["$_DFF_P_"] // 0),
           gate_equivalents: ([$cells | to_entries[]
             | (weight[.key] // error("no area is known for the cell " + .key)) * .value] | add // 0)}]
    | group_by(.module) | map({module: .[0].module, instances: (map(.instances) | add),
        cells: (map(.cells * .instances) | add), flip_flops: (map(.flip_flops * .instances) | add),
        gate_equivalents: (map(.gate_equivalents * .instances) | add | round)}) as $table
    | {geometry: $geometry, latches: 0, loops: 0, unintended_memories: 0,
       cells: ($table | map(.cells) | add), flip_flops: ($table | map(.flip_flops) | add),
       gate_equivalents: ($table | map(.gate_equivalents) | add),
       longest_path_gates: ($gates | split(" ")[0] | tonumber),
       longest_path_module: ($gates | split(" ")[1]), modules: $table}'
}

show() {
  jq -r '"\(.geometry): \(.cells) cells, \(.flip_flops) of them flip-flops; \(.gate_equivalents) gate equivalents",
    "  longest path within a module: \(.longest_path_gates) gates (\(.longest_path_module))",
    (.modules[] | "  \(.module): \(.instances) x, \(.cells) cells, \(.flip_flops) flip-flops, \(.gate_equivalents) gate equivalents")'
}

# explain GEOMETRY: says which check failed.
explain() {
  echo "synthesis.sh: $1: $(grep -m 1 -E 'ERROR|Latch inferred' "$work/log" || echo "yosys stopped")" >&2
  grep -E '^Warning|^  *cell |^  *wire ' "$work/log" | head -n 8 >&2 || true
}

check_casts
prepare
failed=0
: >"$work/all.json"
for geometry in "$@"; do
  file=$(config "$geometry") || exit 3
  title=$(basename "$file" .toml)
  rm -rf "$work/packages"
  "$irc" rtl "$file" --out "$work/packages" >/dev/null || refuse "irc rtl refused '$file'" 3
  read_commands >"$work/commands.ys"
  [ "$only_check" = true ] || map_commands >>"$work/commands.ys"
  if ! yosys -s "$work/commands.ys" >"$work/log" 2>&1; then
    explain "$title"
    failed=1
    continue
  fi
  if [ "$only_check" = true ]; then
    jq -n --arg geometry "$title" \
      '{geometry: $geometry, latches: 0, loops: 0, unintended_memories: 0}' >"$work/one.json"
    [ "$json" = true ] || jq -r '"\(.geometry): no latches, loops or unintended memories"' "$work/one.json"
  else
    figures "$title" >"$work/one.json"
    [ "$json" = true ] || show <"$work/one.json"
  fi
  cat "$work/one.json" >>"$work/all.json"
  [ -z "$netlist" ] || cp "$work/netlist.v" "$netlist"
done
[ "$json" = false ] || jq -s . "$work/all.json"
exit "$failed"
