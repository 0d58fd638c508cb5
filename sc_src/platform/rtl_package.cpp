// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/rtl_package.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <limits>

#include "irc/core/error.h"
#include "irc/mapping/fields.h"
#include "irc/model/registers.h"

namespace irc::platform {
namespace {

constexpr std::uint64_t most_bits_16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint64_t most_bits_32 = std::numeric_limits<std::uint32_t>::max();

std::string upper(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

class Constants {
 public:
  void add(const std::string& name, std::uint64_t value) { list_.push_back({upper(name), value}); }
  /// Adds a list of pairs of a name and an enumerator or number.
  template <typename Names>
  void add_named(const std::string& prefix, const Names& names) {
    for (const auto& [name, value] : names)
      add(prefix + std::string(name), static_cast<std::uint64_t>(value));
  }
  std::vector<RtlConstant> list() && { return std::move(list_); }

 private:
  std::vector<RtlConstant> list_;
};

/// Positions of fields that follow one another without gaps.
class Layout {
 public:
  Layout(Constants& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}
  template <typename T>
  void operator()(const char* name, const T&) {
    place(name, sizeof(T), 1);
  }
  template <typename T, std::size_t n>
  void operator()(const char* name, const std::array<T, n>&) {
    place(name, sizeof(T), n);
  }

 private:
  void place(const char* name, std::size_t bytes, std::size_t count) {
    const std::string field = prefix_ + name;
    out_.add(field + "_lsb", at_);
    out_.add(field + "_bits", 8 * bytes);
    if (count > 1) out_.add(field + "_count", count);
    at_ += 8 * bytes * count;
  }
  Constants& out_;
  std::string prefix_;
  std::uint64_t at_ = 0;
};

void add_registers(Constants& out) {
  using namespace model::csr;
  for (const auto& r : registers) {
    const std::string name = "csr_" + std::string(r.name);
    out.add(name, r.offset);
    out.add(name + "_reset", r.reset);
    out.add(name + "_writable", r.writable ? 1 : 0);
  }
  out.add("csr_window_bytes", window_bytes);
  out.add_named("", bit_names);
}

void add_formats(Constants& out) {
  using namespace mapping;
  out.add("descriptor_magic", descriptor_magic);
  out.add("descriptor_version", descriptor_version);
  out.add("descriptor_bytes", descriptor_bytes);
  out.add("tile_record_bytes", tile_record_bytes);
  out.add("max_inputs", max_inputs);
  out.add("max_map_values", max_map_values);
  out.add("max_parameter_bytes", max_parameter_bytes);
  Layout descriptor(out, "descriptor_");
  descriptor("head", DescriptorHead{});
  visit_fields(static_cast<const Descriptor&>(Descriptor{}), descriptor);
  visit_record(static_cast<const TileRecord&>(TileRecord{}), Layout(out, "tile_record_"));
}

[[noreturn]] void refuse(const std::string& key, const std::string& found, const std::string& expected) {
  throw InputError("'" + key + "' is " + found + "; RTL needs " + expected);
}

/// Returns `value` if the RTL supports it, else refuses it.
std::uint64_t within(const std::string& key, std::uint64_t value, std::uint64_t min, std::uint64_t max) {
  if (value < min || value > max) refuse(key, std::to_string(value), fmt::format("{} to {}", min, max));
  return value;
}

/// `time_s` in units of `unit_s`. It must be a whole number of them, except for rounding of decimal
/// fractions.
std::uint64_t whole_units(const std::string& key, double time_s, double unit_s, const std::string& expected) {
  const double count = time_s / unit_s, near = std::nearbyint(count);
  if (near < 1 || near > static_cast<double>(most_bits_32) || std::abs(count - near) > 1e-9 * near)
    refuse(key, toml_real(time_s) + " s", expected);
  return static_cast<std::uint64_t>(near);
}

struct Level {
  std::uint64_t mantissa = 0, shift = 0;
};
Level level_of(double level_units) {
  constexpr int most_shift = 16;
  double mantissa = level_units;
  for (int shift = 0; shift <= most_shift; ++shift, mantissa *= 2)
    if (mantissa == std::floor(mantissa) && mantissa <= std::numeric_limits<std::int32_t>::max())
      return {static_cast<std::uint64_t>(mantissa), static_cast<std::uint64_t>(shift)};
  refuse("sense.level_units", toml_real(level_units), "a multiple of 2^-16 of less than 32 bits");
}

/// Width of a readout in two's complement. 1 means that a readout is a decision and no level.
std::uint64_t level_bits(const sense::SenseConfig& sense) {
  if (sense.kind != sense::SenseConfig::Kind::multi_bit) return 1;
  return static_cast<std::uint64_t>(std::max(2, sense.signed_levels ? sense.bits : sense.bits + 1));
}

void add_geometry(Constants& out, const RunConfig& config) {
  const auto& g = config.geometry;
  const auto level = level_of(config.level_units);
  out.add("macros", within("array.macros", g.macros, 1, most_bits_16));
  out.add("rows", within("array.rows", g.rows, 1, most_bits_16));
  out.add("column_pairs", within("array.column_pairs", g.column_pairs, 1, most_bits_16 / 2));
  out.add("amplifiers", within("array.amplifiers", g.amplifiers, 1, most_bits_16));
  out.add("rows_per_operation", within("array.rows_per_operation", g.rows_per_operation, 0, most_bits_16));
  out.add("bias_rows", within("array.bias_rows", g.bias_rows, 0, most_bits_16));
  out.add("reference_scheme", g.scheme == mapping::WeightScheme::binary_reference ? 1 : 0);
  out.add("bias_placement", static_cast<std::uint64_t>(g.bias));
  out.add("level_bits", level_bits(config.sense));
  out.add("level_mantissa", level.mantissa);
  out.add("level_shift", level.shift);
  if (g.buffer_bits / 64 > most_bits_32)
    refuse("buffer.size_bits", std::to_string(g.buffer_bits), "at most 2^32 - 1 words of 64 bits");
  out.add("buffer_words", g.buffer_bits / 64);
}

void add_timing(Constants& out, const RunConfig& config) {
  const auto& t = config.timing;
  out.add("drive_cycles", t.drive_cycles);
  out.add("settle_cycles", t.settle_cycles);
  out.add("amplifier_cycles", t.amplifier_cycles);
  out.add("input_bus_bits", t.input_bus_bits);
  out.add("output_bus_bits", t.output_bus_bits);
  out.add("partial_sum_bits", t.partial_sum_bits);
  if (!std::has_single_bit(t.bus_bytes) || t.bus_bytes < 4 || t.bus_bytes > 64)
    refuse("memory.bus_bytes", std::to_string(t.bus_bytes), "a power of two from 4 to 64");
  out.add("bus_bytes", t.bus_bytes);
  // The digital unit takes a beat of the image and delivers a beat of results per cycle, and it counts bits
  // with 16 bits.
  out.add("macs_per_cycle",
          within("digital.macs_per_cycle", t.macs_per_cycle, std::uint64_t{8} * t.bus_bytes, most_bits_16));
  out.add("buffer_bits_per_cycle", t.buffer_bits_per_cycle);
  out.add("program_row_cycles",
          whole_units("timing.t_program_row_s", t.t_program_row_s, t.t_clk_s,
                      "whole cycles of timing.t_clk_s (" + toml_real(t.t_clk_s) + " s), at most 2^32 - 1"));
  out.add("interrupt_cycles", within("timing.interrupt_cycles", t.interrupt_cycles, 1, most_bits_32));
  out.add("hop_cycles", t.hop_cycles);
  if (t.hop_cycles + t.memory_latency_cycles == 0)
    refuse("memory.latency_cycles", "0",
           "at least 1 with memory.hop_cycles = 0, as pins answer at a clock edge");
  out.add("memory_latency_cycles", t.memory_latency_cycles);
  out.add("t_clk_ps", whole_units("timing.t_clk_s", t.t_clk_s, 1e-12, "whole picoseconds, at most 2^32 - 1"));
}

constexpr const char* licence = "// SPDX-License-Identifier: Apache-2.0\n";

/// Uses `localparam [31:0]` instead of `int unsigned`: the type is the same, and every tool reads it.
std::string package_text(const std::string& name, const std::string& about,
                         const std::vector<RtlConstant>& constants) {
  std::string text = licence;
  text += "// " + about + "\n// Generated by `irc rtl`; do not edit.\npackage " + name + ";\n";
  text += "  /* verilator lint_off UNUSEDPARAM */\n";
  for (const auto& c : constants) text += fmt::format("  localparam [31:0] {} = 32'd{};\n", c.name, c.value);
  return text + "  /* verilator lint_on UNUSEDPARAM */\nendpackage\n";
}

constexpr const char* header_helpers = R"(
/* Fields of descriptors and tile records are packed: neither aligned nor in the processor's byte order. */
static inline void irc_put(uint8_t *bytes, uint32_t lsb, uint32_t bits, uint64_t value) {
  uint32_t i;
  for (i = 0; i < bits / 8; ++i) bytes[lsb / 8 + i] = (uint8_t)(value >> (8 * i));
}
static inline uint64_t irc_get(const uint8_t *bytes, uint32_t lsb, uint32_t bits) {
  uint64_t value = 0;
  uint32_t i;
  for (i = 0; i < bits / 8; ++i) value |= (uint64_t)bytes[lsb / 8 + i] << (8 * i);
  return value;
}
/* IRC_PUT(bytes, DESCRIPTOR_IN_HEIGHT, 96); of an array its first element. */
#define IRC_PUT(bytes, field, value) irc_put((bytes), IRC_##field##_LSB, IRC_##field##_BITS, (value))
#define IRC_GET(bytes, field) irc_get((bytes), IRC_##field##_LSB, IRC_##field##_BITS)
/* Element `i` of an array. */
#define IRC_PUT_AT(bytes, field, i, value) \
  irc_put((bytes), IRC_##field##_LSB + (i) * IRC_##field##_BITS, IRC_##field##_BITS, (value))
#define IRC_GET_AT(bytes, field, i) \
  irc_get((bytes), IRC_##field##_LSB + (i) * IRC_##field##_BITS, IRC_##field##_BITS)
)";

std::string error_texts() {
  std::string text =
      "\n/* What a value of the register ERROR means. */\n"
      "static inline const char *irc_error_text(uint32_t error) {\n  switch (error) {\n";
  for (const auto& [name, error] : mapping::error_names)
    text += fmt::format("    case IRC_ERROR_{}: return \"{}\";\n", upper(name), mapping::text(error));
  return text + "    default: return \"unknown error\";\n  }\n}\n";
}

/// Geometry and timing for C and C++ code around the RTL, for instance the widths of its ports.
std::string config_header(const std::vector<RtlConstant>& constants) {
  std::string text =
      "/* SPDX-License-Identifier: Apache-2.0 */\n"
      "/* Geometry and timing of one accelerator. Generated by `irc rtl`; do not edit. */\n"
      "#ifndef IRC_CONFIG_H\n#define IRC_CONFIG_H\n\n";
  for (const auto& c : constants) text += fmt::format("#define IRC_CONFIG_{} {}u\n", c.name, c.value);
  return text + "\n#endif\n";
}

std::string header_text(const std::vector<RtlConstant>& constants) {
  std::string text = "/* SPDX-License-Identifier: Apache-2.0 */\n";
  text +=
      "/* Registers, commands and layouts of the accelerator (docs/registers.md), for C99.\n"
      "   Generated by `irc rtl`; do not edit. */\n"
      "#ifndef IRC_CONTRACT_H\n#define IRC_CONTRACT_H\n#include <stdint.h>\n\n";
  for (const auto& c : constants) text += fmt::format("#define IRC_{} UINT32_C({})\n", c.name, c.value);
  return text + header_helpers + error_texts() + "\n#endif\n";
}

}  // namespace

std::vector<RtlConstant> rtl_contract() {
  Constants out;
  add_registers(out);
  out.add_named("opcode_", mapping::opcode_names);
  out.add_named("flag_", mapping::flag_names);
  out.add_named("error_", mapping::error_names);
  add_formats(out);
  return std::move(out).list();
}

std::vector<RtlConstant> rtl_config(const RunConfig& config) {
  Constants out;
  add_geometry(out, config);
  add_timing(out, config);
  return std::move(out).list();
}

std::vector<RtlFile> rtl_files(const RunConfig& config) {
  const auto contract = rtl_contract();
  return {
      {"irc_contract_pkg.sv",
       package_text("irc_contract_pkg", "Registers, commands and layouts (docs/registers.md).", contract)},
      {"irc_config_pkg.sv",
       package_text("irc_config_pkg", "Geometry and timing of one accelerator.", rtl_config(config))},
      {"irc_contract.h", header_text(contract)},
      {"irc_config.h", config_header(rtl_config(config))}};
}

}  // namespace irc::platform
