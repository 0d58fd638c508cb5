# SPDX-License-Identifier: Apache-2.0
# Compares two tables row by row and field by field: text exactly, numbers to 1e-9 of the larger. Prints the
# differences and exits with 1 if there are any.   awk [-F,] -f compare_tables.awk WANTED FOUND
function is_number(text) { return text ~ /^[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$/ }
function magnitude(x) { return x < 0 ? -x : x }
function alike(a, b) {
  if (a == b "") return 1
  if (!is_number(a) || !is_number(b)) return 0
  larger = magnitude(a) > magnitude(b) ? magnitude(a) : magnitude(b)
  return magnitude(a - b) <= 1e-9 * larger
}
function differ(text) {
  if (++differences <= 10) print FILENAME ":" FNR ": " text
}
NR == FNR { wanted[FNR] = $0; rows = FNR; next }
{
  found = FNR
  if (FNR > rows) { differ("row '" $0 "' is too many"); next }
  count = split(wanted[FNR], want)
  if (count != NF) { differ(NF " fields, expected " count ": " $0); next }
  for (i = 1; i <= NF; ++i) if (!alike(want[i], $i)) differ("field " i " is '" $i "', expected '" want[i] "'")
}
END {
  if (found < rows) print FILENAME ": " found + 0 " rows, expected " rows
  if (differences > 10) print differences - 10 " more differences"
  exit differences > 0 || found < rows
}
