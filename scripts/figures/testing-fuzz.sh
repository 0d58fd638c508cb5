# SPDX-License-Identifier: Apache-2.0
# Executions, coverage and crashes of each fuzz target.
# cost: medium
# needs: jq
# The table of scripts/fuzz.sh: a head, then lines "target executions per_second edges features crashes".
scripts/fuzz.sh | awk '
  NR == 1 { next }
  NR == 2 { print "| target | inputs tried | per second | edges | features | crashes |"; print "|---|---|---|---|---|---|" }
  NF == 6 { printf "| %s | %d | %d | %d | %d | %d |\n", $1, $2, $3, $4, $5, $6 }'
