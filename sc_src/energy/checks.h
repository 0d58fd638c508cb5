// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "irc/device/technology_card.h"

namespace irc::energy {

/// Throws InputError that names `what`, unless `value` is finite and at least zero.
void require_not_negative(std::string_view what, double value);
/// Throws InputError that names `what`, unless `value` is finite and above zero.
void require_positive(std::string_view what, double value);
void require_positive(std::string_view what, std::size_t value);
/// Throws InputError unless every coefficient of energy and area is finite and at least zero.
void require_sane(const device::EnergyCoefficients& coefficients);

}  // namespace irc::energy
