// SPDX-License-Identifier: Apache-2.0
// Calls of the C interface, with good and bad arguments in any order. A call never throws; a refused call
// says why; the words beyond a result stay as they were.
#include <algorithm>

#include "fuzz.h"
#include "irc/dpi/irc_dpi.h"

namespace irc::fuzz {
namespace {

// Sizes of the macros that these calls open.
constexpr int rows = 96, lines = 24, amplifiers = 4;
constexpr std::uint32_t canary = 0xdeadbeef;

struct Macro {
  int handle = 0;
  explicit Macro(const std::filesystem::path& config) {
    demand(irc_dpi_open(IRC_DPI_VERSION, config.c_str(), 1, 7, &handle) == IRC_DPI_OK, "the macro opens");
  }
};

/// Mostly a small number, so that many calls are good ones.
int number(Reader& in) {
  const auto kind = in.take<std::uint8_t>();
  return kind < 250 ? in.take<std::uint8_t>() % 100 : in.take<int>();
}

void one_call(Reader& in, int handle) {
  std::vector<std::uint32_t> words(rows * lines / 32 + 1), out(amplifiers + 1, canary);
  for (auto& word : words) word = in.empty() ? 0x5a5a5a5a : in.take<std::uint8_t>() * 0x01010101u;
  std::vector<std::int32_t> units(512);
  for (std::size_t i = 0; i < 8; ++i) units[i] = in.take<std::int8_t>();
  const auto* packed = in.take<std::uint8_t>() == 255 ? nullptr : words.data();
  const int a = number(in), b = number(in), c = number(in), d = number(in), e = number(in);
  int code = IRC_DPI_OK;
  switch (in.take<std::uint8_t>() % 8) {
    case 0:
      code = irc_dpi_program(handle, a, b, c, packed);
      break;
    case 1:
      code = irc_dpi_program_row(handle, a, b, c, packed, d % 2);
      break;
    case 2:
      code = irc_dpi_set_bias(handle, a, std::min(b, 512), units.data());
      break;
    case 3:
      code = irc_dpi_evaluate(handle, packed, a, b, c, d, e % 2, in.take<std::uint64_t>(), e,
                              reinterpret_cast<std::int32_t*>(out.data()));
      break;
    case 4:
      code =
          irc_dpi_evaluate_packed(handle, packed, a, b, c, d, e % 2, in.take<std::uint64_t>(), e, out.data());
      break;
    case 5:
      code = irc_dpi_sizes(handle, nullptr, &units[0], nullptr, &units[1], nullptr);
      break;
    case 6:
      code = irc_dpi_evaluate(a, packed, 0, rows, 0, 1, 0, 0, 0, units.data());
      break;
    default:
      code = irc_dpi_close(a > 1000 ? a : a + 1000);
      break;
  }
  demand(code == IRC_DPI_OK || (code <= IRC_DPI_BAD_VERSION && code >= IRC_DPI_BAD_ARGUMENT),
         "a call is right or refused, and the model itself does not fail");
  demand(code == IRC_DPI_OK || *irc_dpi_message(0) != '\0', "a refused call says why");
  demand(out.back() == canary, "nothing is written beyond the readouts");
}

}  // namespace

void run(Input input) {
  static const Scratch scratch;
  static const Macro one_bit(scratch.write(
      "one_bit.toml",
      "base = \"robust.toml\"\n[array]\nmacros = 2\nrows = 96\ncolumn_pairs = 12\namplifiers = 4\n"
      "rows_per_operation = 40\nbias = \"source\"\nbias_rows = 8\n[nonidealities]\nall = true\n"));
  static const Macro levels(scratch.write(
      "levels.toml",
      "base = \"robust.toml\"\n[array]\nmacros = 2\nrows = 96\ncolumn_pairs = 12\namplifiers = 4\n"
      "rows_per_operation = 40\nbias = \"digital\"\nbias_rows = 8\n[sense]\nkind = \"multi_bit\"\nbits = 5\n"
      "level_units = 2.0\n[nonidealities]\nall = true\n"));
  Reader in(input);
  const auto chosen = in.take<std::uint8_t>();
  if (chosen == 255) {  // the configuration is the input
    int handle = 0;
    const std::string name(text_of(in.rest()));
    if (irc_dpi_open(IRC_DPI_VERSION, scratch.write("own.toml", name).c_str(), 0, 1, &handle) == IRC_DPI_OK)
      irc_dpi_close(handle);
    return;
  }
  for (int calls = 0; !in.empty() && calls < 16; ++calls)
    one_call(in, chosen % 2 == 0 ? one_bit.handle : levels.handle);
}

void seeds(const AddSeed& add) {
  // One call takes 73 words as bytes, 8 units, the pointer, five numbers of two bytes and the function.
  const auto call = [](std::array<int, 5> numbers, int function) {
    std::string bytes(rows * lines / 32 + 1, '\x35');
    bytes += std::string(8, '\x01') + '\0';
    for (const int n : numbers) bytes += std::string(1, '\0') + static_cast<char>(n);
    return bytes + static_cast<char>(function);
  };
  const auto read = [&](std::array<int, 5> numbers, int function) {
    return call(numbers, function) + std::string(8, '\2');
  };
  const auto program = call({0, 24, 90, 0, 0}, 0);
  add("program_and_read.bin",
      std::string(1, '\0') + program + read({0, 90, 0, 4, 0}, 3) + read({0, 40, 4, 4, 1}, 4));
  add("levels.bin", std::string(1, '\1') + program + read({0, 90, 0, 4, 0}, 3) + read({40, 40, 4, 4, 1}, 4));
  add("rows.bin", std::string(1, '\0') + call({0, 0, 24, 0, 0}, 1) + call({1, 0, 24, 1, 0}, 1) +
                      call({0, 12, 0, 0, 0}, 2) + read({0, 2, 0, 4, 1}, 3));
  add("configuration.bin",
      "\xff"
      "base = \"ideal.toml\"\n[array]\nrows = 16\ncolumn_pairs = 2\namplifiers = 2\n");
}

}  // namespace irc::fuzz
