// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// The text of a value change dump (IEEE 1364-2005, clause 18) in picoseconds, with GTKWave's `string`
/// variables. SystemC's own tracing samples signals as simulated time passes; what is written here lies in
/// the past.
class VcdWriter {
 public:
  using Signal = std::size_t;

  explicit VcdWriter(OutputFile& file);

  // First the signals, scope by scope; names hold no spaces.
  void begin_scope(std::string_view name);
  void end_scope();
  Signal bit(std::string_view name);
  Signal integer(std::string_view name);  ///< unsigned, 32 bits
  Signal real(std::string_view name);
  Signal text(std::string_view name);
  /// Ends the header; all signals are 0 or "idle" from `time_ps` on.
  void begin(Picoseconds time_ps);

  // Then the changes. The last value of a time counts; values that do not change are not written.
  void set_number(Signal signal, std::uint64_t value);
  void set_real(Signal signal, double value);
  void set_text(Signal signal, std::string_view value);
  /// Moves on, having written what was set; times never go back.
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
  bool stamped_ = false;  // "#now" is written
};

}  // namespace irc::trace
