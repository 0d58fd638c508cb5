// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "irc/core/event.h"
#include "irc/energy/energy_ledger.h"
#include "irc/trace/options.h"

namespace irc::trace {

/// What is written about one accelerator. traces/README.md describes the files.
struct RecorderOptions {
  energy::EnergyParameters energy;  ///< the same as the ledger's, so that both compute the same energy
  std::vector<std::string> layers;  ///< names of the network's nodes, indexed by Event::layer
  std::vector<Request> requests;    ///< trace files
  Window window;                    ///< simulated time that all files cover
  double power_window_s = 0;        ///< width of one window in power.csv; 0: no such file
};

/// Listens to one accelerator's events and writes them to files while the simulation runs.
///
///     Recorder recorder(options, folder);
///     accelerator.events.subscribe([&](const Event& event) { recorder.on_event(event); });
///     recorder.begin_picture(chip, picture);   // the image of the following events
///     ...
///     for (const auto& failure : recorder.finish().failures) ...
///
/// The events of a command are sorted by time when its `layer` event has come, so the recorder keeps the
/// events of one command at most. Files get their final names when they are complete; without `finish` no
/// file is left.
class Recorder {
 public:
  /// Opens the files. Throws InputError where a file cannot be created in `folder`, or where a number in
  /// `options` is out of range.
  Recorder(RecorderOptions options, const std::filesystem::path& folder);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// The following events belong to the setup of `chip`.
  void begin_setup(std::uint64_t chip);
  /// The following events belong to an image of `chip`; `picture` is its index in the data set.
  void begin_picture(std::uint64_t chip, std::uint64_t picture);
  /// Takes one event. Throws InternalError as the ledger does. A file that cannot be written throws nothing
  /// here; see Outcome::failures.
  void on_event(const Event& event);

  /// What the recorder wrote.
  struct Outcome {
    std::vector<std::string> paths;     ///< of the complete files
    std::vector<std::string> failures;  ///< files that could not be written, and why
    bool shows_nothing = false;         ///< true if nothing happened in the window
    double end_s = 0;                   ///< simulated time at which the last event ends
  };
  /// Completes the files. Call it once, after the last event.
  Outcome finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace irc::trace
