// SPDX-License-Identifier: Apache-2.0
// The parts of a run: the preparation, the chips, and the summary of their results.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/metering.h"
#include "irc/platform/run.h"
#include "irc/platform/workload.h"

namespace irc::platform {

/// What all chips of a run share.
struct Preparation {
  mapping::Program program;                              ///< the compiled detector
  std::vector<std::size_t> indices;                      ///< images of the data set that the accelerator runs
  std::shared_ptr<const network::Reference> reference;   ///< the ideal reference
  std::vector<std::vector<detection::Detection>> ideal;  ///< of the ideal network, per image of the data set
  std::vector<BitComparison::Maps> maps;     ///< of the ideal network, per image, as far as they are kept
  std::vector<DenseMap<float>> ideal_heads;  ///< raw outputs of the ideal network, per entry of `indices`;
                                             ///< empty without run.write_head

  /// Returns the reference's maps of an image, or nothing where they have to be computed again. May be
  /// replaced.
  std::function<BitComparison::Maps(std::size_t index)> maps_of = [this](std::size_t i) { return maps[i]; };

  Preparation() = default;
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
};

/// Compiles the detector and runs the ideal reference over all images. Throws InputError where program and
/// configuration do not fit.
std::unique_ptr<const Preparation> prepare(const RunConfig& config, const Workload& workload,
                                           const Progress& progress);

/// Result of one chip. Nothing in it depends on the chips that ran before it.
struct ChipRun {
  std::uint64_t chip = 0;         ///< number of the chip, from 0
  Tally tally;                    ///< what the accelerator did
  ChipReport report;              ///< accuracy of the chip
  sense::CalibrationReport trim;  ///< all zero without sense.trim
  trace::Window first_picture;    ///< of chip 0: simulated time of its first image
  std::vector<std::vector<detection::Detection>> detections;  ///< of chip 0: one list per index
  std::vector<DenseMap<float>>
      heads;  ///< of chip 0: raw outputs, one per index; empty without run.write_head
};

/// Serialises a result for another process of this program.
std::string to_bytes(const ChipRun& run);
/// Reads what `to_bytes` wrote. Throws InternalError where `bytes` are not a chip's result.
ChipRun chip_run_of(std::string_view bytes);

/// Chips of a run by number.
struct ChipRange {
  std::uint64_t first = 0,  ///< number of the first chip, from 0
      count = 0;            ///< number of chips
};

/// Callbacks while chips run. Either may be empty.
struct ChipObserver {
  std::function<void()> picture_done;      ///< an image is finished
  std::function<void(ChipRun)> chip_done;  ///< a chip is finished
};

/// Runs the chips one after another in one simulation. Call it once per process. `recorder` receives all
/// events of the accelerator; it may be null.
void run_chips(const RunConfig& config, const Workload& workload, const Preparation& preparation,
               ChipRange range, const ChipObserver& observer, trace::Recorder* recorder);

/// Combines the results of all chips, given in their order. `wall_s` stays 0.
RunResult summarize(const RunConfig& config, const Workload& workload, const Preparation& preparation,
                    std::vector<ChipRun> chips);

}  // namespace irc::platform
