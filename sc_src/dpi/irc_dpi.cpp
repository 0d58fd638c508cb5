// SPDX-License-Identifier: Apache-2.0
// The C interface: translates arguments, results and exceptions, and does nothing else.
#include "irc/dpi/irc_dpi.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "handles.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/platform/config.h"

namespace irc::dpi {
namespace {

// State of the C interface: handles and messages outlive every call.
Handles& handles() {
  static auto* table = new Handles;  // never destroyed, because simulators close macros late or not at all
  return *table;
}

std::string& thread_message() {
  static thread_local std::string message;
  return message;
}

/// A wrong argument that only the C interface can detect.
class BadCall : public std::runtime_error {
 public:
  BadCall(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

std::size_t not_negative(const char* name, long long value) {
  if (value < 0)
    throw BadCall(IRC_DPI_BAD_ARGUMENT,
                  std::string(name) + ": " + std::to_string(value) + " found, expected at least 0");
  return static_cast<std::size_t>(value);
}

template <typename T>
T* not_null(const char* name, T* pointer) {
  if (pointer == nullptr)
    throw BadCall(IRC_DPI_BAD_ARGUMENT,
                  std::string(name) + ": a null pointer found, expected a pointer to data");
  return pointer;
}

std::vector<std::uint64_t> words_of(const std::uint32_t* packed, std::size_t bits) {
  std::vector<std::uint64_t> words(words_for(bits), 0);
  for (std::size_t i = 0; i < (bits + 31) / 32; ++i)
    words[i / 2] |= std::uint64_t{packed[i]} << (32 * (i % 2));
  // Bits beyond the vector in its last word may have any value (IEEE 1800, annex H.10).
  if (bits % 64 != 0) words.back() &= ~std::uint64_t{0} >> (64 - bits % 64);
  return words;
}

/// Runs `body` and turns an exception into a code and `message`. Nothing is thrown, not even if memory is
/// short.
template <typename Body>
int guarded(std::string* own_message, int input_error, Body&& body) noexcept {
  int code = IRC_DPI_FAILED;
  try {
    try {
      body();
      return IRC_DPI_OK;
    } catch (const BadCall& error) {
      code = error.code();
      thread_message() = error.what();
    } catch (const InputError& error) {
      code = input_error;
      thread_message() = error.what();
    } catch (const std::exception& error) {
      thread_message() = error.what();
    }
    if (own_message != nullptr) *own_message = thread_message();
  } catch (...) {
  }
  return code;
}

/// Runs body(macro) while holding the handle's lock.
template <typename Body>
int with_macro(int handle, Body&& body) noexcept {
  std::shared_ptr<OpenMacro> open;
  const int found = guarded(nullptr, IRC_DPI_FAILED, [&] {
    open = handles().find(handle);
    if (open == nullptr)
      throw BadCall(IRC_DPI_BAD_HANDLE, "handle " + std::to_string(handle) + " is not open");
  });
  if (found != IRC_DPI_OK) return found;
  const std::lock_guard guard(open->lock);
  return guarded(&open->message, IRC_DPI_BAD_ARGUMENT, [&] { body(open->macro); });
}

/// Arguments of a read, shared by the two read functions.
struct ReadArguments {
  const std::uint32_t* word_lines;
  int row_first, row_count, line, lines, bias_on;
  std::uint64_t read;
  int group;
};

std::vector<std::int32_t> read(macro::Macro& macro, const ReadArguments& a) {
  const auto words = words_of(not_null("word_lines", a.word_lines), macro.config().geometry.rows);
  const std::size_t first = not_negative("row_first", a.row_first);
  const array::RowRange rows{first, first + not_negative("row_count", a.row_count)};
  const macro::MuxStep step{not_negative("line", a.line), not_negative("lines", a.lines), a.bias_on != 0};
  std::vector<std::int32_t> readouts(macro.config().geometry.amplifiers);
  macro.read({words, rows, a.read, not_negative("group", a.group)}, step, readouts);
  return readouts;
}

void store(int* target, std::size_t value) {
  if (target != nullptr) *target = static_cast<int>(value);
}

}  // namespace
}  // namespace irc::dpi

using namespace irc;
using namespace irc::dpi;

int irc_dpi_version(void) {
  return IRC_DPI_VERSION;
}

int irc_dpi_open(int api_version, const char* config, int macro, uint64_t seed, int* handle) {
  return guarded(nullptr, IRC_DPI_BAD_CONFIG, [&] {
    if (api_version != IRC_DPI_VERSION)
      throw BadCall(IRC_DPI_BAD_VERSION, "the caller was built for version " + std::to_string(api_version) +
                                             " of the interface, expected " +
                                             std::to_string(IRC_DPI_VERSION));
    *not_null("handle", handle) = 0;
    const auto resolved = platform::load_config(not_null("config", config)).accelerator(seed);
    if (macro < 0 || static_cast<std::size_t>(macro) >= resolved.geometry.macros)
      throw BadCall(IRC_DPI_BAD_ARGUMENT, "macro " + std::to_string(macro) + " found, expected 0 to " +
                                              std::to_string(resolved.geometry.macros - 1));
    auto open = std::make_shared<OpenMacro>(resolved, static_cast<std::size_t>(macro));
    open->macro.trim();
    *handle = handles().add(std::move(open));
  });
}

int irc_dpi_chip_seed(uint64_t run_seed, uint64_t chip, uint64_t* seed) {
  return guarded(nullptr, IRC_DPI_BAD_ARGUMENT,
                 [&] { *not_null("seed", seed) = platform::chip_seed(run_seed, chip); });
}

int irc_dpi_sizes(int handle, int* rows, int* column_pairs, int* amplifiers, int* level_bits, int* lines) {
  return with_macro(handle, [&](macro::Macro& macro) {
    const auto& geometry = macro.config().geometry;
    store(rows, geometry.rows);
    store(column_pairs, geometry.column_pairs);
    store(amplifiers, geometry.amplifiers);
    store(level_bits, macro.config().level_bits());
    store(lines, macro.lines());
  });
}

int irc_dpi_program(int handle, int first, int columns, int rows, const uint32_t* cells) {
  return with_macro(handle, [&](macro::Macro& macro) {
    const macro::TileExtent extent{not_negative("rows", rows), not_negative("first", first),
                                   not_negative("columns", columns)};
    macro.check_extent(extent);  // checked before that many cells are read
    not_null("cells", cells);
    std::vector<std::uint8_t> bytes((extent.rows * extent.columns + 7) / 8);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::uint8_t>(cells[i / 4] >> (8 * (i % 4)));
    macro.program(extent, bytes);
  });
}

int irc_dpi_program_row(int handle, int row, int first, int columns, const uint32_t* cells, int last) {
  return with_macro(handle, [&](macro::Macro& macro) {
    const std::size_t count = not_negative("columns", columns),
                      lines = 2 * macro.config().geometry.column_pairs;
    if (count > lines)
      throw BadCall(IRC_DPI_BAD_ARGUMENT, "columns: " + std::to_string(columns) +
                                              " found, expected at most the " + std::to_string(lines) +
                                              " bit lines");
    const auto words = words_of(not_null("cells", cells), count);
    macro.program_row({not_negative("row", row), not_negative("first", first), count, words, last != 0});
  });
}

int irc_dpi_set_bias(int handle, int line, int count, const int32_t* units) {
  return with_macro(handle, [&](macro::Macro& macro) {
    const std::size_t size = not_negative("count", count);
    macro.set_bias(not_negative("line", line), {not_null("units", units), size});
  });
}

int irc_dpi_evaluate(int handle, const uint32_t* word_lines, int row_first, int row_count, int line,
                     int lines, int bias_on, uint64_t read, int group, int32_t* readouts) {
  return with_macro(handle, [&](macro::Macro& macro) {
    not_null("readouts", readouts);
    const auto values =
        dpi::read(macro, {word_lines, row_first, row_count, line, lines, bias_on, read, group});
    std::copy(values.begin(), values.end(), readouts);
  });
}

int irc_dpi_evaluate_packed(int handle, const uint32_t* word_lines, int row_first, int row_count, int line,
                            int lines, int bias_on, uint64_t read, int group, uint32_t* levels) {
  return with_macro(handle, [&](macro::Macro& macro) {
    not_null("levels", levels);
    const auto values =
        dpi::read(macro, {word_lines, row_first, row_count, line, lines, bias_on, read, group});
    const std::size_t width = macro.config().level_bits();
    std::vector<std::uint32_t> packed((values.size() * width + 31) / 32, 0);
    for (std::size_t i = 0; i < values.size() * width; ++i)
      packed[i / 32] |= (static_cast<std::uint32_t>(values[i / width]) >> (i % width) & 1) << (i % 32);
    std::copy(packed.begin(), packed.end(), levels);
  });
}

int irc_dpi_close(int handle) {
  return guarded(nullptr, IRC_DPI_FAILED, [&] {
    if (!handles().remove(handle))
      throw BadCall(IRC_DPI_BAD_HANDLE, "handle " + std::to_string(handle) + " is not open");
  });
}

const char* irc_dpi_message(int handle) {
  static thread_local std::string asked;
  guarded(nullptr, IRC_DPI_FAILED, [&] {
    if (handle == 0) {
      asked = thread_message();
      return;
    }
    const auto open = handles().find(handle);
    if (open == nullptr) {
      asked = "handle " + std::to_string(handle) + " is not open";
      return;
    }
    const std::lock_guard guard(open->lock);
    asked = open->message;
  });
  return asked.c_str();
}
