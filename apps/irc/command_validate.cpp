// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/platform/engine_sweep.h"
#include "irc/platform/validate.h"
#include "progress.h"

namespace irc::app {

namespace {

/// Prints the cases. Returns exit code 1 where one fails its bound.
template <typename Case>
int show(const std::vector<Case>& cases, const CommonOptions& options, const std::string& name) {
  const auto document = platform::to_json(cases).dump(2) + "\n";
  std::cout << (options.json ? document : platform::to_text(cases)) << std::flush;
  write_out(options, name + ".json", document);
  const auto failed = std::count_if(cases.begin(), cases.end(), [](const Case& c) { return !c.passed(); });
  auto& log = options.json ? std::cerr : std::cout;
  log << cases.size() - static_cast<std::size_t>(failed) << " of " << cases.size() << " cases passed\n";
  return static_cast<int>(failed == 0 ? ExitCode::success : ExitCode::failed_check);
}

/// Prints the macros and draws them into --out. Returns exit code 1 where a bound does not hold.
int show_silicon(const CommonOptions& options, const std::string& macros, bool fit) {
  constexpr std::string_view section = "card.";
  std::vector<std::string> overrides;
  for (const auto& set : options.sets) {
    if (set.starts_with(section))
      overrides.push_back(set.substr(section.size()));
    else
      std::cerr << "irc: note: --set " << set
                << " has no effect on 'validate silicon', which reads card.* only\n";
  }
  const auto validation =
      platform::validate_silicon(macros.empty() ? "silicon/macros.toml" : macros, overrides);
  const auto document = platform::to_json(validation).dump(2) + "\n";
  std::cout << (options.json ? document : platform::to_text(validation, fit)) << std::flush;
  write_out(options, "silicon.json", document);
  auto& log = options.json ? std::cerr : std::cout;
  if (!options.out.empty()) {
    const auto svg = (std::filesystem::path(options.out) / "silicon.svg").string();
    const auto missing = platform::plot_silicon(validation, svg);
    log << (missing.empty() ? "drawn: " + svg : "figure skipped: " + missing) << "\n";
  }
  log << (validation.passed() ? "passed" : "FAILED")
      << ": means within their targets and every fitted macro within a factor of "
      << platform::SiliconCase::case_bound << "\n";
  return static_cast<int>(validation.passed() ? ExitCode::success : ExitCode::failed_check);
}

struct EngineOptions {
  std::string config;
  std::uint64_t sweep = 0;
};

/// Prints a comparison of random or given settings. Returns exit code 1 where a deviation was not flagged.
int show_engine_cases(const std::vector<platform::EngineSweepCase>& cases, const CommonOptions& options,
                      const std::string& name) {
  const auto document = platform::to_json(cases).dump(2) + "\n";
  std::cout << (options.json ? document : platform::to_text(cases)) << std::flush;
  write_out(options, name + ".json", document);
  const bool passed = std::all_of(cases.begin(), cases.end(), [](const auto& c) { return c.within_bound(); });
  return static_cast<int>(passed ? ExitCode::success : ExitCode::failed_check);
}

int validate_engine(const EngineOptions& engine, const CommonOptions& options) {
  const std::uint64_t seed = options.seed.value_or(1);
  if (engine.sweep > 0) {
    if (!engine.config.empty())
      throw UsageError("validate engine: --sweep draws its own conditions; leave out the configuration '" +
                       engine.config + "'");
    note_unused_sets(options, "validate engine --sweep");
    check_out(options);
    const ThreadLimit limit(options.threads.value_or(0));
    ProgressBar bar;
    return show_engine_cases(platform::sweep_engine(engine.sweep, seed,
                                                    [&](std::uint64_t done, std::uint64_t total) {
                                                      bar.show("settings", done, total);
                                                    }),
                             options, "engine-sweep");
  }
  if (engine.config.empty() && options.sets.empty()) {
    check_out(options);
    const ThreadLimit limit(options.threads.value_or(0));
    return show(platform::validate_engine(seed), options, "engine");
  }
  const auto config =
      platform::load_config(engine.config.empty() ? "robust.toml" : engine.config, options.overrides());
  check_out(options);
  const ThreadLimit limit(options.threads.value_or(0));
  return show_engine_cases(platform::validate_engine_for(config, seed), options, "engine-conditions");
}

}  // namespace

void add_validate(CLI::App& app, CommonOptions& options, Action& action) {
  auto* validate = app.add_subcommand("validate", "Compare the model with references from outside it");
  validate->require_subcommand(1);

  auto* reference = validate->add_subcommand(
      "reference",
      "With nonidealities off, compare every bit of every layer with the ideal reference, in LT and AT");
  auto detectors = std::make_shared<std::vector<std::string>>();
  reference->add_option("detectors", *detectors,
                        "Network files (ONNX) or shipped detectors; default: all shipped ones");
  add_common_options(*reference, options);
  reference->callback([&action, &options, detectors] {
    action = [&options, detectors] {
      note_unused_sets(options, "validate reference");
      check_out(options);
      const ThreadLimit limit(options.threads.value_or(0));
      return show(platform::validate_reference(*detectors, options.seed.value_or(1)), options, "reference");
    };
  });

  auto* engine = validate->add_subcommand(
      "engine", "Compare the fast engine's column currents and decisions with the exact solver's");
  auto engine_options = std::make_shared<EngineOptions>();
  engine->add_option(
      "config", engine_options->config,
      "Compare under the conditions of this configuration file or preset instead; --set does the same "
      "with the preset robust.toml");
  engine
      ->add_option(
          "--sweep", engine_options->sweep,
          "Compare this many random settings: wires, grounds, voltages, heights, activities, stuck cells, "
          "cards and mappings")
      ->check(whole_number)
      ->check(CLI::Range(1, 10'000'000));
  add_common_options(*engine, options);
  engine->callback([&action, &options, engine_options] {
    action = [&options, engine_options] { return validate_engine(*engine_options, options); };
  });

  auto* latency =
      validate->add_subcommand("latency", "Compare the simulated cycles with the closed form, case by case");
  add_common_options(*latency, options);
  latency->callback([&action, &options] {
    action = [&options] {
      note_unused_sets(options, "validate latency");
      check_out(options);
      const ThreadLimit limit(options.threads.value_or(0));
      return show(platform::validate_latency(), options, "latency");
    };
  });

  auto* silicon = validate->add_subcommand(
      "silicon", "Compare energy, latency and area with published RRAM macros; --out adds a figure");
  auto fit = std::make_shared<bool>(false);
  auto macros = std::make_shared<std::string>();
  silicon->add_option("macros", *macros, "Your own list of macros, written like configs/silicon/macros.toml")
      ->check(not_empty);
  silicon->add_flag("--fit", *fit,
                    "Also print what a fit of the coefficients gives, beside the card's values");
  add_common_options(*silicon, options);
  silicon->callback([&action, &options, macros, fit] {
    action = [&options, macros, fit] {
      check_out(options);
      const ThreadLimit limit(options.threads.value_or(0));
      return show_silicon(options, *macros, *fit);
    };
  });

  auto* spice = validate->add_subcommand("spice",
                                         "Compare the exact solver's column currents with ngspice: 1 to 1024 "
                                         "rows, all kinds of wires and cells");
  auto long_run = std::make_shared<bool>(false);
  spice->add_flag("--long", *long_run, "Compare columns of 4608 rows, too");
  add_common_options(*spice, options);
  spice->callback([&action, &options, long_run] {
    action = [&options, long_run] {
      note_unused_sets(options, "validate spice");
      check_out(options);
      const ThreadLimit limit(options.threads.value_or(0));
      ProgressBar bar;
      return show(platform::validate_spice(
                      *long_run, options.seed.value_or(1),
                      [&](std::uint64_t done, std::uint64_t total) { bar.show("ngspice", done, total); }),
                  options, "spice");
    };
  });
}

}  // namespace irc::app
