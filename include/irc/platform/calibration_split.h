// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/detection/types.h"
#include "irc/platform/config.h"

namespace irc::platform {

class Workload;

// Layers' working points are never measured on the pictures they were found on. Generated scenes are told
// apart by their seed, pictures of data sets by the file they are in the end, whatever names lead to it;
// copies of a file are other pictures.

/// Before a calibration: throws InputError where pictures of `split` are those of the run that `config`
/// describes.
void check_split(const RunConfig& config, const RunConfig& split_config, const Workload& split);

/// Before a run on `dataset`: throws InputError where a picture of it is one of [calibration], or where these
/// cannot be read any more. Generated scenes are checked when a configuration is read.
void check_calibration(const RunConfig& config, const detection::Dataset& dataset);

}  // namespace irc::platform
