// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace irc::trace {

/// File formats of a trace.
enum class Format {
  vcd,       ///< value change dump, for waveform viewers
  perfetto,  ///< Perfetto's JSON trace
  csv,       ///< comma-separated table
  csv_zst    ///< the same, compressed with zstd
};
/// How detailed a trace is. Every level contains the same energy.
enum class Level {
  layer,      ///< one entry per command
  operation,  ///< one entry per event of the accelerator
  phase,      ///< macro operations as LOAD, DRIVE, SETTLE, SENSE and STORE of every vector
};

/// The longest time, in seconds, that a window or the width of a profile may have. It is beyond any
/// simulation, and far below where picoseconds overflow.
inline constexpr double longest_s = 1e3;

/// One trace file to be written.
struct Request {
  Format format{};                 ///< file format
  Level level = Level::operation;  ///< level of detail

  /// Equal in format and level.
  bool operator==(const Request&) const = default;
};

/// Simulated time that a trace covers: [begin_s, end_s), in seconds.
struct Window {
  double begin_s = 0;                                      ///< first time
  double end_s = std::numeric_limits<double>::infinity();  ///< end, may be infinite

  /// Equal in both times.
  bool operator==(const Window&) const = default;
};

/// Name of the file in a format: "trace.vcd", "trace.perfetto.json", "trace.csv" or "trace.csv.zst".
std::string_view file_name(Format format);
/// Name of the power profile's table.
inline constexpr std::string_view power_file_name = "power.csv";
/// All these names, which are the files that an earlier run may have left in a folder.
std::vector<std::string_view> file_names();
/// Name of a level: "layer", "operation" or "phase".
std::string_view name(Level level);

/// Parses "FORMAT[:LEVEL],...". Formats are vcd, perfetto, csv and csv.zst, each at most once; levels are
/// layer, operation (the default) and phase. An empty text means no trace. Throws InputError with what was
/// found, what was expected and the nearest name.
std::vector<Request> parse_requests(std::string_view text);

/// Parses a time with its unit, such as "10us", "2.5 ms" or "0.1s", into seconds. Units are s, ms, us, ns, ps
/// and fs. Throws InputError unless it is a finite number, not negative, with one of these units.
double parse_time_s(std::string_view text);

/// Parses "BEGIN..END", where each is a time with its unit and may be left out. Throws InputError, also where
/// the end is not after the begin.
Window parse_window(std::string_view text);

}  // namespace irc::trace
