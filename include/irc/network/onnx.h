// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "irc/network/graph.h"

namespace irc::network {

/// Largest accepted file in bytes. Larger files are refused before they are read.
inline constexpr std::size_t max_onnx_bytes = std::size_t{64} << 20;

/// Reads a detector from an ONNX file; docs/networks.md has the conventions and the rules of exactness. The
/// returned graph is finished. Throws InputError, naming file, node and tensor, for anything that is not
/// exactly such a detector. Tensors may have their data in other files in the same folder or
/// below it.
Graph read_onnx(const std::filesystem::path& path);
/// Reads a detector from memory. `name` stands for the file in error messages. External data are refused,
/// because there is no folder to look for them.
Graph read_onnx(std::span<const std::byte> bytes, const std::string& name);

/// The files beside an ONNX file that hold its tensors' data, in order and without repetition; empty for a
/// file that holds all of them itself. Throws InputError as read_onnx does for such files.
std::vector<std::filesystem::path> external_files(const std::filesystem::path& path);

/// Choices of the ONNX writer.
struct WriteOptions {
  /// Stores integer weights as float and not as int8 with a Cast. The file is four times as large, but
  /// readers without Cast can use it.
  bool float_weights = false;
};

/// Writes a detector as opset-13 ONNX. It writes to a temporary name beside `path` and renames it, so no
/// half-written file is ever visible. The bytes depend on the graph and the options only. Throws InputError
/// if the graph does not pass `finish` or the file cannot be written.
void write_onnx(const Graph& graph, const std::filesystem::path& path, const WriteOptions& options = {});
/// Returns the bytes that write_onnx would write. Throws InputError if the graph does not pass `finish`.
std::string onnx_bytes(const Graph& graph, const WriteOptions& options = {});

}  // namespace irc::network
