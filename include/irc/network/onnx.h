// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "irc/network/graph.h"

namespace irc::network {

/// Files larger than this are refused before anything is read.
inline constexpr std::size_t max_onnx_bytes = std::size_t{64} << 20;

/// Reads a detector. Conventions and exactness rules: docs/networks.md. The graph comes back finished.
/// Throws InputError, naming file, node and tensor, for anything that is not exactly such a detector.
Graph read_onnx(const std::filesystem::path& path);
/// The same from memory; `name` stands for the file in error messages.
Graph read_onnx(std::span<const std::byte> bytes, const std::string& name);

struct WriteOptions {
  /// Store integer weights as float instead of int8 + Cast: four times the size, for readers without Cast.
  bool float_weights = false;
};

/// Writes opset-13 ONNX to a temporary name beside `path` and renames it, so that no half-written file is
/// ever seen. The bytes depend on the graph only. Throws InputError if the graph does not pass `finish` or
/// the place cannot be written.
void write_onnx(const Graph& graph, const std::filesystem::path& path, const WriteOptions& options = {});
/// The same into memory.
std::string onnx_bytes(const Graph& graph, const WriteOptions& options = {});

}  // namespace irc::network
