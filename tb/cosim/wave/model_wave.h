// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "irc/trace/recorder.h"
#include "wave_options.h"

namespace irc::tb {

class ModelWatch;

/// Writes the TLM model's activity in a range of cycles as VCD.
class ModelWave {
 public:
  /// Does nothing without a path. Throws InputError where there is no model.
  ModelWave(ModelWatch* model, const std::string& path, const WaveOptions& window);
  ~ModelWave();
  /// Completes the file. Throws InputError where it cannot be written.
  void finish();

 private:
  void on_event(const Event& event);

  std::filesystem::path path_, folder_;
  std::unique_ptr<trace::Recorder> recorder_;
  std::optional<Event> open_;  ///< the command that has not ended, as far as it is known
};

}  // namespace irc::tb
