// SPDX-License-Identifier: Apache-2.0
// Pad nodes, which PyTorch and TensorFlow write before a convolution with uneven padding.
#include <algorithm>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {

std::vector<std::int64_t> Lowering::pad_amounts() const {
  std::vector<std::int64_t> given;
  if (has_input(1)) {
    given = whole_list(1);
  } else {
    const Attributes attributes(*node_, fail_);
    if (const auto* a = attributes.find("pads", onnx::AttributeProto::INTS, "a list of integers"))
      given.assign(a->ints().begin(), a->ints().end());
  }
  const auto over = has_input(3) ? axes_in_order(3, 4) : std::vector<std::size_t>{0, 1, 2, 3};
  if (given.size() != 2 * over.size())
    fail("has " + std::to_string(given.size()) + " pads, expected " + std::to_string(2 * over.size()));
  std::vector<std::int64_t> pads(8, 0);
  for (std::size_t k = 0; k < over.size(); ++k) {
    pads[over[k]] = given[k];
    pads[over[k] + 4] = given[k + over.size()];
  }
  return pads;
}

void Lowering::lower_pad() {
  const Attributes attributes(*node_, fail_);
  Activation a = any_map(0);
  if (const auto mode = attributes.text("mode", "constant"); mode != "constant")
    fail("attribute 'mode' is " + shown(mode) + ", expected constant");
  const auto pads = pad_amounts();
  const double value = has_input(2) ? scalar(2) : attributes.real("value", 0);
  for (std::size_t k = 0; k < pads.size(); ++k) {
    const bool outer = k % 4 == 0 || k % 4 == (a.channels_last ? 3u : 1u);
    if (pads[k] < 0 || pads[k] > (outer ? 0 : 63))
      fail("pads dimension " + std::to_string(k % 4) + " by " + std::to_string(pads[k]) +
           ", expected 0 to 63 for height and width, and 0 for the others");
  }
  if (std::all_of(pads.begin(), pads.end(), [](std::int64_t p) { return p == 0; }))
    return output(std::move(a));
  if (a.border) fail("pads a map that is padded already, expected one Pad before a convolution");
  if (!std::holds_alternative<Bits>(a.what) && !std::holds_alternative<PictureValue>(a.what)) not_bits(a, 0);
  const std::size_t y = a.channels_last ? 1 : 2, x = y + 1;
  a.border = Border{static_cast<int>(pads[y]), static_cast<int>(pads[x]), static_cast<int>(pads[y + 4]),
                    static_cast<int>(pads[x + 4]), value};
  output(std::move(a));
}

void Lowering::lower_dropout() {
  const Attributes attributes(*node_, fail_);
  if (has_input(2)) {
    const double training = scalar(2), ratio = has_input(1) ? scalar(1) : 0.5;
    if (training != 0 && ratio != 0)
      fail("input " + shown(node_->input(2)) +
           " (training_mode) is true, so it drops values at random; expected a network exported for "
           "inference");
  }
  output(value(0));
}

}  // namespace irc::network
