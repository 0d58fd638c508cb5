// SPDX-License-Identifier: Apache-2.0
// What every fuzz target shares. A target is one file that defines `run` and `seeds`. The same file is
// compiled with libFuzzer (preset `fuzz`) and with replay.cpp, whose main() gives it files instead of
// generated inputs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace irc::fuzz {

/// The bytes of one input.
using Input = std::span<const std::uint8_t>;

/// Gives `input` to the reader or device under test. An InputError is the documented answer to a wrong input
/// and ends the run; every other exception is a fault. `demand` states what must hold besides.
void run(Input input);

/// Calls add(name, bytes) for each input from which the search starts.
using AddSeed = std::function<void(const std::string& name, const std::string& bytes)>;
void seeds(const AddSeed& add);

/// Ends the process with a message where `holds` is false. libFuzzer and the replay then keep the input.
void demand(bool holds, const char* what);

/// Whether `body` was refused with an InputError.
bool refused(const std::function<void()>& body);

/// The input as text.
inline std::string_view text_of(Input input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

/// The parts of an input that consists of several texts. A line `%%` separates them, so that a person can
/// write one and the search can move it. There are always `count` parts; missing ones are empty.
std::vector<std::string> parts_of(Input input, std::size_t count);
/// Joins texts to an input of parts.
std::string joined_parts(const std::vector<std::string>& parts);

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text);

/// Takes values from the front of an input. After the end every value is zero.
class Reader {
 public:
  explicit Reader(Input input) : left_(input) {}
  template <typename T>
  T take() {
    T value{};
    const std::size_t length = left_.size() < sizeof(T) ? left_.size() : sizeof(T);
    if (length != 0) std::memcpy(&value, left_.data(), length);
    left_ = left_.subspan(length);
    return value;
  }
  Input take_bytes(std::size_t length) {
    const auto out = left_.first(left_.size() < length ? left_.size() : length);
    left_ = left_.subspan(out.size());
    return out;
  }
  Input rest() const { return left_; }
  bool empty() const { return left_.empty(); }

 private:
  Input left_;
};

/// A folder of this process for readers that want files. It is removed when the process ends.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file, and its folders if they are missing. Returns its path.
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

}  // namespace irc::fuzz
