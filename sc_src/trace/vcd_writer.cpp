// SPDX-License-Identifier: Apache-2.0
#include "vcd_writer.h"

#include "irc/core/error.h"

namespace irc::trace {
namespace {

/// Short names from printable characters: "!", "\"", ..., "~", "!!", ...
std::string code_of(std::size_t index) {
  constexpr std::size_t first = '!', letters = '~' - '!' + 1;
  std::string code;
  for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / letters)
    code += static_cast<char>(first + (rest - 1) % letters);
  return code;
}

}  // namespace

VcdWriter::VcdWriter(OutputFile& file) : file_(file) {
  file_.print("$version ircsim $end\n$timescale 1 ps $end\n");
}

void VcdWriter::begin_scope(std::string_view name) {
  file_.print("$scope module {} $end\n", name);
}

void VcdWriter::end_scope() {
  file_.print("$upscope $end\n");
}

VcdWriter::Signal VcdWriter::add(Type type, std::string_view kind, int size, std::string_view name) {
  const auto code = code_of(variables_.size());
  file_.print("$var {} {} {} {} $end\n", kind, size, code, name);
  variables_.push_back({type, code, {}, {}, false});
  return variables_.size() - 1;
}

VcdWriter::Signal VcdWriter::bit(std::string_view name) {
  return add(Type::bit, "wire", 1, name);
}
VcdWriter::Signal VcdWriter::integer(std::string_view name) {
  return add(Type::integer, "wire", 32, fmt::format("{} [31:0]", name));
}
VcdWriter::Signal VcdWriter::real(std::string_view name) {
  return add(Type::real, "real", 64, name);
}
VcdWriter::Signal VcdWriter::text(std::string_view name) {
  return add(Type::text, "string", 1, name);
}

void VcdWriter::begin(Picoseconds time_ps) {
  file_.print("$enddefinitions $end\n#{}\n$dumpvars\n", time_ps);
  for (Signal signal = 0; signal < variables_.size(); ++signal) {
    const auto type = variables_[signal].type;
    if (type == Type::real) {
      set_real(signal, 0);
    } else if (type == Type::text) {
      set_text(signal, "idle");
    } else {
      set_number(signal, 0);
    }
    file_.print("{}\n", variables_[signal].set);
    variables_[signal].written = variables_[signal].set;
    variables_[signal].dirty = false;
  }
  file_.print("$end\n");
  dirty_.clear();
  now_ps_ = time_ps;
  stamped_ = true;
}

void VcdWriter::set(Signal signal, std::string value) {
  auto& variable = variables_[signal];
  variable.set = std::move(value);
  if (variable.dirty) return;
  variable.dirty = true;
  dirty_.push_back(signal);
}

void VcdWriter::set_number(Signal signal, std::uint64_t value) {
  const auto& variable = variables_[signal];
  set(signal, variable.type == Type::bit ? fmt::format("{:d}{}", value, variable.code)
                                         : fmt::format("b{:b} {}", value, variable.code));
}

void VcdWriter::set_real(Signal signal, double value) {
  set(signal, fmt::format("r{:.16g} {}", value, variables_[signal].code));
}

void VcdWriter::set_text(Signal signal, std::string_view value) {
  set(signal, fmt::format("s{} {}", value, variables_[signal].code));
}

void VcdWriter::advance(Picoseconds time_ps) {
  if (time_ps < now_ps_) throw InternalError("trace: a value change dump goes back in time");
  if (time_ps == now_ps_) return;
  finish();
  now_ps_ = time_ps;
  stamped_ = false;
}

void VcdWriter::finish() {
  for (const auto signal : dirty_) {
    auto& variable = variables_[signal];
    variable.dirty = false;
    if (variable.set == variable.written) continue;
    if (!stamped_) file_.print("#{}\n", now_ps_);
    stamped_ = true;
    file_.print("{}\n", variable.set);
    variable.written = variable.set;
  }
  dirty_.clear();
}

}  // namespace irc::trace
