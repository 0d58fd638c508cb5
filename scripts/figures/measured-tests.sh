# SPDX-License-Identifier: Apache-2.0
# Number of tests.
# cost: quick
# needs: build/CTestTestfile.cmake
tests=$(ctest --test-dir "$programs/.." -N)
case $tests in *NOT_BUILT*) skip "the tests are not built" ;; esac
count=$(echo "$tests" | sed -n 's/^Total Tests: //p')
long=$(ctest --test-dir "$programs/.." -N -L '^long$' | sed -n 's/^Total Tests: //p')
echo "\`scripts/test.sh\` runs $((count - long)) tests, among them the co-simulation, seeded RTL bugs and random programs;"
echo "\`scripts/test.sh -L long\` runs $long longer ones."
