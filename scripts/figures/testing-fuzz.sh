# SPDX-License-Identifier: Apache-2.0
# Executions, coverage and crashes of each fuzz target.
# cost: long
# needs: clang++
# The table of scripts/fuzz.sh: a head, then lines "target executions per_second edges features crashes".
scripts/fuzz.sh | awk '
  NF != 6 { next }
  $1 == "target" { print "| target | inputs tried | per second | edges | features | crashes |"; print "|---|---|---|---|---|---|"; next }
  { printf "| %s | %d | %d | %d | %d | %d |\n", $1, $2, $3, $4, $5, $6 }'
