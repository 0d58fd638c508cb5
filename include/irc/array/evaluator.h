// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "irc/array/tile.h"
#include "irc/core/event.h"

namespace irc::array {

/// Input vectors of one operation. Bit r of a vector (word r / 64, bit r % 64) drives row r of the tile.
struct WordLineBatch {
  const std::uint64_t* bits = nullptr;
  std::size_t words_per_vector = 0;
  std::size_t vectors = 0;
  std::uint64_t first_read = 0;  ///< counter of the first vector; names its read-noise draws
};

/// Rows [begin, end) that may be driven; bits outside are ignored, those rows stay off.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct EvaluationStats {
  double current_sum_a = 0;             ///< over all vectors and columns
  std::uint64_t newton_iterations = 0;  ///< summed over (vector, column)
  std::uint64_t fallback_vectors = 0;   ///< (vector, column) pairs that needed the damped solver
  EvaluatedBy evaluated_by;             ///< all (vector, column) pairs
};

/// Column currents of a tile for input vectors. Results depend on the tile, the vector and its read counter
/// only: not on the batch, on threads or on the machine.
class ColumnEvaluator {
 public:
  virtual ~ColumnEvaluator() = default;
  virtual std::string_view name() const = 0;
  /// \param currents_a  out, [vector][column]: current drawn from each column's clamp
  /// Throws InputError if shapes do not fit, InternalError (naming the column) if a column has no solution.
  virtual EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                                   std::span<double> currents_a) const = 0;
};

struct ExactOptions {
  /// A vector is done when its last Newton step moved no node by more than this; the error that remains is
  /// of the order of step^2 / U_T.
  double step_tolerance_v = 1e-6;
  int max_iterations = 40;
  bool parallel = true;  ///< TBB over columns
};

/// Sums cell currents at the clamp bias: no wires, no clamp resistance. Integer sums, so any order gives the
/// same bits and equal sets of equal cells give equal currents.
std::unique_ptr<ColumnEvaluator> make_ideal_evaluator();
/// Solves every column's nonlinear ladder (see docs/physics.md).
std::unique_ptr<ColumnEvaluator> make_exact_evaluator(const ExactOptions& options = {});
/// Table look-up sums with IR drop and nonlinear addition by expansion about the expected ladder; what lies
/// outside its domain goes to the exact solver and is counted in `fallback_vectors` (see docs/physics.md).
std::unique_ptr<ColumnEvaluator> make_fast_evaluator(const ExactOptions& fallback = {});
/// For each tile the cheapest of ideal, fast and exact whose column currents, for a few random vectors on a
/// few columns, deviate from the exact solver's by no more than the budget (relative, rms). The choice
/// depends on the tile and the driven range of rows only. Throws InputError for a budget that is not above 0.
std::unique_ptr<ColumnEvaluator> make_auto_evaluator(double accuracy_budget, const ExactOptions& exact = {});
/// By name: "ideal", "fast", "exact" or "auto", which alone heeds the budget. Throws InputError.
std::unique_ptr<ColumnEvaluator> make_evaluator(std::string_view name, double accuracy_budget = 0.005);

}  // namespace irc::array
