// SPDX-License-Identifier: Apache-2.0
// Reads configs/silicon/macros.toml into values in force.
#include <algorithm>
#include <array>

#include "irc/device/cell.h"
#include "irc/energy/energy_ledger.h"
#include "irc/platform/resources.h"
#include "irc/platform/silicon.h"

namespace irc::platform {
namespace {

using device::CellState;

/// A macro's values. Each is either published or assumed, never both.
class Values {
 public:
  explicit Values(const TomlTable& macro)
      : published_(macro.find_table("published")), assumed_(macro.find_table("assumed")) {}

  const TomlTable& table(std::string_view key) const {
    if (published_.has(key) && assumed_.has(key))
      throw assumed_.error(key, "no value, as the same key stands among the published ones");
    return assumed_.has(key) ? assumed_ : published_;
  }
  double real(std::string_view key, double min, double max) const { return table(key).real(key, min, max); }
  double real(std::string_view key, double min, double max, double fallback) const {
    return table(key).find_real(key, min, max).value_or(fallback);
  }
  double count(std::string_view key, std::optional<double> fallback = {}) const {
    const auto found = table(key).find_integer(key, 1, 1'000'000'000);
    if (!found && fallback) return *fallback;
    return found ? static_cast<double>(*found) : static_cast<double>(table(key).integer(key));
  }
  std::optional<double> published(std::string_view key, double max) const {
    return published_.find_real(key, 1e-30, max);
  }
  std::vector<std::string> assumed() const { return assumed_.keys(); }

 private:
  TomlTable published_, assumed_;
};

/// Currents of the median cells at the macro's operating point: as stated, or solved for its resistances and
/// voltages.
void find_currents(const Values& values, const device::TechnologyCard& standard, SiliconMacro& m) {
  device::TechnologyCard card = standard;
  card.rram.lrs.r_ohm = values.real("r_lrs_ohm", 1, 1e9, card.rram.lrs.r_ohm);
  card.rram.hrs.r_ohm = values.real("r_hrs_ohm", 1, 1e12, card.rram.hrs.r_ohm);
  m.v_bl_v = values.real("v_bl_v", 1e-3, 2, card.biases.v_bl_v);
  m.v_wl_v = values.real("v_wl_v", 0, 5, card.biases.v_wl_v);
  const auto current = [&](const device::RramState& state, CellState name, double v_wl_v) {
    const device::CellParameters cell{state.r_ohm, card.transistor_at_temperature().v_t_v, name};
    return device::solve_cell(card, cell, m.v_bl_v, 0, v_wl_v).i_a;
  };
  m.lrs_current_a =
      values.real("lrs_current_a", 1e-12, 1e-3, current(card.rram.lrs, CellState::lrs, m.v_wl_v));
  m.hrs_current_a = values.real("hrs_current_a", 0, 1e-3, current(card.rram.hrs, CellState::hrs, m.v_wl_v));
  if (m.hrs_current_a >= m.lrs_current_a)
    throw values.table("hrs_current_a")
        .error("hrs_current_a", "less than the low-resistance state's current");
  m.off_current_a = m.lrs_share * current(card.rram.lrs, CellState::lrs, card.biases.v_wl_off_v) +
                    (1 - m.lrs_share) * current(card.rram.hrs, CellState::hrs, card.biases.v_wl_off_v);
}

Conversion default_conversion(double bits) {
  if (bits <= 1) return Conversion::one_bit;
  return bits <= 3 ? Conversion::flash : Conversion::successive;
}

void read_readout(const Values& values, SiliconMacro& m) {
  constexpr std::array<std::string_view, 3> names = {"one_bit", "flash", "successive"};
  m.bits = values.count("bits");
  const auto named = values.table("conversion").find_choice("conversion", names);
  m.conversion = named ? static_cast<Conversion>(*named) : default_conversion(m.bits);
  if (values.table("steps").has("steps")) m.conversion = Conversion::successive;
  m.steps = values.count("steps", m.conversion == Conversion::successive ? m.bits : 1);
  m.references = values.table("references").find_boolean("references").value_or(m.bits > 1);
}

std::vector<SiliconBlock> read_blocks(const TomlTable& macro) {
  std::vector<SiliconBlock> blocks;
  if (!macro.has("block")) return blocks;
  for (const auto& table : macro.tables("block")) {
    SiliconBlock block;
    block.name = table.string("name");
    block.share = table.real("share", 0, 1);
    block.components = table.strings("components");
    block.input = table.find_boolean("input").value_or(false);
    for (const auto& component : block.components) {
      const auto& all = energy::components();
      if (std::none_of(all.begin(), all.end(), [&](auto c) { return energy::name(c) == component; }))
        throw table.error("components", "names of energy components (docs/energy.md)");
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

SiliconMacro read_macro(const TomlTable& table, const device::TechnologyCard& card) {
  constexpr std::array<std::string_view, 2> boundaries = {"core", "macro"};
  SiliconMacro m;
  m.name = table.string("name");
  m.publication = table.string("publication");
  m.whole_macro = table.choice("boundary", boundaries) == 1;
  m.fitted = table.boolean("fitted");
  const Values values(table);
  m.node_m = values.real("node_m", 1e-9, 1e-6);
  m.v_dd_v = values.real("v_dd_v", 0.1, 10);
  m.rows = values.count("rows");
  m.activity = values.real("activity", 0, 1, 0.5);
  m.bit_line_cells = values.count("bit_line_cells");
  m.readouts = values.count("readouts");
  m.bit_lines_per_readout = values.count("bit_lines_per_readout", 1);
  m.word_line_cells = values.count("word_line_cells", m.readouts * m.bit_lines_per_readout);
  m.lrs_share = values.real("lrs_share", 0, 1, 0.5);
  m.current_weight = values.real("current_weight", 0.01, 100, 1);
  read_readout(values, m);
  find_currents(values, card, m);
  m.v_supply_v = values.real("v_supply_v", 0.01, 10, m.v_dd_v);
  m.operations = 2 * values.count("summed") * m.readouts * values.real("input_bits", 1, 16) *
                 values.real("weight_bits", 1, 16);
  m.t_access_s = values.published("t_access_s", 1);
  m.t_cycle_s = values.published("t_cycle_s", 1);
  m.energy_j = values.published("energy_j", 1);
  m.area_m2 = values.published("area_m2", 1);
  m.sub_arrays = values.count("sub_arrays", 1);
  m.cells = values.real("cells", 1, 1e12, 0);
  if (!m.t_access_s && !m.t_cycle_s)
    throw table.find_table("published").error("t_access_s", "the access time, or t_cycle_s");
  m.assumed = values.assumed();
  m.blocks = read_blocks(table);
  return m;
}

}  // namespace

bool SiliconMacro::has_input_block() const {
  return std::any_of(blocks.begin(), blocks.end(), [](const SiliconBlock& block) { return block.input; });
}

device::TechnologyCard shipped_card(const std::string& name, const std::vector<std::string>& overrides) {
  const auto resource = [](std::string_view file) -> std::optional<std::string_view> {
    if (const auto text = embedded(file)) return text;
    return embedded("cards/" + std::string(file));
  };
  return device::load_card("cards/" + name + ".toml", resource, overrides);
}

std::vector<SiliconMacro> read_silicon_macros(const TomlDocument& document,
                                              const device::TechnologyCard& card) {
  std::vector<SiliconMacro> macros;
  for (const auto& table : document.root().tables("macro")) macros.push_back(read_macro(table, card));
  document.root().finish();
  return macros;
}

}  // namespace irc::platform
