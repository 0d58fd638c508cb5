// SPDX-License-Identifier: Apache-2.0
// Shared by the parts of the sensitivity study.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "irc/study/sensitivity.h"

namespace irc::study::detail {

/// A number, text or truth value; nothing of anything else.
std::optional<explore::Value> value_of(const nlohmann::json& item);

/// The run of a curve's value; without a value the base's own run.
Evaluation evaluation_of(const SensitivityStudy& study, std::size_t base, const SensitivityCurve& curve,
                         const std::optional<explore::Value>& value);

std::string_view status_name(Outcome::Status status);

/// Draws the figures into `folder`. Empty, or why there are none.
std::string draw_sensitivity(const SensitivityResult& result, const std::string& folder);

}  // namespace irc::study::detail
