// SPDX-License-Identifier: Apache-2.0
// irc explore export, report, compare: show the content of a store.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "command_explore.h"
#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/explore/compare.h"
#include "irc/explore/report.h"
#include "irc/explore/report_data.h"

namespace irc::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string json_text(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

struct ExportArguments {
  std::string source;
  bool strict = false;
};

int export_command(const ExportArguments& args, const CommonOptions& options) {
  const auto source = open_source(args.source, options, args.strict);
  const auto data = explore::report_data(source.store, source.experiment);
  say_left_out(source.store);
  const auto text = options.json ? json_text(data) : explore::report_csv(data);
  if (options.out.empty() || options.json) std::cout << text << std::flush;
  check_out(options);
  write_out(options, options.json ? "points.json" : "points.csv", text);
  return 0;
}

struct ReportArguments {
  std::string source, data;
  bool strict = false;
};

/// --out names the page, or a folder for it.
fs::path page_path(const Source& source, const CommonOptions& options) {
  if (options.out.empty()) return fs::path(source.store.path()).parent_path() / "report.html";
  const fs::path out(options.out);
  return out.extension() == ".html" ? out : out / "report.html";
}

void write_whole(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  atomic_write(path, text);
}

int report_command(const ReportArguments& args, const CommonOptions& options) {
  const auto source = open_source(args.source, options, args.strict);
  const auto document = explore::report_data(source.store, source.experiment);
  say_left_out(source.store);
  const auto data = json_text(document);
  auto written = args.data;
  if (args.data.empty()) {
    const auto path = page_path(source, options);
    written = path.string();
    write_whole(path, explore::report_html(document));
  } else {
    write_whole(args.data, data);
  }
  if (options.json) std::cout << data;
  (options.json ? std::cerr : std::cout) << "written: " << written << "\n";
  return 0;
}

struct CompareArguments {
  std::string a, b;
  bool same = false, strict = false;
  double min_ratio = 0;
};

int compare_command(const CompareArguments& args, const CommonOptions& options) {
  const auto a = open_source(args.a, options, args.strict), b = open_source(args.b, options, args.strict);
  const auto found = explore::compare(a.store, b.store);
  for (const auto* source : {&a, &b}) say_left_out(source->store);
  const auto document = explore::to_json(found).dump(2) + "\n";
  std::cout << (options.json ? document : printable_lines(explore::to_text(found)));
  check_out(options);
  write_out(options, "compare.json", document);
  const bool large = args.min_ratio == 0 || found.b.hypervolume >= args.min_ratio * found.a.hypervolume;
  const bool passed = (!args.same || found.identical()) && large && (args.min_ratio == 0 || found.has_volume);
  return static_cast<int>(passed ? ExitCode::success : ExitCode::failed_check);
}

}  // namespace

void add_explore_look(CLI::App& explore, CommonOptions& options, Action& action) {
  const std::string source_words = "A store, a folder that holds one, or an experiment file";
  auto* table = explore.add_subcommand("export", "Print all points as CSV; with --out DIR into points.csv");
  auto export_args = std::make_shared<ExportArguments>();
  table->add_option("source", export_args->source, source_words)->required();
  // CSV is the default; the flag exists so that a script can state it.
  table->add_flag_callback(
      "--csv", [] {}, "Print CSV, which is the default; --json prints the report's document");
  add_strict(*table, export_args->strict);
  add_common_options(*table, options);
  table->callback([&action, &options, export_args] {
    action = [&options, export_args] { return export_command(*export_args, options); };
  });

  auto* report = explore.add_subcommand("report", "Write one HTML page with all points (--out report.html)");
  auto report_args = std::make_shared<ReportArguments>();
  report->add_option("source", report_args->source, source_words)->required();
  report
      ->add_option("--data", report_args->data,
                   "Write the page's data as JSON to this file instead of a page")
      ->check(not_empty);
  add_strict(*report, report_args->strict);
  add_common_options(*report, options);
  report->callback([&action, &options, report_args] {
    action = [&options, report_args] { return report_command(*report_args, options); };
  });

  auto* compare = explore.add_subcommand(
      "compare", "Compare two stores: their records, and the hypervolumes of their fronts");
  auto compare_args = std::make_shared<CompareArguments>();
  compare->add_option("a", compare_args->a, source_words)->required();
  compare->add_option("b", compare_args->b, source_words)->required();
  compare->add_flag("--same", compare_args->same, "End with exit code 1 unless all records are equal");
  compare
      ->add_option("--min-ratio", compare_args->min_ratio,
                   "End with exit code 1 unless B's hypervolume is at least this share of A's")
      ->check(CLI::NonNegativeNumber);
  add_strict(*compare, compare_args->strict);
  add_common_options(*compare, options);
  compare->callback([&action, &options, compare_args] {
    action = [&options, compare_args] { return compare_command(*compare_args, options); };
  });
}

}  // namespace irc::app
