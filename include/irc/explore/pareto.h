// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace irc::explore {

/// Objectives of one point, all to be minimised.
using Objectives = std::vector<double>;

/// True if `a` is nowhere worse than `b` and somewhere better.
bool dominates(const Objectives& a, const Objectives& b);

/// Indices of the points that no other dominates, ascending. Equal points are all in it.
std::vector<std::size_t> pareto_front(std::span<const Objectives> points);

/// All indices, the most promising first: front by front, within a front the least crowded first (crowding
/// distance of NSGA-II), among equals the lower index.
std::vector<std::size_t> by_promise(std::span<const Objectives> points);

/// Whether this build has pagmo: search and hypervolume need it.
bool has_pagmo();

/// Volume between `reference` and the points that lie below it in every objective; others add nothing.
/// Throws InputError in a build without pagmo.
double hypervolume(std::span<const Objectives> points, const Objectives& reference);

}  // namespace irc::explore
