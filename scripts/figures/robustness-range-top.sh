# SPDX-License-Identifier: Apache-2.0
# Upper end of the sensing range against the word-line voltage.
# cost: long
grid "$(explored sensing-range-top experiments/sensing-range-top.toml)" sense.i_max_a array.v_wl_v "V_WL" 1e6 1 " V"
