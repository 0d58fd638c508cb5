#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc calibrate, and of the settings that change what a run finds.
. "$(dirname "$0")/cases.sh"

# sure SIGN FEWER MORE: with SIGN "over", FEWER bit errors must be below MORE by more than four standard
# errors of the difference of two counts; with "within", they may be above by at most two.
sure() {
  awk -v sign="$1" -v fewer="$2" -v more="$3" 'BEGIN {
    sure = sign == "over" ? more - fewer > 4 * sqrt(more + fewer) : fewer - more <= 2 * sqrt(more + fewer)
    exit !sure
  }'
}

# The sensing range starts above all currents, so every decision loses gain. Bias sources without variation
# lift the inputs into the range, after which it has no effect. A run with the range switched off is the
# reference. The result must not depend on the number of threads.
case_calibrate() {
  detectors
  on="--pictures 8 --chips 1"
  low="--model $detector --set run.evaluator=ideal --set sense.i_min_a=4e-5 --set sense.injected_bias_a=0
       --set nonidealities.bias_variation=false"
  for threads in 1 2; do
    # shellcheck disable=SC2086
    expect 0 calibrate robust.toml $low $on --threads $threads --json --out c$threads
  done
  same c1/calibrated.toml c2/calibrated.toml
  grep -v wall_s c1/calibration.json | grep -v '"threads"' >c1.json
  grep -v wall_s c2/calibration.json | grep -v '"threads"' >c2.json
  same c1.json c2.json
  # shellcheck disable=SC2086
  expect 0 calibrate robust.toml $low $on --set nonidealities.sensing_range=false --measure-only --json
  cp stdout free.json
  # A bias of i_min_a lifts all inputs into the range.
  # shellcheck disable=SC2086
  expect 0 calibrate robust.toml $low $on --set sense.injected_bias_a=4e-5 --measure-only --json
  cp stdout lifted.json
  layer=0
  while "$tools/cli_json" c1/calibration.json /layers/$layer/name >name 2>none; do
    before=$(json c1/calibration.json /layers/$layer/bit_errors_before)
    after=$(json c1/calibration.json /layers/$layer/bit_errors_after)
    free=$(json free.json /layers/$layer/bit_errors_before)
    words="layer $(cat name): $before bit errors before, $after after, $free without a sensing range"
    equal "$(json lifted.json /layers/$layer/bit_errors_before)" "$free" "bit errors of the lifted layer $(cat name)"
    sure over "$free" "$before" || fail "nothing to gain in $words"
    # The search may accept at most one standard error for a smaller bias. Its estimate from eight images is
    # uncertain by 27 %.
    sure within "$after" "$free" || fail "$words"
    layer=$((layer + 1))
  done
  [ "$layer" -ge 1 ] || fail "no layers"
  for key in passes operations decisions register_writes loaded_bytes energy_j time_s; do
    json c1/calibration.json /cost/$key >value
    [ "$(cat value)" = 0 ] && fail "the search costs no $key"
  done
  # The calibrated file alone gives the errors that were reported.
  # shellcheck disable=SC2086
  expect 0 calibrate c1/calibrated.toml $on --measure-only --json
  equal "$(json stdout /layers/0/bit_errors_before)" "$(json c1/calibration.json /layers/0/bit_errors_after)" \
    "bit errors of the calibrated configuration"
  # On other scenes the whole network improves, and the scenes of the calibration are refused.
  expect 0 run c1/calibrated.toml --limit 2 --json --out after
  # shellcheck disable=SC2086
  expect 0 run robust.toml $low --limit 2 --json --out before
  errors_of() { grep -o '"bit_errors": [0-9]*' "$1" | awk '{ sum += $2 } END { print sum }'; }
  before=$(errors_of before/result.json)
  after=$(errors_of after/result.json)
  sure over "$after" "$before" || fail "$before bit errors before, $after after"
  expect 3 run c1/calibrated.toml --limit 2 --set run.scene_seed=4004
  said stderr run.scene_seed 4004
}

# Where nothing can be gained, everything stays: without a sensing range the bias only adds variation.
case_calibrate_leaves() {
  detectors
  expect 0 calibrate robust.toml --model "$detector" --pictures 4 --chips 2 --set run.evaluator=ideal \
    --set nonidealities.all=false --json --out c
  layer=0
  while "$tools/cli_json" c/calibration.json /layers/$layer/name >name 2>none; do
    for key in injected_bias_a threshold_units; do
      equal "$(json c/calibration.json /layers/$layer/found/$key)" \
        "$(json c/calibration.json /layers/$layer/configured/$key)" "$key of layer $(cat name)"
    done
    equal "$(json c/calibration.json /layers/$layer/bit_errors_after)" \
      "$(json c/calibration.json /layers/$layer/bit_errors_before)" "bit errors of layer $(cat name)"
    layer=$((layer + 1))
  done
  [ "$layer" -ge 1 ] || fail "no layers"
}

# Images of a calibration are refused one by one, whatever names lead to them.
case_calibrated_pictures() {
  detectors
  expect 0 calibrate --model "$detector" --images "$samples/scenes.json" --pictures 2 --chips 1 \
    --set run.evaluator=ideal --out g
  expect 0 run g/calibrated.toml --limit 1 --out scenes
  for images in scenes.json images images/scene-3003-0.png; do
    expect 3 run g/calibrated.toml --images "$samples/$images" --out refused
    said stderr "run.images: " /scene-3003-0.png calibration.images scenes.json
  done
  ln -s "$samples/images" linked
  expect 3 run g/calibrated.toml --images linked --out refused
  said stderr linked/scene-3003-0.png
  nothing_written refused
  # A copy counts as another image.
  mkdir other
  cp "$samples/images/scene-3003-0.png" other/a.png
  expect 0 run g/calibrated.toml --images other --out copies
  ln -s "$samples/images/scene-3003-1.png" other/b.png
  expect 3 run g/calibrated.toml --images other --out refused
  said stderr other/b.png
  expect 0 run g/calibrated.toml --images other --limit 1 --out copies
  # The images of the calibration must be readable.
  sed 's/scenes[.]json/moved.json/' g/calibrated.toml >moved.toml
  expect 3 run moved.toml --images other --limit 1 --out refused
  said stderr calibration.images moved.json
  # A second calibration may use the images of the first.
  expect 0 calibrate g/calibrated.toml --images "$samples/scenes.json" --pictures 2 --chips 1 --measure-only
}

case_calibrate_errors() {
  detectors
  expect 3 calibrate --scene-seed 3003
  said stderr 3003 run.scene_seed
  expect 2 calibrate --chip-seed 1
  said stderr --chip-seed --per-chip
  expect 2 calibrate --per-chip --chips 2
  expect 2 calibrate --pictures 0
  expect 2 calibrate --chips -1
  expect 2 calibrate --split train
  expect 2 calibrate --images "$samples/scenes.json" --scene-seed 7
  expect 2 calibrate --set run.images="$samples/scenes.json"
  said stderr --images "$samples/scenes.json"
  expect 3 calibrate --images "$samples/scenes.json" --set run.images="$samples/scenes.json"
  said stderr run.images
  expect 3 calibrate --set timing.activations=streamed
  said stderr timing.activations
  printf 'base = "robust.toml"\n\n[sense.layers.attic]\ninjected_bias_a = 1e-6\n' >unknown.toml
  for command in run config calibrate; do
    expect 3 $command unknown.toml
    said stderr unknown.toml:3 attic "in the array"
  done
  # Commands that need no detector do not read one.
  expect 0 device unknown.toml
}

# The yield on both sides of its limit, with its confidence interval.
case_yield() {
  detectors
  for drop in 0 1; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 2 2) --chips 2 --yield-drop $drop --set array.v_wl_v=0.45 --json --out y$drop
  done
  equal "$(json y1/result.json /map/yield/good_chips)" 2 "chips within a drop of 1"
  equal "$(json y1/result.json /map/yield/share)" 1.0 "their share"
  equal "$(json y1/result.json /map/yield/ci95/1)" 1.0 "upper limit"
  equal "$(json y1/result.json /map/yield/ci95/0 | cut -c1-6)" 0.1581 "lower limit, sqrt(0.025)"
  equal "$(json y0/result.json /map/yield/drop | cut -c1-3)" 0.0 "drop"
  expect 2 run --yield-drop 2
  said stderr --yield-drop
}

# The loosely and the approximately timed model have different events but the same bits.
case_timings_agree() {
  detectors
  for timing in lt at; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 2 2) --timing $timing --json --out $timing
  done
  same lt/detections.json at/detections.json
  equal "$(json lt/result.json /map/nonideal)" "$(json at/result.json /map/nonideal)" mAP
  # Cycles are whole numbers, and the layers' cycles add up to the image's.
  total=0
  for layer in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    cycles=$("$tools/cli_json" at/result.json /layers/$layer/cycles 2>none) || break
    equal "$cycles" "$(json lt/result.json /layers/$layer/cycles)" "cycles of layer $layer"
    case $cycles in *[!0-9]*) fail "cycles of layer $layer: $cycles" ;; esac
    total=$((total + cycles))
  done
  equal "$total" "$(json at/result.json /cycles_per_image)" "cycles of all layers"
  equal "$total" "$(json lt/result.json /cycles_per_image)" "cycles of all layers, lt"
}

# Without nonidealities the accelerator computes exactly the network's bits.
case_ideal_preset() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run ideal.toml $(quick 4 0) --set run.model="$detector" --json --out out
  equal "$(grep -c '"bit_errors": 0,' stdout)" "$(grep -c '"bit_errors"' stdout)" "layers without bit errors"
  equal "$(json stdout /map/nonideal /map/coco)" "$(json stdout /map/ideal /map/coco_ideal)" mAP
  equal "$(json stdout /images)" 4 pictures
}

case_mapping_of_other_weights() {
  detectors
  # shellcheck disable=SC2046
  expect 3 run $(quick) --set array.mapping=binary_differential --out out
  said stderr "layer 'conv3'" "-1 and +1"
  nothing_written out
}

run_case
