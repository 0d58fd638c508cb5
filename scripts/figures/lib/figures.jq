# Number formats of the figure sections.   jq -L scripts/figures/lib 'include "figures"; ...'

# fixed(n): a number with n decimals; a missing one is a dash.
def fixed($n):
  if . == null then "–"
  else (if . < 0 then "-" else "" end) as $sign
    | (fabs * pow(10; $n) | round | tostring) as $digits
    | ((("0" * ([$n + 1 - ($digits | length), 0] | max)) // "") + $digits) as $padded
    | $sign + (if $n == 0 then $padded else $padded[:-$n] + "." + $padded[-$n:] end)
  end;

# significant(n): a positive number with n significant digits, without an exponent.
def significant($n):
  if . == null then "–" elif . == 0 then "0"
  else fixed([$n - 1 - (fabs | log10 | floor), 0] | max) end;

# scientific: 2.0e-10
def scientific:
  if . == 0 then "0"
  else (fabs | log10 | floor) as $e | (. / pow(10; $e) | fixed(1)) + "e" + ($e | tostring) end;

# thousands: a whole number with commas.
def thousands:
  (round | tostring) as $d
  | [range($d | length) as $i
     | (if $i > 0 and ((($d | length) - $i) % 3) == 0 then "," else "" end) + $d[$i:$i + 1]] | join("");

# A share as a percentage, or as points (hundredths) without a sign for units.
def percent($n): if . == null then "–" else (. * 100 | fixed($n)) + " %" end;
def percent: percent(2);
def points($n): if . == null then "–" else . * 100 | fixed($n) end;
def points: points(2);

# Of `map` in result.json: the mean over chips with half its 95 % confidence interval.
def map_percent:
  (.nonideal | percent) + (if (.ci95 // 0) > 0 then " ± " + (.ci95 | points) else "" end);
def drop: .ideal - .nonideal;
def good_chips: "\(.yield.good_chips) of \(.per_chip | length) (\(.yield.ci95[0] * 100 | fixed(1)) to \(.yield.ci95[1] * 100 | fixed(1)) %)";

def uj: . * 1e6 | fixed(2) + " uJ";
def us: . * 1e6 | fixed(1) + " us";

# Energy in the macros, of an energy_j object.
def macro_j:
  [.word_line, .array, .clamp, .precharge, .bias, .reference, .sense, .mux, .macro_control, .accumulate] | add;

# row: an array of texts as a line of a Markdown table.
def row: "| " + join(" | ") + " |";

# The geometric mean of the factors by which ratios miss 1, and the worst of them.
def miss: [.[] | select(. != null) | log | fabs] | {mean: (add / length | exp), worst: (max | exp)};

def technique_label:
  {"low-v-wl": "low V_WL", "all-rows": "all rows at once", "ternary": "ternary weights", "no-batch-norm": "no batch norm",
   "extra-bias": "extra bias", "trim": "offset trim", "hardware-aware": "hardware-aware training"}[.] // .;

# Of irc ablate: the designs of the ladder from naive to robust; the outcome of a design in a column.
def ladder: .designs as $d | ($d[] | select(.kind == "robust") | .techniques) as $all
  | [range(0; ($all | length) + 1) as $k | [$d[] | select(.techniques == $all[:$k])][0]];
def outcome($column): .outcomes[] | select(.column == $column);
