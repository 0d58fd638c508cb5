// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// Writes a value change dump (IEEE 1364-2005, clause 18) in picoseconds, with GTKWave's `string` variables.
/// SystemC's own tracing cannot be used, because it samples signals as simulated time passes, while these
/// values lie in the past.
class VcdWriter {
 public:
  using Signal = std::size_t;

  explicit VcdWriter(OutputFile& file);

  // First the signals are declared, scope by scope. Names contain no spaces.
  void begin_scope(std::string_view name);
  void end_scope();
  Signal bit(std::string_view name);
  Signal integer(std::string_view name);  ///< unsigned, 32 bits
  Signal real(std::string_view name);
  Signal text(std::string_view name);
  /// Ends the header. All signals are 0 or "idle" from `time_ps` on.
  void begin(Picoseconds time_ps);

  // Then the changes follow. The last value at a time counts; unchanged values are not written.
  void set_number(Signal signal, std::uint64_t value);
  void set_real(Signal signal, double value);
  void set_text(Signal signal, std::string_view value);
  /// Writes what was set and moves on to `time_ps`. Times never decrease.
  void advance(Picoseconds time_ps);
  /// Writes what was set last.
  void finish();

 private:
  enum class Type { bit, integer, real, text };
  struct Variable {
    Type type;
    std::string code, written, set;
    bool dirty = false;
  };
  Signal add(Type type, std::string_view kind, int size, std::string_view name);
  void set(Signal signal, std::string value);

  OutputFile& file_;
  std::vector<Variable> variables_;
  std::vector<Signal> dirty_;
  Picoseconds now_ps_ = 0;
  bool stamped_ = false;  // whether "#now" is written
};

}  // namespace irc::trace
