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

/// One parameter of a sensitivity study: accuracy against it, all else as the base has it.
struct SensitivityCurve {
  std::string name;               ///< letters, digits, - and _: names the figure's file
  std::string label;              ///< of the axis
  std::vector<std::string> keys;  ///< of the configuration; all are set to the same value
  explore::Parameter::Scale scale = explore::Parameter::Scale::linear;
  std::vector<explore::Value> values;     ///< none twice; numbers ascending unless the scale is `category`
  std::vector<std::string> value_labels;  ///< of the values, for scale `category`; may be empty
  bool against = true;                    ///< whether the second base has this curve, too
};

/// A configuration that the curves start from, and how much of it is run.
struct SensitivityBase {
  std::string config;  ///< file or preset, as platform::load_config takes it
  std::string label;   ///< as the study names it
  std::uint64_t images = 0, chips = 1;
};

/// What a study file says, checked. docs/sensitivity.md describes the format.
struct SensitivityStudy {
  std::string name, title;
  std::vector<SensitivityBase> bases;  ///< the base, and perhaps a second one drawn beside it
  std::vector<std::string>
      settings;  ///< "section.key=value" on top of each base: those of the file, then --set
  std::uint64_t seed = 1;
  std::vector<SensitivityCurve> curves;
};

/// What a command line adds to a study.
struct SensitivityOptions {
  std::vector<std::string> settings;  ///< --set, for every run; counts more than what the file says
  std::optional<std::uint64_t> seed;  ///< --seed
  std::vector<std::string> curves;    ///< names of those wanted; empty: all
};

/// Reads a study: a file, or one that travels inside the program ("experiments/sensitivity.toml"). Throws
/// InputError with file, line, key, value and expectation: unknown keys (with the nearest known name), values
/// of another type than the scale needs, curves of which the base takes no value at all.
SensitivityStudy read_sensitivity(const std::string& path, const SensitivityOptions& options = {});
/// The same of a text; `name` stands for the file, and paths are looked up beside it.
SensitivityStudy parse_sensitivity(std::string_view text, const std::string& name,
                                   const SensitivityOptions& options = {});

/// A run of a curve, with its place on the axis.
struct SensitivityPoint {
  explore::Value value;
  std::string label;           ///< of the value, for people
  double x = 0;                ///< the value, or its position (from 0) on a scale of categories
  bool working_point = false;  ///< the base's own value
  Evaluation evaluation;
  Outcome outcome;  ///< once it is run
};

/// A curve of one base.
struct SensitivitySeries {
  std::size_t base = 0;                  ///< index in the study
  std::vector<SensitivityPoint> points;  ///< in ascending x; the base's own value is one of them
};

struct SensitivityResult {
  SensitivityStudy study;
  std::vector<std::vector<SensitivitySeries>> curves;  ///< for each curve of the study one series per base

  /// The base's own run, which all its curves share. Throws InternalError where there is none.
  const Outcome& base_outcome(std::size_t base) const;
};

/// The study's runs, not yet run: each curve's values and the base's own value, without any setting then.
SensitivityResult plan_sensitivity(const SensitivityStudy& study);

/// Runs what the store lacks. Throws InputError as study::evaluate does.
SensitivityResult run_sensitivity(const SensitivityStudy& study, explore::Store& store,
                                  const explore::WorkerOptions& workers, const Progress& progress);

nlohmann::json to_json(const SensitivityResult& result);
/// One row per run.
std::string to_csv(const SensitivityResult& result);
/// One table per curve, for people.
std::string to_markdown(const SensitivityResult& result);

/// Writes sensitivity.json, .csv and .md into `folder`, one figure per curve (sensitivity-NAME.svg and .png)
/// and a sheet with all of them (sensitivity.svg and .png). Figures of that study's curves from an earlier
/// run are removed first. Returns why there are no figures, or nothing. Throws InputError where the folder
/// cannot be written.
std::string write_sensitivity(const SensitivityResult& result, const std::string& folder);

}  // namespace irc::study
