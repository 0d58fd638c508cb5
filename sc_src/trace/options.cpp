// SPDX-License-Identifier: Apache-2.0
#include "irc/trace/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "irc/core/error.h"
#include "irc/core/toml.h"

namespace irc::trace {
namespace {

// Each list has the order of its enumeration.
constexpr std::array<std::string_view, 4> format_names{"vcd", "perfetto", "csv", "csv.zst"};
constexpr std::array<std::string_view, 4> trace_names{"trace.vcd", "trace.perfetto.json", "trace.csv",
                                                      "trace.csv.zst"};
constexpr std::array<std::string_view, 3> level_names{"layer", "operation", "phase"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

template <typename Enum, std::size_t n>
Enum one_of(std::string_view what, std::string_view word, const std::array<std::string_view, n>& names) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<Enum>(found - names.begin());
  const std::vector<std::string> known(names.begin(), names.end());
  std::string message = std::string(what) + " '" + std::string(word) + "', expected";
  for (const auto& known_name : known)
    message += (known_name == known.front() ? " " : known_name == known.back() ? " or " : ", ") + known_name;
  const auto near = nearest_name(word, known);
  throw InputError(message + (near ? ": did you mean '" + *near + "'?" : ""));
}

Request parse_request(std::string_view text) {
  const auto colon = text.find(':');
  Request request;
  request.format = one_of<Format>("trace format", trimmed(text.substr(0, colon)), format_names);
  if (colon != std::string_view::npos)
    request.level = one_of<Level>("trace level", trimmed(text.substr(colon + 1)), level_names);
  return request;
}

struct Unit {
  std::string_view name;
  double per_second;  // used as divisor, so that 10us becomes the double nearest to 1e-5
};
constexpr std::array units{Unit{"s", 1},    Unit{"ms", 1e3},  Unit{"us", 1e6},
                           Unit{"ns", 1e9}, Unit{"ps", 1e12}, Unit{"fs", 1e15}};

std::optional<double> read_time_s(std::string_view text) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const auto suffix = trimmed({rest, static_cast<std::size_t>(text.data() + text.size() - rest)});
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == suffix; });
  if (unit == units.end()) return std::nullopt;
  return number / unit->per_second;
}

}  // namespace

std::string_view file_name(Format format) {
  return trace_names[static_cast<std::size_t>(format)];
}

std::vector<std::string_view> file_names() {
  std::vector<std::string_view> all(trace_names.begin(), trace_names.end());
  all.push_back(power_file_name);
  return all;
}

std::string_view name(Level level) {
  return level_names[static_cast<std::size_t>(level)];
}

std::vector<Request> parse_requests(std::string_view text) {
  std::vector<Request> requests;
  if (trimmed(text).empty()) return requests;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto request = parse_request(trimmed(text.substr(begin, end - begin)));
    for (const auto& other : requests)
      if (other.format == request.format)
        throw InputError("trace format '" +
                         std::string(format_names[static_cast<std::size_t>(other.format)]) +
                         "' is named twice, expected each format once");
    requests.push_back(request);
    begin = end + 1;
  }
  return requests;
}

double parse_time_s(std::string_view text) {
  if (const auto time_s = read_time_s(trimmed(text))) return *time_s;
  throw InputError("time '" + std::string(text) +
                   "', expected a number that is not negative and its unit (s, ms, us, ns, ps, fs), such as "
                   "10us");
}

Window parse_window(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos)
    throw InputError("time window '" + std::string(text) + "', expected BEGIN..END, such as 10us..20us");
  Window window;
  const auto begin = trimmed(text.substr(0, dots)), end = trimmed(text.substr(dots + 2));
  if (!begin.empty()) window.begin_s = parse_time_s(begin);
  if (!end.empty()) window.end_s = parse_time_s(end);
  if (!(window.end_s > window.begin_s))
    throw InputError("time window '" + std::string(text) + "', expected an end after the begin");
  return window;
}

}  // namespace irc::trace
