// SPDX-License-Identifier: Apache-2.0
// Private to the study: words and numbers that table, CSV, JSON and figure share.
#pragma once
#include <string>
#include <string_view>

#include "irc/study/ablation.h"

namespace irc::study::detail {

std::string_view kind_name(Rung::Kind kind);
/// "done", "refused", "failed" or "no_net".
std::string_view status_name(const std::optional<Outcome>& outcome);
/// mAP, or a difference of two, in points (hundredths) with one digit. It never writes "-0.0".
std::string points(double share);
/// The same with its sign.
std::string signed_points(double share);

}  // namespace irc::study::detail
