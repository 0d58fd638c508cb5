// SPDX-License-Identifier: Apache-2.0
// Tests that a map that streams in from memory stays where the command says.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include "support/catch.h"

#include "bench.h"
#include "irc/core/event.h"
#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/model/host_driver.h"
#include "irc/network/graph.h"
#include "irc/network/reference.h"
#include "irc/platform/config.h"
#include "irc/platform/platform.h"
#include "random_graph.h"
#include "spoiled_program.h"
#include "support/simulation_guard.h"

using namespace irc;
using tb::rewrite;

namespace {

/// Runs an image on a platform with streamed maps. The first array command reads its input into the end of
/// the activation buffer, which nothing else uses.
class StreamedInput {
 public:
  StreamedInput(const std::string& mode, const network::Graph& graph, const Picture& picture)
      : config_(platform::load_config("ideal.toml", {"array.bias=\"array\"", "timing.mode=\"" + mode + "\"",
                                                     "timing.activations=\"streamed\""})),
        program_(mapping::compile(graph, config_.geometry, config_.activations)) {
    rewrite(program_, mapping::Opcode::conv_array, [&](mapping::Descriptor& d) {
      const auto words = mapping::map_buffer_words(std::uint64_t{d.in_height} * d.in_width, d.in_channels[0]);
      home_ = d.in_buffer[0];
      d.in_buffer[0] = static_cast<std::uint32_t>(config_.geometry.buffer_bits / 64 - words);
      streamed.resize(words);
      produced.resize(words);
      command_ = d;
    });
    REQUIRE((command_.flags & mapping::flag_input_from_memory) != 0);
    made_ = std::make_unique<platform::Platform>(
        "bench_" + mode, config_, program_, 1,
        [this, picture](platform::Platform&, model::HostDriver& driver) {
          driver.setup();
          head = driver.detect(picture, 0);
        },
        true);
    made_->accelerator().events.subscribe([this, platform = made_.get()](const Event& event) {
      if (event.kind != EventKind::layer) return;
      if (event.layer < command_.layer) platform->peek_buffer(home_, produced);
      if (event.layer == command_.layer) platform->peek_buffer(command_.in_buffer[0], streamed);
    });
  }
  std::unique_ptr<platform::Platform> take() { return std::move(made_); }

  std::vector<std::uint64_t> produced;  ///< the map as the previous layer left it
  std::vector<std::uint64_t> streamed;  ///< the map as it came back from memory
  DenseMap<float> head;

 private:
  platform::RunConfig config_;
  mapping::Program program_;
  mapping::Descriptor command_;
  std::uint32_t home_ = 0;
  std::unique_ptr<platform::Platform> made_;
};

}  // namespace

TEST_CASE("a binary map that streams in stays in the buffer where the command says") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(5);
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  StreamedInput at("at", graph, picture), lt("lt", graph, picture);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  platforms.push_back(at.take());
  platforms.push_back(lt.take());
  platform::simulate(platforms);
  const auto expected = network::Reference(graph).run(picture).head;
  for (const auto* run : {&at, &lt}) {
    CHECK(run->streamed == run->produced);
    CHECK(std::any_of(run->streamed.begin(), run->streamed.end(), [](auto word) { return word != 0; }));
    CHECK(run->head == expected);
  }
  CHECK(guard.reports().empty());
}
