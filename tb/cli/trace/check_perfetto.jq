# SPDX-License-Identifier: Apache-2.0
# Checks a file against Chrome's trace event format and the demands of its viewers. Prints every violation.
#   jq -r -f check_perfetto.jq trace.perfetto.json
def track: "\(.pid)/\(.tid)";
def slices: .ph == "B" or .ph == "E";

# The slices of one track in the order of the file: times never decrease, and each end matches the open begin.
def nesting:
  reduce .[] as $e ({open: [], now: 0, wrong: []};
    "track \($e | track): \($e.ph) of '\($e.name)' at \($e.ts) us" as $what
    | if $e.ts < .now then .wrong += ["\($what) comes after \(.now) us"] else . end
    | .now = $e.ts
    | if $e.ph == "B" then .open += [$e.name]
      elif .open[-1] == $e.name then .open |= .[:-1]
      else .wrong += ["\($what), but open is \(.open[-1])"] end)
  | .wrong[], (.open[] | "'\(.)' never ends");

def names:
  (map(select(.name == "process_name") | .pid)) as $processes
  | (map(select(.name == "thread_name") | track)) as $threads
  | (map(select(.ph != "M") | .pid) | unique | . - $processes | map("process \(.) has no name"))
    + (map(select(slices) | track) | unique | . - $threads | map("track \(.) has no name"));

def fields:
  [.[] | select(
      (.ph | IN("M", "B", "E", "C", "s", "f", "i") | not)
      or (.pid | type != "number")
      or (.ph != "M" and (.ts | type != "number" or . < 0))
      or (.ph == "C" and (.args.value | type != "number"))
      or (slices and (.name | type != "string")))
    | "a field is missing or wrong: \(tojson)"];

# Each arrow starts where a slice begins, and reaches a slice that begins where the arrow ends, no earlier.
def arrows:
  (map(select(.ph == "B")) | map({key: "\(track) \(.ts)", value: true}) | from_entries) as $begins
  | map(select(.ph == "s" or .ph == "f")) | group_by(.id)
  | map(
      if length != 2 or ([.[].ph] | sort) != ["f", "s"] then "arrow \(.[0].id) has not one begin and one end"
      else (map(select(.ph == "s"))[0]) as $s | (map(select(.ph == "f"))[0]) as $f
        | if $s.ts > $f.ts then "arrow \($s.id) goes back in time"
          elif ($begins["\($s | track) \($s.ts)"] and $begins["\($f | track) \($f.ts)"]) | not
          then "arrow \($s.id) hangs in the air" else empty end
      end);

.traceEvents
| (if length == 0 then ["no events"] else [] end)
  + fields + names + arrows
  + (map(select(slices)) | group_by(track) | map(nesting))
| .[]
