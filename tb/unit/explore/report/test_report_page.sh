#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the exploration report as its readers see it, in headless Chromium, driven over the W3C WebDriver
# protocol.
#
#   test_report_page.sh CASE SAMPLE [FOLDER]
#
# CASE is one of the functions case_* below without the prefix, SAMPLE the program explore_report_sample. Case
# `screenshots` writes its screenshots to FOLDER. Exit code 0 means passed, 77 skipped, another failed; a
# failure prints what was seen.
set -eu

case_name=$1
sample=$(realpath "$2")
pictures=${3:+$(realpath "$3")}
work=$(mktemp -d) || exit 1
driver_pid=""
session=""
trap 'finish' EXIT
trap 'exit 1' HUP INT TERM

finish() {
  status=$?
  # Chromium ends with its session. Killing the driver alone would leave it running.
  [ -z "$session" ] || curl -s -m 20 -X DELETE "$base/session/$session" >/dev/null || true
  if [ -n "$driver_pid" ]; then
    kill "$driver_pid" 2>/dev/null || true
    wait "$driver_pid" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}

# Prints to standard error, because standard output may be captured in a variable.
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

for program in chromium chromedriver curl jq; do
  command -v "$program" >/dev/null || {
    echo "skipped: $program is not installed (scripts/setup.sh --ci installs it)"
    exit 77
  }
done

# --- WebDriver ---------------------------------------------------------------------------------------------

# wd METHOD PATH [BODY]: leaves the value of the answer in $work/value.
wd() {
  curl -s -m 60 -X "$1" -H 'Content-Type: application/json' ${3:+--data-binary "$3"} "$base/session/$session$2" \
    >"$work/answer" || fail "chromedriver does not answer $1 $2"
  if jq -e '.value | type == "object" and has("error")' "$work/answer" >/dev/null; then
    fail "$1 $2: $(jq -r '.value | .error + ": " + .message' "$work/answer" | head -3)"
  fi
  jq -r '.value' "$work/answer" >"$work/value"
}

# start WIDTH HEIGHT: starts a new browser that keeps the console and every network event.
start() {
  : >"$work/chromedriver.log"
  chromedriver --port=0 >"$work/chromedriver.log" 2>&1 &
  driver_pid=$!
  port=""
  for _ in $(seq 100); do
    port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$work/chromedriver.log")
    [ -n "$port" ] && break
    sleep 0.1
  done
  [ -n "$port" ] || fail "chromedriver did not start: $(cat "$work/chromedriver.log")"
  base=http://127.0.0.1:$port
  jq -n --arg profile "$work/profile" --arg size "$1,$2" '{capabilities: {alwaysMatch: {
      browserName: "chrome",
      "goog:loggingPrefs": {browser: "ALL", performance: "ALL"},
      "goog:chromeOptions": {args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--force-device-scale-factor=1", "--hide-scrollbars",
        "--user-data-dir=" + $profile, "--window-size=" + $size]}}}}' >"$work/capabilities"
  curl -s -m 90 -X POST -H 'Content-Type: application/json' --data-binary "@$work/capabilities" "$base/session" \
    >"$work/answer" || fail "no session within 90 s"
  session=$(jq -r '.value.sessionId // empty' "$work/answer")
  [ -n "$session" ] || fail "no session: $(head -c 600 "$work/answer")"
  # Sets the size of the page itself, because the window's frame is not part of it.
  wd POST /goog/cdp/execute "$(jq -n --argjson w "$1" --argjson h "$2" '{cmd: "Emulation.setDeviceMetricsOverride",
    params: {width: $w, height: $h, deviceScaleFactor: 1, mobile: false}}')"
  # Chromium's first page loads its own files, which are not the report's.
  wd POST /url '{"url": "about:blank"}'
  wd POST /se/log '{"type": "performance"}'
}

# open_sample POINTS [--hostile]: opens the sample's page; its data are in $work/data.json.
open_sample() {
  "$sample" "$1" "$work/page.html" "$work/data.json" ${2:+"$2"} || fail "no sample page"
  wd POST /url "$(jq -n --arg url "file://$work/page.html" '{url: $url}')"
}

# js EXPRESSION: prints its value in the page.
js() {
  wd POST /execute/sync "$(jq -n --arg script "return ($1);" '{script: $script, args: []}')"
  cat "$work/value"
}

# expect EXPRESSION VALUE
expect() {
  seen=$(js "$1")
  [ "$seen" = "$2" ] || fail "$1 is '$seen'; expected '$2'"
}

# holds EXPRESSION: it must be true in the page.
holds() { expect "Boolean($1)" true; }

# click CSS: clicks the middle of the element, as with a mouse.
click() {
  wd POST /element "$(jq -n --arg css "$1" '{using: "css selector", value: $css}')"
  wd POST "/element/$(jq -r '.[]' "$work/value")/click" '{}'
}

# click_at X Y: clicks at a place of the window.
click_at() {
  wd POST /actions "$(jq -n --argjson x "$1" --argjson y "$2" '{actions: [{type: "pointer", id: "mouse",
    parameters: {pointerType: "mouse"}, actions: [{type: "pointerMove", duration: 0, x: $x, y: $y},
    {type: "pointerDown", button: 0}, {type: "pause", duration: 30}, {type: "pointerUp", button: 0}]}]}')"
}

# drag X1 Y1 X2 Y2
drag() {
  wd POST /actions "$(jq -n --argjson a "$1" --argjson b "$2" --argjson c "$3" --argjson d "$4" '{actions: [
    {type: "pointer", id: "mouse", parameters: {pointerType: "mouse"}, actions: [
    {type: "pointerMove", duration: 0, x: $a, y: $b}, {type: "pointerDown", button: 0},
    {type: "pointerMove", duration: 60, x: $a, y: (($b + $d) / 2 | floor)}, {type: "pointerMove", duration: 60, x: $c, y: $d},
    {type: "pointerUp", button: 0}]}]}')"
}

# keys TEXT: types where the focus is. WebDriver's names: \ue004 Tab, \ue007 Enter, \ue015 arrow down, \ue012
# left.
keys() {
  wd POST /actions "$(printf '"%s"' "$1" | jq '{actions: [{type: "key", id: "keyboard", actions: [. / "" | .[] |
    {type: "keyDown", value: .}, {type: "keyUp", value: .}]}]}')"
}

picture() {
  wd GET /screenshot
  base64 -d "$work/value" >"$1"
}

# The page promises that nothing goes wrong and that nothing leaves the machine.
console_is_quiet() {
  wd POST /se/log '{"type": "browser"}'
  [ "$(jq length "$work/value")" = 0 ] || fail "the console is not empty: $(jq -r '.[].message' "$work/value")"
}
network_is_quiet() {
  wd POST /se/log '{"type": "performance"}'
  jq -r '.[].message | fromjson | .message | select(.method == "Network.requestWillBeSent") | .params.request.url' \
    "$work/value" | cut -c 1-200 >"$work/requests"
  # A log that does not contain the page itself would prove nothing.
  grep -qxF "file://$work/page.html" "$work/requests" || fail "the network log does not even hold the page"
  grep -v -e '^file://' -e '^data:' -e '^blob:' "$work/requests" >"$work/outside" || return 0
  fail "the page asked the network for: $(cat "$work/outside")"
}

rows_shown="document.querySelectorAll('#table tbody tr:not([hidden])').length"

# --- the cases ---------------------------------------------------------------------------------------------

case_opens_quietly() {
  start 1280 900
  open_sample 500
  expect 'document.title' 'Synthetic sample: word-line voltage, rows and readout – ircsim exploration'
  expect "$rows_shown" 500
  holds "document.querySelectorAll('#scatter svg path').length > 400"
  holds "document.querySelectorAll('#parallel svg path').length > 400"
  holds "document.querySelectorAll('#tradeoff svg path').length > 20"
  holds "document.getElementById('tradeoff').textContent.includes('working point 600 mV')"
  holds "document.getElementById('facts').textContent.includes('lhs')"
  holds "document.documentElement.scrollWidth <= window.innerWidth"
  console_is_quiet
  network_is_quiet
  # The page could not load anything either, because its policy refuses.
  expect "new Promise((done) => { document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective)); fetch('http://127.0.0.1:9/').catch(() => {}); setTimeout(() => done('nothing refused'), 3000); })" connect-src
}

case_small_experiments() {
  start 1280 900
  open_sample 0
  expect "document.getElementById('broken').textContent" 'There is no point to show yet.'
  holds "document.getElementById('content').hidden"
  for points in 1 2; do
    open_sample "$points"
    expect "$rows_shown" "$points"
    holds "document.getElementById('config').textContent.includes('base = ')"
  done
  console_is_quiet
}

case_click_shows_the_configuration() {
  start 1280 900
  open_sample 60
  # Finds the mark of a certain point by the place that the point's values must have, without asking the
  # chart.
  js "document.getElementById('scatter').scrollIntoView({block: 'center', behavior: 'instant'})" >/dev/null
  before=$(js "document.getElementById('config').textContent")
  places=$(js "JSON.stringify([...document.querySelectorAll('#scatter svg path')].filter((path) => path.getAttribute('fill') === 'transparent' ? false : path.getAttribute('fill') && path.getAttribute('fill') !== 'none').map((path) => path.getBoundingClientRect()).filter((box) => box.width > 12 && box.width < 18 && box.height > 12 && box.height < 18).map((box) => [box.x + box.width / 2, box.y + box.height / 2]))")
  count=$(echo "$places" | jq length)
  [ "$count" -ge 2 ] || fail "only $count marks of the front are in the chart"
  seen=""
  for i in $(seq 0 $((count - 1))); do
    click_at "$(echo "$places" | jq ".[$i][0] | floor")" "$(echo "$places" | jq ".[$i][1] | floor")"
    config=$(js "document.getElementById('config').textContent")
    [ "$config" = "$before" ] || seen=$config
    # Heading, row and configuration belong to the same point.
    id=$(js "document.querySelector('#table tr[aria-selected=true]').dataset.point")
    wanted=$(jq -r --arg id "$id" '.points[] | select(.id == $id) | .config_toml' "$work/data.json")
    [ "$config" = "$wanted" ] || fail "the configuration shown is not that of the selected row $id"
    expect "document.getElementById('point-heading').textContent" "Point $(echo "$id" | cut -c 1-8)"
    [ "$(jq -r --arg id "$id" '.points[] | select(.id == $id) | .on_front' "$work/data.json")" = true ] ||
      fail "a mark of the front is no point of the front"
  done
  [ -n "$seen" ] || fail "no click changed the configuration shown"
  holds "document.querySelectorAll('#layer-energy svg path').length > 20"
  holds "document.querySelectorAll('#layer-cycles svg path').length > 8"
  holds "document.getElementById('point-body').textContent.includes('µJ')"
  click '#copy'
  holds "/Copied|Selected/.test(document.querySelector('#point .says').textContent)"
  console_is_quiet
}

case_sorts_the_table() {
  start 1280 900
  open_sample 60
  column="[...document.querySelectorAll('#table tbody tr')].map((row) => row.dataset.point).join(' ')"
  wanted=$(jq -r '[.points | to_entries | sort_by(.value.metrics.energy_j_per_image // infinite, .key) | .[].value.id] | join(" ")' "$work/data.json")
  click 'button[data-column="m:energy_j_per_image"]'
  expect "$column" "$wanted"
  expect "document.querySelector('#table [aria-sort]').getAttribute('aria-sort')" ascending
  # In the reverse order, points without a value still come last.
  wanted=$(jq -r '[.points | to_entries | sort_by(-(.value.metrics.energy_j_per_image // -1), .key) | .[].value.id] | join(" ")' "$work/data.json")
  click 'button[data-column="m:energy_j_per_image"]'
  expect "$column" "$wanted"
  expect "document.querySelectorAll('#table [aria-sort]').length" 1
  expect "document.querySelector('#table [aria-sort]').getAttribute('aria-sort')" descending
  console_is_quiet
}

case_filters() {
  start 1280 900
  open_sample 200
  click '#filters summary'
  wanted=$(jq '[.points[] | select(.metrics.energy_j_per_image and .metrics.energy_j_per_image <= 6e-6)] | length' "$work/data.json")
  if [ "$wanted" -lt 5 ] || [ "$wanted" -gt 190 ]; then fail "the sample is no good for this filter: $wanted points"; fi
  click 'input[data-filter="m:energy_j_per_image:to"]'
  keys '6 uJ\ue007'
  expect "$rows_shown" "$wanted"
  expect "document.getElementById('shown').textContent" "$wanted of 200 points shown"
  holds "document.getElementById('scatter-note').textContent.startsWith('$wanted of 200')"
  # Fitted axes show the remaining points larger.
  width="(() => { const places = [...document.querySelectorAll('#scatter svg path')].map((path) => path.getBoundingClientRect()).filter((box) => box.width > 12 && box.width < 18 && box.height > 12 && box.height < 18).map((box) => box.x); return Math.round(Math.max(...places) - Math.min(...places)); })()"
  before=$(js "$width")
  click '#fit'
  [ "$(js "$width")" -gt $((before * 3 / 2)) ] || fail "the fitted front is $(js "$width") wide after $before"
  click '#front-only'
  expect "$rows_shown" "$(jq '[.points[] | select(.on_front and .metrics.energy_j_per_image <= 6e-6)] | length' "$work/data.json")"
  # A bound that is no number is marked and ignored.
  click 'input[data-filter="m:energy_j_per_image:from"]'
  keys 'much\ue007'
  expect "document.querySelector('[data-filter=\"m:energy_j_per_image:from\"]').getAttribute('aria-invalid')" true
  click '#reset'
  expect "$rows_shown" 200
  # Filters by a category and by a status.
  js "[...document.querySelectorAll('#filter-grid label')].find((label) => label.textContent.trim() === 'multi_bit').click()" >/dev/null
  js "[...document.querySelectorAll('#filter-grid label')].find((label) => label.textContent.trim() === 'failed').click()" >/dev/null
  expect "$rows_shown" "$(jq '[.points[] | select(.parameters["sense.readout"] != "multi_bit" and .status != "failed")] | length' "$work/data.json")"
  console_is_quiet
}

case_brush_filters_all() {
  start 1280 900
  open_sample 200
  js "document.getElementById('parallel').scrollIntoView({block: 'center', behavior: 'instant'})" >/dev/null
  # The axes are the long vertical lines, in the order of the columns.
  axes=$(js "JSON.stringify([...new Set([...document.querySelectorAll('#parallel svg path')].map((path) => path.getBoundingClientRect()).filter((line) => line.width < 2 && line.height > 200).map((line) => Math.round(line.x + line.width / 2)))].sort((a, b) => a - b))")
  [ "$(echo "$axes" | jq length)" = 9 ] || fail "the axes stand at $axes; expected nine"
  top=$(($(js "Math.round(document.getElementById('parallel').getBoundingClientRect().top)") + 66))
  values() { js "[...new Set([...document.querySelectorAll('#table tbody tr:not([hidden])')].map((row) => row.cells[$1].textContent))].sort().join(' ')"; }

  # The upper third of the readout axis is one of three names.
  x=$(echo "$axes" | jq '.[2]')
  drag "$x" "$top" "$x" $((top + 90))
  [ "$(values 5)" = multi_bit ] || fail "after the brush the readouts are $(values 5); expected multi_bit"
  shown=$(jq '[.points[] | select(.parameters["sense.readout"] == "multi_bit")] | length' "$work/data.json")
  expect "$rows_shown" "$shown"
  expect "document.getElementById('shown').textContent" "$shown of 200 points shown"
  holds "document.getElementById('scatter-note').textContent.startsWith('$(jq '[.points[] | select(.parameters["sense.readout"] == "multi_bit" and .status != "failed")] | length' "$work/data.json") of 200')"

  # In addition, the upper quarter of a logarithmic axis from 50 to 2000, which is 795 and more.
  x=$(echo "$axes" | jq '.[1]')
  drag "$x" "$top" "$x" $((top + 72))
  [ "$(values 4)" = 1024 ] || fail "after the brush the rows per operation are $(values 4); expected 1024"
  shown=$(js "$rows_shown")

  # Selecting a point and changing the colours redraws the chart; the brushes stay.
  click '#table tbody tr:not([hidden])'
  click '#theme label:nth-of-type(3)'
  expect "$rows_shown" "$shown"
  expect "[...document.querySelectorAll('#parallel svg path')].filter((path) => getComputedStyle(path).fillOpacity === '0.3' && path.getBoundingClientRect().height > 60).length" 2
  # Removing an axis removes its brush.
  click '.axes summary'
  click '#parallel-axes label:nth-child(2) input'
  expect "$rows_shown" "$(jq '[.points[] | select(.parameters["sense.readout"] == "multi_bit")] | length' "$work/data.json")"
  click '#reset'
  expect "$rows_shown" 200
  # At least two axes stay.
  js "document.querySelectorAll('#parallel-axes input').forEach((box) => { if (box.checked) box.click(); })" >/dev/null
  expect "document.querySelectorAll('#parallel-axes input:checked').length" 2
  console_is_quiet
}

case_keyboard() {
  start 1280 900
  open_sample 60
  # The Tab key reaches every control in the order of the page. The first one skips to the table.
  keys '\ue004'
  expect "document.activeElement.className" skip
  controls=$(js "[...document.querySelectorAll('a[href], button, select, input, summary, [tabindex=\"0\"]')].filter((one) => one.checkVisibility() && !one.disabled && !(one.type === 'radio' && !one.checked)).length")
  reached=1
  while [ "$reached" -lt 200 ]; do
    keys '\ue004'
    [ "$(js "document.activeElement === document.body || document.activeElement.className === 'skip'")" = true ] && break
    reached=$((reached + 1))
    [ "$(js "getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.type === 'radio'")" = true ] ||
      fail "no outline on the focused $(js 'document.activeElement.outerHTML.slice(0, 200)')"
  done
  [ "$reached" = "$controls" ] || fail "Tab reached $reached of $controls controls"
  # In the table: down, down, Enter.
  js "document.querySelector('#table tbody tr[tabindex=\"0\"]').focus()" >/dev/null
  keys '\ue015\ue015'
  wanted=$(js "document.activeElement.dataset.point")
  holds "document.querySelector('#table tr[aria-selected=true]').dataset.point !== '$wanted'"
  keys '\ue007'
  expect "document.querySelector('#table tr[aria-selected=true]').dataset.point" "$wanted"
  expect "document.getElementById('config').textContent" "$(jq -r --arg id "$wanted" '.points[] | select(.id == $id) | .config_toml // empty' "$work/data.json")"
  holds "document.getElementById('announce').textContent.includes('selected')"
  expect "document.querySelectorAll('#table tbody tr[tabindex=\"0\"]').length" 1
  # In the chart: moves to another point.
  js "document.getElementById('scatter').focus()" >/dev/null
  keys '\ue012'
  holds "document.querySelector('#table tr[aria-selected=true]').dataset.point !== '$wanted'"
  console_is_quiet
}

case_theme() {
  start 1280 900
  wd POST /goog/cdp/execute '{"cmd": "Emulation.setEmulatedMedia", "params": {"features": [{"name": "prefers-color-scheme", "value": "light"}]}}'
  open_sample 60
  expect "document.documentElement.dataset.theme" light
  light=$(js "getComputedStyle(document.body).backgroundColor")
  click '#theme label:nth-of-type(3)'
  expect "document.documentElement.dataset.theme" dark
  dark=$(js "getComputedStyle(document.body).backgroundColor")
  [ "$light" != "$dark" ] || fail "dark looks like light: $dark"
  # The choice survives a reload. "auto" follows the system.
  wd POST /refresh '{}'
  expect "document.documentElement.dataset.theme" dark
  click '#theme label:nth-of-type(1)'
  expect "document.documentElement.dataset.theme" light
  wd POST /goog/cdp/execute '{"cmd": "Emulation.setEmulatedMedia", "params": {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}}'
  expect "document.documentElement.dataset.theme" dark
  console_is_quiet
}

case_axes_and_colour() {
  start 1280 900
  open_sample 60
  for column in $(js "[...document.getElementById('x-axis').options].map((option) => option.value).join(' ')"); do
    js "['x-axis', 'colour'].forEach((id) => { const select = document.getElementById(id); select.value = '$column'; select.dispatchEvent(new Event('change')); })" >/dev/null
    holds "document.querySelectorAll('#scatter svg path').length > 40"
  done
  # With two parameters as axes, failed points have a place, no point is listed apart, and there is no front
  # line.
  js "[['x-axis', 'p:array.v_wl_v'], ['y-axis', 'p:card.rram.sigma_hrs']].forEach(([id, value]) => { const select = document.getElementById(id); select.value = value; select.dispatchEvent(new Event('change')); })" >/dev/null
  holds "document.getElementById('apart').hidden"
  holds "document.getElementById('scatter-note').textContent.includes('No front line')"
  # A failed point shows its reason.
  js "document.querySelector('#y-axis').value = 'm:area_m2', document.querySelector('#y-axis').dispatchEvent(new Event('change'))" >/dev/null
  click '#apart-points button'
  holds "document.querySelector('#point .notice').textContent.includes('did not converge')"
  console_is_quiet
}

case_numbers() {
  start 1280 900
  open_sample 2
  expect "format.quantity(5.123e-6, 'J')" '5.123 µJ'
  expect "format.quantity(0.00099999, 's')" '1 ms'
  expect "format.quantity(-3e-9, 'A')" '−3 nA'
  expect "format.quantity(1.5e-6, 'm^2')" '1.5 mm²'
  expect "format.quantity(0.7612, '1')" '0.7612'
  expect "format.quantity(12.5, 'TOPS/W')" '12.5 TOPS/W'
  expect "format.quantity(null, 'J')" '–'
  expect "format.parse('5u', 'J')" 5e-06
  expect "format.parse('5 µJ', 'J') === 5e-6 && format.parse('5e-6', 'J') === 5e-6 && format.parse('1,5 mm2', 'm^2') === 1.5e-6" true
  expect "Number.isNaN(format.parse('much', 'J')) && Number.isNaN(format.parse('5 q', 'J'))" true
  console_is_quiet
}

case_hostile_texts() {
  start 1280 900
  open_sample 60 --hostile
  text=$(jq -r '.experiment.title' "$work/data.json")
  expect "document.getElementById('title').textContent" "$text"
  expect "document.title" "$text – ircsim exploration"
  expect "document.querySelectorAll('img').length" 0
  holds "document.getElementById('config').textContent.startsWith('</script><img')"
  # The hover of a point, the legend and a failed point's message are all plain text.
  js "document.getElementById('scatter').scrollIntoView({block: 'center', behavior: 'instant'})" >/dev/null
  place=$(js "JSON.stringify([...document.querySelectorAll('#scatter svg path')].map((path) => path.getBoundingClientRect()).filter((box) => box.width > 12 && box.width < 18 && box.height > 12).map((box) => [box.x + box.width / 2, box.y + box.height / 2])[0])")
  click_at "$(echo "$place" | jq '.[0] | floor')" "$(echo "$place" | jq '.[1] | floor')"
  holds "document.querySelector('.hover').textContent.includes('<img')"
  click '#apart-points button'
  expect "document.querySelector('#point .notice').textContent" "$text"
  expect "document.querySelectorAll('img').length" 0
  console_is_quiet
  network_is_quiet
}

case_narrow() {
  start 390 844
  open_sample 60
  expect "document.documentElement.scrollWidth" 390
  expect "window.innerWidth" 390
  holds "document.getElementById('parallel').getBoundingClientRect().height > 380"
  click '#to-point'
  holds "document.getElementById('point').getBoundingClientRect().top < 400"
  console_is_quiet
}

case_screenshots() {
  [ -n "$pictures" ] || fail "give a folder for the pictures"
  start 1280 1700
  open_sample 500
  picture "$pictures/light.png"
  click '#theme label:nth-of-type(3)'
  picture "$pictures/dark.png"
  js "window.scrollTo(0, 1400)" >/dev/null
  picture "$pictures/dark-below.png"
  click '#theme label:nth-of-type(2)'
  js "window.scrollTo(0, 1400)" >/dev/null
  picture "$pictures/light-below.png"
  wd POST /goog/cdp/execute '{"cmd": "Emulation.setDeviceMetricsOverride", "params": {"width": 390, "height": 2600, "deviceScaleFactor": 1, "mobile": true}}'
  wd POST /refresh '{}'
  sleep 1
  picture "$pictures/narrow.png"
  wd POST /goog/cdp/execute '{"cmd": "Emulation.setDeviceMetricsOverride", "params": {"width": 700, "height": 2600, "deviceScaleFactor": 1, "mobile": false}}'
  wd POST /goog/cdp/execute '{"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}}'
  js "window.dispatchEvent(new Event('beforeprint'))" >/dev/null
  picture "$pictures/print.png"
}

"case_$case_name"
echo "passed: $case_name"
