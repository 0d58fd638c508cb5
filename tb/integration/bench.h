// SPDX-License-Identifier: Apache-2.0
// A platform that runs images through a random detector, for the tests of this folder.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "irc/network/reference.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/platform.h"
#include "random_graph.h"

namespace irc::tb {

inline network::Graph small_detector(std::uint64_t seed) {
  network::test::RandomOptions options;
  options.height = 12;
  options.width = 16;
  options.max_channels = 20;
  return network::test::random_detector(seed, options);
}

/// ideal.toml keeps biases out of the array. These tests use bias cells unless they say otherwise.
inline std::vector<std::string> with_bias_rows(const std::string& preset,
                                               std::vector<std::string> overrides) {
  if (preset == "ideal.toml") overrides.insert(overrides.begin(), "array.bias=\"array\"");
  return overrides;
}

/// A platform whose job is to run `pictures` random images. Construct it before simulate and read it
/// afterwards.
class Bench {
 public:
  Bench(const std::string& name, const network::Graph& graph, const std::string& preset,
        std::vector<std::string> overrides, std::uint32_t pictures = 1, std::uint64_t chip = 1)
      : graph_(graph), config_(platform::load_config(preset, with_bias_rows(preset, overrides))) {
    program_ = mapping::compile(graph_, config_.geometry, config_.activations);
    platform_ = std::make_unique<platform::Platform>(
        name, config_, program_, chip,
        [this, pictures](platform::Platform&, model::HostDriver& driver) {
          driver.setup();
          for (std::uint32_t i = 0; i < pictures; ++i) {
            const auto picture = network::test::random_picture(graph_.nodes.front().shape, i + 1);
            comparison_->begin(picture);
            heads.push_back(driver.detect(picture, i));
            comparison_->end();
            expected_heads.push_back(comparison_->expected_head());
            cycles.push_back(driver.last_cycles());
          }
          interrupts = driver.layer_interrupts();
        },
        true);
    comparison_ = std::make_unique<platform::BitComparison>(graph_, program_, *platform_);
    platform_->accelerator().events.subscribe([this](const Event& event) {
      if (event.kind != EventKind::macro_operation) return;
      ++bursts;
      sums.word_lines += event.active_word_lines;
      sums.switched_rows += event.switched_rows;
      sums.decisions += event.decisions;
      sums.bit_lines += event.bit_lines;
      sums.macs += event.macs;
      sums.vectors += event.vector_end - event.vector_begin;
    });
  }

  std::unique_ptr<platform::Platform> take() { return std::move(platform_); }
  const platform::BitComparison& bits() const { return *comparison_; }
  const mapping::Program& program() const { return program_; }
  const platform::RunConfig& config() const { return config_; }

  std::vector<DenseMap<float>> heads, expected_heads;
  std::vector<std::uint64_t> cycles;
  std::uint64_t interrupts = 0, bursts = 0;
  /// Counts over all macro operations.
  struct Sums {
    std::uint64_t word_lines = 0, switched_rows = 0, decisions = 0, bit_lines = 0, macs = 0, vectors = 0;
    friend bool operator==(const Sums&, const Sums&) = default;
  };
  Sums sums;

 private:
  network::Graph graph_;
  platform::RunConfig config_;
  mapping::Program program_;
  std::unique_ptr<platform::Platform> platform_;
  std::unique_ptr<platform::BitComparison> comparison_;
};

}  // namespace irc::tb
