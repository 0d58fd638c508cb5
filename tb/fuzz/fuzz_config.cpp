// SPDX-License-Identifier: Apache-2.0
// Configurations: a text, then overrides, one a line. A configuration in force can be written, reads back as
// the same, and has an accelerator.

#include "fuzz.h"
#include "irc/platform/config.h"
#include "irc/platform/resources.h"

namespace irc::fuzz {

void run(Input input) {
  const auto parts = parts_of(input, 2);
  const auto overrides = lines_of(parts[1]);
  const auto config =
      platform::resolve(TomlDocument::parse(parts[0], "fuzz.toml", platform::embedded, overrides));
  const auto text = platform::to_toml(config);
  const auto again = platform::resolve(TomlDocument::parse(text, "again.toml", platform::embedded));
  demand(platform::to_toml(again) == text, "a configuration that was written reads back as the same");
  if (config.layers.empty()) refused([&] { config.accelerator(1); });
}

void seeds(const AddSeed& add) {
  add("empty.toml", "");
  add("preset.toml", joined_parts({"base = \"robust.toml\"\n[array]\nv_wl_v = 0.6\nrows = 512\n",
                                   "timing.mode=lt\nrun.chips=3\nnonidealities.all=true"}));
  add("ideal.toml", "base = \"ideal.toml\"\n[array]\nmapping = \"binary_reference\"\nbias = \"source\"\n");
  add("levels.toml",
      "[sense]\nkind = \"multi_bit\"\nbits = 5\nlevel_units = 2\n[array]\nbias = \"digital\"\n"
      "rows_per_operation = 64\nv_wl_v = 0.8\n[run]\nevaluator = \"auto\"\naccuracy_budget = 0.01\n");
  add("card.toml",
      "[card.rram.hrs]\nr_ohm = 1e6\n[card.biases]\nv_bl_sigma_v = 0.01\n[technology]\ncard = \"default\"\n");
  add("trace.toml",
      "[trace]\nformats = \"vcd,csv\"\nbegin_s = 0\nend_s = 1e-6\n[memory]\nsize_bytes = 1048576\n");
}

}  // namespace irc::fuzz
