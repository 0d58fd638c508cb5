# SPDX-License-Identifier: Apache-2.0
# Prints a value change dump as a table "time name value", in the order of the dump: one line per change of a
# value, including the initial values. Names are full ("irc.macro0.phase"), reals have 17 digits, vectors have
# no leading zeros.
$1 == "$scope" { scope[++depth] = $3 }
$1 == "$upscope" { --depth }
$1 == "$var" {
  name = ""
  for (i = 1; i <= depth; ++i) name = name scope[i] "."
  names[$4] = names[$4] " " name $5
}
$1 == "$enddefinitions" { body = 1; next }
!body { next }
function change(code, value, list, n, i) {
  if (!(code in names)) { print "no signal of code " code > "/dev/stderr"; exit 1 }
  if (last[code] == value "") return
  last[code] = value ""
  n = split(names[code], list, " ")
  for (i = 1; i <= n; ++i) printf "%.0f %s %s\n", time, list[i], value
}
/^#/ { if (substr($0, 2) + 0 < time) { print "time goes back: " $0 > "/dev/stderr"; exit 1 } time = substr($0, 2) + 0; next }
/^b/ { value = substr($1, 2); sub(/^0+/, "", value); change($2, value == "" ? "0" : value); next }
/^r/ { change($2, sprintf("%.17g", substr($1, 2) + 0)); next }
/^s/ { change($2, substr($1, 2)); next }
/^[01xz]/ { change(substr($1, 2), substr($1, 1, 1)); next }
