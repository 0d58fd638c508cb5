// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/detection/types.h"
#include "irc/platform/config.h"

namespace irc::platform {

class Workload;

// A run must not use the images on which its working points were found. Generated scenes are compared by
// their seed. Images of data sets are compared by the file that a path finally leads to. A copy of a file
// counts as another image.

/// Call this before a calibration. Throws InputError where images of `split` are also images of the run that
/// `config` describes.
void check_split(const RunConfig& config, const RunConfig& split_config, const Workload& split);

/// Call this before a run on `dataset`. Throws InputError where one of its images is listed in [calibration],
/// or where those images cannot be read any more. Generated scenes are checked when a configuration is read.
void check_calibration(const RunConfig& config, const detection::Dataset& dataset);

}  // namespace irc::platform
