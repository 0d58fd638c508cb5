// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "irc/core/event.h"
#include "irc/device/technology_card.h"
#include "irc/energy/charge_sum.h"

namespace irc::energy {

/// Where energy goes. Every joule is booked under exactly one of these; docs/energy.md has the formulas.
enum class Component : std::uint8_t {
  word_line,      ///< word lines, their drivers and registers
  array,          ///< current through the cells, at the bit line's voltage
  clamp,          ///< the same current's drop from its supply to the bit line
  precharge,      ///< bit lines charged to the clamp voltage
  bias,           ///< currents injected into the amplifiers
  reference,      ///< reference currents and their mirrors, where a readout compares with references
  sense,          ///< amplifier decisions, trimming included
  mux,            ///< column selection, where amplifiers are shared
  macro_control,  ///< timing generator, decoders and latches of a macro
  accumulate,     ///< adding readouts of row groups and row pieces, and digital biases
  pooling,        ///< logic of pooling
  programming,    ///< pulses
  verify,         ///< reads between pulses
  digital,        ///< multiply-accumulates of the digital unit
  buffer,         ///< activation memories, read and written
  weight_buffer,  ///< weights, biases and cells on their way: written by DMA, read by the digital unit
  controller,     ///< sequencing and decoding of commands
  clock,          ///< clock tree
  dma,            ///< DMA engine
  interconnect,   ///< on-chip bus
  dram,           ///< system memory and its interface
  leakage,        ///< everything that draws power by being there, while a command runs
};
inline constexpr std::size_t component_count = 22;
/// All components in the order of the enumeration.
const std::array<Component, component_count>& components();
/// "word_line", "array", ...: the names used in results.
std::string_view name(Component component);

/// What the ledger needs to know of an accelerator, in SI. Voltages are those in force, which a platform may
/// set beside the card's.
struct EnergyParameters {
  device::TechnologyCard card;
  double v_wl_v = 0;      ///< word line of a driven row
  double v_wl_off_v = 0;  ///< word line of a row not driven
  double v_bl_v = 0;      ///< bit-line clamp
  /// Supply the bit-line current comes from; V_BL where unset, that is, bit lines with a supply of their own.
  /// Clamps that hang on the core supply need V_DD here: the drop across them is lost as well.
  std::optional<double> v_bl_supply_v;
  std::size_t macros = 0;
  std::size_t rows = 0;          ///< per macro
  std::size_t column_pairs = 0;  ///< per macro; a word line spans 2 * column_pairs cells
  std::size_t amplifiers = 0;    ///< per macro
  /// One bit line per amplifier input pair (weights in single cells against a reference) instead of two.
  bool single_ended = false;
  /// Comparator decisions behind one readout: 1 for one bit, 2^bits - 1 for flash, bits for successive
  /// approximation.
  double comparisons_per_decision = 1;
  /// Readouts compare with reference currents (converters); false where two bit lines are compared.
  bool against_references = false;
  std::size_t buffer_bits = 0;  ///< activation buffer
  double t_clk_s = 0;
};

/// What was done, as counts: sums of these do not depend on the order of the events.
struct Activity {
  std::uint64_t word_lines = 0;           ///< driven, summed over vectors and row groups
  std::uint64_t register_bits = 0;        ///< loaded into word-line registers
  std::uint64_t bit_lines = 0;            ///< read, summed over vectors and row groups
  std::uint64_t decisions = 0;            ///< readouts
  std::uint64_t adds = 0;                 ///< of readouts and digital biases
  std::uint64_t trims = 0;                ///< decisions spent on trimming amplifiers
  std::uint64_t cells = 0;                ///< programmed
  std::uint64_t macs = 0;                 ///< of the digital unit
  std::uint64_t moved_bytes = 0;          ///< between buffers
  std::uint64_t bits_read = 0;            ///< from on-chip memories, moves not included
  std::uint64_t bits_written = 0;         ///< to on-chip memories, moves not included
  std::uint64_t descriptors = 0;          ///< descriptors and tile tables fetched
  std::uint64_t dma_bytes = 0;            ///< over the on-chip bus, both directions
  std::uint64_t cycles = 0;               ///< commands took, fetch to interrupt
  std::uint64_t weight_bits_read = 0;     ///< by the digital unit
  std::uint64_t weight_bits_written = 0;  ///< by DMA to weight, bias and cell memories
  std::uint64_t pool_bits = 0;            ///< combined by pooling
  ChargeSum array_charge, bias_charge;    ///< bit-line and injected charge
  ChargeSum hrs_charge, off_charge;       ///< of the bit-line charge: high-resistance cells, rows not driven

  Activity& operator+=(const Activity& other);
};

/// The cells' energy (Component::array) by where the current went. `lrs_j` is what the others leave of the
/// solved total, so the three add up to it but for rounding.
struct ArraySplit {
  double lrs_j = 0;  ///< low-resistance cells of driven rows
  double hrs_j = 0;  ///< high-resistance cells of driven rows
  double off_j = 0;  ///< rows not driven
};

/// Listens to the event stream and tells the energy per layer and component.
///
///     EnergyLedger ledger(parameters);
///     events.subscribe([&](const Event& event) { ledger.on_event(event); });
///
/// It keeps counts and charges and multiplies when asked, so the same events in another order (LT, AT) give
/// the same bits.
class EnergyLedger {
 public:
  using Joules = std::array<double, component_count>;  ///< indexed by Component

  /// Throws InputError (naming the value) where a number is negative, not finite or zero and must not be.
  explicit EnergyLedger(EnergyParameters parameters);

  /// Books one event. Throws InternalError where its times or currents are not finite or it ends before it
  /// starts.
  void on_event(const Event& event);
  /// Books work counted elsewhere, such as another ledger's.
  void book(std::uint32_t layer, const Activity& work) { layers_[layer] += work; }
  /// Forgets everything booked.
  void reset();

  /// Energy of a layer (index of the network's node, as in Event::layer); 0 for a layer never seen.
  double joules(std::uint32_t layer, Component component) const;
  /// Energy of a component over all layers.
  double total_j(Component component) const;
  /// Sum over all components of total_j(component).
  double total_j() const;
  /// Component::array of a layer, and over all layers, by state.
  ArraySplit array_split(std::uint32_t layer) const;
  ArraySplit array_split() const;
  /// Every layer seen, in ascending order.
  std::map<std::uint32_t, Joules> by_layer() const;
  /// What was counted for a layer; all zero for a layer never seen.
  Activity activity(std::uint32_t layer) const;
  const EnergyParameters& parameters() const { return parameters_; }

  /// What one event counts as; price() of it is the event's own energy, and the energies of all booked events
  /// add up to total_j() but for rounding. Throws as on_event does.
  Activity work_of(const Event& event) const;
  /// Energy of an amount of work: the formulas of docs/energy.md.
  Joules price(const Activity& activity) const;

 private:
  void book_macro(const Event& event, Activity& work) const;
  ArraySplit split(const Activity& work) const;

  EnergyParameters parameters_;
  double word_line_j_ = 0;  ///< one driven word line
  double bit_line_j_ = 0;   ///< one bit line, one read
  double mux_per_decision_j_ = 0;
  double leakage_w_ = 0;
  std::map<std::uint32_t, Activity> layers_;
};

}  // namespace irc::energy
