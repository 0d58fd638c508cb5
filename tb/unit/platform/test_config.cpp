// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include "support/catch.h"

#include "config_text.h"
#include "irc/core/random.h"
#include "irc/device/cell.h"
#include "irc/device/variation.h"
#include "irc/platform/config_keys.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

/// A working directory with one file in it, removed with this object.
class WorkingFolder {
 public:
  WorkingFolder(const std::filesystem::path& file, const std::string& text)
      : before_(std::filesystem::current_path()),
        folder_(std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + "_folder")) {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
    std::filesystem::current_path(folder_);
  }
  ~WorkingFolder() {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path path() const { return folder_; }

 private:
  std::filesystem::path before_, folder_;
};

}  // namespace

TEST_CASE("what is embedded is what the repository holds") {
  const auto names = embedded_names();
  for (const char* name : {"ideal.toml", "robust.toml", "naive.toml", "cards/default.toml"}) {
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
    REQUIRE(embedded(name));
    std::ifstream in(std::filesystem::path(IRC_SOURCE_DIR) / "configs" / name, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    CHECK(text == *embedded(name));
  }
  CHECK_FALSE(embedded("nothing.toml"));
  CHECK_FALSE(embedded(""));
}

TEST_CASE("an empty configuration is complete: the card fills what is left open") {
  const auto config = resolved("");
  CHECK(config.conditions.v_wl_v == config.card.biases.v_wl_v);
  CHECK(config.conditions.r_bl_ohm == config.card.wires.r_bl_ohm);
  CHECK(config.sense.offset_sigma_a == config.card.sense.offset_sigma_a);
  CHECK(config.geometry.amplifiers == config.geometry.column_pairs);
  CHECK(config.nonidealities == device::Nonidealities{});
  CHECK(config.unit_current_a == config.lrs_current_a - config.hrs_current_a);
  CHECK(config.sense.threshold_a == 0.5 * config.unit_current_a);
}

TEST_CASE("the ruler drifts and warms with the cells, and only with them") {
  const std::string aged =
      "[card]\nretention_s = 1e6\n[card.rram.lrs]\ndrift_ln_per_decade = 0.2\n[nonidealities]\ndrift = ";
  const auto fresh = resolved("");
  const auto on = resolved(aged + "true"), off = resolved(aged + "false");
  CHECK(on.lrs_current_a < fresh.lrs_current_a);
  CHECK(on.hrs_current_a == fresh.hrs_current_a);
  CHECK(on.sense.threshold_a < fresh.sense.threshold_a);
  CHECK(off.unit_current_a == fresh.unit_current_a);
  CHECK(off.sense.threshold_a == fresh.sense.threshold_a);
  // The unit current must be that of the median cell of the array.
  for (const auto* config : {&on, &off}) {
    auto exact = config->nonidealities;
    exact.device_variation = exact.cycle_to_cycle = exact.vt_mismatch = exact.stuck_at = false;
    const auto cell =
        device::CellVariation(config->card, exact, 1, 0, 0).draw({0, 0}, device::CellState::lrs);
    CHECK(
        device::solve_cell(config->card, cell, config->conditions.v_bl_v, 0, config->conditions.v_wl_v).i_a ==
        config->lrs_current_a);
  }
}

TEST_CASE("the presets resolve, and say what physics.md and the paper's abstract ask") {
  const TemporaryFile model("model.onnx", "");
  const std::vector<std::string> with_model{"run.model=" + model.path()};
  const auto robust = load_config("robust.toml", with_model);
  const auto naive = load_config("naive.toml", with_model);
  const auto ideal = load_config("ideal.toml", with_model);
  CHECK(robust.geometry.macros == 8);
  CHECK(robust.geometry.rows == 2048);
  CHECK(robust.geometry.column_pairs == 128);
  CHECK(robust.geometry.rows_per_operation == 0);
  CHECK(robust.geometry.scheme == mapping::WeightScheme::ternary);
  CHECK(robust.geometry.bias == mapping::BiasPlacement::array);
  CHECK(robust.sense.injected_bias_a > 0);
  CHECK(robust.conditions.v_wl_v < robust.card.biases.v_wl_v);
  CHECK(robust.nonidealities == device::Nonidealities{});
  CHECK(naive.conditions.v_wl_v == naive.card.biases.v_wl_v);
  CHECK(naive.geometry.rows_per_operation > 0);
  CHECK(naive.geometry.scheme == mapping::WeightScheme::binary_differential);
  CHECK(naive.geometry.bias == mapping::BiasPlacement::digital);
  CHECK(naive.sense.injected_bias_a == 0);
  CHECK(naive.conditions.r_bl_ohm == robust.conditions.r_bl_ohm);
  CHECK(naive.card_toml == robust.card_toml);
  CHECK(ideal.nonidealities == device::Nonidealities::none());
  CHECK(ideal.run.evaluator == "ideal");
  CHECK(ideal.geometry.bias == mapping::BiasPlacement::source);
}

TEST_CASE("an embedded detector stays that one beside a file of its name") {
  const WorkingFolder here("models/traffic.onnx", "no detector");
  const auto config = resolved("");
  CHECK(config.run.model == "models/traffic.onnx");
  const auto again = resolved(to_toml(config));
  CHECK(again.run.model == config.run.model);
  CHECK(to_toml(again) == to_toml(config));
  // A configuration that uses the plain name means the file.
  const auto file = resolved("[run]\nmodel = \"models/traffic.onnx\"");
  CHECK(file.run.model == (here.path() / "models/traffic.onnx").string());
  CHECK(resolved(to_toml(file)).run.model == file.run.model);
  CHECK_THAT(complaint("[run]\nmodel = \"embedded:nothing.onnx\""),
             StartsWith("p.toml:2") && ContainsSubstring("models/traffic.onnx"));
}

TEST_CASE("a resolved configuration read back is the same configuration") {
  const TemporaryFile model("model.onnx", "");
  for (const char* preset : {"robust.toml", "naive.toml", "ideal.toml"}) {
    const auto config =
        load_config(preset, {"run.model=" + model.path(), "run.seed=12345678901234",
                             "card.transistor.width_m=1.23456789e-7", "array.v_wl_v=0.30000000000000004",
                             "run.images=some folder/with \"quotes\""});
    const auto text = to_toml(config);
    const auto again = resolve(TomlDocument::parse(text, "resolved.toml"));
    CHECK(to_toml(again) == text);
    CHECK(again.card.transistor.width_m == 1.23456789e-7);
    CHECK(again.conditions.v_wl_v == 0.30000000000000004);
    CHECK(again.unit_current_a == config.unit_current_a);
    CHECK(again.sense.threshold_a == config.sense.threshold_a);
    CHECK(again.timing.settle_cycles == config.timing.settle_cycles);
    CHECK(again.timing.drive_cycles == config.timing.drive_cycles);
    CHECK(again.timing.amplifier_cycles == config.timing.amplifier_cycles);
    CHECK(again.nonidealities == config.nonidealities);
    CHECK(to_json(again) == to_json(config));
  }
}

TEST_CASE("the JSON holds every section with its values") {
  const auto json = to_json(resolved("[array]\nrows = 1024\nv_wl_v = 0.55"));
  CHECK(json.at("array").at("rows") == 1024);
  CHECK(json.at("array").at("v_wl_v") == 0.55);
  CHECK(json.at("array").at("mapping") == "ternary");
  CHECK(json.at("card").at("rram").at("lrs").contains("r_ohm"));
  for (const char* section :
       {"sense", "nonidealities", "timing", "memory", "digital", "buffer", "run", "derived"})
    CHECK(json.contains(section));
}

TEST_CASE("analog delays become whole cycles, rounded up") {
  const auto cycles = [](const std::string& times) {
    return resolved("[timing]\nt_clk_s = 1e-9\n" + times).timing;
  };
  CHECK(cycles("t_wl_s = 3e-9").drive_cycles == 3);
  CHECK(cycles("t_wl_s = 3.01e-9").drive_cycles == 4);
  CHECK(cycles("t_bl_s = 0.2e-9").settle_cycles == 1);
  CHECK(cycles("t_sa_s = 2.5e-9\nreadout_steps = 4").amplifier_cycles == 12);
}

TEST_CASE("the bit line settles by its RC") {
  // Elmore: (100 + 0.5 * 2 * 1000) ohm * 0.25 fF * 1000 = 0.275 ns; ln(1 / 0.01) = 4.605 of them.
  const auto config =
      resolved("[array]\nrows = 1000\nr_bl_ohm = 2.0\nr_clamp_ohm = 100.0\n[card.wires]\nc_bl_f = 0.25e-15");
  CHECK(config.times.t_bl_s == Approx(0.275e-9 * 4.605170185988091));
  CHECK(config.timing.settle_cycles == 2);
}

TEST_CASE("the unit current is the median cell's at the conditions of reading") {
  // With a strong, wide transistor only the resistance matters.
  const auto config = resolved(
      "[array]\nv_wl_v = 5.0\nv_bl_v = 0.1\n[card.transistor]\nwidth_m = 1e-5\ni_s_square_a = 1e-4\n"
      "[card.rram.lrs]\nr_ohm = 1e5\n[card.rram.hrs]\nr_ohm = 1e7");
  CHECK(config.lrs_current_a == Approx(1e-6).epsilon(2e-3));
  CHECK(config.hrs_current_a == Approx(1e-8).epsilon(2e-3));
}

TEST_CASE("'all' sets every switch but for those of its own file or a later one") {
  const auto some = resolved("[nonidealities]\nall = false\noffset = true").nonidealities;
  auto expected = device::Nonidealities::none();
  expected.offset = true;
  CHECK(some == expected);
  const TomlResources base = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "listed.toml") return "[nonidealities]\noffset = true\nread_noise = true";
    return embedded(name);
  };
  const auto read = [&](const std::string& text, const std::vector<std::string>& overrides) {
    return resolve(TomlDocument::parse(text, "p.toml", base, overrides)).nonidealities;
  };
  CHECK(read("base = \"listed.toml\"\n[nonidealities]\nall = false", {}) == device::Nonidealities::none());
  CHECK(read("base = \"listed.toml\"", {"nonidealities.all=false"}) == device::Nonidealities::none());
  CHECK(read("base = \"listed.toml\"", {"nonidealities.all=false", "nonidealities.offset=true"}) == expected);
}

TEST_CASE("values of the card can be set in the configuration") {
  const auto config = resolved("[technology]\ncard = \"low_ratio\"\n[card.transistor]\nwidth_m = 5e-7");
  CHECK(config.card.name == "low_ratio");
  CHECK(config.card.transistor.width_m == 5e-7);
  CHECK(complaint("[card.transistor]\nwidht_m = 5e-7") ==
        "p.toml:2:1: unknown key 'widht_m' in [transistor]: did you mean 'width_m'?");
  CHECK_THAT(complaint("[card.transistor]\nwidth_nm = 240"),
             ContainsSubstring("did you mean 'width_m', in m? (1 nm = 1e-9 m)"));
  CHECK_THAT(complaint("[card.rram.lrs]\nr_ohm = -5"),
             StartsWith("p.toml:2:9: 'card.rram.lrs.r_ohm': found -5"));
}

TEST_CASE("a card file is found beside the configuration and may be based on a shipped card") {
  const TemporaryFile card("mine.toml",
                           "base = \"default.toml\"\nname = \"mine\"\n[rram.lrs]\nr_ohm = 12345.0");
  const TemporaryFile run(
      "run.toml", "[technology]\ncard = \"" + std::filesystem::path(card.path()).filename().string() + "\"");
  const auto config = load_config(run.path());
  CHECK(config.card.name == "mine");
  CHECK(config.card.rram.lrs.r_ohm == 12345.0);
  CHECK_THAT(complaint("[technology]\ncard = \"defualt\""),
             StartsWith("p.toml:2:8: 'technology.card': found \"defualt\"") &&
                 ContainsSubstring("did you mean default?"));
}

TEST_CASE("mistakes are explained where they stand") {
  struct Mistake {
    const char* text;
    const char* message;
  };
  const Mistake mistakes[] = {
      {"[array]\nv_wl_mv = 450", "p.toml:2:1: unknown key 'v_wl_mv' in [array]: values are in SI"},
      {"[arry]\nrows = 1", "p.toml:1:2: unknown key or section 'arry': did you mean 'array'?"},
      {"[array]\nbits = 4", "it belongs in [sense]"},
      {"[array]\nrows = 0", "p.toml:2:8: 'array.rows': found 0, expected an integer from 1 to 65536"},
      {"[array]\nrows = 2.5", "found 2.5, expected an integer"},
      {"[array]\nmapping = \"tenary\"", "(did you mean ternary?)"},
      {"[array]\nrows = 64\nrows_per_operation = 65", "p.toml:3:22: 'array.rows_per_operation': found 65"},
      {"[array]\ncolumn_pairs = 100\namplifiers = 30", "a divisor of array.column_pairs (100)"},
      {"[array]\nrows = 32\nbias_rows = 32", "less than array.rows (32)"},
      {"[array]\nbias_rows = 0", "at least 1 with array.bias"},
      {"[array]\nv_wl_off_v = 0.95\nv_wl_v = 0.9", "less than array.v_wl_v"},
      {"[array]\nv_wl_off_v = -0.95\nv_wl_v = 0.9",
       "p.toml:2:14: 'array.v_wl_off_v': found -0.95, expected at least minus array.v_wl_v"},
      {"[array]\nv_bl_v = 1.5",
       "p.toml:2:10: 'array.v_bl_v': found 1.5, expected at most card.energy.v_dd_v (0.9"},
      {"[card.biases]\nv_bl_v = 1.5", "'array.v_bl_v': found 1.5 from the technology card"},
      {"[card.biases]\nv_bl_sigma_v = 0.1",
       "p.toml:2:16: 'card.biases.v_bl_sigma_v': found 0.1, expected at most a fifth of array.v_bl_v"},
      {"[sense]\ni_min_a = 1e-3\ni_max_a = 1e-4", "p.toml:3:11: 'sense.i_max_a'"},
      {"[sense]\nbits = 3", "sense.kind = \"multi_bit\""},
      {"[sense]\nkind = \"reference\"", "binary_reference only"},
      {"[array]\nbias = \"digital\"", "p.toml:2:8: 'array.bias': found \"digital\", expected \"source\""},
      {"[array]\nbias = \"digital\"",
       "leaves nothing to add a bias to. Other remedies are \"array\", array.rows"},
      {"[array]\nbias = \"digital\"\nmapping = \"binary_reference\"",
       "Other remedies are array.rows_per_operation"},
      {"[sense]\ntrim = true\ntrim_reads = 4", "an odd number"},
      {"[sense]\ntrim = true\ntrim_step_a = 0.0", "more than 0"},
      {"[sense]\ntrim = true\ntrim_step_a = 1e-6\ntrim_range_a = 1e-7", "at least sense.trim_step_a"},
      {"[run]\naccuracy_budget = 0", "p.toml:2:19: 'run.accuracy_budget'"},
      {"[run]\nevaluator = \"magic\"", "p.toml:2:13: 'run.evaluator': found \"magic\""},
      {"[run]\nmodel = \"nowhere.onnx\"", "p.toml:2:9: 'run.model': found \"nowhere.onnx\""},
      {"[run]\ndataset = \"coco\"", "the path of the data set"},
      {"[run]\ndataset = \"generated\"\nimages = \"x\"", "no path with run.dataset"},
      {"[run]\nseed = -1", "found -1"},
      {"[run]\nscore_threshold = 1.5", "from 0.0 to 1.0"},
      {"[timing]\nt_clk_s = 1e-12\nt_bl_s = 1e-3", "at most 1e6"},
      {"[timing]\ninterrupt_cycles = 0", "found 0, expected an integer from 1 to 1000000"},
      {"[technology]\ncard = 3", "found 3, expected a string"},
      {"array = 3", "found 3, expected a table"},
  };
  for (const auto& [text, message] : mistakes) {
    INFO(text);
    CHECK_THAT(complaint(text), ContainsSubstring(message));
  }
}

TEST_CASE("a large spread of the clamps is accepted where it has no effect") {
  CHECK_NOTHROW(resolved("[card.biases]\nv_bl_sigma_v = 0.1\n[nonidealities]\nclamp_variation = false"));
  CHECK_NOTHROW(resolved("[card.biases]\nv_bl_sigma_v = 0.1\n[array]\nv_bl_v = 0.5"));
  CHECK_NOTHROW(resolved("[array]\nv_bl_v = 0.9"));
}

TEST_CASE("overrides are checked like a file") {
  CHECK_THAT(complaint("", {"array.rows=many"}),
             StartsWith("--set array.rows=many: 'array.rows': found \"many\""));
  CHECK_THAT(complaint("", {"array.rowz=3"}),
             StartsWith("--set array.rowz=3: unknown key 'rowz' in [array]"));
  CHECK(resolved("[array]\nrows = 512", {"array.rows=1024"}).geometry.rows == 1024);
}

TEST_CASE("the accelerator's part carries the resolved values") {
  const auto config = resolved("[array]\nrows = 512\n[sense]\nlevel_units = 2.0\n[timing]\nmode = \"lt\"");
  const auto accelerator = config.accelerator(7);
  CHECK(accelerator.chip_seed == 7);
  CHECK(accelerator.geometry.rows == 512);
  CHECK(accelerator.level_units == 2.0);
  CHECK(accelerator.mode == model::TransportMode::lt);
  CHECK(accelerator.evaluator->name() == "fast");
}

TEST_CASE("every key is declared once, with a meaning, and the default that is declared is in force") {
  const auto root = TomlDocument::parse(to_toml(resolved("")), "resolved").root();
  std::set<std::string> declared;
  for (const auto& key : config_keys()) {
    INFO(key.section << "." << key.name);
    CHECK(declared.insert(key.section + "." + key.name).second);
    CHECK_FALSE(key.meaning.empty());
    CHECK_FALSE(key.fallback.empty());
    CHECK_FALSE(key.values.empty());
    // A layer's table and the record of a calibration are written where they are given.
    if (key.section == layer_section || key.section == "calibration" || key.name == "all") continue;
    const auto section = root.table(key.section);
    REQUIRE(section.has(key.name));
    char* end = nullptr;
    const double fallback = std::strtod(key.fallback.c_str(), &end);
    if (*end == 0) CHECK(section.real(key.name) == fallback);
    if (key.fallback == "true" || key.fallback == "false")
      CHECK(section.boolean(key.name) == (key.fallback == "true"));
    if (key.fallback.starts_with("`\"") && key.name != "card" && key.name != "model")
      CHECK("`\"" + section.string(key.name) + "\"`" == key.fallback);
  }
  for (const auto& section : root.keys()) {
    if (section == "card") continue;
    for (const auto& key : root.table(section).keys()) {
      INFO(section << "." << key);
      CHECK(declared.count(section + "." + key) == 1);
    }
  }
}

TEST_CASE("a damaged configuration is read or refused, never anything else") {
  const std::string robust(*embedded("robust.toml"));
  const CounterRandom random(11, Stream::test);
  std::uint64_t draw = 0;
  int refused = 0;
  constexpr int rounds = 3000;
  for (int round = 0; round < rounds; ++round) {
    std::string text = robust;
    for (auto changes = 1 + random.below(4, draw++); changes > 0; --changes) {
      const auto at = random.below(text.size(), draw++);
      switch (random.below(3, draw++)) {
        case 0:
          text[at] = static_cast<char>(random.below(256, draw++));
          break;
        case 1:
          text.erase(at, random.below(20, draw++));
          break;
        default: {
          const auto from = random.below(text.size(), draw++), length = random.below(20, draw++);
          text.insert(at, std::string(text, from, length));
        }
      }
    }
    // Any exception other than InputError ends the test.
    refused += complaint(text) != "no error" ? 1 : 0;
  }
  CHECK(refused > rounds / 4);
  CHECK(refused < rounds);
}
