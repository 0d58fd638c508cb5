// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "fast/column_model.h"
#include "irc/array/evaluator.h"
#include "lumps/lump_batch.h"

namespace irc::array {

/// Checks a model of the fast engine against the exact solver, on the tile itself, and limits the model to
/// the vectors for which it was found right (docs/physics.md, "Self-check").
///
/// First, every column is read along a ramp of uniform activity: a column whose current falls, or is not
/// finite, has no model any more. Then a few columns are solved exactly for held-out vectors, which the
/// preparation has not seen. `model.trusted` becomes the range of driven rows in which these columns agree
/// with the solver. If they agree only just, or not everywhere, every column of the tile is checked in this
/// way, and those that disagree have no model any more. The result depends only on the tile and the range of
/// rows.
void check_model(const ProgrammedTile& tile, const ExactOptions& exact, IndexPool& pool, ColumnModel& model);

}  // namespace irc::array
