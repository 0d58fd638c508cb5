// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/calibration_split.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "irc/platform/workload.h"

namespace irc::platform {

namespace {

std::string canonical(const std::string& path) {
  std::error_code ignored;
  const auto found = std::filesystem::weakly_canonical(path, ignored);
  return ignored ? path : found.string();
}

/// The first image of `dataset` that also occurs in `others`, or nullptr.
const detection::Sample* shared_picture(const detection::Dataset& dataset, const detection::Dataset& others) {
  std::set<std::string> paths;
  for (const auto& sample : others.samples) paths.insert(canonical(sample.path));
  const auto found = std::find_if(dataset.samples.begin(), dataset.samples.end(),
                                  [&](const auto& sample) { return paths.contains(canonical(sample.path)); });
  return found == dataset.samples.end() ? nullptr : &*found;
}

std::string words(const CalibrationSplit& split) {
  return "calibration.images = " + split.images +
         (split.split.empty() ? "" : ", calibration.split = " + split.split);
}

detection::Dataset pictures_of(const CalibrationSplit& split) {
  try {
    return detection::open_dataset(split.images, split.split);
  } catch (const InputError& error) {
    throw InputError(words(split) +
                     ": the layers' working points were found on these images, and a run must not use them. "
                     "Whether it does "
                     "cannot be checked, because they cannot be read: " +
                     error.what());
  }
}

}  // namespace

void check_split(const RunConfig& config, const RunConfig& split_config, const Workload& split) {
  const auto &run = config.run, &own = split_config.run;
  if (generated(run) != generated(own)) return;
  if (generated(run)) {
    if (run.scene_seed == own.scene_seed)
      throw InputError("the scene seed of the calibration is " + std::to_string(own.scene_seed) +
                       ", the same as run.scene_seed; a calibration must not see the images of the run");
    return;
  }
  const Workload test(config);
  if (const auto* sample = shared_picture(split.dataset(), test.dataset()))
    throw InputError("the calibration's image " + sample->path + " is also one of the run (run.images = " +
                     run.images + "); a calibration must not see the images of the run");
}

void check_calibration(const RunConfig& config, const detection::Dataset& dataset) {
  if (generated(config.run) || config.calibration.images.empty()) return;
  if (const auto* sample = shared_picture(dataset, pictures_of(config.calibration)))
    throw InputError("run.images: the image " + sample->path + " is also one of the calibration (" +
                     words(config.calibration) +
                     "), on which the layers' working points were found; a run must use other images");
}

}  // namespace irc::platform
