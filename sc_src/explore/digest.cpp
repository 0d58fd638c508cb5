// SPDX-License-Identifier: Apache-2.0
#include "digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/explore/point.h"
#include "irc/network/onnx.h"
#include "irc/platform/resources.h"

namespace irc::explore {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw InternalError("SHA-256 failed");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

namespace detail {

namespace {

/// Weights in other files belong to a network as much as those in the file itself.
std::string file_digest(const std::filesystem::path& path) {
  const auto digest = sha256(read_file(path));
  if (path.extension() != ".onnx") return digest;
  std::string all = digest;
  try {
    for (const auto& file : network::external_files(path)) all += "\n" + sha256(read_file(file));
  } catch (const InputError&) {
    return digest;  // the point that runs such a network reports it
  }
  return all == digest ? digest : sha256(all);
}

}  // namespace

std::string content_digest(const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) return {};
  if (const auto bytes = platform::embedded(path)) return sha256(*bytes);
  if (!fs::is_directory(path)) return file_digest(path);
  std::vector<std::string> lines;
  for (const auto& entry :
       fs::recursive_directory_iterator(path, fs::directory_options::follow_directory_symlink))
    if (entry.is_regular_file())
      lines.push_back(fs::relative(entry.path(), path).generic_string() + " " +
                      std::to_string(entry.file_size()));
  std::sort(lines.begin(), lines.end());
  std::string listing;
  for (const auto& line : lines) listing += line + "\n";
  return sha256(listing);
}

}  // namespace detail
}  // namespace irc::explore
