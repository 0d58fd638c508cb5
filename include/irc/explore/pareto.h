// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace irc::explore {

/// Objectives of one point, all to be minimised.
using Objectives = std::vector<double>;

/// True if `a` is worse than `b` in no objective and better in at least one.
bool dominates(const Objectives& a, const Objectives& b);

/// Indices of the points that no other point dominates, ascending. All of several equal points are included.
std::vector<std::size_t> pareto_front(std::span<const Objectives> points);

/// All indices, the most promising first: front by front, within a front by decreasing crowding distance
/// (NSGA-II), among equals by index.
std::vector<std::size_t> by_promise(std::span<const Objectives> points);

/// Whether this build contains pagmo, which search and hypervolume need.
bool has_pagmo();

/// Volume between `reference` and the points that are smaller in every objective; other points add nothing.
/// Throws InputError in a build without pagmo.
double hypervolume(std::span<const Objectives> points, const Objectives& reference);

}  // namespace irc::explore
