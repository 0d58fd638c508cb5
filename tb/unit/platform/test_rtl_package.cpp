// SPDX-License-Identifier: Apache-2.0
// Reads the constants for RTL and firmware back from the generated text.
#include <map>
#include <regex>
#include <sstream>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/mapping/fields.h"
#include "irc/model/registers.h"
#include "irc/platform/rtl_package.h"

using namespace irc;
using namespace irc::platform;

namespace {

using Values = std::map<std::string, std::uint64_t>;

RunConfig config(const std::vector<std::string>& overrides = {}) {
  return load_config("robust.toml", overrides);
}

std::string text_of(const std::string& name, const RunConfig& of) {
  for (const auto& file : rtl_files(of))
    if (file.name == name) return file.text;
  FAIL("no file " << name);
  return "";
}

/// NAME -> value for all lines that `line` matches.
Values parse(const std::string& text, const char* line) {
  Values values;
  const std::regex pattern(line);
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
    CHECK(values.emplace((*at)[1], std::stoull((*at)[2])).second);
  return values;
}

Values package(const std::string& name, const RunConfig& of = config()) {
  return parse(text_of(name, of), "localparam \\[31:0\\] ([A-Z0-9_]+) = 32'd([0-9]+);");
}

/// Whether exactly the bits [lsb, lsb + bits) of `bytes` differ between the two.
template <std::size_t n>
bool differ_in(const std::array<std::uint8_t, n>& a, const std::array<std::uint8_t, n>& b, std::uint64_t lsb,
               std::uint64_t bits) {
  for (std::uint64_t i = 0; i < 8 * n; ++i) {
    const bool differs = (((a[i / 8] ^ b[i / 8]) >> (i % 8)) & 1) != 0;
    if (differs != (i >= lsb && i < lsb + bits)) return false;
  }
  return true;
}

std::string upper(std::string name) {
  for (auto& c : name) c = static_cast<char>(std::toupper(c));
  return name;
}

/// Inverts one field after the other. encode() must change exactly the bits that the package names.
class FieldCheck {
 public:
  FieldCheck(const Values& values, std::string prefix) : values_(values), prefix_(std::move(prefix)) {}
  template <typename T, typename Encode>
  void operator()(const char* name, T& field, const Encode& encoded) {
    const auto key = prefix_ + upper(name);
    const auto before = encoded();
    field = static_cast<T>(~static_cast<std::uint64_t>(field));
    INFO(key);
    REQUIRE(values_.count(key + "_LSB") == 1);
    CHECK(values_.count(key + "_COUNT") == 0);
    CHECK(differ_in(before, encoded(), values_.at(key + "_LSB"), values_.at(key + "_BITS")));
    ++checked;
  }
  template <typename T, std::size_t n, typename Encode>
  void operator()(const char* name, std::array<T, n>& field, const Encode& encoded) {
    const auto key = prefix_ + upper(name);
    INFO(key);
    REQUIRE(values_.at(key + "_COUNT") == n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto before = encoded();
      field[i] = static_cast<T>(~static_cast<std::uint64_t>(field[i]));
      const auto bits = values_.at(key + "_BITS");
      CHECK(differ_in(before, encoded(), values_.at(key + "_LSB") + i * bits, bits));
    }
    ++checked;
  }
  int checked = 0;

 private:
  const Values& values_;
  std::string prefix_;
};

}  // namespace

TEST_CASE("rtl: every field of a descriptor lies where encode() puts it") {
  const auto values = package("irc_contract_pkg.sv");
  mapping::Descriptor d;
  FieldCheck check(values, "DESCRIPTOR_");
  mapping::visit_fields(
      d, [&](const char* name, auto& field) { check(name, field, [&] { return mapping::encode(d); }); });
  CHECK(check.checked == 25);
  const auto bytes = mapping::encode(mapping::Descriptor{});
  const std::uint32_t head =
      bytes[0] | bytes[1] << 8 | bytes[2] << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
  CHECK(values.at("DESCRIPTOR_HEAD_LSB") == 0);
  CHECK(values.at("DESCRIPTOR_HEAD_BITS") == 32);
  CHECK((values.at("DESCRIPTOR_MAGIC") | values.at("DESCRIPTOR_VERSION")) == head);
  CHECK(values.at("DESCRIPTOR_BYTES") == bytes.size());
}

TEST_CASE("rtl: every field of a tile record lies where encode() puts it") {
  const auto values = package("irc_contract_pkg.sv");
  mapping::TileRecord r;
  FieldCheck check(values, "TILE_RECORD_");
  mapping::visit_record(
      r, [&](const char* name, auto& field) { check(name, field, [&] { return mapping::encode(r); }); });
  CHECK(check.checked == 13);
  CHECK(values.at("TILE_RECORD_BYTES") == mapping::encode(r).size());
}

TEST_CASE("rtl: fields lie where the documentation says") {
  const auto values = package("irc_contract_pkg.sv");
  const auto document = read_file(IRC_SOURCE_DIR "/docs/registers.md");
  const auto check = [&](const char* from, const char* to, const std::string& prefix) {
    const auto begin = document.find(from);
    const auto section = document.substr(begin, document.find(to, begin) - begin);
    const std::regex row("\\| ([0-9]+) \\| (?:([0-9]+) x )?([0-9]+) \\| ([a-z_]+)");
    int rows = 0;
    for (std::sregex_iterator at(section.begin(), section.end(), row), end; at != end; ++at) {
      const auto key = prefix + upper((*at)[4]);
      if (key == prefix + "RESERVED") continue;
      INFO(key);
      REQUIRE(values.count(key + "_LSB") == 1);
      CHECK(values.at(key + "_LSB") == 8 * std::stoull((*at)[1]));
      CHECK(values.at(key + "_BITS") == 8 * std::stoull((*at)[3]));
      CHECK((values.count(key + "_COUNT") == 1) == (*at)[2].matched);
      ++rows;
    }
    return rows;
  };
  CHECK(check("## Descriptor: 128 bytes", "Fields are packed", "DESCRIPTOR_") == 26);
  CHECK(check("## Tile record: 64 bytes", "What the accelerator checks", "TILE_RECORD_") == 13);
  const std::regex row("\\| 0x([0-9a-f]{2}) \\| `([A-Z_]+)` \\| ([RW/1C]+) \\| ([0-9a-fx]+) \\|");
  int registers = 0;
  for (std::sregex_iterator at(document.begin(), document.end(), row), end; at != end; ++at, ++registers) {
    const auto key = "CSR_" + (*at)[2].str();
    INFO(key);
    REQUIRE(values.count(key) == 1);
    CHECK(values.at(key) == std::stoull((*at)[1], nullptr, 16));
    CHECK(values.at(key + "_RESET") == std::stoull((*at)[4], nullptr, 0));
    CHECK(values.at(key + "_WRITABLE") == ((*at)[3].str().find('W') == std::string::npos ? 0 : 1));
  }
  CHECK(registers == static_cast<int>(model::csr::registers.size()));
}

TEST_CASE("rtl: opcodes, flags, errors and limits are the headers'") {
  const auto values = package("irc_contract_pkg.sv");
  CHECK(values.at("OPCODE_CONV_ARRAY") == static_cast<std::uint64_t>(mapping::Opcode::conv_array));
  CHECK(values.at("OPCODE_CONCAT") == static_cast<std::uint64_t>(mapping::Opcode::concat));
  CHECK(values.at("FLAG_END") == mapping::flag_end);
  CHECK(values.at("ERROR_NONE") == 0);
  CHECK(values.at("ERROR_MACRO_ERROR") == static_cast<std::uint64_t>(mapping::CommandError::macro_error));
  CHECK(values.at("STATUS_ERROR") == model::csr::status_error);
  CHECK(values.at("IRQ_ERROR") == model::csr::irq_error);
  CHECK(values.at("CSR_WINDOW_BYTES") == model::csr::window_bytes);
  CHECK(values.at("MAX_INPUTS") == mapping::max_inputs);
  CHECK(values.at("MAX_MAP_VALUES") == mapping::max_map_values);
  CHECK(values.at("MAX_PARAMETER_BYTES") == mapping::max_parameter_bytes);
  // Every error except an unknown one has a text for people.
  for (const auto& [name, error] : mapping::error_names)
    CHECK(std::string(mapping::text(error)) != "unknown error");
}

TEST_CASE("rtl: the C header says what the package says") {
  const auto header = text_of("irc_contract.h", config());
  const auto c = parse(header, "#define (IRC_[A-Z0-9_]+) UINT32_C\\(([0-9]+)\\)");
  const auto sv = package("irc_contract_pkg.sv");
  CHECK(c.size() == sv.size());
  for (const auto& [name, value] : sv) {
    INFO(name);
    REQUIRE(c.count("IRC_" + name) == 1);
    CHECK(c.at("IRC_" + name) == value);
  }
  for (const auto& [name, error] : mapping::error_names)
    CHECK(header.find(mapping::text(error)) != std::string::npos);
}

TEST_CASE("rtl: the configuration's C header says what its package says") {
  const auto c = parse(text_of("irc_config.h", config()), "#define IRC_CONFIG_([A-Z0-9_]+) ([0-9]+)u");
  CHECK(c == package("irc_config_pkg.sv"));
  CHECK(c.size() > 20);
}

TEST_CASE("rtl: geometry, timing and readout of a configuration") {
  const auto c = config();
  auto v = package("irc_config_pkg.sv", c);
  CHECK(v.at("MACROS") == c.geometry.macros);
  CHECK(v.at("ROWS") == c.geometry.rows);
  CHECK(v.at("COLUMN_PAIRS") == c.geometry.column_pairs);
  CHECK(v.at("AMPLIFIERS") == c.geometry.amplifiers);
  CHECK(v.at("BUFFER_WORDS") == c.geometry.buffer_bits / 64);
  CHECK(v.at("DRIVE_CYCLES") == c.timing.drive_cycles);
  CHECK(v.at("SETTLE_CYCLES") == c.timing.settle_cycles);
  CHECK(v.at("AMPLIFIER_CYCLES") == c.timing.amplifier_cycles);
  mapping::TileRecord tile;
  tile.rows = 1;
  CHECK(v.at("PROGRAM_ROW_CYCLES") == mapping::program_cycles(c.timing, tile));
  tile.rows = 2047;
  CHECK(v.at("PROGRAM_ROW_CYCLES") * 2047 == mapping::program_cycles(c.timing, tile));
  CHECK(v.at("BUS_BYTES") == c.timing.bus_bytes);
  CHECK(v.at("LEVEL_BITS") == 1);
  CHECK(v.at("LEVEL_MANTISSA") == 1);
  CHECK(v.at("LEVEL_SHIFT") == 0);
  CHECK(v.at("T_CLK_PS") == 1000);

  v = package("irc_config_pkg.sv", config({"sense.level_units=0.375", "timing.t_clk_s=2.5e-9"}));
  CHECK(v.at("LEVEL_MANTISSA") == 3);
  CHECK(v.at("LEVEL_SHIFT") == 3);
  CHECK(v.at("T_CLK_PS") == 2500);

  const std::string levels = "sense.kind=\"multi_bit\"";
  CHECK(package("irc_config_pkg.sv", config({levels, "sense.bits=4"})).at("LEVEL_BITS") == 4);
  CHECK(package("irc_config_pkg.sv", config({levels, "sense.bits=1"})).at("LEVEL_BITS") == 2);
  CHECK(package("irc_config_pkg.sv", config({levels, "sense.bits=4", "sense.signed_levels=false"}))
            .at("LEVEL_BITS") == 5);

  v = package("irc_config_pkg.sv", config({"array.mapping=\"binary_reference\"", "array.bias=\"source\""}));
  CHECK(v.at("REFERENCE_SCHEME") == 1);
  CHECK(v.at("BIAS_PLACEMENT") == 1);
}

TEST_CASE("rtl: what it does not build is refused by key, value and expectation") {
  struct Case {
    std::vector<std::string> overrides;
    std::vector<const char*> words;
  };
  const std::vector<Case> bad = {
      {{"memory.bus_bytes=12"}, {"memory.bus_bytes", "12", "power of two"}},
      {{"memory.bus_bytes=2"}, {"memory.bus_bytes", "2", "4 to 64"}},
      {{"memory.bus_bytes=256"}, {"memory.bus_bytes", "256", "4 to 64"}},
      {{"timing.t_program_row_s=1.5e-9"}, {"timing.t_program_row_s", "1.5e-09", "whole cycles"}},
      {{"timing.t_program_row_s=10"}, {"timing.t_program_row_s", "10", "2^32"}},
      {{"sense.level_units=0.3"}, {"sense.level_units", "0.3", "2^-16"}},
      {{"memory.hop_cycles=0", "memory.latency_cycles=0"}, {"memory.latency_cycles", "0", "at least 1"}},
      {{"array.rows=65536"}, {"array.rows", "65536", "65535"}},
      {{"digital.macs_per_cycle=4"}, {"digital.macs_per_cycle", "4", "128 to 65535"}},
      {{"digital.macs_per_cycle=65536"}, {"digital.macs_per_cycle", "65536", "128 to 65535"}},
      {{"buffer.size_bits=274877906944"}, {"buffer.size_bits", "274877906944", "2^32"}},
      {{"timing.t_clk_s=1.0005e-9"}, {"timing.t_clk_s", "1.0005e-09", "picoseconds"}},
  };
  for (const auto& [overrides, words] : bad) {
    auto c = config(overrides);
    // Programming takes whole cycles of the odd clock, so that only the clock is wrong.
    if (overrides.front().starts_with("timing.t_clk_s")) c.timing.t_program_row_s = 1000 * c.timing.t_clk_s;
    std::string message;
    try {
      rtl_files(c);
    } catch (const InputError& error) {
      message = error.what();
    }
    for (const char* word : words) CHECK_THAT(message, Catch::Matchers::ContainsSubstring(word));
  }
  for (const char* good : {"memory.bus_bytes=4", "memory.bus_bytes=64", "sense.level_units=1.52587890625e-5",
                           "array.rows=65535", "memory.hop_cycles=0"})
    CHECK_NOTHROW(rtl_files(config({good})));
}
