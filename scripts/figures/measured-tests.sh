# SPDX-License-Identifier: Apache-2.0
# Number of tests.
# cost: quick
# needs: build/CTestTestfile.cmake
count=$(ctest --test-dir "$programs/.." -N 2>/dev/null | sed -n 's/^Total Tests: //p')
long=$(ctest --test-dir "$programs/.." -N -L '^long$' 2>/dev/null | sed -n 's/^Total Tests: //p')
if ctest --test-dir "$programs/.." -N | grep -q NOT_BUILT; then
  echo "tests are not built (scripts/build.sh)" >&2
  exit 1
fi
echo "\`scripts/test.sh\` runs $((count - long)) tests; \`scripts/test.sh -L long\` runs $long longer ones."
