// SPDX-License-Identifier: Apache-2.0
#include "onnx_external.h"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "onnx_tensor.h"

namespace irc::network {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> entry(const onnx::TensorProto& tensor, const char* key) {
  std::optional<std::string> found;
  for (const auto& e : tensor.external_data()) {
    if (e.key() != key) continue;
    if (found) throw InputError(std::string("names the '") + key + "' of its external data twice");
    found = e.value();
  }
  return found;
}

std::optional<std::uint64_t> number(const onnx::TensorProto& tensor, const char* key) {
  const auto text = entry(tensor, key);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size())
    throw InputError(std::string("the '") + key + "' of its external data is " + shown(*text) +
                     ", expected a whole number");
  return value;
}

/// Whether `path` lies inside `folder`, both with all symbolic links resolved.
bool inside(const fs::path& path, const fs::path& folder) {
  auto at = path.begin();
  for (const auto& part : folder) {
    if (part.empty()) continue;  // after a trailing separator
    if (at == path.end() || *at != part) return false;
    ++at;
  }
  return at != path.end();
}

}  // namespace

fs::path external_file(const onnx::TensorProto& tensor, const fs::path& folder) {
  if (folder.empty())
    throw InputError("has its data in another file, but this network is not read from a folder");
  const auto location = entry(tensor, "location");
  if (!location || location->empty())
    throw InputError("has its data in another file, but names no 'location'");
  const fs::path relative(*location);
  bool good = relative.is_relative() && location->find('\0') == std::string::npos &&
              location->find('\\') == std::string::npos;
  for (const auto& part : relative) good = good && part != "..";
  if (!good)
    throw InputError("has its data in " + shown(*location) +
                     ", expected a path inside the folder of the network file, without '..'");
  std::error_code error;
  const auto root = fs::canonical(folder, error);
  const auto path = error ? fs::path() : fs::canonical(root / relative, error);
  if (error)
    throw InputError("has its data in " + shown(*location) + ", which cannot be read: " + error.message());
  if (!inside(path, root))
    throw InputError("has its data in " + shown(*location) +
                     ", a link that leaves the folder of the network file; expected a file inside it");
  check_regular_file(path);
  return path;
}

std::string external_bytes(const onnx::TensorProto& tensor, const fs::path& folder, std::size_t bytes) {
  const auto path = external_file(tensor, folder);
  const std::string name = shown(path.filename().string());
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error) throw InputError("has its data in " + name + ", which cannot be read: " + error.message());
  const std::uint64_t offset = number(tensor, "offset").value_or(0);
  if (offset > size)
    throw InputError("begins at byte " + std::to_string(offset) + " of " + name + ", which has " +
                     std::to_string(size) + " bytes");
  const std::uint64_t length = number(tensor, "length").value_or(size - offset);
  if (length != bytes)
    throw InputError("has " + std::to_string(length) + " bytes in " + name +
                     ", its dimensions and type say " + std::to_string(bytes));
  if (length > size - offset)
    throw InputError("takes " + std::to_string(length) + " bytes from byte " + std::to_string(offset) +
                     " of " + name + ", which has " + std::to_string(size) + " bytes");
  std::ifstream in(path, std::ios::binary);
  std::string data(bytes, '\0');
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(data.data(), static_cast<std::streamsize>(bytes));
  if (!in || in.gcount() != static_cast<std::streamsize>(bytes))
    throw InputError("has its data in " + name + ", which cannot be read");
  return data;
}

}  // namespace irc::network
