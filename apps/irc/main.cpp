// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <systemc>

#include "commands.h"
#include "help/build_facts.h"
#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/core/toml.h"
#include "irc/platform/config.h"
#include "irc/platform/run.h"

namespace {
// Suppresses the kernel's banner, which it prints before sc_main, so that the output is only the program's
// own.
[[gnu::constructor]] void silence_banner() {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
}
}  // namespace

namespace irc::app {

std::string quoted(const std::string& text) {
  return toml_quoted(text);
}

std::string own_path() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).string();
}

std::string path_or_name(const std::string& given) {
  std::error_code none;
  return std::filesystem::exists(given, none) ? absolute(given) : given;
}

void note_unused_sets(const CommonOptions& options, const std::string& command) {
  if (options.sets.empty()) return;
  platform::load_config(platform::default_preset, options.sets);
  std::cerr << "irc: note: --set has no effect on the command '" << command << "'\n";
}

void check_out(const CommonOptions& options) {
  if (!options.out.empty()) platform::check_writable(options.out);
}

void write_out(const CommonOptions& options, const std::string& file, const std::string& text) {
  if (!options.out.empty()) atomic_write(std::filesystem::path(options.out) / file, text);
}

std::string not_empty(const std::string& text) {
  return text.empty() ? "the value must not be empty" : "";
}

std::string whole_number(const std::string& text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) return "";
  return "'" + text + "' found, expected a whole number";
}

ThreadLimit::ThreadLimit(std::uint64_t threads) {
  if (threads > 0) limit_.emplace(oneapi::tbb::global_control::max_allowed_parallelism, threads);
}

std::vector<std::string> CommonOptions::overrides() const {
  std::vector<std::string> all;
  if (seed) all.push_back("run.seed=" + std::to_string(*seed));
  if (threads) all.push_back("run.threads=" + std::to_string(*threads));
  all.insert(all.end(), sets.begin(), sets.end());
  return all;
}

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_flag("--json", options.json,
                   "Print the result as JSON on standard output, and everything else on standard error");
  command.add_option("--seed", options.seed, "Seed of all random draws (run.seed)")->check(whole_number);
  command.add_option("--threads", options.threads, "Number of threads; 0: one per processor (run.threads)")
      ->check(whole_number);
  command.add_option("--out", options.out, "Folder for the results")->check(not_empty);
  command
      .add_option("--set", options.sets,
                  "Override one value of the configuration: section.key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
}

namespace {

/// Turns SystemC's own reports into exceptions instead of output.
void quiet_systemc() {
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
}

/// Makes a write beyond the user's file-size limit fail with an error instead of ending the program.
void report_large_files() {
  std::signal(SIGXFSZ, SIG_IGN);
}

/// Names the unknown word where a subcommand is expected. CLI11 alone reports only that a subcommand is
/// missing.
void name_unknown_command(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  if (!parsed.empty()) return name_unknown_command(*parsed.front());
  std::string known;
  for (const auto* command :
       app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
    known += (known.empty() ? "" : ", ") + command->get_name();
  const auto unknown = app.remaining();
  if (known.empty() || unknown.empty()) return;
  throw UsageError("unknown command '" + unknown.front() + "'; the commands are: " + known + " (see --help)");
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"ircsim: a SystemC / TLM-2.0 model of an in-RRAM-computing accelerator for object detection"};
  bool facts_as_json = false;
  auto* json = app.add_flag("--json", facts_as_json, "Print the facts of --version as JSON");
  auto* version = app.add_flag_callback(
      "--version", [&] { throw CLI::CallForVersion(build_facts(facts_as_json), 0); },
      "Print version, revision, compiler, SystemC, instruction sets and optional parts");
  json->needs(version);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  irc run                                        the shipped detector on generated scenes, robust "
      "preset\n"
      "  irc run naive.toml --out out/naive             the naive preset on the same scenes\n"
      "  irc run --network my.onnx --images photos/     your detector on a folder of images\n"
      "  irc run --set array.v_wl_v=0.6 --chips 4       another working point, four chips\n"
      "  irc run --limit 1 --trace perfetto,csv         what happens when: for ui.perfetto.dev and as a "
      "table\n"
      "  irc calibrate robust.toml --out cal            find each layer's bias and threshold for irc run\n"
      "  irc device --set array.v_wl_v=0.55             cells and columns at that working point\n"
      "  irc config robust.toml --resolved              every value in force\n"
      "  irc rtl robust.toml --out gen                  the configuration's constants for RTL and firmware\n"
      "  irc explore experiments/vwl-rhrs-sigma.toml    a sweep in parallel, which can be resumed\n"
      "  irc ablate                                     from naive to robust, one technique at a time\n"
      "  irc sensitivity                                mAP against one parameter at a time\n"
      "Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 bad input, 70 internal error.");
  CommonOptions options;
  Action action;
  add_run(app, options, action);
  add_run_chips(app, options, action);
  add_calibrate(app, options, action);
  add_config(app, options, action);
  add_device(app, options, action);
  add_model(app, options, action);
  add_rtl(app, options, action);
  add_validate(app, options, action);
  add_explore(app, options, action);
  add_ablate(app, options, action);
  add_sensitivity(app, options, action);
  add_help(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    name_unknown_command(app);
    app.exit(error);
    return static_cast<int>(ExitCode::usage);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  return action();
}

int report(const std::exception& error, ExitCode code) {
  std::cerr << "irc: " << printable_lines(error.what()) << "\n";
  return static_cast<int>(code);
}

}  // namespace
}  // namespace irc::app

// libsystemc provides main(), which calls this.
int sc_main(int argc, char** argv) {
  using irc::ExitCode;
  try {
    irc::app::quiet_systemc();
    irc::app::report_large_files();
    const int code = irc::app::parse_and_run(argc, argv);
    std::cout.flush();
    if (!std::cout) throw irc::InputError("standard output cannot be written (is the disk full?)");
    return code;
  } catch (const irc::UsageError& error) {
    return irc::app::report(error, ExitCode::usage);
  } catch (const irc::InputError& error) {
    return irc::app::report(error, ExitCode::bad_input);
  } catch (const std::filesystem::filesystem_error& error) {
    // The system refuses to look at a path of the user, for instance because a name is too long.
    return irc::app::report(error, ExitCode::bad_input);
  } catch (const std::bad_alloc&) {
    return irc::app::report(std::runtime_error("out of memory"), ExitCode::internal);
  } catch (const std::exception& error) {
    return irc::app::report(error, ExitCode::internal);
  }
}
