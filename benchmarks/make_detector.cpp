// SPDX-License-Identifier: Apache-2.0
// irc-make-detector: writes the random detector of Tiny-YOLO's size that benchmarks run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "irc/core/error.h"
#include "irc/network/onnx.h"
#include "random_detector.h"

namespace {

std::string summary(const irc::network::Graph& graph) {
  std::string out;
  for (const auto& node : graph.nodes) {
    const auto* conv = std::get_if<irc::network::Conv>(&node.op);
    if (conv == nullptr || !conv->step || conv->bias.empty()) continue;
    const auto [low, high] = std::minmax_element(conv->bias.begin(), conv->bias.end());
    out += fmt::format("{:<8} {:>5} rows x {:>4} outputs at {} x {}, biases {} to {}\n", node.name,
                       conv->rows(), conv->out_channels, node.shape.height, node.shape.width, *low, *high);
  }
  return out + fmt::format("{:.2f} GMAC per picture in array layers\n", irc::bench::array_macs(graph) * 1e-9);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Writes a random ternary detector of Tiny-YOLO's size as ONNX, for benchmarks; it detects nothing."};
  irc::bench::DetectorOptions options;
  std::string path;
  app.add_option("file", path, "ONNX file to write")->required();
  app.add_option("--seed", options.seed, "names the weights");
  try {
    app.parse(argc, argv);
    const auto graph = irc::bench::random_detector(options);
    irc::network::write_onnx(graph, path);
    std::cout << summary(graph) << "written: " << path << '\n';
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(irc::ExitCode::usage);
  } catch (const irc::InputError& error) {
    std::cerr << "irc-make-detector: " << error.what() << '\n';
    return static_cast<int>(irc::ExitCode::bad_input);
  }
  return 0;
}
