// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "irc/explore/experiment.h"
#include "irc/explore/store.h"
#include "irc/platform/config.h"

namespace irc::explore {

/// One evaluation: a configuration in force and its content address.
struct Point {
  std::string id;            ///< content address, 64 hexadecimal digits
  Assignment assignment;     ///< values of the parameters
  std::size_t rung = 0;      ///< of the experiment's ladder
  std::string config_toml;   ///< every value in force; empty where the configuration is wrong
  std::string config_error;  ///< why the configuration is wrong; empty if it is not
  std::string config;        ///< configuration that the point was made of, as ConfigPoints::make got it
  std::vector<std::string> settings;  ///< "section.key=value" applied to it
};

/// Whether two resolved configurations differ at most in the paths of detector and data set, whose bytes the
/// content address covers.
bool same_configuration(const std::string& a_toml, const std::string& b_toml);

/// What is wrong with a record that is stored under the point's content address: it may be of another
/// configuration. Nothing where it is the point's.
std::optional<std::string> foreign_record(const Point& point, const Record& record);

/// Makes points from configurations.
///
/// The content address is the SHA-256 of the code version, the SHA-256 of the detector's bytes, the SHA-256
/// of the data set's bytes (for a folder: of its files' names and sizes), and the resolved configuration as
/// TOML. It omits the paths of detector and data set, the number of threads, and what is drawn, because they
/// change no result.
class ConfigPoints {
 public:
  /// Makes a point of `config` (a file or preset, as platform::load_config takes it) with `settings`
  /// ("section.key=value") applied. A configuration that does not resolve is no error here;
  /// Point::config_error gives the reason.
  Point make(const std::string& config, const std::vector<std::string>& settings);
  /// The content address of a resolved configuration. Throws InputError where it does not resolve, or where
  /// detector or data set cannot be read.
  std::string address(const std::string& config_toml);

 private:
  std::string address_of(platform::RunConfig config);
  const std::string& digest_of(const std::string& path);

  std::map<std::string, std::string> digests_;  ///< of detectors and data sets, by path
};

/// Makes the points of an experiment.
class PointMaker {
 public:
  /// Keeps a reference to `experiment`.
  explicit PointMaker(const Experiment& experiment) : experiment_(experiment) {}

  /// Makes the point of an assignment on a rung. A configuration that does not resolve is no error here;
  /// Point::config_error gives the reason.
  Point make(const Assignment& assignment, std::size_t rung);
  /// The differences between the point and its base, as a configuration that gives the same point.
  std::string config_diff(const Point& point) const;

 private:
  std::vector<std::string> overrides(const Assignment& assignment, std::size_t rung) const;

  const Experiment& experiment_;
  ConfigPoints points_;
};

/// Throws InputError, at the parameter, where one of its values makes every planned point's configuration
/// wrong. Such a value is a mistake in the experiment, not a result.
void check_values(const Experiment& experiment, PointMaker& maker);

/// Version of all code that computes a result: the project's version and a digest of the sources of all rooms
/// up to `platform`.
extern const char* const code_version;

/// SHA-256 in hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace irc::explore
