#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of the kinds of data sets, and of shipped detectors on them.
. "$(dirname "$0")/cases.sh"

case_plain_folder() {
  detectors
  mkdir plain
  cp "$samples"/images/scene-3003-[01].png plain
  expect 0 run --model "$detector" --images plain --evaluator ideal --out out
  said stdout "no annotations" "mAP@0.5 nonideal"
  grep -q '^drop' stdout && fail "a drop of nothing"
  equal "$(json out/result.json /map/ideal /map/nonideal /map/per_chip/0 /map/std /map/worst /map/coco | sort -u)" \
    null "mAP without annotations"
  equal "$(json out/result.json /images)" 2 pictures
  for picture in out/*.png; do is_png "$picture"; done
  expect 0 run --model "$detector" --images plain/scene-3003-1.png --evaluator ideal --out one
  equal "$(json one/result.json /images)" 1 pictures
}

# The data set has annotations, but not for the images that run.
case_nothing_to_find() {
  detectors
  expect 0 run --model "$detector" --images "$samples/scenes.json" --limit 1 --evaluator ideal --chips 3 --out out
  said stdout "no annotations"
  grep -q '^drop' stdout && fail "a drop of nothing"
  equal "$(json out/result.json /map/ideal /map/nonideal /map/per_chip/2 /map/std /map/worst /map/coco | sort -u)" \
    null "mAP without objects"
}

# The same images in three formats give the same boxes and the same mAP.
case_coco_voc_yolo() {
  detectors
  make_voc
  make_yolo
  printf 'path: yolo\ntrain: images\nval: images\nnc: 3\nnames: [vehicle, pedestrian, cyclist]\n' >data.yaml
  set -- "coco $samples/scenes.json" "voc voc" "yolo yolo" "yaml data.yaml" "split voc --set run.split=val"
  for kind in "$@"; do
    name=${kind%% *}
    # shellcheck disable=SC2086
    expect 0 run --model "$detector" --nonideal-images 2 --evaluator ideal --json --out $name --images ${kind#* }
    json "$name/result.json" /map/ideal_all_images /map/ideal /map/nonideal /map/coco /images_reference >"$name.map"
    sed 's/"image_id":[0-9]*,"category_id":[0-9]*/box/' "$name/detections.json" >"$name.boxes"
    same coco.map "$name.map"
    same coco.boxes "$name.boxes"
  done
  [ "$(wc -l <coco.boxes)" -gt 2 ] || fail "no detections to compare"
  equal "$(tail -n 1 coco.map)" 6 pictures
}

# Splits are selected by name. An unknown name is refused, with the names of the splits that exist.
case_splits() {
  detectors
  run_with="run --network $detector --nonideal-images 1 --evaluator ideal --json --out out"
  make_yolo
  mkdir few
  for name in scene-3003-1 scene-3003-2; do
    mkdir -p few/images few/labels
    cp yolo/images/$name.png few/images
    cp yolo/labels/$name.txt few/labels
  done
  printf 'train: yolo/images\nval: few/images\nnames: [vehicle, pedestrian, cyclist]\n' >data.yaml
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml
  equal "$(json stdout /images_reference)" 2 "images of val, the default"
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml --split train
  equal "$(json stdout /images_reference)" 6 "images of train"
  equal "$(json stdout /config/run/split)" '"train"' "split in force"
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml --split train --set run.split=val
  equal "$(json stdout /images_reference)" 2 "images of --set's split"
  make_voc
  head -n 3 voc/ImageSets/Main/val.txt >voc/ImageSets/Main/test.txt
  # shellcheck disable=SC2086
  expect 0 $run_with --images voc
  equal "$(json stdout /images_reference)" 6 "images of the whole VOC folder"
  # shellcheck disable=SC2086
  expect 0 $run_with --images voc --split test
  equal "$(json stdout /images_reference)" 3 "images of test"
  for set in "data.yaml 'train', 'val'" "voc 'test', 'val'"; do
    # shellcheck disable=SC2086
    expect 3 $run_with --images ${set%% *} --split night
    said stderr "${set%% *}" "no split 'night'" "${set#* }"
  done
  for set in yolo yolo/images yolo/images/scene-3003-1.png "$samples/scenes.json"; do
    # shellcheck disable=SC2086
    expect 3 $run_with --images "$set" --split val
    said stderr "$set" "no split 'val'"
  done
  expect 2 run --split val --out out
  said stderr --split --images
}

# Classes in another order are matched by name in the AP, the detections file and the result.
case_classes_in_another_order() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  ln -s "$samples/images" images
  sed -e '/"id":3,"name"/d' -e '/"id":1,"name"/s/^/  {"id":3,"name":"cyclist"},\n/' -e 's/\("pedestrian"}\),/\1/' \
    "$samples/scenes.json" >turned.json
  cp "$samples/scenes.json" same.json
  for set in same turned; do
    expect 0 run --images $set.json --nonideal-images 6 --evaluator ideal --set run.draw=0 --json --out $set
    cp stderr $set.said
  done
  grep -q "different order" same.said && fail "a note about classes in the same order"
  [ "$(grep -c "different order; they are matched by name" turned.said)" = 1 ] || fail "no note about another order"
  equal "$(json turned/result.json /map/per_class/0/class /map/per_class/1/class | tr '\n' ' ')" '"cyclist" "vehicle" ' order
  same same/detections.json turned/detections.json
  # The classes are summed in another order, so the mAP may differ in its last digits.
  for key in ideal nonideal coco; do
    equal "$(json turned/result.json /map/$key | cut -c1-12)" "$(json same/result.json /map/$key | cut -c1-12)" "mAP $key"
  done
  for pair in "0 1" "1 2" "2 0"; do
    for key in class objects ideal nonideal; do
      equal "$(json turned/result.json "/map/per_class/${pair#* }/$key")" \
        "$(json same/result.json "/map/per_class/${pair% *}/$key")" "$key of class ${pair% *}"
    done
  done
}

# The mean of the AP per class is the mAP, on the terminal and in the result.
case_ap_per_class() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  expect 0 run --images "$samples/scenes.json" --evaluator ideal --set run.draw=0 --chips 2 --out out
  said stdout "AP@0.5 vehicle" "AP@0.5 pedestrian" "AP@0.5 cyclist" " ideal, " " nonideal, "
  for key in ideal nonideal; do
    json out/result.json /map/$key /map/per_class/0/$key /map/per_class/1/$key /map/per_class/2/$key >aps
    awk 'NR == 1 { mean = $1 } NR > 1 { sum += $1 } END { off = mean - sum / 3; exit !(off < 1e-12 && off > -1e-12) }' aps ||
      fail "the mean over the classes is not the mAP, $key: $(cat aps)"
  done
  equal "$(json out/result.json /map/per_class/0/class)" '"vehicle"' "first class"
  equal "$(json out/result.json /map/per_class/0/objects /map/per_class/1/objects /map/per_class/2/objects | awk '{ sum += $1 } END { print sum }')" \
    "$(grep -c '"bbox"' "$samples/scenes.json")" objects
  mkdir plain
  cp "$samples/images/scene-3003-1.png" plain
  detectors
  expect 0 run --network "$detector" --images plain --evaluator ideal --out none
  equal "$(json none/result.json /map/per_class)" null "classes without annotations"
  grep -q "AP@0.5 vehicle" stdout && fail "AP without annotations"
  return 0
}

# The detector's raw output does not depend on the number of threads, and is the reference's without nonidealities.
case_head_values() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --threads 1 --write-head --out one
  said stdout "written: 7 files in one (result.json, detections.json, 3 images, head.npy, head_ideal.npy)"
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --threads 3 --set run.write_head=true --json --out many
  same one/head.npy many/head.npy
  same one/head_ideal.npy many/head_ideal.npy
  cmp -s one/head.npy one/head_ideal.npy && fail "nonidealities change nothing"
  equal "$(head -c 8 one/head.npy | od -An -tx1 | tr -d ' \n')" 934e554d50590100 "magic and version"
  equal "$(json stdout /head/nonideal /head/ideal | tr '\n' ' ')" '"head.npy" "head_ideal.npy" ' names
  shape=$(json stdout /head/shape)
  head -c 128 one/head.npy | grep -aqF "'descr': '<f4', 'fortran_order': False, 'shape': ($(echo "$shape" | tr -d '[]' | sed 's/,/, /g'))" ||
    fail "the header does not say the shape $shape"
  # shellcheck disable=SC2046
  set -- $(echo "$shape" | tr -d '[]' | tr ',' ' ')
  equal "$1 $2" "3 7" "images and channels: three classes and four sides"
  equal "$(wc -c <one/head.npy)" $((128 + 4 * $1 * $2 * $3 * $4)) bytes
  equal "$(json stdout /head/image_ids)" "[0,1,2]" "images"
  # shellcheck disable=SC2046
  expect 0 run ideal.toml $(quick 4 2) --write-head --json --out ideal
  same ideal/head.npy ideal/head_ideal.npy
  # A run without --write-head removes the files of an earlier run.
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --json --out one
  equal "$(json stdout /head)" null "head without --write-head"
  [ -e one/head.npy ] || [ -e one/head_ideal.npy ] && fail "heads of an earlier run"
  return 0
}

# --network and its older name --model.
case_network_option() {
  detectors
  for command in run calibrate; do
    expect 0 $command --help
    said stdout "--network,--model"
  done
  for flag in --network --model; do
    expect 0 run $flag "$detector" --images "$samples/scenes.json" --limit 1 --evaluator ideal --json --out out
    equal "$(json stdout /config/run/model)" "\"$detector\"" "network in force with $flag"
  done
  expect 2 run --network "$detector" --model "$detector"
}

# ideal.toml computes the exact arithmetic of every shipped detector, to the last bit of its head.
case_ideal_preset_on_shipped_detectors() {
  for model in traffic traffic-naive street street-naive; do
    [ -f "$source_dir/models/$model.onnx" ] || skip "no models/$model.onnx"
    expect 0 run ideal.toml --network models/$model.onnx --images "$samples/images" --limit 2 --nonideal-images 1 \
      --set run.draw=0 --write-head --json --out $model
    equal "$(grep -c '"bit_errors": 0,' stdout)" "$(grep -c '"bit_errors"' stdout)" "layers without bit errors, $model"
    same $model/head.npy $model/head_ideal.npy
    equal "$(json stdout /map/nonideal)" "$(json stdout /map/ideal)" "mAP, $model"
  done
  # robust.toml refuses such biases, and names the cheapest remedy first.
  expect 3 run robust.toml --network models/traffic-naive.onnx --limit 1 --out refused
  said stderr "bias rows" 'array.bias = "source"' "array.bias_rows"
  nothing_written refused
  expect 3 config --set array.bias=digital
  said stderr "'array.bias'" 'expected "source"' "leaves nothing to add a bias to"
}

# A folder and a model of the user's own, both outside this source tree.
case_photographs() {
  photos=$source_dir/../shared/data/modes-of-transport
  model=$source_dir/models/street.onnx
  [ -d "$photos" ] || skip "no photographs beside the source tree"
  [ -f "$model" ] || skip "no models/street.onnx"
  expect 0 run --model "$model" --images "$photos" --limit 2 --nonideal-images 1 --evaluator ideal --json --out out
  json stdout /map/ideal /map/nonideal /latency_s_per_image >values
  equal "$(json stdout /images_reference)" 2 pictures
  for picture in out/*.png; do is_png "$picture"; done
}

# The state after a first clone.
case_shipped_detector() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  expect 0 run --limit 2 --nonideal-images 1 --evaluator ideal --json --out out
  json stdout /map/ideal /map/nonideal >values
  for picture in out/*.png; do is_png "$picture"; done
}

run_case
