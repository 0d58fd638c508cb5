// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace irc::trace {

enum class Format { vcd, perfetto, csv, csv_zst };
/// How finely a trace looks. Every level holds the same energy.
enum class Level {
  layer,      ///< one entry per command
  operation,  ///< one entry per event of the accelerator
  phase,      ///< macro operations in LOAD, DRIVE, SETTLE, SENSE, STORE of every vector
};

/// The longest time that a window or the width of a profile may name: beyond any simulation, and far from
/// where picoseconds overflow.
inline constexpr double longest_s = 1e3;

/// One file to be written.
struct Request {
  Format format{};
  Level level = Level::operation;

  bool operator==(const Request&) const = default;
};

/// Simulated time that a trace shows; half-open, in seconds.
struct Window {
  double begin_s = 0;
  double end_s = std::numeric_limits<double>::infinity();

  bool operator==(const Window&) const = default;
};

/// "trace.vcd", "trace.perfetto.json", "trace.csv", "trace.csv.zst".
std::string_view file_name(Format format);
/// The table of the power profile.
inline constexpr std::string_view power_file_name = "power.csv";
/// All of these: what an earlier run may have left in a folder.
std::vector<std::string_view> file_names();
std::string_view name(Level level);

/// "FORMAT[:LEVEL],...": formats vcd, perfetto, csv, csv.zst, each at most once; levels layer, operation (the
/// default), phase. An empty text means no trace. Throws InputError with what was found, what was expected
/// and the nearest name.
std::vector<Request> parse_requests(std::string_view text);

/// A time with its unit: "10us", "2.5 ms", "0.1s"; units s, ms, us, ns, ps, fs. Throws InputError unless it
/// is a finite number that is not negative, with one of these units.
double parse_time_s(std::string_view text);

/// "BEGIN..END", each a time with its unit; either may be left out. Throws InputError, also where the end
/// does not lie behind the begin.
Window parse_window(std::string_view text);

}  // namespace irc::trace
