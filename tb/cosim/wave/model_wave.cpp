// SPDX-License-Identifier: Apache-2.0
#include "model_wave.h"

#include <fmt/format.h>

#include "irc/core/error.h"
#include "irc/platform/metering.h"
#include "irc/platform/platform.h"
#include "model_watch.h"

namespace irc::tb {

namespace {

trace::RecorderOptions recorder_options(const WaveOptions& window) {
  const double clock_s = IRC_CONFIG_T_CLK_PS * 1e-12;
  trace::RecorderOptions options;
  options.energy = platform::energy_parameters(platform::load_config(IRC_COSIM_CONFIG, {}));
  for (int i = 0; i < 1 << 16; ++i) options.layers.push_back(fmt::format("layer_{}", i));
  options.requests = {{trace::Format::vcd, trace::Level::phase}};
  options.window.begin_s = static_cast<double>(window.from_cycle) * clock_s;
  if (window.to_cycle != std::numeric_limits<std::uint64_t>::max())
    options.window.end_s = static_cast<double>(window.to_cycle) * clock_s;
  return options;
}

}  // namespace

ModelWave::ModelWave(ModelWatch* model, const std::string& path, const WaveOptions& window) : path_(path) {
  if (path.empty()) return;
  if (model == nullptr) throw InputError("'--model-wave' and '--alone' were given, expected one of them");
  folder_ = path + ".part";
  std::filesystem::create_directories(folder_);
  recorder_ = std::make_unique<trace::Recorder>(recorder_options(window), folder_);
  recorder_->begin_picture(0, 0);
  model->accelerator().events.subscribe([this](const Event& event) { on_event(event); });
}

ModelWave::~ModelWave() = default;

void ModelWave::on_event(const Event& event) {
  if (!recorder_) return;
  if (!open_) {
    open_.emplace();
    open_->kind = EventKind::layer;
    open_->start_s = event.start_s;
  }
  open_->layer = event.layer;
  open_->end_s = std::max(open_->end_s, event.end_s);
  if (event.kind == EventKind::layer) open_.reset();
  recorder_->on_event(event);
}

void ModelWave::finish() {
  if (!recorder_) return;
  // The recorder writes a command only when it has ended, but a difference may come earlier.
  if (open_) {
    open_->end_s = std::max(open_->end_s, sc_core::sc_time_stamp().to_seconds());
    recorder_->on_event(*open_);
  }
  const auto outcome = recorder_->finish();
  recorder_.reset();
  if (!outcome.failures.empty()) throw InputError(outcome.failures.front());
  std::filesystem::rename(folder_ / trace::file_name(trace::Format::vcd), path_);
  std::filesystem::remove(folder_);
}

}  // namespace irc::tb
