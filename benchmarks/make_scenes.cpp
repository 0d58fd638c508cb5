// SPDX-License-Identifier: Apache-2.0
// irc-make-scenes: writes generated scenes as a folder of PNG files, for benchmarks of detectors with other
// classes.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "irc/core/error.h"
#include "irc/detection/draw.h"
#include "irc/scene/scene.h"

int main(int argc, char** argv) {
  CLI::App app{"Writes generated traffic scenes as PNG, for benchmarks; without annotations."};
  irc::scene::SceneOptions options;
  std::string folder;
  std::size_t count = 60;
  std::uint64_t seed = 1;
  app.add_option("folder", folder, "where to write")->required();
  app.add_option("--count", count, "pictures")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--seed", seed, "names the scenes")->capture_default_str();
  app.add_option("--width", options.width, "pixels")->capture_default_str();
  app.add_option("--height", options.height, "pixels")->capture_default_str();
  try {
    app.parse(argc, argv);
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < count; ++i) {
      const auto scene = irc::scene::generate_scene(seed, i, options);
      irc::detection::write_png(std::filesystem::path(folder) / scene.file_name, scene.pixels);
    }
    std::cout << "written: " << count << " pictures in " << folder << '\n';
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(irc::ExitCode::usage);
  } catch (const std::exception& error) {
    std::cerr << "irc-make-scenes: " << error.what() << '\n';
    return static_cast<int>(irc::ExitCode::bad_input);
  }
  return 0;
}
