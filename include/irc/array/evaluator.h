// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "irc/array/tile.h"
#include "irc/core/event.h"

/// Programmed tiles of cells, and the evaluators that compute their bit-line currents.
namespace irc::array {

/// The input vectors of one operation. Bit r of a vector (word r / 64, bit r % 64) drives row r of the tile.
struct WordLineBatch {
  const std::uint64_t* bits = nullptr;  ///< the vectors, one after the other
  std::size_t words_per_vector = 0;     ///< distance between vectors in words
  std::size_t vectors = 0;              ///< number of vectors
  std::uint64_t first_read = 0;         ///< number of the first vector's read; it names the read-noise draws
};

/// The rows [begin, end) that may be driven. Bits outside are ignored, and those rows stay off.
struct RowRange {
  std::size_t begin = 0;  ///< first row
  std::size_t end = 0;    ///< one past the last row
};

/// Statistics of an evaluation.
struct EvaluationStats {
  double current_sum_a = 0;             ///< sum of the currents of all vectors and columns
  std::uint64_t newton_iterations = 0;  ///< sum over all (vector, column) pairs
  std::uint64_t fallback_vectors = 0;   ///< (vector, column) pairs that needed the damped solver
  /// All (vector, column) pairs, by evaluator. `engine_error` is the largest deviation from the exact solver
  /// that the fast engine has seen when it checked itself on held-out vectors of this tile
  /// (deviation_floor_a).
  EvaluatedBy evaluated_by;
};

/// The current in ampere below which deviations from the exact solver are judged relative to this current,
/// and not to the exact one: the unloaded current of 1 % of the rows of the range, at least of one row. No
/// decision depends on less.
double deviation_floor_a(const ProgrammedTile& tile, std::size_t column, RowRange rows);

/// Computes the column currents of a tile for input vectors. A result depends only on the tile, the vector
/// and the number of its read. It does not depend on the batch, the threads or the machine.
class ColumnEvaluator {
 public:
  virtual ~ColumnEvaluator() = default;
  /// The evaluator's name, as make_evaluator accepts it.
  virtual std::string_view name() const = 0;
  /// Computes the currents of all columns of `tile` for all vectors of `batch`. `currents_a` is the output,
  /// [vector][column]: the current drawn from each column's clamp. Throws InputError if shapes do not fit,
  /// and InternalError that names the column if the solver does not converge.
  virtual EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                                   std::span<double> currents_a) const = 0;
};

/// Options of the exact solver.
struct ExactOptions {
  /// A vector is done when its last Newton step moved no node by more than this. The remaining error is of
  /// the order of step^2 / U_T.
  double step_tolerance_v = 1e-6;
  int max_iterations = 40;  ///< Newton steps before the solver gives up
  bool parallel = true;     ///< whether columns are solved in parallel (TBB)
  bool read_noise = true;   ///< whether currents have the noise of their reads, if the tile has any
};

/// Makes the ideal evaluator. It sums the cell currents at the clamp voltage, without wires and clamp
/// resistance. The sums are integers, so any order gives the same bits, and equal sets of equal cells give
/// equal currents.
std::unique_ptr<ColumnEvaluator> make_ideal_evaluator();
/// Makes the exact solver. It solves the nonlinear ladder of every column (see docs/physics.md).
std::unique_ptr<ColumnEvaluator> make_exact_evaluator(const ExactOptions& options = {});
/// Makes the fast engine. It sums values from tables and corrects IR drop and nonlinear addition by an
/// expansion about the expected ladder. Vectors outside its domain go to the exact solver and are counted in
/// `fallback_vectors` (see docs/physics.md).
std::unique_ptr<ColumnEvaluator> make_fast_evaluator(const ExactOptions& fallback = {});
/// Makes an evaluator that chooses, for each tile, the cheapest of ideal, fast and exact within the budget.
/// For a few random vectors on a few columns, the column currents must deviate from the exact solver's by no
/// more than `accuracy_budget` (relative, rms). The choice depends only on the tile and the range of driven
/// rows. Throws InputError for a budget that is not above 0.
std::unique_ptr<ColumnEvaluator> make_auto_evaluator(double accuracy_budget, const ExactOptions& exact = {});

/// An evaluator that can be chosen by name.
struct EvaluatorKind {
  std::string_view name;     ///< as make_evaluator accepts it
  std::string_view meaning;  ///< what it computes, for people
  /// Makes one. Only "auto" uses the budget.
  std::unique_ptr<ColumnEvaluator> (*make)(double accuracy_budget);
};

/// All evaluators that can be chosen. Help, configuration and documentation list these.
std::span<const EvaluatorKind> evaluators();

/// Makes an evaluator by name. Only "auto" uses the budget. Throws InputError for a name that is not in
/// evaluators().
std::unique_ptr<ColumnEvaluator> make_evaluator(std::string_view name, double accuracy_budget = 0.005);

}  // namespace irc::array
