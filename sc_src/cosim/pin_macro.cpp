// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/pin_macro.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <systemc>
#include <utility>

#include "irc/core/error.h"

namespace irc::cosim {
namespace {

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::uint64_t program_row_cycles(const mapping::Timing& timing) {
  // The factor keeps a rounding error of the division from adding a cycle.
  return static_cast<std::uint64_t>(std::ceil(timing.t_program_row_s / timing.t_clk_s * (1 - 1e-12)));
}

bool same(const macro::MuxStep& a, const macro::MuxStep& b) {
  return a.line == b.line && a.lines == b.lines && a.bias_on == b.bias_on;
}

macro::MuxStep step_of(const OperationPins& pins) {
  return {pins.line, pins.lines, pins.bias_on};
}

}  // namespace

PinMacro::PinMacro(const model::AcceleratorConfig& config, std::size_t index)
    : index_(index),
      drive_cycles_(config.timing.drive_cycles),
      settle_cycles_(config.timing.settle_cycles),
      amplifier_cycles_(config.timing.amplifier_cycles),
      program_cycles_(program_row_cycles(config.timing)),
      macro_(config, index),
      source_bias_(config.geometry.bias == mapping::BiasPlacement::source),
      sampled_(config.geometry.amplifiers, 0),
      shown_(config.geometry.amplifiers, 0) {}

void PinMacro::slip(const std::string& what) {
  const std::string text =
      "macro " + number(index_) + " at " + sc_core::sc_time_stamp().to_string() + ": " + what;
  SC_REPORT_ERROR("irc/cosim/macro", text.c_str());
}

void PinMacro::reset() {
  phase_ = Phase::idle;
  drove_ = latched_ = shown_valid_ = false;
  macro_.abandon_programming();
  programmed_until_ = cycle_;
}

void PinMacro::clock(const OperationPins& pins) {
  ++cycle_;
  const bool drove = std::exchange(drove_, pins.drive);
  const int strobes = int{pins.drive} + int{pins.settle} + int{pins.sense};
  if (strobes > 1) {
    phase_ = Phase::spoilt;
    latched_ = false;
    return slip(number(static_cast<std::uint64_t>(strobes)) +
                " of drive, settle and sense are high, expected at most one");
  }
  // A spoilt drive phase stays spoilt until it ends.
  if (pins.drive && !(drove && phase_ == Phase::spoilt)) return on_drive(pins);
  if (pins.drive) return;
  if (pins.settle) return on_settle(pins);
  if (pins.sense) return on_sense(pins);
  on_gap();
}

/// Word lines must stay low while the cells are written.
void PinMacro::check_programming() {
  if (macro_.programming())
    slip("word lines are driven between the rows of a tile, expected the rest of the tile first");
  else if (cycle_ < programmed_until_)
    slip("word lines are driven " + number(programmed_until_ - cycle_) +
         " cycles before the last row is programmed, expected none until then");
}

void PinMacro::on_drive(const OperationPins& pins) {
  if (phase_ == Phase::drive) {
    ++phase_cycles_;
    return check_held(pins);
  }
  const bool open = phase_ == Phase::settle;
  if (phase_ == Phase::sense) end_operation();
  phase_ = Phase::drive;
  phase_cycles_ = 1;
  latched_ = true;
  shown_valid_ = false;
  tile_ = nullptr;
  lines_read_ = 0;
  word_lines_.assign(pins.word_lines.begin(), pins.word_lines.end());
  rows_ = {pins.row_first, std::size_t{pins.row_first} + pins.row_count};
  read_ = pins.read;
  group_ = pins.group;
  if (open) slip("drive is high after settle, expected sense: the operation before was never sensed");
  check_programming();
  try {
    macro_.check(operation());
  } catch (const InputError& error) {
    phase_ = Phase::spoilt;
    latched_ = false;
    slip(error.what());
  }
}

void PinMacro::check_duration(const char* phase, std::uint64_t expected) {
  if (phase_cycles_ < expected)
    slip(std::string(phase) + " lasted " + number(phase_cycles_) + " cycles, expected " + number(expected));
}

void PinMacro::check_held(const OperationPins& pins) {
  if (std::equal(word_lines_.begin(), word_lines_.end(), pins.word_lines.begin(), pins.word_lines.end()))
    return;
  phase_ = Phase::spoilt;
  latched_ = false;
  slip("the word lines have changed since drive began, expected them to hold until sense is over");
}

void PinMacro::on_settle(const OperationPins& pins) {
  if (phase_ == Phase::spoilt) return;
  if (phase_ == Phase::settle) {
    ++phase_cycles_;
    return check_held(pins);
  }
  if (phase_ != Phase::drive) {
    phase_ = Phase::spoilt;
    latched_ = false;
    return slip("settle is high, but no word lines were driven; expected drive first");
  }
  phase_ = Phase::settle;
  check_duration("drive", drive_cycles_);
  phase_cycles_ = 1;
  check_held(pins);
}

void PinMacro::on_sense(const OperationPins& pins) {
  if (phase_ == Phase::spoilt) return;
  if (phase_ == Phase::drive || phase_ == Phase::idle) {
    const bool driven = phase_ == Phase::drive;
    phase_ = Phase::spoilt;
    latched_ = false;
    return slip(driven ? "sense is high right after drive, expected settle between them"
                       : "sense is high, but no word lines were driven; expected drive and settle first");
  }
  if (phase_ == Phase::settle) {
    phase_ = Phase::sense;
    check_duration("settle", settle_cycles_);
    begin_step(pins);
  } else if (same(step_, step_of(pins))) {
    ++phase_cycles_;
  } else {
    end_step();
    begin_step(pins);
  }
  if (phase_ == Phase::sense) check_held(pins);
}

void PinMacro::begin_step(const OperationPins& pins) {
  step_ = step_of(pins);
  phase_cycles_ = 1;
  try {
    macro_.read(operation(), step_, sampled_);
  } catch (const std::exception& error) {
    phase_ = Phase::spoilt;
    latched_ = false;
    return slip(error.what());
  }
  const auto* tile = macro_.tile_of_line(step_.line);
  const auto* first = tile_ == nullptr ? tile : tile_;
  const std::size_t expected = macro_.amplifiers().first_line(first->extent) + lines_read_;
  if (tile != first || step_.line != expected) {
    phase_ = Phase::spoilt;
    return slip("line " + number(step_.line) + " is sensed, expected line " + number(expected) +
                ", the next of its tile");
  }
  tile_ = tile;
  lines_read_ += step_.lines;
}

void PinMacro::end_step() {
  if (phase_ == Phase::sense) check_duration("a mux step", amplifier_cycles_);
}

void PinMacro::end_operation() {
  end_step();
  const bool sensed = phase_ == Phase::sense && tile_ != nullptr;
  phase_ = Phase::idle;
  latched_ = false;
  if (!sensed) return;
  const std::size_t outputs = macro_.amplifiers().outputs(tile_->extent);
  if (lines_read_ != outputs)
    slip("sense is over after " + number(lines_read_) + " lines, expected the tile's " + number(outputs) +
         ": the others were never sampled");
}

void PinMacro::on_gap() {
  if (phase_ == Phase::sense) return end_operation();
  if (phase_ == Phase::drive || phase_ == Phase::settle) {
    const bool driving = phase_ == Phase::drive;
    phase_ = Phase::spoilt;
    latched_ = false;
    return slip(std::string("no phase follows ") + (driving ? "drive" : "settle") +
                ", expected one right behind the other up to sense: the levels were never sampled");
  }
  if (phase_ == Phase::spoilt) phase_ = Phase::idle;
}

void PinMacro::program_row(const macro::ProgramRow& row) {
  const bool busy = phase_ == Phase::drive || phase_ == Phase::settle || phase_ == Phase::sense;
  const bool early = cycle_ < programmed_until_;
  const std::uint64_t missing = programmed_until_ - cycle_;
  programmed_until_ = cycle_ + program_cycles_;
  if (busy) {
    phase_ = Phase::spoilt;
    latched_ = false;
    slip("programming starts while an operation is under way, expected one after the other");
  }
  if (early)
    slip("row " + number(row.row) + " overlaps the one before it, expected it " + number(missing) +
         " cycles later");
  const bool restarts = macro_.programming() && row.row == 0;
  try {
    macro_.program_row(row);
  } catch (const std::exception& error) {
    slip(error.what());
    if (restarts) macro_.program_row(row);
  }
}

void PinMacro::write_bias(std::size_t first_line, std::uint64_t lanes, std::span<const std::int32_t> units) {
  if (!source_bias_) return;
  std::size_t count = 0;
  while (count < units.size() && (lanes >> count & 1) != 0) ++count;
  if (count < 64 && lanes >> count != 0)
    return slip("bias lanes with a gap above lane " + number(count) +
                " found, expected neighbours from lane 0 on");
  try {
    macro_.set_bias(first_line, units.first(count));
  } catch (const InputError& error) {
    slip(error.what());
  }
  shown_valid_ = false;
}

macro::Operation PinMacro::operation() const {
  return {word_lines_, rows_, read_, group_};
}

std::span<const std::int32_t> PinMacro::levels(const OperationPins& pins) {
  const auto step = step_of(pins);
  const bool reads = pins.sense && latched_;
  if (reads ? shown_valid_ && same(step, shown_step_) : shown_dark_) return shown_;
  ++levels_version_;
  shown_valid_ = false;
  shown_dark_ = !reads;
  std::fill(shown_.begin(), shown_.end(), 0);
  if (!reads) return shown_;
  try {
    macro_.read(operation(), step, shown_);
    shown_step_ = step;
    shown_valid_ = true;
  } catch (const std::exception&) {
    // Reported at the edge, if the pins keep these values until then.
    std::fill(shown_.begin(), shown_.end(), 0);
  }
  return shown_;
}

void PinMacro::finish() {
  const Phase phase = phase_;
  if (phase == Phase::sense) end_operation();
  if (phase == Phase::drive || phase == Phase::settle)
    slip("the simulation ends in an operation whose levels were never sampled");
  if (macro_.programming()) slip("the simulation ends before a tile's last row was programmed");
}

}  // namespace irc::cosim
