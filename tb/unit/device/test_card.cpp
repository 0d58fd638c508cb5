// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/device/technology_card.h"

using namespace irc::device;

namespace {

const std::string default_path = IRC_CARDS_DIR "/default.toml";

std::string message(const std::vector<std::string>& overrides) {
  try {
    load_card(default_path, {}, overrides);
  } catch (const irc::InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every shipped card loads and is named after its file") {
  int cards = 0;
  for (const auto& entry : std::filesystem::directory_iterator(IRC_CARDS_DIR)) {
    if (entry.path().extension() != ".toml") continue;
    const TechnologyCard card = load_card(entry.path());
    CHECK(card.name == entry.path().stem().string());
    CHECK_FALSE(card.notes.empty());
    ++cards;
  }
  CHECK(cards >= 3);
}

TEST_CASE("derived values of the default card") {
  const TechnologyCard card = load_card(default_path);
  CHECK(card.u_t_v() == Approx(0.025852).epsilon(1e-4));  // kT/q at 300 K, from tables
  CHECK(card.transistor.sigma_v_t_v() == Approx(0.025).epsilon(1e-9));
  CHECK(card.transistor.i_s_a() == Approx(1.5e-6).epsilon(1e-12));
  CHECK(card.cell_area_m2() == Approx(300e-9 * 172e-9).epsilon(1e-12));
}

TEST_CASE("a card based on another overrides only what it says") {
  const TechnologyCard card = load_card(IRC_CARDS_DIR "/low_ratio.toml");
  CHECK(card.rram.hrs.r_ohm == 100e3);
  CHECK(card.rram.lrs.r_ohm == 10e3);
}

TEST_CASE("temperature and retention shift the values by their coefficients") {
  const TechnologyCard card = load_card(
      default_path, {},
      {"temperature_k=350", "retention_s=1e4", "rram.hrs.drift_ln_per_decade=-0.1", "rram.hrs.tc_per_k=0.0"});
  CHECK(card.transistor_at_temperature().v_t_v == Approx(0.45 - 0.035));
  CHECK(card.r_median_ohm(card.rram.hrs) == Approx(1e6 * std::exp(-0.4)));
  CHECK(card.r_median_ohm(card.rram.lrs) == Approx(1.05e4));
}

TEST_CASE("a wrong card says what is wrong and where") {
  CHECK(message({}).empty());
  CHECK(message({"transistor.v_t_v=-5"}).find("v_t_v") != std::string::npos);
  CHECK(message({"transistor.v_tv=0.4"}).find("v_t_v") != std::string::npos);  // a typing error
  CHECK(message({"rram.hrs.r_ohm=5e3"}).find("lrs") != std::string::npos);
  CHECK(message({"rram.conduction=exponential"}).find("sinh") != std::string::npos);
  CHECK(message({"rram.conduction=sinh"}).find("alpha_per_v") != std::string::npos);
  CHECK(message({"sense.i_max_a=1e-6"}).find("i_min_a") != std::string::npos);
  CHECK_THROWS_AS(parse_card("node_m = 28e-9\n", "half.toml"), irc::InputError);
  CHECK_THROWS_AS(load_card(IRC_CARDS_DIR "/no_such_card.toml"), irc::InputError);
}
