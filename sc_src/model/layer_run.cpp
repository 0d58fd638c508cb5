// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>

#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

Controller::CommandError Controller::run_layer(const Descriptor& descriptor) {
  auto work = std::make_unique<LayerWork>();
  work->descriptor = descriptor;
  const auto error = prepare(*work);
  if (error != CommandError::none) return error;
  if (at()) {
    work_ = std::move(work);
    run_layer_at(*work_);
    work = std::move(work_);
  } else {
    run_layer_lt(*work);
  }
  if (work->error != CommandError::none) return work->error;
  finish_layer(*work);
  return CommandError::none;
}

void Controller::run_layer_at(LayerWork& work) {
  work.parts_running = 1;
  if (work.streams_input()) ++work.parts_running;
  if (work.streams_output()) ++work.parts_running;
  for (const auto& cursor : work.cursors) work.parts_running += cursor.tiles.empty() ? 0 : 1;
  start_event_.notify(sc_core::SC_ZERO_TIME);
  if (!work.in_array()) {
    for (int y = 0; y < work.descriptor.out_height && work.error == CommandError::none; ++y) {
      while (work.input_rows < work.rows_needed(y) && work.error == CommandError::none)
        sc_core::wait(input_row_event_);
      wait_cycles(mapping::digital_row_cycles(config_.timing, work.descriptor));
      if (work.error == CommandError::none) digital_row(work, y, sc_core::sc_time_stamp());
      row_finished(work, y);
    }
    output_row_event_.notify();
  }
  --work.parts_running;
  while (work.parts_running > 0) sc_core::wait(part_done_event_);
}

// Reader thread (AT): reads input rows, one transaction after the other.
void Controller::read_rows() {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || !work_->streams_input()) continue;
    auto& work = *work_;
    const auto& d = work.descriptor;
    for (int y = 0; y < d.in_height && work.error == CommandError::none; ++y) {
      std::vector<std::uint8_t> bytes(work.input_row_bytes());
      sc_time unused = sc_core::SC_ZERO_TIME;
      const auto error =
          dma_access(tlm::TLM_READ_COMMAND, d.in_memory + static_cast<std::uint64_t>(y) * bytes.size(), bytes,
                     unused, EventKind::dma_read, d.layer);
      if (error != CommandError::none) {
        work.error = error;
      } else {
        store_input_row(work, y, bytes);
      }
      ++work.input_rows;
      input_row_event_.notify();
    }
    input_row_event_.notify();
    output_row_event_.notify();
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

// Writer thread (AT): writes output rows in order, as they are finished.
void Controller::write_rows() {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || !work_->streams_output()) continue;
    auto& work = *work_;
    const auto& d = work.descriptor;
    for (int y = 0; y < d.out_height && work.error == CommandError::none; ++y) {
      while (!work.finished_rows[static_cast<std::size_t>(y)] && work.error == CommandError::none)
        sc_core::wait(output_row_event_);
      if (work.error != CommandError::none) break;
      auto bytes = output_row_bytes(work, y);
      sc_time unused = sc_core::SC_ZERO_TIME;
      const auto error =
          dma_access(tlm::TLM_WRITE_COMMAND, d.out_memory + static_cast<std::uint64_t>(y) * bytes.size(),
                     bytes, unused, EventKind::dma_write, d.layer);
      if (error != CommandError::none) work.error = error;
    }
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

namespace {

// Lets the array read the layer's word lines in place.
void set_inputs(tlm::tlm_generic_payload& payload, const MacroJob& job) {
  set_access(payload, tlm::TLM_WRITE_COMMAND, job.burst.tile.tile, const_cast<std::uint64_t*>(job.inputs),
             job.input_bytes);
}

}  // namespace

// Macro thread (AT): issues the next burst when the word-line register has taken the previous one.
void Controller::run_macro(std::size_t macro) {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || work_->cursors.empty() || work_->cursors[macro].tiles.empty()) continue;
    auto& work = *work_;
    auto& cursor = work.cursors[macro];
    int outstanding = 0;
    while (!cursor.finished() && work.error == CommandError::none) {
      while (work.input_rows < work.rows_needed(cursor.y) && work.error == CommandError::none)
        sc_core::wait(input_row_event_);
      if (work.error != CommandError::none) break;
      const auto job = std::make_shared<std::unique_ptr<MacroJob>>(next_burst(work, cursor));
      auto& port = macros[macro];
      auto* payload = port.payloads.allocate();
      set_inputs(*payload, **job);
      payload->set_extension(&(*job)->burst);
      ++outstanding;
      port.begin(*payload, [this, &work, job, &outstanding](tlm::tlm_generic_payload& response) {
        if (response.get_response_status() != tlm::TLM_OK_RESPONSE) {
          work.error = burst_refused((*job)->burst);
          input_row_event_.notify();
          output_row_event_.notify();
        } else {
          burst_done(work, std::move(*job));
        }
        response.clear_extension<MacroBurst>();
        --outstanding;
        burst_event_.notify();
      });
      payload->release();
    }
    while (outstanding > 0) sc_core::wait(burst_event_);
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

// LT: performs the same steps in one thread. Times are absolute and may lie in the future; simulated time
// passes only at the end, or where a memory waits.
void Controller::run_layer_lt(LayerWork& work) {
  const sc_time start = sc_core::sc_time_stamp();
  read_rows_lt(work);
  if (work.error == CommandError::none) {
    if (work.in_array()) {
      for (std::size_t m = 0; m < work.cursors.size() && work.error == CommandError::none; ++m)
        run_macro_lt(work, m);
    } else {
      digital_rows_lt(work, start);
    }
  }
  if (work.error != CommandError::none) return;
  sc_time end = write_rows_lt(work);
  for (const auto& ready : work.input_ready) end = std::max(end, ready);
  for (const auto& done : work.row_done) end = std::max(end, done);
  wait_until(end);
}

void Controller::read_rows_lt(LayerWork& work) {
  const auto& d = work.descriptor;
  sc_time at_time = sc_core::SC_ZERO_TIME;
  for (int y = 0; work.streams_input() && y < d.in_height && work.error == CommandError::none; ++y) {
    std::vector<std::uint8_t> bytes(work.input_row_bytes());
    work.error = dma_access(tlm::TLM_READ_COMMAND, d.in_memory + static_cast<std::uint64_t>(y) * bytes.size(),
                            bytes, at_time, EventKind::dma_read, d.layer);
    if (work.error != CommandError::none) break;
    store_input_row(work, y, bytes);
    ++work.input_rows;
    work.input_ready[static_cast<std::size_t>(y)] = at_time;
  }
}

void Controller::digital_rows_lt(LayerWork& work, const sc_time& start) {
  sc_time at_time = start;
  const auto cycles = mapping::digital_row_cycles(config_.timing, work.descriptor);
  for (int y = 0; y < work.descriptor.out_height; ++y) {
    at_time = std::max(at_time, work.ready_for(y)) + clock_ * static_cast<double>(cycles);
    digital_row(work, y, at_time);
    work.row_done[static_cast<std::size_t>(y)] = at_time;
  }
}

void Controller::run_macro_lt(LayerWork& work, std::size_t macro) {
  auto& cursor = work.cursors[macro];
  sc_time issue = sc_core::SC_ZERO_TIME;
  while (!cursor.finished()) {
    const sc_time now = sc_core::sc_time_stamp();
    sc_time delay = std::max({now, issue, work.ready_for(cursor.y)}) - now;
    auto job = next_burst(work, cursor);
    auto* payload = macros[macro].payloads.allocate();
    set_inputs(*payload, *job);
    payload->set_extension(&job->burst);
    macros[macro].socket->b_transport(*payload, delay);
    const auto status = payload->get_response_status();
    payload->clear_extension<MacroBurst>();
    payload->release();
    if (status != tlm::TLM_OK_RESPONSE) {
      work.error = burst_refused(job->burst);
      return;
    }
    issue = clock_ * static_cast<double>(job->burst.accept_cycle);
    // All rows of a burst count as done at its end. Where a burst has several rows, nothing depends on their
    // single times.
    const std::uint32_t last = job->burst.first_vector + job->burst.vectors - 1;
    auto& done = work.row_done[last / job->burst.row_vectors];
    done = std::max(done, now + delay);
    burst_done(work, std::move(job));
  }
}

sc_time Controller::write_rows_lt(LayerWork& work) {
  const auto& d = work.descriptor;
  sc_time at_time = sc_core::SC_ZERO_TIME;
  for (int y = 0; work.streams_output() && y < d.out_height && work.error == CommandError::none; ++y) {
    auto bytes = output_row_bytes(work, y);
    at_time = std::max(at_time, work.row_done[static_cast<std::size_t>(y)]);
    work.error =
        dma_access(tlm::TLM_WRITE_COMMAND, d.out_memory + static_cast<std::uint64_t>(y) * bytes.size(), bytes,
                   at_time, EventKind::dma_write, d.layer);
  }
  return at_time;
}

Controller::CommandError Controller::burst_refused(const MacroBurst& burst) {
  return fail(CommandError::macro_error,
              "tile " + std::to_string(burst.tile.tile) + ": the macro answered with an error");
}

}  // namespace irc::model
