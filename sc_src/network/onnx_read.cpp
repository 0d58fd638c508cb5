// SPDX-License-Identifier: Apache-2.0
#include <onnx/onnx_pb.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/json.h"
#include "irc/network/onnx.h"
#include "onnx_external.h"
#include "onnx_lower.h"
#include "onnx_tensor.h"

namespace irc::network {
namespace {

std::string size_error(std::uintmax_t size) {
  return "has " + std::to_string(size) + " bytes, expected at most " + std::to_string(max_onnx_bytes);
}

std::vector<std::string> read_classes(const std::string& text, const std::string& file) {
  nlohmann::json json;
  try {
    json = parse_json(text, file);
  } catch (const InputError&) {
    json = nullptr;
  }
  bool good = json.is_array() && !json.empty();
  for (const auto& entry : json) good = good && entry.is_string();
  if (!good)
    throw InputError({file}, "metadata 'irc.classes' is " + shown(text) +
                                 ", expected a JSON list of names, for example [\"car\", \"person\"]");
  return json.get<std::vector<std::string>>();
}

int read_stride(const std::string& text, const std::string& file) {
  int stride = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), stride);
  if (error != std::errc{} || end != text.data() + text.size() || stride < 1)
    throw InputError({file}, "metadata 'irc.stride' is " + shown(text) + ", expected a positive integer");
  return stride;
}

int stride_of(const Graph& graph, const std::string& file) {
  const Stride s = effective_stride(graph, graph.nodes.size() - 1);
  if (s.x != s.y || s.x < 1 || s.x > 4096 || s.x != static_cast<int>(s.x))
    throw InputError({file}, "the head has a stride of " + shown(s.y) + " by " + shown(s.x) +
                                 " pixels, expected one positive integer");
  return static_cast<int>(s.x);
}

void read_metadata(const onnx::ModelProto& model, Graph& graph, const std::string& file) {
  auto& detector = graph.detector;
  const int stride = detector.stride = stride_of(graph, file);
  for (const auto& entry : model.metadata_props()) {
    if (entry.key() == "irc.classes")
      detector.classes = read_classes(entry.value(), file);
    else if (entry.key() == "irc.stride")
      detector.stride = read_stride(entry.value(), file);
    else if (entry.key() == "irc.description")
      detector.description = entry.value();
    else if (entry.key().starts_with("irc."))
      throw InputError({file}, "metadata " + shown(entry.key()) +
                                   " is unknown, expected irc.classes, irc.stride or irc.description");
  }
  if (detector.stride != stride)
    throw InputError({file}, "metadata 'irc.stride' is " + std::to_string(detector.stride) +
                                 ", but the network's strides multiply to " + std::to_string(stride));
  // Files from other tools do not name their classes.
  const auto& head = std::get<Conv>(graph.nodes.back().op);
  if (detector.classes.empty())
    for (int c = 0; c + 4 < head.out_channels; ++c) detector.classes.push_back("class " + std::to_string(c));
}

onnx::ModelProto parse(std::span<const std::byte> bytes, const std::string& file) {
  if (bytes.size() > max_onnx_bytes) throw InputError({file}, size_error(bytes.size()));
  onnx::ModelProto model;
  if (bytes.empty() || !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw InputError({file}, "is not an ONNX file, or is truncated (its protobuf does not parse)");
  return model;
}

Graph read_model(std::span<const std::byte> bytes, const TensorSource& source) {
  const onnx::ModelProto model = parse(bytes, source.file);
  if (!model.has_graph())
    throw InputError({source.file}, "holds no network, expected an ONNX model with a graph");
  if (model.functions_size() > 0)
    throw InputError({source.file}, "defines functions of its own, expected operators only");
  Graph graph = lower(model, source);
  read_metadata(model, graph, source.file);
  try {
    finish(graph);
  } catch (const InputError& error) {
    throw InputError({source.file}, error.what());
  }
  return graph;
}

std::string bytes_of(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw InputError({name}, "is a folder, expected an ONNX file");
  check_regular_file(path);
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw InputError({name}, "cannot be read: " + error.message());
  if (size > max_onnx_bytes) throw InputError({name}, size_error(size));
  return read_file(path, max_onnx_bytes);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

Graph read_onnx(std::span<const std::byte> bytes, const std::string& name) {
  return read_model(bytes, {name});
}

Graph read_onnx(const std::filesystem::path& path) {
  const std::string bytes = bytes_of(path);
  return read_model(std::as_bytes(std::span(bytes)), {path.string(), folder_of(path)});
}

std::vector<std::filesystem::path> external_files(const std::filesystem::path& path) {
  const std::string bytes = bytes_of(path);
  const onnx::ModelProto model = parse(std::as_bytes(std::span(bytes)), path.string());
  std::set<std::filesystem::path> files;
  const auto add = [&](const onnx::TensorProto& tensor) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
    try {
      files.insert(external_file(tensor, folder_of(path)));
    } catch (const InputError& error) {
      throw InputError({path.string()}, "tensor " + shown(tensor.name()) + ": " + error.what());
    }
  };
  for (const auto& tensor : model.graph().initializer()) add(tensor);
  for (const auto& node : model.graph().node())
    for (const auto& attribute : node.attribute())
      if (attribute.has_t()) add(attribute.t());
  return {files.begin(), files.end()};
}

}  // namespace irc::network
