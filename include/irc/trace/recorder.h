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

/// What is written of one accelerator. traces/README.md describes the files.
struct RecorderOptions {
  energy::EnergyParameters energy;  ///< as the ledger's, so that both find the same joules
  std::vector<std::string> layers;  ///< names of the network's nodes, by Event::layer
  std::vector<Request> requests;    ///< trace files
  Window window;                    ///< of all files
  double power_window_s = 0;        ///< of power.csv; 0: none is written
};

/// Listens to one accelerator's events and writes them as files while the simulation runs.
///
///     Recorder recorder(options, folder);
///     accelerator.events.subscribe([&](const Event& event) { recorder.on_event(event); });
///     recorder.begin_picture(chip, picture);   // whose the events to come are
///     ...
///     for (const auto& failure : recorder.finish().failures) ...
///
/// Events of a command are put in order of time when its `layer` event has come; no more than one command's
/// are kept. Files get their names when they are complete; without `finish` none is left.
class Recorder {
 public:
  /// Opens the files. Throws InputError where a file cannot be made in `folder`, or a number of `options`
  /// makes no sense.
  Recorder(RecorderOptions options, const std::filesystem::path& folder);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void begin_setup(std::uint64_t chip);
  /// \param picture  its index in the data set
  void begin_picture(std::uint64_t chip, std::uint64_t picture);
  /// Throws InternalError as the ledger does; never because of a file.
  void on_event(const Event& event);

  struct Outcome {
    std::vector<std::string> paths;     ///< of complete files
    std::vector<std::string> failures;  ///< what could not be written, and why
    bool shows_nothing = false;         ///< nothing happened in the window
    double end_s = 0;                   ///< simulated time of the last event's end
  };
  /// Completes the files. Call once, after the last event.
  Outcome finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace irc::trace
