// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "irc/core/event.h"
#include "irc/device/technology_card.h"
#include "irc/energy/charge_sum.h"

namespace irc::energy {

/// The components of energy. Every joule is booked under exactly one of them; docs/energy.md has the
/// formulas.
enum class Component : std::uint8_t {
  word_line,      ///< word lines, their drivers and registers
  array,          ///< current through the cells, times the bit-line voltage
  clamp,          ///< the same current, times the voltage drop from its supply to the bit line
  precharge,      ///< charging the bit lines to the clamp voltage
  bias,           ///< bias currents injected into the amplifiers
  reference,      ///< reference currents and their mirrors, if a readout compares with references
  sense,          ///< amplifier decisions, including those for the trim
  mux,            ///< column selection, if amplifiers are shared
  macro_control,  ///< timing generator, decoders and latches of a macro
  accumulate,     ///< adding readouts of row groups and row pieces, and adding digital biases
  pooling,        ///< logic of pooling
  programming,    ///< programming pulses
  verify,         ///< reads between programming pulses
  digital,        ///< multiply-accumulate operations of the digital unit
  buffer,         ///< reading and writing activation memories
  weight_buffer,  ///< weights, biases and cells in transit: written by DMA, read by the digital unit
  controller,     ///< sequencing and decoding of commands
  clock,          ///< clock tree
  dma,            ///< DMA engine
  interconnect,   ///< on-chip bus
  dram,           ///< system memory and its interface
  leakage,        ///< leakage of everything while a command runs
};
/// Number of energy components.
inline constexpr std::size_t component_count = 22;
/// All components in the order of the enumeration.
const std::array<Component, component_count>& components();
/// The name used in results: "word_line", "array", ... Throws InternalError for an unknown component.
std::string_view name(Component component);

/// The properties of an accelerator that determine its energy, in SI units. The voltages are those in force;
/// a platform may choose other values than the card's.
struct EnergyParameters {
  device::TechnologyCard card;  ///< technology
  double v_wl_v = 0;            ///< word-line voltage of a driven row
  double v_wl_off_v = 0;        ///< word-line voltage of an undriven row
  double v_bl_v = 0;            ///< voltage of the bit-line clamp
  /// Supply of the bit-line current. If it is unset, the bit lines have a supply of their own at v_bl_v. For
  /// clamps on the core supply set it to V_DD, so that the drop across the clamps counts as well.
  std::optional<double> v_bl_supply_v;
  std::size_t macros = 0;        ///< number of macros
  std::size_t rows = 0;          ///< rows per macro
  std::size_t column_pairs = 0;  ///< column pairs per macro; a word line spans 2 * column_pairs cells
  std::size_t amplifiers = 0;    ///< amplifiers per macro
  /// True if an amplifier reads one bit line (weights in single cells against a reference) and not two.
  bool single_ended = false;
  /// Comparator decisions per readout: 1 for one bit, 2^bits - 1 for flash, `bits` for successive
  /// approximation.
  double comparisons_per_decision = 1;
  /// True if readouts compare with reference currents (converters), false if they compare two bit lines.
  bool against_references = false;
  std::size_t buffer_bits = 0;  ///< bits of the activation buffer
  double t_clk_s = 0;           ///< clock period
  /// Output resistance of the bit-line clamp, which limits the current of a bit line; 0 if the currents were
  /// computed without it.
  double r_clamp_ohm = 0;
  std::string evaluator;            ///< name of the evaluator of the currents, for messages
  std::vector<std::string> layers;  ///< names of the network's nodes, for messages; may be empty
};

/// Work as counts. Sums of these do not depend on the order of the events.
struct Activity {
  std::uint64_t word_lines = 0;           ///< word lines driven, summed over vectors and row groups
  std::uint64_t register_bits = 0;        ///< bits loaded into word-line registers
  std::uint64_t bit_lines = 0;            ///< bit lines read, summed over vectors and row groups
  std::uint64_t decisions = 0;            ///< readouts
  std::uint64_t adds = 0;                 ///< additions of readouts and digital biases
  std::uint64_t trims = 0;                ///< decisions spent on trimming amplifiers
  std::uint64_t cells = 0;                ///< cells programmed
  std::uint64_t macs = 0;                 ///< multiply-accumulates of the digital unit
  std::uint64_t moved_bytes = 0;          ///< bytes moved between buffers
  std::uint64_t bits_read = 0;            ///< bits read from on-chip memories, without moves
  std::uint64_t bits_written = 0;         ///< bits written to on-chip memories, without moves
  std::uint64_t descriptors = 0;          ///< descriptors and tile tables fetched
  std::uint64_t dma_bytes = 0;            ///< bytes over the on-chip bus, in both directions
  std::uint64_t cycles = 0;               ///< clock cycles of commands, from fetch to interrupt
  std::uint64_t weight_bits_read = 0;     ///< weight bits read by the digital unit
  std::uint64_t weight_bits_written = 0;  ///< bits that DMA writes to weight, bias and cell memories
  std::uint64_t pool_bits = 0;            ///< bits combined by pooling
  ChargeSum array_charge,                 ///< charge through the bit lines
      bias_charge;                        ///< injected bias charge
  ChargeSum hrs_charge,  ///< the part of array_charge through high-resistance cells of driven rows
      off_charge;        ///< the part of array_charge through undriven rows

  /// Adds the counts and charges of `other`.
  Activity& operator+=(const Activity& other);
};

/// The energy of the cells (Component::array) by where the current flows. `lrs_j` is the rest of the solved
/// total, so the three add up to it except for rounding.
struct ArraySplit {
  double lrs_j = 0;  ///< low-resistance cells of driven rows
  double hrs_j = 0;  ///< high-resistance cells of driven rows
  double off_j = 0;  ///< undriven rows
};

/// Listens to the event stream and computes the energy per layer and component.
///
///     EnergyLedger ledger(parameters);
///     events.subscribe([&](const Event& event) { ledger.on_event(event); });
///
/// The ledger keeps counts and charges and applies prices when asked, so the same events in another order
/// (LT, AT) give the same bits.
class EnergyLedger {
 public:
  using Joules = std::array<double, component_count>;  ///< energies indexed by Component

  /// Throws InputError that names the value if a number is negative or not finite, or is zero where it must
  /// not be.
  explicit EnergyLedger(EnergyParameters parameters);

  /// Books one event. Throws InternalError if its times or currents are not finite, if it ends before it
  /// starts, or if its array current is more than the supply can deliver to its bit lines; the message names
  /// the layer and the evaluator.
  void on_event(const Event& event);
  /// Books work that was counted elsewhere, for example by another ledger.
  void book(std::uint32_t layer, const Activity& work) { layers_[layer] += work; }
  /// Forgets everything that was booked.
  void reset();

  /// Energy in joule of a layer (the index of the network's node, as in Event::layer); 0 for an unknown
  /// layer.
  double joules(std::uint32_t layer, Component component) const;
  /// Energy in joule of a component, summed over all layers.
  double total_j(Component component) const;
  /// Energy in joule, summed over all components and layers.
  double total_j() const;
  /// Component::array of one layer, by state of the cells.
  ArraySplit array_split(std::uint32_t layer) const;
  /// Component::array of all layers, by state of the cells.
  ArraySplit array_split() const;
  /// Energies of every layer that was booked, in ascending order of layers.
  std::map<std::uint32_t, Joules> by_layer() const;
  /// The work counted for a layer; all zero for an unknown layer.
  Activity activity(std::uint32_t layer) const;
  /// The accelerator's properties.
  const EnergyParameters& parameters() const { return parameters_; }

  /// The work of one event. price() of it is the event's own energy, and the energies of all booked events
  /// add up to total_j() except for rounding. Throws InternalError as on_event does.
  Activity work_of(const Event& event) const;
  /// The energy of an amount of work, by the formulas of docs/energy.md.
  Joules price(const Activity& activity) const;

 private:
  void book_macro(const Event& event, Activity& work) const;
  ArraySplit split(const Activity& work) const;
  void check_supply(const Event& event) const;

  EnergyParameters parameters_;
  double word_line_j_ = 0;  ///< energy of one driven word line
  double bit_line_j_ = 0;   ///< energy of one bit line in one read
  double mux_per_decision_j_ = 0;
  double leakage_w_ = 0;
  double most_line_a_ = 0;  ///< a bit line cannot carry more
  std::map<std::uint32_t, Activity> layers_;
};

}  // namespace irc::energy
