// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "irc/core/error.h"

namespace irc::study {

/// Something that separates the robust design from the naive one.
struct Technique {
  std::string name, label;
  std::vector<std::string> keys;  ///< take the robust preset's values where it is on, else the naive preset's
  std::string net;                ///< tag of what it changes in training; empty: nothing
};

/// The detector trained with exactly these tags.
struct Net {
  std::vector<std::string> tags;  ///< sorted
  std::string model;              ///< absolute path or embedded name
};

/// Sources of error that are switched together.
struct Nonideality {
  std::string name, label;
  std::vector<std::string> on;  ///< "nonidealities.offset", ...
};

/// What a combination of techniques needs beyond its keys to be a design at all.
struct Adjustment {
  std::vector<std::size_t> on, off;  ///< indices of techniques: applies where all of `on` and none of `off`
  std::vector<std::string> settings;
  std::string note;  ///< why, for the reader of the table
};

/// How much one evaluation runs.
struct Amount {
  std::uint64_t images = 0;  ///< pictures, 0: all of the data set
  std::uint64_t chips = 1;
};

/// What a command line adds to a study.
struct AblationOptions {
  std::vector<std::string> settings;                 ///< --set of configuration keys, on top of both presets
  std::optional<std::uint64_t> seed, chips, images;  ///< --seed, --chips, --limit
};

/// What a study file says, checked. docs/ablation.md describes the format.
struct AblationStudy {
  std::string file, name, title;
  std::string naive, robust;          ///< configurations
  std::vector<std::string> settings;  ///< on top of both
  std::uint64_t seed = 1;             ///< of the chips (run.seed): the same ones on every rung
  Amount whole;                       ///< of `none` and `all`; `none` has one chip, as all are equal there
  Amount single;                      ///< of each nonideality alone
  std::vector<Technique> techniques;  ///< in the order in which the ladder adds them
  std::vector<Net> nets;
  std::vector<Nonideality> nonidealities;
  std::vector<Adjustment> adjustments;
  std::map<std::string, std::string> naive_values, robust_values;  ///< TOML, of the techniques' keys
  std::map<std::string, std::string> switches;                     ///< every nonidealities.* key in force
};

/// Reads a study: a file, or one that travels inside the program ("experiments/ablation.toml").
/// Throws InputError with file, line, key, value and expectation: unknown keys, tags and switches; a key in
/// two techniques; a key that differs between the presets and belongs to no technique; a technique that
/// changes nothing; a switch in two nonidealities or in none; a detector that is not there.
AblationStudy read_ablation(const std::string& path, const AblationOptions& options = {});
/// The same of a text; `name` stands for the file, and paths are looked up beside it.
AblationStudy parse_ablation(std::string_view text, const std::string& name,
                             const AblationOptions& options = {});

}  // namespace irc::study
