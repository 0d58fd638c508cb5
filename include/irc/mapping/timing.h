// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/mapping/compiler.h"

namespace irc::mapping {

/// Everything that determines the cycles of a command. Analog delays are already whole cycles.
struct Timing {
  double t_clk_s = 1e-9;               ///< clock period
  std::uint32_t drive_cycles = 1;      ///< word lines rise: ceil(t_wl / t_clk)
  std::uint32_t settle_cycles = 1;     ///< bit lines settle: ceil(t_bl / t_clk)
  std::uint32_t amplifier_cycles = 1;  ///< one decision: ceil(t_sa / t_clk), times the readout's steps
  /// Bits per cycle from the activation buffer to the word-line register.
  std::uint32_t input_bus_bits = 256;
  std::uint32_t output_bus_bits = 128;  ///< bits per cycle from the sense amplifiers to the activation buffer
  /// Bits per output that a tile stores if it holds only some of the output's rows.
  std::uint32_t partial_sum_bits = 16;
  std::uint32_t macs_per_cycle = 1024;        ///< multiply-accumulates of the digital unit per cycle
  std::uint32_t buffer_bits_per_cycle = 512;  ///< bits per cycle for pooling, concatenation and upsampling
  double t_program_row_s = 1e-6;              ///< programming one row of cells, with all pulses and verifies
  std::uint32_t hop_cycles = 2;               ///< latency of the interconnect
  std::uint32_t memory_latency_cycles = 20;   ///< latency of the memory
  std::uint32_t bus_bytes = 16;               ///< bytes per cycle in each direction
  std::uint32_t interrupt_cycles = 1;         ///< from the end of a command to its interrupt
};

/// Cycles of one DMA transaction of `bytes` starting at `address`. The bus moves beats that start at
/// multiples of its width.
std::uint64_t dma_cycles(const Timing& timing, std::uint64_t address, std::uint64_t bytes);

/// Phases of one input vector on one tile, in cycles: LOAD, then DRIVE, SETTLE and SENSE per row group, then
/// STORE.
struct VectorPhases {
  std::uint64_t load_full = 0;  ///< LOAD of the first vector of an output row: the whole window
  /// LOAD of each further vector: only the window's new columns, and at least one cycle for the register.
  std::uint64_t load_slide = 0;
  std::uint64_t groups = 1;  ///< number of row groups
  std::uint64_t drive = 0,   ///< DRIVE per row group
      settle = 0,            ///< SETTLE per row group
      sense = 0;             ///< SENSE per row group
  std::uint64_t store = 0;   ///< STORE
  /// Cycles of DRIVE, SETTLE and SENSE of all row groups.
  std::uint64_t compute() const { return groups * (drive + settle + sense); }
};
/// Computes the phases of a vector of `layer` on `tile`.
VectorPhases vector_phases(const Timing& timing, const Geometry& geometry, const Descriptor& layer,
                           const TileRecord& tile);

/// Cycles of one output row on the digital unit or between buffers, for every opcode except conv_array.
std::uint64_t digital_row_cycles(const Timing& timing, const Descriptor& command);

/// Cycles for programming one tile after its cells have arrived.
std::uint64_t program_cycles(const Timing& timing, const TileRecord& tile);

/// The closed form: cycles of a command that runs alone, from the start of its descriptor fetch to the
/// interrupt. It is exact for every command.
///
/// Array layers: the pipeline LOAD | DRIVE..SENSE | STORE with double-buffered registers is linear in
/// max-plus algebra, so an output row is one 3 x 3 matrix, namely a power of its vectors' matrix. If all
/// LOADs are equal, this is the textbook interval max(LOAD, compute, STORE) per vector. The closed form
/// shares no code with the simulation's schedule. docs/mapping.md has the derivation.
std::uint64_t closed_form_cycles(const Timing& timing, const Geometry& geometry, const CommandInfo& command);

}  // namespace irc::mapping
