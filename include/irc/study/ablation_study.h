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

/// One difference between the robust design and the naive one.
struct Technique {
  std::string name,               ///< short name
      label;                      ///< for people
  std::vector<std::string> keys;  ///< configuration keys: they have the robust preset's values if the
                                  ///< technique is on, else the naive preset's
  std::string net;                ///< tag of its effect on training; empty: none
};

/// The detector that was trained with exactly these tags.
struct Net {
  std::vector<std::string> tags;  ///< sorted
  std::string model;              ///< absolute path or embedded name
};

/// Sources of error that are switched together.
struct Nonideality {
  std::string name,             ///< short name
      label;                    ///< for people
  std::vector<std::string> on;  ///< the switches: "nonidealities.offset", ...
};

/// Additional settings that a combination of techniques needs to be a valid design.
struct Adjustment {
  std::vector<std::size_t> on,        ///< indices of techniques that must all be on
      off;                            ///< indices of techniques that must all be off
  std::vector<std::string> settings;  ///< "section.key=value"
  std::string note;                   ///< the reason, shown with the table
};

/// Number of images and chips of one evaluation.
struct Amount {
  std::uint64_t images = 0;  ///< number of images; 0: all of the data set
  std::uint64_t chips = 1;   ///< number of chips
};

/// Additions of a command line to a study.
struct AblationOptions {
  std::vector<std::string> settings;  ///< --set of configuration keys, applied to both presets
  std::optional<std::uint64_t> seed,  ///< --seed
      chips,                          ///< --chips
      images;                         ///< --limit
};

/// The content of a study file, checked. docs/ablation.md describes the format.
struct AblationStudy {
  std::string file,                   ///< as the user named it
      name,                           ///< short name
      title;                          ///< heading
  std::string naive,                  ///< configuration of the naive design
      robust;                         ///< configuration of the robust design
  std::vector<std::string> settings;  ///< applied to both
  std::uint64_t seed = 1;             ///< of the chips (run.seed), the same for every design
  Amount whole;   ///< for `none` and `all`; `none` has one chip, because all chips are equal there
  Amount single;  ///< for each nonideality alone
  std::vector<Technique> techniques;       ///< in the order in which the ladder adds them
  std::vector<Net> nets;                   ///< the trained detectors
  std::vector<Nonideality> nonidealities;  ///< groups of switches
  std::vector<Adjustment> adjustments;     ///< additional settings of combinations
  std::map<std::string, std::string>
      naive_values,                             ///< TOML values of the techniques' keys in the naive preset
      robust_values;                            ///< the same in the robust preset
  std::map<std::string, std::string> switches;  ///< every nonidealities.* key in force, with its value
};

/// Reads a study: a file, or one that is built into the program ("experiments/ablation.toml"). Throws
/// InputError with file, line, key, value and expectation for unknown keys, tags and switches; a key in two
/// techniques; a key that differs between the presets and belongs to no technique; a technique that changes
/// nothing; a switch in two nonidealities or in none; a detector that does not exist.
AblationStudy read_ablation(const std::string& path, const AblationOptions& options = {});
/// Parses a text in the same way. `name` stands for the file, and paths are looked up beside it.
AblationStudy parse_ablation(std::string_view text, const std::string& name,
                             const AblationOptions& options = {});

}  // namespace irc::study
