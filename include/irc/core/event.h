// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace irc {

/// What a unit of the accelerator did. One stream of these feeds the energy ledger, the traces and the
/// cycle-exact tests; nobody measures anything beside it.
enum class EventKind : std::uint8_t {
  macro_operation,   ///< a burst of vectors through one row group of one tile
  program,           ///< cells of one tile programmed (with verify)
  digital_mac,       ///< rows of a convolution on the digital unit
  digital_move,      ///< pooling, concatenation, upsampling between buffers
  dma_read,          ///< memory -> accelerator
  dma_write,         ///< accelerator -> memory
  descriptor_fetch,  ///< one command descriptor read
  trim,              ///< the amplifiers of one macro trimmed
  layer,             ///< a whole layer command, from descriptor fetch to interrupt
};

/// Whose currents they are: (vector, bit line) pairs by the way they were found.
struct EvaluatedBy {
  std::uint64_t ideal = 0, fast = 0, exact = 0;
  EvaluatedBy& operator+=(const EvaluatedBy& other) {
    ideal += other.ideal;
    fast += other.fast;
    exact += other.exact;
    return *this;
  }
};

/// One event. Fields that do not apply to a kind are zero. Times are simulated seconds.
struct Event {
  EventKind kind{};
  std::uint32_t layer = 0;  ///< index of the network's node the work is done for
  std::uint32_t tile = 0;
  std::uint32_t macro = 0;
  std::uint32_t row_group = 0;
  std::uint32_t row_groups = 0;   ///< macro_operation: of the tile, all with the same start and end
  std::uint32_t row_vectors = 0;  ///< macro_operation: vectors of an output row
  std::uint32_t vector_begin = 0, vector_end = 0;
  double start_s = 0, end_s = 0;
  // macro_operation: lengths of the phases of one vector, and sums over the burst
  double load_s = 0, drive_s = 0, settle_s = 0, sense_s = 0, store_s = 0;
  double load_full_s = 0, load_slide_s = 0;  ///< LOAD of an output row's first vector, of the others
  std::uint64_t active_word_lines = 0;       ///< driven word lines, summed over the burst's vectors
  std::uint64_t switched_rows = 0;           ///< word-line register bits loaded, summed over the burst
  std::uint64_t decisions = 0;               ///< amplifier decisions (readout steps counted)
  std::uint64_t adds = 0;                    ///< of readouts to each other and of digital biases
  std::uint64_t bits_read = 0;     ///< from on-chip memories: word-line bits, partial sums, input rows
  std::uint64_t bits_written = 0;  ///< to them by the amplifiers: outputs, partial sums
  std::uint64_t bit_lines = 0;     ///< bit lines read, summed over the burst's vectors
  double array_current_a = 0;      ///< sum over vectors and bit lines of the bit-line current
  double hrs_current_a = 0;        ///< of that: through high-resistance cells of driven rows
  double off_current_a = 0;        ///< of that: leakage of rows not driven; the rest is low-resistance cells
  double bias_current_a = 0;       ///< the same of injected bias currents
  std::uint64_t macs = 0;          ///< multiply-accumulates this event stands for
  std::uint64_t bytes = 0;         ///< moved by DMA, or read and written in buffers
  std::uint64_t weight_bits_read = 0;     ///< by the digital unit from its weight memory
  std::uint64_t weight_bits_written = 0;  ///< DMA: of `bytes`, what fills weight, bias and cell memories
  std::uint64_t pool_bits = 0;            ///< bits that pooling combines
  std::uint64_t cycles = 0;               ///< layer: clock cycles from fetch to interrupt
  std::uint64_t pulses = 0;               ///< cells programmed (pulses and verifies per cell are the card's)
  std::uint64_t fallback_vectors = 0;     ///< (vector, bit line) pairs the solver finished with half steps
  std::uint64_t newton_iterations = 0;    ///< of the exact solver, summed over vectors and bit lines
  EvaluatedBy evaluated_by;               ///< the burst's currents, in row group 0 for all groups
};

using EventListener = std::function<void(const Event&)>;

/// Calls every subscriber in order of subscription.
class EventStream {
 public:
  void subscribe(EventListener listener) { listeners_.push_back(std::move(listener)); }
  void publish(const Event& event) const {
    for (const auto& listener : listeners_) listener(event);
  }

 private:
  std::vector<EventListener> listeners_;
};

}  // namespace irc
