// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/descriptor.h"
#include "irc/mapping/placement.h"

namespace irc::mapping {

/// Bytes to write to memory before the first run.
struct Segment {
  std::uint64_t address = 0;
  std::vector<std::uint8_t> bytes;
};

/// What a command stands for, for reports.
struct CommandInfo {
  network::NodeId node = 0;
  std::string name;
  Descriptor descriptor;
  std::vector<TileRecord> tiles;
  std::uint64_t address = 0;  ///< of the descriptor in memory
};

/// Where activations live between layers.
enum class Activations {
  on_chip,   ///< in the activation buffer; DMA moves only the picture and the head
  streamed,  ///< every layer's input is read from and its output written to memory, row by row
};

/// A detector compiled for one accelerator: two command programs and the data they point to.
struct Program {
  Placement placement;
  std::vector<ArrayLayer> array_layers;
  std::vector<CommandInfo> setup;    ///< once: parameters, and cells if all fit
  std::vector<CommandInfo> picture;  ///< for every picture
  std::vector<Segment> segments;
  std::uint64_t setup_address = 0, picture_program_address = 0;
  std::uint64_t picture_address = 0, picture_bytes = 0;
  std::uint64_t head_address = 0, head_bytes = 0;  ///< float32 [y][x][channel]
  Shape picture_shape, head_shape;
  std::uint64_t memory_bytes = 0;  ///< memory from address 0 that the program needs
  std::uint64_t buffer_words = 0;  ///< activation-buffer words in use at the peak
};

/// Compiles `graph`. Throws InputError where the network cannot run on the geometry.
Program compile(const network::Graph& graph, const Geometry& geometry, Activations activations);

/// A digital layer's weights as `load_parameters` streams them, and back. The layout is in docs/registers.md.
std::vector<std::uint8_t> encode_parameters(const network::Conv& conv);
/// False if the block is malformed.
bool decode_parameters(std::span<const std::uint8_t> bytes, network::Conv& conv);

}  // namespace irc::mapping
