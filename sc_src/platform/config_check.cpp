// SPDX-License-Identifier: Apache-2.0
// Checks values that are valid alone but not together. Each message names the value that the user most likely
// has to change.
#include "config_parts.h"
#include "irc/platform/workload.h"

namespace irc::platform::detail {
namespace {

using mapping::BiasPlacement;
using mapping::WeightScheme;
using Kind = sense::SenseConfig::Kind;

/// Larger draws than five standard deviations are too rare to matter; array::ProgrammedTile limits them.
constexpr double most_clamp_spread = 0.2;

std::string number(std::size_t value) {
  return std::to_string(value);
}

/// An error about a value that a configuration may set, or else takes from the technology card.
InputError mismatch(const TomlTable& table, std::string_view key, double found, const std::string& expected) {
  if (table.has(key)) return table.error(key, expected);
  return InputError("'" + table.path(key) + "': found " + toml_real(found) +
                    " from the technology card, expected " + expected);
}

/// Voltages that the solvers and the energy model cannot take, although each is in its range.
void check_voltages(const TomlTable& root, const RunConfig& config) {
  const auto array = root.find_table("array");
  const auto& c = config.conditions;
  const auto& card = config.card;
  if (c.v_wl_off_v >= c.v_wl_v)
    throw mismatch(array, "v_wl_off_v", c.v_wl_off_v,
                   "less than array.v_wl_v (" + toml_real(c.v_wl_v) + " V)");
  if (c.v_wl_off_v < -c.v_wl_v)
    throw mismatch(array, "v_wl_off_v", c.v_wl_off_v,
                   "at least minus array.v_wl_v (-" + toml_real(c.v_wl_v) + " V)");
  if (c.v_bl_v > card.energy.v_dd_v)
    throw mismatch(array, "v_bl_v", c.v_bl_v,
                   "at most card.energy.v_dd_v (" + toml_real(card.energy.v_dd_v) +
                       " V), the supply from which the clamp regulates the bit line down");
  if (config.nonidealities.clamp_variation && card.biases.v_bl_sigma_v > most_clamp_spread * c.v_bl_v)
    throw mismatch(root.find_table("card").find_table("biases"), "v_bl_sigma_v", card.biases.v_bl_sigma_v,
                   "at most a fifth of array.v_bl_v (" + toml_real(c.v_bl_v) +
                       " V), because no clamp of the chip may reach 0 V");
}

void check_array(const TomlTable& array, const RunConfig& config) {
  const auto& g = config.geometry;
  if (g.rows_per_operation > g.rows)
    throw array.error("rows_per_operation", "at most array.rows (" + number(g.rows) + "), or 0 for all rows");
  if (g.column_pairs % g.amplifiers != 0)
    throw array.error("amplifiers", "a divisor of array.column_pairs (" + number(g.column_pairs) +
                                        "), as every amplifier serves equally many pairs");
  if (g.bias_rows >= g.rows) throw array.error("bias_rows", "less than array.rows (" + number(g.rows) + ")");
  if (g.bias == BiasPlacement::array && g.bias_rows == 0)
    throw array.error("bias_rows", "at least 1 with array.bias = \"array\"");
  if (g.bias == BiasPlacement::digital && g.one_bit_readout && g.rows_per_operation == 0)
    throw array.error("bias",
                      "\"source\" where a one-bit amplifier reads all rows in one operation: a one-bit "
                      "decision leaves nothing to add a bias to. Other remedies are " +
                          std::string(g.scheme == WeightScheme::binary_reference ? "" : "\"array\", ") +
                          "array.rows_per_operation above 0, or sense.kind = \"multi_bit\"");
}

void check_sense(const TomlTable& sense, const RunConfig& config) {
  const auto& s = config.sense;
  const auto& g = config.geometry;
  if (s.i_max_a <= s.i_min_a)
    throw sense.error("i_max_a", "more than sense.i_min_a (" + toml_real(s.i_min_a) + " A)");
  if (s.kind != Kind::multi_bit && s.bits != 1) throw sense.error("bits", "1, or sense.kind = \"multi_bit\"");
  if (s.kind == Kind::reference && g.scheme != WeightScheme::binary_reference)
    throw sense.error("kind", "\"differential\" or \"multi_bit\" with array.mapping = \"" +
                                  std::string(mapping_names[static_cast<std::size_t>(g.scheme)]) +
                                  "\": \"reference\" is for binary_reference only");
  if (s.trim.enabled && !(s.trim.step_a > 0))
    throw sense.error("trim_step_a", "more than 0 with sense.trim = true");
  if (s.trim.enabled && s.trim.range_a < s.trim.step_a)
    throw sense.error("trim_range_a", "at least sense.trim_step_a (" + toml_real(s.trim.step_a) + " A)");
  if (s.trim.reads % 2 == 0)
    throw sense.error("trim_reads", "an odd number, as the majority of the reads decides");
}

void check_run(const TomlTable& run, const RunConfig& config) {
  const auto& r = config.run;
  if (r.dataset == "generated" && !r.images.empty())
    throw run.error("images", "no path with run.dataset = \"generated\"");
  if (r.dataset != "auto" && r.dataset != "generated" && r.images.empty())
    throw run.error("images", "the path of the data set, with run.dataset = \"" + r.dataset + "\"");
  if (!r.image_root.empty() && r.images.empty())
    throw run.error("image_root", "no path without run.images, which names the COCO file");
  const auto& c = config.calibration;
  if (generated(r) && c.scene_seed == r.scene_seed)
    throw run.error("scene_seed", "another seed than calibration.scene_seed (" + number(*c.scene_seed) +
                                      "), as the layers' working points were found on those scenes");
}

}  // namespace

void check_together(const TomlTable& root, const RunConfig& config) {
  check_array(root.find_table("array"), config);
  check_voltages(root, config);
  check_sense(root.find_table("sense"), config);
  check_run(root.find_table("run"), config);
}

}  // namespace irc::platform::detail
