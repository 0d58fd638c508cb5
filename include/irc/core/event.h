// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace irc {

/// What a unit of the accelerator did. The energy ledger, the traces and the cycle-exact tests all read one
/// stream of these events, so they all see the same work.
enum class EventKind : std::uint8_t {
  macro_operation,   ///< a burst of vectors processed by one row group of one tile
  program,           ///< the cells of one tile were programmed and verified
  digital_mac,       ///< rows of a convolution computed on the digital unit
  digital_move,      ///< pooling, concatenation or upsampling between buffers
  dma_read,          ///< transfer from memory to the accelerator
  dma_write,         ///< transfer from the accelerator to memory
  descriptor_fetch,  ///< one command descriptor was read
  trim,              ///< the amplifiers of one macro were trimmed
  layer,             ///< a whole layer command, from the descriptor fetch to the interrupt
};

/// Counts (vector, bit line) pairs by the evaluator that computed their currents.
struct EvaluatedBy {
  std::uint64_t ideal = 0,  ///< pairs that the ideal evaluator computed
      fast = 0,             ///< pairs that the fast engine computed
      exact = 0;            ///< pairs that the exact solver computed
  /// Largest deviation from the exact solver that the fast engine saw when it checked itself on the tiles of
  /// these pairs, see array::EvaluationStats; 0 if it computed none.
  double engine_error = 0;
  /// Adds the counts of `other` and keeps the larger error.
  EvaluatedBy& operator+=(const EvaluatedBy& other) {
    ideal += other.ideal;
    fast += other.fast;
    exact += other.exact;
    engine_error = std::max(engine_error, other.engine_error);
    return *this;
  }
};

/// One event. Fields that do not apply to a kind are zero. Times are simulated seconds.
struct Event {
  EventKind kind{};              ///< what was done
  std::uint32_t layer = 0;       ///< index of the network's node for which the work was done
  std::uint32_t tile = 0;        ///< index of the tile
  std::uint32_t macro = 0;       ///< index of the macro
  std::uint32_t row_group = 0;   ///< index of the tile's row group
  std::uint32_t row_groups = 0;  ///< macro_operation: row groups of the tile; all of them share start and end
  std::uint32_t row_vectors = 0;   ///< macro_operation: vectors of one output row
  std::uint32_t vector_begin = 0,  ///< first vector of the burst
      vector_end = 0;              ///< one past the last vector of the burst
  double start_s = 0,              ///< start
      end_s = 0;                   ///< end
  // For macro_operation: the duration of each phase of one vector. LOAD of the first vector of an output row
  // and LOAD of its other vectors are given separately. The counts and currents that follow are sums over the
  // burst.
  double load_s = 0,                    ///< LOAD: input bits into the word-line register
      drive_s = 0,                      ///< DRIVE: word lines rise
      settle_s = 0,                     ///< SETTLE: bit lines settle
      sense_s = 0,                      ///< SENSE: amplifiers decide
      store_s = 0;                      ///< STORE: outputs leave the amplifiers
  double load_full_s = 0,               ///< LOAD of the first vector of an output row
      load_slide_s = 0;                 ///< LOAD of each further vector of the row
  std::uint64_t active_word_lines = 0;  ///< word lines driven, summed over the vectors
  std::uint64_t switched_rows = 0;      ///< bits loaded into the word-line register, summed over the burst
  std::uint64_t decisions = 0;          ///< amplifier decisions; every readout step counts
  std::uint64_t adds = 0;               ///< additions of readouts to each other and of digital biases
  std::uint64_t bits_read = 0;  ///< bits read from on-chip memories: word-line bits, partial sums, input rows
  /// Bits that the amplifiers write to on-chip memories: outputs and partial sums.
  std::uint64_t bits_written = 0;
  std::uint64_t bit_lines = 0;  ///< bit lines read, summed over the vectors
  double array_current_a = 0;   ///< bit-line current, summed over vectors and bit lines
  double hrs_current_a = 0;     ///< the part of it that flows through high-resistance cells of driven rows
  /// The part of it that leaks through rows not driven; the rest flows through low-resistance cells.
  double off_current_a = 0;
  double bias_current_a = 0;           ///< injected bias current, summed in the same way
  std::uint64_t macs = 0;              ///< multiply-accumulate operations that this event represents
  std::uint64_t bytes = 0;             ///< bytes moved by DMA, or read and written in buffers
  std::uint64_t weight_bits_read = 0;  ///< bits that the digital unit reads from its weight memory
  /// DMA: the part of `bytes` that fills weight, bias and cell memories, in bits.
  std::uint64_t weight_bits_written = 0;
  std::uint64_t pool_bits = 0;  ///< bits that pooling combines
  std::uint64_t cycles = 0;     ///< layer: clock cycles from the descriptor fetch to the interrupt
  std::uint64_t pulses = 0;     ///< cells programmed; the technology card gives pulses and verifies per cell
  std::uint64_t fallback_vectors = 0;   ///< (vector, bit line) pairs for which the solver needed half steps
  std::uint64_t newton_iterations = 0;  ///< iterations of the exact solver, summed over vectors and bit lines
  EvaluatedBy evaluated_by;  ///< evaluators of the burst's currents; row group 0 reports for all groups
};

/// A function that receives every event of a stream.
using EventListener = std::function<void(const Event&)>;

/// Distributes events to its subscribers, in the order in which they subscribed.
class EventStream {
 public:
  /// Adds a subscriber. It stays for the life of the stream.
  void subscribe(EventListener listener) { listeners_.push_back(std::move(listener)); }
  /// Calls every subscriber with `event`.
  void publish(const Event& event) const {
    for (const auto& listener : listeners_) listener(event);
  }

 private:
  std::vector<EventListener> listeners_;
};

}  // namespace irc
