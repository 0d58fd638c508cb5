// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "irc/mapping/descriptor.h"

// The command format field by field, in the order of its bytes and with the names of docs/registers.md.
// Encoding, decoding and the constants generated for RTL and firmware all use these lists, so they always
// agree.
namespace irc::mapping {

/// The word at the start of a descriptor, which holds magic number and version. The fields follow it.
using DescriptorHead = std::uint32_t;

/// Calls visit(name, field) for each field of a descriptor after its head.
template <typename D, typename Visit>
void visit_fields(D& d, Visit&& visit) {
  visit("opcode", d.opcode);
  visit("flags", d.flags);
  visit("layer", d.layer);
  visit("in_height", d.in_height);
  visit("in_width", d.in_width);
  visit("in_channels", d.in_channels);
  visit("in_buffer", d.in_buffer);
  visit("out_height", d.out_height);
  visit("out_width", d.out_width);
  visit("out_channels", d.out_channels);
  visit("out_buffer", d.out_buffer);
  visit("kernel_h", d.kernel_h);
  visit("kernel_w", d.kernel_w);
  visit("stride_h", d.stride_h);
  visit("stride_w", d.stride_w);
  visit("pad_top", d.pad_top);
  visit("pad_left", d.pad_left);
  visit("pad_bottom", d.pad_bottom);
  visit("pad_right", d.pad_right);
  visit("inputs", d.inputs);
  visit("in_memory", d.in_memory);
  visit("out_memory", d.out_memory);
  visit("table_memory", d.table_memory);
  visit("table_entries", d.table_entries);
  visit("slot", d.slot);
}

/// Calls visit(name, field) for each field of a tile record.
template <typename R, typename Visit>
void visit_record(R& r, Visit&& visit) {
  visit("tile", r.tile);
  visit("macro", r.macro);
  visit("first_pair", r.first_pair);
  visit("row_begin", r.row_begin);
  visit("rows", r.rows);
  visit("weight_rows", r.weight_rows);
  visit("output_begin", r.output_begin);
  visit("outputs", r.outputs);
  visit("columns", r.columns);
  visit("row_pieces", r.row_pieces);
  visit("cells_memory", r.cells_memory);
  visit("cells_bytes", r.cells_bytes);
  visit("bias_memory", r.bias_memory);
}

/// All opcodes with their names.
inline constexpr std::array<std::pair<std::string_view, Opcode>, 8> opcode_names{{
    {"program", Opcode::program},
    {"load_parameters", Opcode::load_parameters},
    {"conv_array", Opcode::conv_array},
    {"conv_digital", Opcode::conv_digital},
    {"head", Opcode::head},
    {"max_pool", Opcode::max_pool},
    {"upsample", Opcode::upsample},
    {"concat", Opcode::concat},
}};

/// All descriptor flags with their names.
inline constexpr std::array<std::pair<std::string_view, DescriptorFlags>, 5> flag_names{{
    {"interrupt", flag_interrupt},
    {"input_from_memory", flag_input_from_memory},
    {"output_to_memory", flag_output_to_memory},
    {"picture_input", flag_picture_input},
    {"end", flag_end},
}};

/// All command errors with their names.
inline constexpr std::array<std::pair<std::string_view, CommandError>, 10> error_names{{
    {"none", CommandError::none},
    {"bad_magic", CommandError::bad_magic},
    {"bad_version", CommandError::bad_version},
    {"bad_opcode", CommandError::bad_opcode},
    {"bad_shape", CommandError::bad_shape},
    {"bad_buffer", CommandError::bad_buffer},
    {"bad_tile", CommandError::bad_tile},
    {"bad_parameters", CommandError::bad_parameters},
    {"bus_error", CommandError::bus_error},
    {"macro_error", CommandError::macro_error},
}};

}  // namespace irc::mapping
