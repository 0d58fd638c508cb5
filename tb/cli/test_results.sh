#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of what a run writes, and that equal runs write the same.
. "$(dirname "$0")/cases.sh"

case_unwritable_out() {
  detectors
  : >file
  # The image cannot be read, so a complaint about the folder shows that the run had not begun.
  echo "no picture" >bad.png
  for place in file file/below /proc/no-folder-here; do
    expect 3 run --model "$detector" --images bad.png --evaluator ideal --out $place
    said stderr --out "$place"
    expect 3 validate reference "$detector" --out $place
    said stderr --out "$place"
  done
}

case_disk_full() {
  detectors
  (ulimit -f 6) 2>/dev/null || skip "no limit of file sizes here"
  for draw in 0 1; do
    command_line="irc run, files of at most 3 KiB, run.draw=$draw"
    # Standard output is a pipe, so the limit does not apply to it.
    # shellcheck disable=SC2046
    (
      ulimit -f 6
      "$irc" run $(quick) --set run.draw=$draw --set run.score_threshold=0.99 --out "full$draw" 2>&1
      echo "code $?"
    ) | cat >stdout
    code=$(sed -n 's/^code //p' stdout)
    equal "$code" 3 "exit code"
    said stdout "cannot write" "full$draw/" "mAP@0.5"
    nothing_written "full$draw"
  done
}

case_no_space_left() {
  space="mount -t tmpfs -o size=16k none full"
  mkdir full
  unshare -m sh -c "$space" 2>/dev/null || skip "may not mount a small disk"
  detectors
  command_line="irc run on a disk of 16 KiB"
  # shellcheck disable=SC2046
  unshare -m sh -c "$space"' && "$@"; code=$?; ls -A full/out >left; exit $code' sh \
    "$irc" run $(quick) --out full/out >stdout 2>stderr
  code=$?
  equal $code 3 "exit code"
  said stderr "No space left on device" full/out/
  said stdout "mAP@0.5"
  [ -s left ] && fail "left behind: $(cat left)"
  return 0
}

case_stdout_full() {
  [ -e /dev/full ] || skip "no /dev/full"
  detectors
  for arguments in --version --help config "config --resolved" "config --json" "model info $detector" \
    "run $(quick) --out a" "run $(quick) --json --out b"; do
    command_line="irc $arguments >/dev/full"
    # shellcheck disable=SC2086
    "$irc" $arguments >/dev/full 2>stderr
    code=$?
    equal $code 3 "exit code"
    said stderr "standard output"
  done
  # The result is still written to its file.
  json a/result.json /schema
  json b/result.json /schema
}

# Every command accepts --out, --seed, --threads and --set.
case_common_options() {
  detectors
  expect 0 config --seed 3 --threads 2 --set array.rows=512 --resolved --out a
  same stdout a/config.toml
  expect 0 model info "$detector" --seed 3 --threads 2 --json --out b
  same stdout b/model.json
  [ -s stderr ] && fail "something on standard error"
  expect 0 model info "$detector" --set array.rows=512 --json
  json stdout /nodes
  said stderr "--set has no effect"
  expect 3 model info "$detector" --set array.rowz=512
  said stderr rowz
  expect 0 validate reference "$detector" --seed 3 --threads 1 --set array.rows=512 --json --out c
  same stdout c/reference.json
  said stderr "--set has no effect" passed
  for arguments in config "model info $detector"; do
    : >file
    # shellcheck disable=SC2086
    expect 3 $arguments --out file
    said stderr --out file
  done
}

case_json_document() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick) --json --out out
  json stdout /schema /version /seed /config /map/metric /map/ideal /map/nonideal /map/per_chip/0 /map/std \
    /map/worst /map/coco /latency_s_per_image /cycles_per_image /energy_j_per_image /energy_j/dram /energy_j/array /energy_j/clamp /array_j/lrs /array_j/off /area_by_component_m2/array /area_m2 /tops_per_w \
    /simulated_s /wall_s /images /chips /layers/0/name /layers/0/rows /layers/0/columns /layers/0/operations \
    /layers/0/cycles /layers/0/energy_j /layers/0/bit_errors /layers/0/bits /layers/0/fallback_vectors /layers/0/newton_iterations \
    /config/array/rows /config/run/seed >values
  equal "$(json stdout /schema /map/metric /images /chips | tr '\n' ' ')" '1 "voc_all_point@0.5" 1 1 ' "values"
  # The layers are conv1, pool2 and conv3; conv3 is the first in the array.
  equal "$(json stdout /layers/2/name)" '"conv3"' "third layer"
  json stdout /layers/2/energy_j/word_line /layers/2/energy_j/array /layers/2/array_j/hrs >values
  same stdout out/result.json

  expect 0 model info "$detector" --json
  json stdout /classes/0 /nodes/0/name >values
  expect 0 config --json
  json stdout /array/rows >values
  expect 0 validate reference "$detector" --json --out out
  json stdout /cases/0/bit_errors /cases/0/bits /cases/0/timing /cases/0/burst /cases/0/macros >values
  equal "$(json stdout /cases/0/bit_errors)" 0 "bit errors"
}

# The comparison of the solver with ngspice reports a missing ngspice.
case_validate_spice_without_ngspice() {
  real_path=$PATH
  PATH=/nonexistent "$irc" validate spice --json >stdout 2>stderr
  equal "$?" 3 "exit code"
  PATH=$real_path
  [ -s stdout ] && fail "an error, but standard output is not empty"
  said stderr ngspice "apt-get install"
}

# Published macros: the document for scripts, and the documentation page that shows today's table.
case_validate_silicon() {
  expect 0 validate silicon
  said stdout "geometric mean" "NOT MET" "met" passed
  grep -v '^passed' stdout >lines
  while IFS= read -r line; do
    [ -z "$line" ] || grep -qxF -e "$line" "$source_dir/docs/energy.md" || fail "docs/energy.md lacks: $line"
  done <lines
  expect 0 validate silicon --fit
  said stdout r_settle_ohm macro_control_j_per_readout "with this fit" "set by hand" wires.c_wl_f
  # Values of the card that were set by hand may be changed. This is the first row of the sensitivity table.
  "$irc" validate silicon --fit --set card.wires.c_wl_f=1.5e-15 >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "NOT MET), worst" "1.5e-15"
  expect 0 validate silicon --set array.v_wl_v=1
  said stderr array.v_wl_v "no effect"
  expect 3 validate silicon --set card.wires.c_wl=1e-15
  said stderr c_wl
  expect 0 validate silicon --json --out out
  same stdout out/silicon.json
  json stdout /cases/0/macro /cases/0/boundary /cases/0/energy_ratio /cases/0/latency_ratio /cases/0/area_ratio \
    /cases/0/loo_energy_ratio /cases/0/assumed /fitted/energy/geometric_mean /not_fitted/latency/worst >values
  equal "$(json stdout /cases/0/boundary /cases/5/boundary /cases/5/latency_ratio | tr '\n' ' ')" '"core" "macro" null ' "values"
  said stderr passed
  # A list of the user's own: a value that nothing explains fails, a malformed list is bad input.
  cp "$source_dir/configs/silicon/macros.toml" own.toml
  expect 0 validate silicon own.toml
  sed 's/^energy_j = 2000e-12/energy_j = 2000e-9/' own.toml >thousandfold.toml
  "$irc" validate silicon thousandfold.toml >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "0.00" FAILED
  # Without fitted macros there is no mean, and no target is met.
  sed 's/^fitted = true/fitted = false/' own.toml >none.toml
  "$irc" validate silicon none.toml >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "energy, fitted macros                    geometric mean -, worst -, no macros" FAILED
  "$irc" validate silicon none.toml --json >stdout 2>stderr
  equal "$(json stdout /fitted/energy/geometric_mean)" null "geometric mean"
  sed 's/^readouts = 100 /readouts = -1 /' own.toml >negative.toml
  expect 3 validate silicon negative.toml
  said stderr negative.toml readouts -1
  expect 3 validate silicon no-such.toml
  said stderr no-such.toml
  real_path=$PATH
  PATH=/nonexistent "$irc" validate silicon --out bare >stdout 2>stderr
  equal "$?" 0 "exit code"
  PATH=$real_path
  said stdout "figure skipped: gnuplot is not installed"
  [ -e bare/silicon.svg ] && fail "a picture without gnuplot"
  command -v gnuplot >/dev/null || skip "no gnuplot"
  grep -q "</svg>" out/silicon.svg || fail "out/silicon.svg is no picture"
}

case_device() {
  expect 0 device --rows 64 --json --out out
  same stdout out/device.json
  equal "$(json stdout /rows /driven_share /lrs_share | tr '\n' ' ')" "64 0.18 0.3 " "load"
  json stdout /lrs_current_a /on_off /lrs_sigma /hrs_sigma /column_current_a /kept >values
  [ -s stderr ] && fail "something on standard error"
  cp stdout first
  expect 0 device --rows 64 --json --threads 1
  same first stdout
  expect 0 device naive.toml --rows 64
  said stdout "V_WL 0.9 V" "sigma(I)/I" "on/off" "kept"
  expect 2 device --rows -1
  expect 3 device --rows 0
  said stderr --rows "1 to 65536"
  for flag in --driven --lrs; do
    expect 3 device --rows 64 $flag 0
    expect 3 device --rows 64 $flag 1.5
    said stderr $flag 1.5 share
  done
  expect 3 device --set array.v_wl_w=1
}

case_device_sweep() {
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --json --out out
  same stdout out/v_wl_sweep.json
  equal "$(json stdout /rows /points/0/v_wl_v /points/1/v_wl_v /points/4/v_wl_v | tr '\n' ' ')" "64 0.5 0.6 0.9 " voltages
  equal "$(json stdout /points/1/mark /points/4/mark | tr '\n"' '  ')" " robust.toml   naive.toml  " marks
  # The row of the working point equals the command's report without a sweep.
  keys="lrs_mean_current_a hrs_mean_current_a on_off lrs_sigma lrs_sigma_v_t lrs_sigma_r hrs_sigma column_current_a kept"
  json stdout $(for key in $keys; do echo /points/1/$key; done) >sweep
  cp stdout first
  expect 0 device --rows 64 --json
  json stdout $(for key in $keys; do echo /$key; done) >point
  same sweep point
  # The table has six lines, because no voltage occurs twice. The CSV's columns are those of the document.
  equal "$(wc -l <out/v_wl_sweep.csv)" 6 "lines of the table"
  equal "$(head -1 out/v_wl_sweep.csv)" "v_wl_v,$(echo $keys | tr ' ' ,),mark,refused" "head of the table"
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --json --threads 1
  same first stdout
  expect 0 device --rows 64 --sweep-v-wl 0.1..0.5 --sweep-steps 2 --set array.v_wl_off_v=0.2
  said stdout "V_WL V" "refused" "array.v_wl_off_v" "robust.toml"
  for range in 0.9..0.5 0.5..0.5 0.5 0.5..6 -1..1 a..b ..1; do
    expect 3 device --sweep-v-wl=$range
    said stderr --sweep-v-wl "'$range'" FROM..TO
  done
  expect 3 device --sweep-v-wl 0.5..0.9 --sweep-steps 0
  said stderr --sweep-steps "1 to 1000"
  expect 3 device --sweep-v-wl 0.5..0.9 --against missing.toml
  said stderr missing.toml
  expect 3 device --sweep-v-wl 0.5..0.9 --set array.v_wl_w=1
  expect 2 device --against naive.toml
  expect 2 device --sweep-steps 3
  said stderr --sweep-v-wl
  # Without gnuplot the table is written, and figures of an earlier sweep are removed.
  touch out/v_wl_sweep.svg
  real_path=$PATH
  PATH=$work/no-programs
  run_irc device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 1 --out out
  PATH=$real_path
  equal "$code" 0 "exit code without gnuplot"
  said stderr "figure was not drawn: gnuplot is not installed"
  [ -e out/v_wl_sweep.svg ] && fail "a figure without gnuplot"
  equal "$(wc -l <out/v_wl_sweep.csv)" 4 "lines of the table"
  command -v gnuplot >/dev/null || skip "no gnuplot"
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --out out
  is_png out/v_wl_sweep.png
  grep -q "</svg>" out/v_wl_sweep.svg || fail "out/v_wl_sweep.svg is no picture"
  for text in "robust.toml: 0.6 V" "naive.toml: 0.9 V" "V_t mismatch alone"; do
    grep -qF "$text" out/v_wl_sweep.svg || fail "'$text' is not in the figure"
  done
}

# The demo passes its arguments to both runs, they override its defaults, and it refuses at once what it
# cannot pass on.
case_demo_arguments() {
  command -v cmake >/dev/null || skip "no cmake"
  mkdir -p demo/scripts demo/build/bin
  cp -r "$source_dir/cmake" demo/cmake
  cp "$source_dir/scripts/demo.sh" demo/scripts
  for replaced in setup build; do printf '#!/bin/sh\necho %s\n' $replaced >demo/scripts/$replaced.sh; done
  chmod +x demo/scripts/*.sh
  ln -s "$irc" demo/build/bin/irc
  demo() {
    command_line="demo.sh $*"
    demo/scripts/demo.sh "$@" >stdout 2>stderr
    code=$?
  }
  demo --limit 2 --evaluator ideal --nonideal-images=1 --chips 2 --set run.draw=1
  equal $code 0 "exit code"
  said stdout "robust" "naive" "TOPS/W"
  for run in demo-robust demo-naive; do
    equal "$(json demo/out/$run/result.json /images /chips | tr '\n' ' ')" "1 2 " "$run"
  done
  for argument in --out --out=x --network=my.onnx --model=my.onnx --json naive.toml; do
    demo "$argument"
    equal $code 2 "exit code"
    said stderr "$argument"
    [ -s stdout ] && fail "something was done"
  done
  return 0
}

case_written_files() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick 2 2) --out deep/er/out
  said stdout "mAP@0.5 ideal" "mAP@0.5 nonideal" "energy goes to" "macros" "written: 4 files in deep/er/out"
  json deep/er/out/result.json /schema
  json deep/er/out/detections.json
  equal "$(ls deep/er/out | tr '\n' ' ')" "detections.json result.json scene-3003-0.png scene-3003-1.png " files
  for picture in deep/er/out/*.png; do is_png "$picture"; done
}

# Two images with the same name in different formats must not overwrite each other's result.
case_equal_names() {
  detectors
  mkdir twins
  cp "$samples/images/scene-3003-0.png" twins/street.png
  printf 'P6\n2 2\n255\nabcdefghijkl' >twins/street.ppm
  # shellcheck disable=SC2012
  expect 0 run --model "$detector" --images twins --evaluator ideal --out out
  said stdout "written: 4 files"
  equal "$(ls out/*.png | wc -l | tr -d ' ')" 2 "pictures"
  for picture in out/*.png; do is_png "$picture"; done
}

case_seed_repeats() {
  detectors
  for run in a b c; do
    seed=11
    [ $run = c ] && seed=12
    # shellcheck disable=SC2046
    expect 0 run $(quick) --seed $seed --json --out $run
    result_of $run >$run.json
  done
  same a/detections.json b/detections.json
  same a.json b.json
  cmp -s a.json c.json && fail "another seed gives the same result"
  # The cells differ, but the images' truth does not.
  equal "$(json a/result.json /map/ideal)" "$(json c/result.json /map/ideal)" "ideal mAP"
}

run_case
