// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/mapping/compiler.h"

namespace irc::mapping {

/// Everything that decides how many cycles a command takes. Analog delays are already whole cycles.
struct Timing {
  double t_clk_s = 1e-9;
  std::uint32_t drive_cycles = 1;             ///< word lines rise: ceil(t_wl / t_clk)
  std::uint32_t settle_cycles = 1;            ///< bit lines settle: ceil(t_bl / t_clk)
  std::uint32_t amplifier_cycles = 1;         ///< one decision: ceil(t_sa / t_clk) times the readout's steps
  std::uint32_t input_bus_bits = 256;         ///< activation buffer -> word-line register, per cycle
  std::uint32_t output_bus_bits = 128;        ///< sense amplifiers -> activation buffer, per cycle
  std::uint32_t partial_sum_bits = 16;        ///< stored per output by tiles that hold only some of its rows
  std::uint32_t macs_per_cycle = 1024;        ///< digital unit
  std::uint32_t buffer_bits_per_cycle = 512;  ///< pooling, concatenation, upsampling
  double t_program_row_s = 1e-6;              ///< one row of cells, all pulses and verifies
  std::uint32_t hop_cycles = 2;               ///< interconnect
  std::uint32_t memory_latency_cycles = 20;
  std::uint32_t bus_bytes = 16;  ///< per cycle and direction
  std::uint32_t interrupt_cycles = 1;
};

/// Cycles of one DMA transaction of `bytes` from `address` on: the bus moves beats that start at multiples of
/// its width.
std::uint64_t dma_cycles(const Timing& timing, std::uint64_t address, std::uint64_t bytes);

/// Phases of one input vector on one tile (timing.md: LOAD, then DRIVE, SETTLE, SENSE per row group, STORE).
struct VectorPhases {
  std::uint64_t load_full = 0;   ///< first vector of an output row: the whole window
  std::uint64_t load_slide = 0;  ///< the following ones: only the window's new columns
                                 ///< (each at least one cycle: the register is strobed)
  std::uint64_t groups = 1;
  std::uint64_t drive = 0, settle = 0, sense = 0;  ///< per row group
  std::uint64_t store = 0;
  std::uint64_t compute() const { return groups * (drive + settle + sense); }
};
VectorPhases vector_phases(const Timing& timing, const Geometry& geometry, const Descriptor& layer,
                           const TileRecord& tile);

/// Cycles of one output row on the digital unit or between buffers (every opcode but conv_array).
std::uint64_t digital_row_cycles(const Timing& timing, const Descriptor& command);

/// Cycles to program one tile once its cells have arrived.
std::uint64_t program_cycles(const Timing& timing, const TileRecord& tile);

/// The closed form: cycles of a command alone, from the start of its descriptor fetch to the interrupt. Exact
/// for every command.
///
/// Array layers: the pipeline LOAD | DRIVE..SENSE | STORE with double-buffered registers is linear in
/// max-plus algebra, so an output row is one 3 x 3 matrix, a power of its vectors' matrix. Where all LOADs
/// are equal this is the textbook interval max(LOAD, compute, STORE) per vector. Shares no code with the
/// simulation's schedule. Derivation: docs/mapping.md.
std::uint64_t closed_form_cycles(const Timing& timing, const Geometry& geometry, const CommandInfo& command);

}  // namespace irc::mapping
