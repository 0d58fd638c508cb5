// SPDX-License-Identifier: Apache-2.0
#include "sample.h"

#include <array>
#include <cmath>
#include <random>
#include <sstream>
#include <vector>

namespace irc::explore::test {

namespace {

using nlohmann::json;

// Gives the same numbers on every machine, unlike the distributions of <random>.
class Dice {
 public:
  double uniform() { return static_cast<double>(engine_()) / 4294967296.0; }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }
  std::string hex(std::size_t length) {
    std::string text;
    while (text.size() < length) text += "0123456789abcdef"[below(16)];
    return text;
  }

 private:
  std::mt19937 engine_{20220503};
};

const std::vector<double> word_line = {0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9};
const std::vector<int> rows = {64, 128, 256, 512, 1024};
const std::vector<std::string> readouts = {"differential", "reference", "multi_bit"};

json experiment(const std::string& name) {
  return {
      {"name", "synthetic-sample"},
      {"title", name},
      {"description",
       "Made-up numbers that look like an exploration of word-line voltage, rows per operation, readout and "
       "device spread. Nothing here was simulated."},
      {"seed", 1},
      {"strategy", "lhs"},
      {"model", "traffic"},
      {"parameters",
       {{{"key", "array.v_wl_v"},
         {"label", "V_WL"},
         {"unit", "V"},
         {"scale", "linear"},
         {"values", word_line}},
        {{"key", "array.rows_per_operation"},
         {"label", "rows per operation"},
         {"unit", "1"},
         {"scale", "log"},
         {"values", rows}},
        {{"key", "sense.readout"},
         {"label", "readout"},
         {"unit", "1"},
         {"scale", "category"},
         {"values", readouts}},
        {{"key", "card.rram.sigma_hrs"}, {"label", "HRS spread"}, {"unit", "1"}, {"scale", "linear"}}}},
      {"metrics",
       {{{"key", "map_nonideal"}, {"label", "mAP, nonideal"}, {"unit", "1"}, {"goal", "max"}},
        {{"key", "energy_j_per_image"}, {"label", "energy per image"}, {"unit", "J"}, {"goal", "min"}},
        {{"key", "latency_s_per_image"}, {"label", "latency per image"}, {"unit", "s"}, {"goal", "none"}},
        {{"key", "area_m2"}, {"label", "area"}, {"unit", "m^2"}, {"goal", "none"}},
        {{"key", "tops_per_w"}, {"label", "efficiency"}, {"unit", "TOPS/W"}, {"goal", "none"}}}},
      {"constraints", json::array({"map_drop <= 0.25"})}};
}

struct Values {
  double v_wl, row_count, sigma;
  std::size_t readout;
};

json metrics(const Values& v, Dice& dice) {
  const double speed = std::pow(v.v_wl / 0.45, 3.0);
  const double levels = v.readout == 2 ? 0.5 : 1.0;
  const double noise = 0.02 * dice.uniform();
  const double drop = 0.35 * v.sigma * v.sigma * std::sqrt(v.row_count / 256) * levels +
                      0.5 * std::pow(v.v_wl - 0.58, 2) + (v.readout == 1 ? 0.05 : 0.0) + noise;
  const double energy = 3e-6 * (0.4 * speed + 200 / v.row_count + (v.readout == 2 ? 1.4 : 0.3));
  const double latency = 4e-4 * std::pow(256 / v.row_count, 0.8) * (v.readout == 2 ? 2 : 1);
  return {{"map_nonideal", std::max(0.05, 0.81 - drop)},
          {"energy_j_per_image", energy},
          {"latency_s_per_image", latency},
          {"area_m2", 1e-6 * (0.6 + v.row_count / 2000 + (v.readout == 2 ? 0.4 : 0))},
          {"tops_per_w", 9e-4 / energy}};
}

json layers(double energy, double latency, Dice& dice) {
  const std::array<const char*, 14> components = {
      "word_line",   "array",   "precharge", "bias",       "sense", "mux",  "accumulate",
      "programming", "digital", "buffer",    "controller", "dma",   "dram", "leakage"};
  const std::array<double, 14> parts = {0.05, 0.3,  0.08, 0.04, 0.15, 0.01, 0.03,
                                        0.0,  0.12, 0.05, 0.02, 0.03, 0.1,  0.02};
  json list = json::array();
  for (int i = 0; i < 9; ++i) {
    const double share = std::exp(-0.25 * i) * (0.16 + 0.06 * dice.uniform()) / 0.8;
    json joules;
    for (std::size_t c = 0; c < components.size(); ++c)
      joules[components[c]] = energy * share * parts[c] * (0.6 + 0.8 * dice.uniform());
    list.push_back({{"name", i < 8 ? "conv" + std::to_string(i + 1) : "head"},
                    {"cycles", std::floor(latency * share * 2e8)},
                    {"latency_s", latency * share},
                    {"energy_j", joules}});
  }
  return list;
}

std::string config(const Values& v, const std::string& name) {
  std::ostringstream text;
  text << "# " << name << "\nbase = \"robust.toml\"\n\n[array]\nv_wl_v = " << v.v_wl
       << "\nrows_per_operation = " << v.row_count << "\n\n[sense]\nreadout = \"" << readouts[v.readout]
       << "\"\n\n[card.rram]\nsigma_hrs = " << v.sigma << "\n";
  return text.str();
}

bool is_beaten(const json& point, const json& points) {
  const auto value = [](const json& p, const char* key) { return p["metrics"][key].get<double>(); };
  const double map = value(point, "map_nonideal");
  const double energy = value(point, "energy_j_per_image");
  for (const auto& other : points) {
    if (other["status"] != "done") continue;
    const double other_map = value(other, "map_nonideal");
    const double other_energy = value(other, "energy_j_per_image");
    if (other_map >= map && other_energy <= energy && (other_map > map || other_energy < energy)) return true;
  }
  return false;
}

json tradeoff() {
  json lrs = json::array(), hrs = json::array(), ratio = json::array(), map = json::array();
  for (int i = 0; i <= 18; ++i) {
    const double v = 0.45 + 0.025 * i;
    const double low = 2.5e-5 / (1 + std::exp(-(v - 0.62) / 0.045));
    const double high = 2e-7 / (1 + std::exp(-(v - 0.5) / 0.05));
    lrs.push_back({v, low});
    hrs.push_back({v, high});
    ratio.push_back({v, low / high});
    map.push_back({v, 0.79 - 0.9 * std::pow(v - 0.6, 2)});
  }
  return {{"title", "V_WL trade-off"},
          {"x", {{"label", "V_WL"}, {"unit", "V"}}},
          {"series",
           {{{"label", "LRS current"}, {"unit", "A"}, {"scale", "log"}, {"points", lrs}},
            {{"label", "HRS current"}, {"unit", "A"}, {"scale", "log"}, {"points", hrs}},
            {{"label", "on/off ratio"}, {"unit", "1"}, {"scale", "log"}, {"points", ratio}},
            {{"label", "mAP, nonideal"}, {"unit", "1"}, {"scale", "linear"}, {"points", map}}}},
          {"marked_x", 0.6}};
}

void make_hostile(json& data) {
  const auto text = hostile_text();
  auto& experiment = data["experiment"];
  for (const auto* key : {"name", "title", "description", "model"}) experiment[key] = text;
  experiment["constraints"] = json::array({text});
  experiment["parameters"][2]["label"] = text;
  experiment["parameters"][2]["values"] = {text, "reference", "multi_bit"};
  experiment["metrics"][1]["label"] = text;
  data["created_from"] = text;
  data["irc_version"] = text;
  data["tradeoff"]["title"] = text;
  data["tradeoff"]["series"][0]["label"] = text;
  for (auto& point : data["points"]) {
    if (point["parameters"]["sense.readout"] == "differential") point["parameters"]["sense.readout"] = text;
    point["config_toml"] = text + "\n" + point["config_toml"].get<std::string>();
    if (point["status"] == "failed") point["error"] = text;
    if (!point.contains("layers")) continue;
    for (auto& layer : point["layers"]) layer["name"] = text + layer["name"].get<std::string>();
  }
}

}  // namespace

std::string hostile_text() {
  return "</script><img src=x "
         "onerror=\"document.title='taken'\"><!--{{data}}&amp;\xE2\x80\xA8\xE2\x80\xA9\"'";
}

json sample(std::size_t count, bool hostile) {
  Dice dice;
  json data = {{"schema", 1}, {"irc_version", "0.1.0"}, {"created_from", "synthetic-sample.toml"}};
  data["experiment"] = experiment("Synthetic sample: word-line voltage, rows and readout");
  data["points"] = json::array();
  for (std::size_t i = 0; i < count; ++i) {
    Values v{};
    v.v_wl = word_line[dice.below(word_line.size())];
    v.row_count = rows[dice.below(rows.size())];
    v.readout = dice.below(readouts.size());
    v.sigma = std::round(1000 * (0.1 + 0.5 * dice.uniform())) / 1000;
    const auto id = dice.hex(40);
    json point = {{"id", id},
                  {"status", "done"},
                  {"error", nullptr},
                  {"fidelity", {{"images", i % 4 == 0 ? 300 : 100}, {"chips", i % 4 == 0 ? 3 : 1}}},
                  {"parameters",
                   {{"array.v_wl_v", v.v_wl},
                    {"array.rows_per_operation", v.row_count},
                    {"sense.readout", readouts[v.readout]},
                    {"card.rram.sigma_hrs", v.sigma}}},
                  {"on_front", false},
                  {"config_toml", config(v, id)}};
    const auto values = metrics(v, dice);
    if (i % 23 == 7) {
      point["status"] = "failed";
      point["error"] = "array: the solver did not converge in column 17 (made up)";
    } else {
      if (values["map_nonideal"] < 0.62) point["status"] = "infeasible";
      point["metrics"] = values;
      point["spread"] = {{"map_nonideal", 0.004 + 0.008 * dice.uniform()}};
      point["layers"] = layers(values["energy_j_per_image"], values["latency_s_per_image"], dice);
    }
    data["points"].push_back(point);
  }
  for (auto& point : data["points"])
    point["on_front"] = point["status"] == "done" && !is_beaten(point, data["points"]);
  data["tradeoff"] = tradeoff();
  if (hostile) make_hostile(data);
  return data;
}

}  // namespace irc::explore::test
