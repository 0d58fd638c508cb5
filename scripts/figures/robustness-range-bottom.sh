# SPDX-License-Identifier: Apache-2.0
# Lower end of the sensing range against the injected bias.
# cost: long
grid "$(explored sensing-range-bottom experiments/sensing-range-bottom.toml)" sense.injected_bias_a sense.i_min_a "range from" 1e6 1e6 " uA"
