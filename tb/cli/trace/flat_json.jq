# SPDX-License-Identifier: Apache-2.0
# The events of a Perfetto trace as a table: one per line, "key value" pairs in the order of the keys.
.traceEvents[] | . as $event | [paths(scalars) | "\(join(".")) \(. as $path | $event | getpath($path) | tostring | gsub(" "; "_"))"] | join(" ")
