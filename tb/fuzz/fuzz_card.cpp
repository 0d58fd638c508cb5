// SPDX-License-Identifier: Apache-2.0
// Technology cards: a text, then overrides, one a line. A card that was read has finite derived values.
#include <cmath>
#include <sstream>

#include "fuzz.h"
#include "irc/device/technology_card.h"
#include "irc/platform/resources.h"

namespace irc::fuzz {

void run(Input input) {
  const auto parts = parts_of(input, 2);
  const auto overrides = lines_of(parts[1]);
  const auto cards = [](std::string_view name) { return platform::embedded("cards/" + std::string(name)); };
  const auto card = device::parse_card(parts[0], "fuzz.toml", cards, overrides);
  demand(std::isfinite(card.u_t_v()) && card.u_t_v() > 0, "the thermal voltage is positive");
  demand(std::isfinite(card.transistor_at_temperature().i_s_a()), "the specific current is finite");
  demand(std::isfinite(card.cell_area_m2()), "the area of a cell is finite");
}

void seeds(const AddSeed& add) {
  add("base.toml", "base = \"default.toml\"\n[rram.lrs]\nr_ohm = 20e3\n");
  add("biases.toml",
      joined_parts({"base = \"default.toml\"\nname = \"mine\"\n[biases]\nv_bl_v = 0.2\n",
                    "biases.v_wl_v=0.7\ntemperature_k=350\nrram.conduction=\"sinh\"\nrram.alpha_per_v=2"}));
  // The default card without its comments.
  std::string text;
  std::istringstream lines{std::string(platform::embedded("cards/default.toml").value_or(""))};
  for (std::string line; std::getline(lines, line);)
    if (const auto end = std::min(line.find(" #"), line.find_first_of("#") == 0 ? 0 : std::string::npos);
        end != 0)
      text += line.substr(0, end) + "\n";
  add("default.toml", text);
}

}  // namespace irc::fuzz
