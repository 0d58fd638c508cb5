// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "irc/explore/space.h"
#include "irc/study/evaluation.h"

namespace irc::study {

/// One parameter of a sensitivity study: accuracy over the parameter, with all other values as in the base.
struct SensitivityCurve {
  std::string name;               ///< letters, digits, - and _; part of the figure's file name
  std::string label;              ///< of the axis
  std::vector<std::string> keys;  ///< configuration keys, all set to the same value
  explore::Parameter::Scale scale = explore::Parameter::Scale::linear;  ///< scale of the axis
  std::vector<explore::Value> values;     ///< no duplicates; numbers ascend unless the scale is `category`
  std::vector<std::string> value_labels;  ///< names of the values for scale `category`; may be empty
  bool against = true;                    ///< whether the second base has this curve as well
};

/// A configuration from which curves start, and the size of its runs.
struct SensitivityBase {
  std::string config;        ///< file or preset, as platform::load_config takes it
  std::string label;         ///< as the study names it
  std::uint64_t images = 0,  ///< number of images; 0: all of the data set
      chips = 1;             ///< number of chips
};

/// The content of a study file, checked. docs/sensitivity.md describes the format.
struct SensitivityStudy {
  std::string name,                    ///< short name
      title;                           ///< heading
  std::vector<SensitivityBase> bases;  ///< the base, and possibly a second one drawn beside it
  std::vector<std::string>
      settings;            ///< "section.key=value" applied to each base: those of the file, then --set
  std::uint64_t seed = 1;  ///< of the chips (run.seed)
  std::vector<SensitivityCurve> curves;  ///< the parameters
};

/// Additions of a command line to a study.
struct SensitivityOptions {
  std::vector<std::string> settings;  ///< --set, for every run; takes precedence over the file
  std::optional<std::uint64_t> seed;  ///< --seed
  std::vector<std::string> curves;    ///< names of the wanted curves; empty: all
};

/// Reads a study: a file, or one that is built into the program ("experiments/sensitivity.toml"). Throws
/// InputError with file, line, key, value and expectation for unknown keys (with the nearest known name),
/// values of another type than the scale needs, and curves of which the base accepts no value.
SensitivityStudy read_sensitivity(const std::string& path, const SensitivityOptions& options = {});
/// Parses a text in the same way. `name` stands for the file, and paths are looked up beside it.
SensitivityStudy parse_sensitivity(std::string_view text, const std::string& name,
                                   const SensitivityOptions& options = {});

/// One run of a curve, with its place on the axis.
struct SensitivityPoint {
  explore::Value value;        ///< value of the parameter
  std::string label;           ///< the value for people
  double x = 0;                ///< the value, or its position (from 0) on a scale of categories
  bool working_point = false;  ///< whether this is the base's own value
  Evaluation evaluation;       ///< the run
  Outcome outcome;             ///< its result, once it is run
};

/// A curve for one base.
struct SensitivitySeries {
  std::size_t base = 0;                  ///< index in the study
  std::vector<SensitivityPoint> points;  ///< in ascending x; the base's own value is one of them
};

/// A study with its runs.
struct SensitivityResult {
  SensitivityStudy study;                              ///< as read
  std::vector<std::vector<SensitivitySeries>> curves;  ///< for each curve of the study one series per base

  /// The base's own run, which all its curves share. Throws InternalError where there is none.
  const Outcome& base_outcome(std::size_t base) const;
};

/// The runs of a study, not yet run: each curve's values, and the base's own value as a run without any
/// setting.
SensitivityResult plan_sensitivity(const SensitivityStudy& study);

/// Runs what the store lacks. Throws InputError as study::evaluate does.
SensitivityResult run_sensitivity(const SensitivityStudy& study, explore::Store& store,
                                  const explore::WorkerOptions& workers, const Progress& progress);

/// The content of sensitivity.json.
nlohmann::json to_json(const SensitivityResult& result);
/// The content of sensitivity.csv: one row per run.
std::string to_csv(const SensitivityResult& result);
/// The content of sensitivity.md: one table per curve, for people.
std::string to_markdown(const SensitivityResult& result);

/// Writes sensitivity.json, .csv and .md into `folder`, one figure per curve (sensitivity-NAME.svg and .png)
/// and a sheet with all of them (sensitivity.svg and .png). Figures of this study's curves from an earlier
/// run are removed first. Returns the reason why there are no figures, or an empty string. Throws InputError
/// where the folder cannot be written.
std::string write_sensitivity(const SensitivityResult& result, const std::string& folder);

}  // namespace irc::study
