#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Data sets as users bring them: what is read must score as the same images do in their plain form, and what is left
# out must be said. cases.sh describes the arguments.
. "$(dirname "$0")/cases.sh"

# score ARGUMENTS: runs the shipped detector on ideal hardware and prints the ideal mAP over all images.
score() {
  expect 0 run ideal.toml --evaluator ideal --nonideal-images 1 --out out "$@"
  json out/result.json /map/ideal_all_images
}

# yolo FOLDER SUBFOLDER: the sample scenes as a YOLO data set, with every second scene in SUBFOLDER.
yolo() {
  mkdir -p "$1/images/val/$2" "$1/labels/val/$2"
  printf 'val: images/val\nnames: [vehicle, pedestrian, cyclist]\n' >"$1/data.yaml"
  for scene in 0 1 2 3 4 5; do
    place=.
    [ $((scene % 2)) = 1 ] && place=$2
    cp "$samples/images/scene-3003-$scene.png" "$1/images/val/$place/"
    grep '"image_id"' "$samples/scenes.json" | sed 's/[^0-9.][^0-9.]*/ /g' | awk -v scene=$scene '$2 == scene {
      printf "%d %.17g %.17g %.17g %.17g\n", $3 - 1, ($4 + $6 / 2) / 128, ($5 + $7 / 2) / 96, $6 / 128, $7 / 96 }' \
      >"$1/labels/val/$place/scene-3003-$scene.txt"
  done
}

# coco SED: the sample scenes as COCO, after a sed script.
coco() {
  mkdir -p coco
  ln -sfn "$samples/images" coco/images
  sed "$1" "$samples/scenes.json" >coco/scenes.json
}

case_yolo_with_folders_and_doubled_lines() {
  plain=$(score --images "$samples/scenes.json") || exit 1
  said stderr "irc: images: 6 read, 1 without boxes; boxes: 19 read"
  yolo set night
  found=$(score --images set/data.yaml) || exit 1
  equal "$found" "$plain" "mAP of the same images as YOLO in folders"
  said stderr "irc: images: 6 read, 1 without boxes; boxes: 19 read"
  for file in set/labels/val/*.txt set/labels/val/night/*.txt; do
    cat "$file" "$file" >doubled && mv doubled "$file"
  done
  found=$(score --images set/data.yaml) || exit 1
  equal "$found" "$plain" "mAP with doubled label lines"
  said stderr "boxes: 19 read, 19 dropped: 19 repeated (first labels/val/"
  equal "$(json out/result.json /data/boxes /data/dropped_boxes/0/count | tr '\n' ' ')" "19 19 " "boxes"
}

case_foreign_and_absent_classes() {
  plain=$(score --images "$samples/scenes.json") || exit 1
  [ -n "$(grep note: stderr)" ] && fail "a note on a data set without oddities"
  coco 's/"annotations": \[/&{"id":99,"image_id":0,"category_id":9,"bbox":[9,9,9,9]},/
    s/"categories": \[/&{"id":9,"name":"dog"},/'
  found=$(score --images coco/scenes.json) || exit 1
  said stderr "'dog' (1 objects)" "average precision of 0"
  said stdout "not in the detector"
  awk -v a="$found" -v b="$plain" 'BEGIN { exit !(a > 0.7499 * b && a < 0.7501 * b) }' || fail "mAP $found of $plain"
  found=$(score --images coco/scenes.json --set 'run.foreign_classes="ignore"') || exit 1
  equal "$found" "$plain" "mAP without the foreign class"
  said stderr "left out (run.foreign_classes)" "1 dropped: 1 of classes that the detector does not have"
  equal "$(json out/result.json /data/foreign_classes/0/class /data/foreign_classes/0/counted | tr '\n' ' ')" \
    '"dog" false ' "the foreign class"
  # Without its cyclists and their category; the comma before them goes, too.
  coco '/"category_id":3/d;s/"category_id":2,\(.*\)},$/"category_id":2,\1},/
    /"name":"cyclist"/d;s/"pedestrian"},/"pedestrian"}/'
  sed -i -e ':a' -e 'N' -e '$!ba' -e 's/},\n\]/}\n]/g' coco/scenes.json
  score --images coco/scenes.json >score || exit 1
  said stderr "no objects of the detector's classes 'cyclist'; these classes are left out of the mean"
  said stdout "not in the images"
  equal "$(json out/result.json /data/absent_classes/0)" '"cyclist"' "the absent class"
}

case_detector_classes() {
  plain=$(score --images "$samples/scenes.json") || exit 1
  coco 's/"vehicle"/"car"/;s/"pedestrian"/"person"/;s/"cyclist"/"bike"/'
  expect 3 run ideal.toml --images coco/scenes.json
  said stderr "none of the detector's classes" "'car', 'person', 'bike'" "'vehicle', 'pedestrian', 'cyclist'"
  found=$(score --images coco/scenes.json --set 'detector.classes=["car", "person", "bike"]') || exit 1
  equal "$found" "$plain" "mAP with the classes renamed"
  said stderr "detector.classes replaces the names"
  expect 3 run ideal.toml --images coco/scenes.json --set 'detector.classes=["car", "bike"]'
  said stderr "detector.classes names 2 classes" "has 3"
  expect 3 run ideal.toml --images coco/scenes.json --set 'detector.classes=["car", "car", "bike"]'
  expect 3 run ideal.toml --set 'detector.stride=7'
  said stderr "detector.stride is 7"
  expect 3 run ideal.toml --set 'detector.scores="probabilities"' --set run.scenes=1
  said stderr "expected 0 to 1"
}

case_detector_without_metadata() {
  detectors
  run_with="run ideal.toml --evaluator ideal --model detectors/unnamed.onnx --limit 2"
  # shellcheck disable=SC2086
  expect 3 $run_with --images "$samples/scenes.json"
  said stderr "'class 0', 'class 1', 'class 2'" irc.classes "detector.classes = ["
  # shellcheck disable=SC2086
  expect 0 $run_with --images "$samples/images"
  said stderr "images: 2 read, no annotations, 4 skipped: 4 beyond run.limit" "detector.classes = ["
  # shellcheck disable=SC2086
  expect 0 $run_with --images "$samples/scenes.json" --out unnamed \
    --set 'detector.classes=["vehicle", "pedestrian", "cyclist"]'
  # shellcheck disable=SC2086
  expect 0 run ideal.toml --evaluator ideal --model "$detector" --limit 2 --images "$samples/scenes.json" --out named
  same unnamed/detections.json named/detections.json
}

case_deep_json() {
  for text in '[' '{"a":'; do
    awk -v text="$text" 'BEGIN { for (i = 0; i < 80000; ++i) printf "%s", text }' >deep.json
    expect 3 run --images deep.json
    said stderr "deep.json:1:" "levels deep"
  done
}

case_pictures_that_are_none() {
  mkdir folder
  cp "$samples/images/scene-3003-0.png" folder/
  mkfifo folder/pipe.png
  expect 3 run ideal.toml --images folder
  said stderr "pipe.png" "regular file"
  rm folder/pipe.png
  head -c 2000 "$samples/images/scene-3003-1.png" >folder/cut.png
  expect 3 run ideal.toml --images folder
  said stderr "cut.png" "truncated"
  nothing_written out/run
}

run_case
