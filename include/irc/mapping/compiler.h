// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/descriptor.h"
#include "irc/mapping/placement.h"

namespace irc::mapping {

/// Bytes that must be in memory before the first run.
struct Segment {
  std::uint64_t address = 0;        ///< address of the first byte
  std::vector<std::uint8_t> bytes;  ///< the bytes
};

/// Describes one command, for reports.
struct CommandInfo {
  network::NodeId node = 0;       ///< node of the network that the command computes
  std::string name;               ///< name of the node
  Descriptor descriptor;          ///< the command
  std::vector<TileRecord> tiles;  ///< tiles of a `program` or `conv_array` command
  std::uint64_t address = 0;      ///< address of the descriptor in memory
};

/// Where activations are kept between layers.
enum class Activations {
  on_chip,   ///< in the activation buffer; DMA moves only the image and the head
  streamed,  ///< in memory: every layer's input is read and its output is written row by row
};

/// A detector compiled for one accelerator: two command programs, and the data to which they refer.
struct Program {
  Placement placement;                   ///< tiles and passes of the array layers
  std::vector<ArrayLayer> array_layers;  ///< layers that run in the array
  std::vector<CommandInfo> setup;        ///< commands that run once: parameters, and cells if all of them fit
  std::vector<CommandInfo> picture;      ///< commands that run for every image
  std::vector<Segment> segments;         ///< bytes that the host writes to memory
  std::uint64_t setup_address = 0,       ///< address of the setup program
      picture_program_address = 0;       ///< address of the program for an image
  std::uint64_t picture_address = 0,     ///< address of the image
      picture_bytes = 0;                 ///< size of the image
  std::uint64_t head_address = 0,        ///< address of the head's output, float32 [y][x][channel]
      head_bytes = 0;                    ///< size of the head's output
  Shape picture_shape,                   ///< shape of the image
      head_shape;                        ///< shape of the head's output
  std::uint64_t memory_bytes = 0;        ///< size of the memory, from address 0, that the program needs
  std::uint64_t buffer_words = 0;        ///< most words of the activation buffer in use at any time
};

/// Compiles `graph` for an accelerator. Throws InputError if the network cannot run on the geometry.
Program compile(const network::Graph& graph, const Geometry& geometry, Activations activations);

/// Encodes a digital layer's weights as `load_parameters` streams them. docs/registers.md has the layout.
std::vector<std::uint8_t> encode_parameters(const network::Conv& conv);
/// Decodes such a block into `conv`. Returns false if the block is malformed.
bool decode_parameters(std::span<const std::uint8_t> bytes, network::Conv& conv);

}  // namespace irc::mapping
