# SPDX-License-Identifier: Apache-2.0
# Whether marked sections and their scripts belong together, and no figure of a section is written by hand elsewhere.
#   awk -v scripts="names of the scripts" -f check.awk PAGE...
# A figure is a number with a unit or a percent sign and at least three significant digits. A line outside the sections
# that states an input with the same value says so by <!-- figures: given -->.

function problem(text) { print text > "/dev/stderr"; problems++ }

function significant_digits(number,   digits) {
  digits = number
  gsub(/[.]/, "", digits)
  sub(/^0+/, "", digits)
  if (number !~ /[.]/) sub(/0+$/, "", digits)
  return length(digits)
}

# figures_of(line, found): numbers with their units, in found[1..n]; returns n.
function figures_of(line, found,   n, number, before, unit) {
  n = 0
  before = ""
  while (match(line, /[0-9][0-9,]*([.][0-9]+)?/)) {
    if (RSTART > 1) before = substr(line, RSTART - 1, 1)
    number = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    gsub(/,/, "", number)
    unit = line
    sub(/^ /, "", unit)
    if (before !~ /[A-Za-z_.]/ && significant_digits(number) >= 3 &&
        match(unit, /^(%|points|[mnpfu]?J|µJ|[mnpu]?s|µs|cycles|[mnu]?A|mm²|um²|[mu]W|MB|MiB|GMAC\/s|(images|pictures)\/s)/) &&
        substr(unit, RLENGTH + 1, 1) !~ /[A-Za-z0-9_\/]/)
      found[++n] = number " " substr(unit, 1, RLENGTH)
    before = substr(number, length(number))
  }
  return n
}

BEGIN {
  count = split(scripts, list, /[ \n]+/)
  for (i = 1; i <= count; ++i) if (list[i] != "") has_script[list[i]] = 1
}

FNR == 1 {
  if (section != "") problem(page ": section '" section "' does not end")
  section = ""
  page = FILENAME
  pages++
}

/^<!-- figures: [a-z0-9-]+ -->$/ {
  name = $3
  if (section != "") problem(FILENAME ":" FNR ": section '" name "' begins inside '" section "'")
  if (name in section_at) problem(FILENAME ":" FNR ": section '" name "' stands in " section_at[name] ", too")
  else section_at[name] = FILENAME
  if (!(name in has_script)) problem(FILENAME ":" FNR ": section '" name "' has no script scripts/figures/" name ".sh")
  section = name
  next
}
/^<!-- \/figures: [a-z0-9-]+ -->$/ {
  if ($3 != section) problem(FILENAME ":" FNR ": section '" $3 "' ends but has not begun")
  section = ""
  next
}
/figures: given -->/ { next }
/<!-- *\/?figures:/ {
  problem(FILENAME ":" FNR ": not a marker of a section: " $0)
  next
}

{
  n = figures_of($0, found)
  for (i = 1; i <= n; ++i) {
    if (section != "") measured[found[i]] = section
    else { outside++; by_hand[outside] = found[i]; place[outside] = FILENAME ":" FNR }
  }
}

END {
  if (section != "") problem(page ": section '" section "' does not end")
  for (name in has_script) if (!(name in section_at)) problem("scripts/figures/" name ".sh: no page has its section")
  for (i = 1; i <= outside; ++i)
    if (by_hand[i] in measured)
      problem(place[i] ": '" by_hand[i] "' is written by hand, but is a figure of section '" measured[by_hand[i]] \
              "': link to it")
  for (name in section_at) sections++
  if (problems) exit 1
  printf "%d sections in %d pages; each figure stands once\n", sections, pages
}
