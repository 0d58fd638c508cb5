// SPDX-License-Identifier: Apache-2.0
// The parts of a run: what comes before the chips, the chips, what is made of them.
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

/// What a run's chips start from.
struct Preparation {
  mapping::Program program;
  std::vector<std::size_t> indices;  ///< pictures of the data set that the accelerator runs
  std::shared_ptr<const network::Reference> reference;
  std::vector<std::vector<detection::Detection>> ideal;  ///< the ideal network's, per picture of the data set
  std::vector<BitComparison::Maps> maps;                 ///< the ideal network's, likewise, as far as kept
  std::vector<DenseMap<float>> ideal_heads;  ///< likewise, of the pictures in `indices`; with run.write_head

  /// The reference's maps of a picture; nothing where they are to be made again. May be replaced.
  std::function<BitComparison::Maps(std::size_t index)> maps_of = [this](std::size_t i) { return maps[i]; };

  Preparation() = default;
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
};

/// Compiles the detector and runs the ideal reference over all pictures.
std::unique_ptr<const Preparation> prepare(const RunConfig& config, const Workload& workload,
                                           const Progress& progress);

/// One chip of a run. Nothing in it depends on the chips that ran before it.
struct ChipRun {
  std::uint64_t chip = 0;
  Tally tally;
  ChipReport report;
  sense::CalibrationReport trim;                              ///< all zero without sense.trim
  trace::Window first_picture;                                ///< of chip 0
  std::vector<std::vector<detection::Detection>> detections;  ///< of chip 0, one list per index
  std::vector<DenseMap<float>> heads;                         ///< likewise, with run.write_head
};

/// For another process of this program.
std::string to_bytes(const ChipRun& run);
/// Throws InternalError where they are no chip's.
ChipRun chip_run_of(std::string_view bytes);

/// Chips of a run by number, from 0.
struct ChipRange {
  std::uint64_t first = 0, count = 0;
};

/// Watches chips while they run.
struct ChipObserver {
  std::function<void()> picture_done;
  std::function<void(ChipRun)> chip_done;
};

/// Runs the chips one after another in one simulation: one call per process.
/// \param recorder  hears all that the accelerator does; may be null
void run_chips(const RunConfig& config, const Workload& workload, const Preparation& preparation,
               ChipRange range, const ChipObserver& observer, trace::Recorder* recorder);

/// The result of the chips, given in their order; `wall_s` is left out.
RunResult summarize(const RunConfig& config, const Workload& workload, const Preparation& preparation,
                    std::vector<ChipRun> chips);

}  // namespace irc::platform
