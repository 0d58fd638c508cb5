// SPDX-License-Identifier: Apache-2.0
// Private to the sensitivity study.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "irc/study/sensitivity.h"

namespace irc::study::detail {

/// A number, a text or a truth value; nothing for anything else.
std::optional<explore::Value> value_of(const nlohmann::json& item);

/// The run for a curve's value, or the base's own run without a value.
Evaluation evaluation_of(const SensitivityStudy& study, std::size_t base, const SensitivityCurve& curve,
                         const std::optional<explore::Value>& value);

std::string_view status_name(Outcome::Status status);

/// Draws the figures into `folder`. Returns the reason why there are none, or an empty string.
std::string draw_sensitivity(const SensitivityResult& result, const std::string& folder);

}  // namespace irc::study::detail
