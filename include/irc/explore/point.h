// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "irc/explore/experiment.h"

namespace irc::explore {

/// One evaluation: a configuration in force, and its name.
struct Point {
  std::string id;  ///< content address, 64 hexadecimal digits
  Assignment assignment;
  std::size_t rung = 0;      ///< of the experiment's ladder
  std::string config_toml;   ///< every value in force; empty where the configuration is wrong
  std::string config_error;  ///< why it is wrong
};

/// Makes points of configurations.
///
/// The content address is the SHA-256 of: the code version, the SHA-256 of the detector's bytes, that of the
/// data set's (of a folder: of its files' names and sizes), and the resolved configuration as TOML. Where
/// detector and data set lie, how many threads run and what is drawn are left out: they change no result.
class ConfigPoints {
 public:
  /// \param config    file or preset, as platform::load_config takes it
  /// \param settings  "section.key=value" on top of it
  /// A configuration that does not resolve is no error here but stands in the point.
  Point make(const std::string& config, const std::vector<std::string>& settings);

 private:
  const std::string& digest_of(const std::string& path);

  std::map<std::string, std::string> digests_;  ///< of detectors and data sets, by path
};

/// Makes points of an experiment.
class PointMaker {
 public:
  explicit PointMaker(const Experiment& experiment) : experiment_(experiment) {}

  /// A configuration that does not resolve is no error here but stands in the point.
  Point make(const Assignment& assignment, std::size_t rung);
  /// What distinguishes the point from its base: a configuration that gives the same point.
  std::string config_diff(const Point& point) const;

 private:
  std::vector<std::string> overrides(const Assignment& assignment, std::size_t rung) const;

  const Experiment& experiment_;
  ConfigPoints points_;
};

/// Throws InputError, at the parameter, where one of its values makes every planned point's configuration
/// wrong: such a value is a mistake, not a finding.
void check_values(const Experiment& experiment, PointMaker& maker);

/// Version of everything that computes a result: the project's version and a digest of the sources of the
/// rooms up to `platform`.
extern const char* const code_version;

/// SHA-256 in hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace irc::explore
