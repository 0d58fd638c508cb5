// SPDX-License-Identifier: Apache-2.0
// The C interface as system functions, for simulators with VPI but without DPI-C (Icarus Verilog). Each
// returns what its C function returns, except $irc_open, which returns the handle instead of IRC_DPI_OK.
#include <vpi_user.h>

#include <cstdint>
#include <exception>
#include <vector>

#include "irc/dpi/irc_dpi.h"

namespace {

/// Arguments of the current call, in order.
class Arguments {
 public:
  Arguments() {
    const vpiHandle call = vpi_handle(vpiSysTfCall, nullptr);
    const vpiHandle all = vpi_iterate(vpiArgument, call);
    while (const vpiHandle argument = all == nullptr ? nullptr : vpi_scan(all))
      arguments_.push_back(argument);
  }

  std::size_t size() const { return arguments_.size(); }

  int integer(std::size_t i) const { return static_cast<int>(static_cast<std::uint32_t>(long_integer(i))); }

  std::uint64_t long_integer(std::size_t i) const {
    const auto words = bits(i);
    return words[0] | (words.size() > 1 ? std::uint64_t{words[1]} << 32 : 0);
  }

  /// Packed bits. The values x and z count as 0.
  std::vector<std::uint32_t> bits(std::size_t i) const {
    s_vpi_value value;
    value.format = vpiVectorVal;
    vpi_get_value(arguments_.at(i), &value);
    std::vector<std::uint32_t> words((size_of(i) + 31) / 32);
    for (std::size_t w = 0; w < words.size(); ++w)
      words[w] = static_cast<std::uint32_t>(value.value.vector[w].aval) &
                 ~static_cast<std::uint32_t>(value.value.vector[w].bval);
    return words;
  }

  const char* text(std::size_t i) const {
    s_vpi_value value;
    value.format = vpiStringVal;
    vpi_get_value(arguments_.at(i), &value);
    return value.value.str;
  }

  void write(std::size_t i, const std::vector<std::uint32_t>& words) const {
    std::vector<s_vpi_vecval> vector(std::max<std::size_t>((size_of(i) + 31) / 32, 1), s_vpi_vecval{0, 0});
    for (std::size_t w = 0; w < vector.size() && w < words.size(); ++w)
      vector[w].aval = static_cast<PLI_INT32>(words[w]);
    s_vpi_value value;
    value.format = vpiVectorVal;
    value.value.vector = vector.data();
    vpi_put_value(arguments_.at(i), &value, nullptr, vpiNoDelay);
  }

  std::size_t size_of(std::size_t i) const {
    return static_cast<std::size_t>(vpi_get(vpiSize, arguments_.at(i)));
  }

 private:
  std::vector<vpiHandle> arguments_;
};

void give_back(int result) {
  s_vpi_value value;
  value.format = vpiIntVal;
  value.value.integer = result;
  vpi_put_value(vpi_handle(vpiSysTfCall, nullptr), &value, nullptr, vpiNoDelay);
}

int refuse(const char* what) {
  vpi_printf("irc: %s\n", what);
  return IRC_DPI_BAD_ARGUMENT;
}

int open_macro(const Arguments& a) {
  const std::vector<char> config = [&] {
    const char* text = a.text(1);
    std::vector<char> copy;
    for (; *text != 0; ++text) copy.push_back(*text);
    copy.push_back(0);
    return copy;
  }();
  int handle = 0;
  const int code = irc_dpi_open(a.integer(0), config.data(), a.integer(2), a.long_integer(3), &handle);
  return code == IRC_DPI_OK ? handle : code;
}

int program_row(const Arguments& a) {
  const auto cells = a.bits(4);
  const int columns = a.integer(3);
  if (columns > 0 && static_cast<std::size_t>(columns) > cells.size() * 32)
    return refuse("$irc_program_row: more columns than bits in the vector of cells");
  return irc_dpi_program_row(a.integer(0), a.integer(1), a.integer(2), columns, cells.data(), a.integer(5));
}

int set_bias(const Arguments& a) {
  std::vector<std::int32_t> units;
  for (const auto word : a.bits(3)) units.push_back(static_cast<std::int32_t>(word));
  const int count = a.integer(2);
  if (count > 0 && static_cast<std::size_t>(count) > units.size())
    return refuse("$irc_set_bias: more lines than 32-bit words in the vector of biases");
  return irc_dpi_set_bias(a.integer(0), a.integer(1), count, units.data());
}

int evaluate(const Arguments& a) {
  int rows = 0, amplifiers = 0, level_bits = 0;
  const int known = irc_dpi_sizes(a.integer(0), &rows, nullptr, &amplifiers, &level_bits, nullptr);
  if (known != IRC_DPI_OK) return known;
  if (a.size_of(1) != static_cast<std::size_t>(rows))
    return refuse("$irc_evaluate: the vector of word lines must have one bit per row of the macro");
  if (a.size_of(9) != static_cast<std::size_t>(amplifiers) * static_cast<std::size_t>(level_bits))
    return refuse("$irc_evaluate: the vector of levels must have level_bits bits per amplifier");
  const auto lines = a.bits(1);
  std::vector<std::uint32_t> levels((a.size_of(9) + 31) / 32, 0);
  const int code =
      irc_dpi_evaluate_packed(a.integer(0), lines.data(), a.integer(2), a.integer(3), a.integer(4),
                              a.integer(5), a.integer(6), a.long_integer(7), a.integer(8), levels.data());
  a.write(9, levels);
  return code;
}

int close_macro(const Arguments& a) {
  return irc_dpi_close(a.integer(0));
}

int report(const Arguments& a) {
  vpi_printf("irc: %s\n", irc_dpi_message(a.integer(0)));
  return IRC_DPI_OK;
}

struct Function {
  const char* name;
  std::size_t arguments;
  int (*call)(const Arguments&);
};

const Function functions[] = {
    {"$irc_open", 4, open_macro},    {"$irc_program_row", 6, program_row}, {"$irc_set_bias", 4, set_bias},
    {"$irc_evaluate", 10, evaluate}, {"$irc_close", 1, close_macro},       {"$irc_report", 1, report},
};

extern "C" PLI_INT32 irc_vpi_call(ICARUS_VPI_CONST PLI_BYTE8* data) {
  const auto& function = *static_cast<const Function*>(static_cast<const void*>(data));
  int code = IRC_DPI_FAILED;
  try {
    const Arguments arguments;
    if (arguments.size() != function.arguments) {
      vpi_printf("irc: %s takes %d arguments\n", function.name, static_cast<int>(function.arguments));
      code = IRC_DPI_BAD_ARGUMENT;
    } else {
      code = function.call(arguments);
    }
  } catch (const std::exception& error) {
    vpi_printf("irc: %s: %s\n", function.name, error.what());
  }
  give_back(code);
  return 0;
}

void register_functions() {
  for (const auto& function : functions) {
    s_vpi_systf_data data{};
    data.type = vpiSysFunc;
    data.sysfunctype = vpiIntFunc;
    data.tfname = function.name;
    data.calltf = irc_vpi_call;
    data.user_data = static_cast<PLI_BYTE8*>(const_cast<void*>(static_cast<const void*>(&function)));
    vpi_register_systf(&data);
  }
}

}  // namespace

// The simulator finds this by its name.
extern "C" [[gnu::visibility("default")]] void (*vlog_startup_routines[])(void);
void (*vlog_startup_routines[])(void) = {register_functions, nullptr};
