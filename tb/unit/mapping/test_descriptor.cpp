// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <limits>
#include <set>
#include <string>
#include "support/catch.h"

#include "../network/random_graph.h"
#include "irc/mapping/descriptor.h"

using namespace irc::mapping;
using irc::network::test::Draw;
using Bytes = std::array<std::uint8_t, descriptor_bytes>;

namespace {

template <typename T>
void fill(Draw& draw, T& field) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bits = bits << 8 | static_cast<std::uint64_t>(draw.between(0, 255));
  field = static_cast<T>(bits);
}

/// One field of the layout table in docs/registers.md: its position, and a function that sets its bytes to
/// ones.
template <typename D>
struct Field {
  const char* name;
  std::size_t offset, bytes;
  std::function<void(D&)> set;
};

template <typename T>
void ones(T& field) {
  field = std::numeric_limits<T>::max();
}

const std::vector<Field<Descriptor>> descriptor_layout = {
    {"opcode", 4, 1, [](Descriptor& d) { d.opcode = static_cast<Opcode>(255); }},
    {"flags", 5, 1, [](Descriptor& d) { ones(d.flags); }},
    {"layer", 6, 2, [](Descriptor& d) { ones(d.layer); }},
    {"in_height", 8, 2, [](Descriptor& d) { ones(d.in_height); }},
    {"in_width", 10, 2, [](Descriptor& d) { ones(d.in_width); }},
    {"in_channels 0", 12, 2, [](Descriptor& d) { ones(d.in_channels[0]); }},
    {"in_channels 3", 18, 2, [](Descriptor& d) { ones(d.in_channels[3]); }},
    {"in_buffer 0", 20, 4, [](Descriptor& d) { ones(d.in_buffer[0]); }},
    {"in_buffer 3", 32, 4, [](Descriptor& d) { ones(d.in_buffer[3]); }},
    {"out_height", 36, 2, [](Descriptor& d) { ones(d.out_height); }},
    {"out_width", 38, 2, [](Descriptor& d) { ones(d.out_width); }},
    {"out_channels", 40, 2, [](Descriptor& d) { ones(d.out_channels); }},
    {"out_buffer", 42, 4, [](Descriptor& d) { ones(d.out_buffer); }},
    {"kernel_h", 46, 1, [](Descriptor& d) { ones(d.kernel_h); }},
    {"kernel_w", 47, 1, [](Descriptor& d) { ones(d.kernel_w); }},
    {"stride_h", 48, 1, [](Descriptor& d) { ones(d.stride_h); }},
    {"stride_w", 49, 1, [](Descriptor& d) { ones(d.stride_w); }},
    {"pad_top", 50, 1, [](Descriptor& d) { ones(d.pad_top); }},
    {"pad_left", 51, 1, [](Descriptor& d) { ones(d.pad_left); }},
    {"pad_bottom", 52, 1, [](Descriptor& d) { ones(d.pad_bottom); }},
    {"pad_right", 53, 1, [](Descriptor& d) { ones(d.pad_right); }},
    {"inputs", 54, 1, [](Descriptor& d) { ones(d.inputs); }},
    {"in_memory", 55, 8, [](Descriptor& d) { ones(d.in_memory); }},
    {"out_memory", 63, 8, [](Descriptor& d) { ones(d.out_memory); }},
    {"table_memory", 71, 8, [](Descriptor& d) { ones(d.table_memory); }},
    {"table_entries", 79, 4, [](Descriptor& d) { ones(d.table_entries); }},
    {"slot", 83, 4, [](Descriptor& d) { ones(d.slot); }},
};

const std::vector<Field<TileRecord>> record_layout = {
    {"tile", 0, 4, [](TileRecord& r) { ones(r.tile); }},
    {"macro", 4, 2, [](TileRecord& r) { ones(r.macro); }},
    {"first_pair", 6, 2, [](TileRecord& r) { ones(r.first_pair); }},
    {"row_begin", 8, 4, [](TileRecord& r) { ones(r.row_begin); }},
    {"rows", 12, 4, [](TileRecord& r) { ones(r.rows); }},
    {"weight_rows", 16, 4, [](TileRecord& r) { ones(r.weight_rows); }},
    {"output_begin", 20, 2, [](TileRecord& r) { ones(r.output_begin); }},
    {"outputs", 22, 2, [](TileRecord& r) { ones(r.outputs); }},
    {"columns", 24, 2, [](TileRecord& r) { ones(r.columns); }},
    {"row_pieces", 26, 2, [](TileRecord& r) { ones(r.row_pieces); }},
    {"cells_memory", 28, 8, [](TileRecord& r) { ones(r.cells_memory); }},
    {"cells_bytes", 36, 4, [](TileRecord& r) { ones(r.cells_bytes); }},
    {"bias_memory", 40, 8, [](TileRecord& r) { ones(r.bias_memory); }},
};

/// A legal 3x3 convolution.
Descriptor conv() {
  Descriptor d;
  d.opcode = Opcode::conv_array;
  d.in_height = 10;
  d.in_width = 8;
  d.in_channels[0] = 6;
  d.kernel_h = d.kernel_w = 3;
  d.stride_h = d.stride_w = 2;
  d.pad_top = d.pad_left = 1;
  d.out_height = 5;
  d.out_width = 4;
  d.out_channels = 9;
  return d;
}

CommandError decoded(const Descriptor& d) {
  const Bytes bytes = encode(d);
  Descriptor back;
  return decode(std::span<const std::uint8_t, descriptor_bytes>(bytes), back);
}

CommandError decoded_bytes(const Bytes& bytes) {
  Descriptor back;
  return decode(std::span<const std::uint8_t, descriptor_bytes>(bytes), back);
}

}  // namespace

TEST_CASE("every field lies where the documentation says") {
  for (const auto& field : descriptor_layout) {
    CAPTURE(field.name);
    Descriptor zero{}, set;
    zero.opcode = static_cast<Opcode>(0);
    zero.kernel_h = zero.kernel_w = zero.stride_h = zero.stride_w = zero.inputs = 0;
    set = zero;
    field.set(set);
    const Bytes before = encode(zero), after = encode(set);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool inside = i >= field.offset && i < field.offset + field.bytes;
      if (i >= 4) REQUIRE(before[i] == 0);
      REQUIRE(after[i] == (inside ? 0xff : before[i]));
    }
  }
  for (const auto& field : record_layout) {
    CAPTURE(field.name);
    TileRecord set;
    set.row_pieces = 0;
    field.set(set);
    const auto bytes = encode(set);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      REQUIRE(bytes[i] == (i >= field.offset && i < field.offset + field.bytes ? 0xff : 0));
  }
}

TEST_CASE("descriptors are little endian and begin with magic and version") {
  Descriptor d = conv();
  d.in_memory = 0x0102030405060708;
  const auto bytes = encode(d);
  CHECK(bytes[0] == 1);
  CHECK(std::string(bytes.begin() + 1, bytes.begin() + 4) == "CRI");  // "IRC" from the highest byte down
  CHECK(bytes[55] == 8);
  CHECK(bytes[62] == 1);
}

TEST_CASE("descriptors and records come back as they went") {
  Draw draw(3);
  for (int trial = 0; trial < 500; ++trial) {
    Descriptor d;
    d.opcode = trial % 2 == 0 ? Opcode::program : Opcode::load_parameters;  // these opcodes accept any sizes
    fill(draw, d.flags);
    fill(draw, d.layer);
    fill(draw, d.in_height);
    fill(draw, d.in_width);
    for (auto& c : d.in_channels) fill(draw, c);
    for (auto& b : d.in_buffer) fill(draw, b);
    fill(draw, d.out_height);
    fill(draw, d.out_width);
    fill(draw, d.out_channels);
    fill(draw, d.out_buffer);
    for (auto* byte : {&d.kernel_h, &d.kernel_w, &d.stride_h, &d.stride_w, &d.pad_top, &d.pad_left,
                       &d.pad_bottom, &d.pad_right, &d.inputs})
      fill(draw, *byte);
    fill(draw, d.in_memory);
    fill(draw, d.out_memory);
    fill(draw, d.table_memory);
    fill(draw, d.table_entries);
    fill(draw, d.slot);
    d.table_entries |= 1;
    const auto bytes = encode(d);
    Descriptor back;
    REQUIRE(decode(std::span<const std::uint8_t, descriptor_bytes>(bytes), back) == CommandError::none);
    REQUIRE(back == d);

    TileRecord r;
    for (auto* word : {&r.tile, &r.row_begin, &r.rows, &r.weight_rows, &r.cells_bytes}) fill(draw, *word);
    for (auto* half : {&r.macro, &r.first_pair, &r.output_begin, &r.outputs, &r.columns, &r.row_pieces})
      fill(draw, *half);
    fill(draw, r.cells_memory);
    fill(draw, r.bias_memory);
    const auto record = encode(r);
    REQUIRE(decode(std::span<const std::uint8_t, tile_record_bytes>(record)) == r);
  }
}

TEST_CASE("what is no descriptor is refused") {
  Bytes bytes = encode(conv());
  REQUIRE(decoded_bytes(bytes) == CommandError::none);
  for (const std::size_t at : {1u, 2u, 3u}) {
    Bytes bad = bytes;
    bad[at] ^= 0x20;
    CHECK(decoded_bytes(bad) == CommandError::bad_magic);
  }
  CHECK(decoded_bytes(Bytes{}) == CommandError::bad_magic);
  for (const int version : {0, 2, 255}) {
    Bytes bad = bytes;
    bad[0] = static_cast<std::uint8_t>(version);
    CHECK(decoded_bytes(bad) == CommandError::bad_version);
  }
  for (const int opcode : {0, 9, 255}) {
    Bytes bad = bytes;
    bad[4] = static_cast<std::uint8_t>(opcode);
    CHECK(decoded_bytes(bad) == CommandError::bad_opcode);
  }
  for (std::size_t at = 87; at < bytes.size(); ++at) bytes[at] = 0xff;  // reserved bytes are ignored
  CHECK(decoded_bytes(bytes) == CommandError::none);
}

TEST_CASE("sizes that are zero are refused") {
  const std::vector<std::function<void(Descriptor&)>> spoil = {
      [](Descriptor& d) { d.in_height = 0; },      [](Descriptor& d) { d.in_width = 0; },
      [](Descriptor& d) { d.out_height = 0; },     [](Descriptor& d) { d.out_width = 0; },
      [](Descriptor& d) { d.out_channels = 0; },   [](Descriptor& d) { d.kernel_h = 0; },
      [](Descriptor& d) { d.kernel_w = 0; },       [](Descriptor& d) { d.stride_h = 0; },
      [](Descriptor& d) { d.stride_w = 0; },       [](Descriptor& d) { d.inputs = 0; },
      [](Descriptor& d) { d.in_channels[0] = 0; }, [](Descriptor& d) { d.inputs = 2; },
      [](Descriptor& d) { d.inputs = 5; },
  };
  for (std::size_t i = 0; i < spoil.size(); ++i) {
    CAPTURE(i);
    Descriptor d = conv();
    spoil[i](d);
    CHECK(decoded(d) == CommandError::bad_shape);
  }
  for (const auto opcode : {Opcode::program, Opcode::load_parameters}) {
    Descriptor d;
    d.opcode = opcode;
    CHECK(decoded(d) == CommandError::bad_shape);
    d.table_entries = 1;
    CHECK(decoded(d) == CommandError::none);
  }
}

TEST_CASE("output sizes must follow from the inputs") {
  for (const auto opcode : {Opcode::conv_array, Opcode::conv_digital, Opcode::head}) {
    Descriptor d = conv();
    d.opcode = opcode;
    d.flags = flag_output_to_memory;
    CHECK(decoded(d) == CommandError::none);
    ++d.out_height;
    CHECK(decoded(d) == CommandError::bad_shape);
    d = conv();
    --d.out_width;
    CHECK(decoded(d) == CommandError::bad_shape);
    d = conv();
    d.kernel_h = 20;  // larger than the padded input
    CHECK(decoded(d) == CommandError::bad_shape);
  }
  Descriptor pool;
  pool.opcode = Opcode::max_pool;
  pool.in_height = pool.in_width = 7;
  pool.in_channels[0] = pool.out_channels = 3;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  pool.out_height = pool.out_width = 3;
  CHECK(decoded(pool) == CommandError::none);
  pool.out_channels = 4;
  CHECK(decoded(pool) == CommandError::bad_shape);

  Descriptor up;
  up.opcode = Opcode::upsample;
  up.in_height = up.in_width = 7;
  up.in_channels[0] = up.out_channels = 3;
  up.kernel_h = up.kernel_w = 2;
  up.out_height = up.out_width = 14;
  CHECK(decoded(up) == CommandError::none);
  up.out_width = 13;
  CHECK(decoded(up) == CommandError::bad_shape);

  Descriptor concat;
  concat.inputs = 4;
  concat.in_height = concat.in_width = concat.out_height = concat.out_width = 5;
  concat.in_channels = {1, 2, 3, 4};
  concat.out_channels = 10;
  CHECK(decoded(concat) == CommandError::none);
  concat.out_channels = 9;
  CHECK(decoded(concat) == CommandError::bad_shape);
  // Sums are not truncated to 16 bits.
  concat.in_channels = {0x8000, 0x8000, 1, 1};
  concat.out_channels = 2;
  CHECK(decoded(concat) == CommandError::bad_shape);
}

TEST_CASE("fields that do not suit the opcode are refused") {
  Descriptor pool;
  pool.opcode = Opcode::max_pool;
  pool.in_height = pool.in_width = 7;
  pool.in_channels[0] = pool.out_channels = 3;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  pool.out_height = pool.out_width = 3;
  Descriptor up;
  up.opcode = Opcode::upsample;
  up.in_height = up.in_width = 7;
  up.in_channels[0] = up.out_channels = 3;
  up.kernel_h = up.kernel_w = 2;
  up.out_height = up.out_width = 14;
  const auto refused = [](Descriptor d, const std::function<void(Descriptor&)>& spoil) {
    REQUIRE(decoded(d) == CommandError::none);
    spoil(d);
    CHECK(decoded(d) == CommandError::bad_shape);
  };
  // The sizes follow from each other, but the window is not square, or there is padding that nothing reads.
  refused(pool, [](Descriptor& d) { d.kernel_w = 3, d.out_width = 3; });
  refused(pool, [](Descriptor& d) { d.stride_w = 1, d.out_width = 6; });
  refused(pool, [](Descriptor& d) { d.pad_top = d.pad_bottom = 1, d.out_height = 4; });
  refused(pool, [](Descriptor& d) { d.pad_left = d.pad_right = 1, d.out_width = 4; });
  refused(up, [](Descriptor& d) { d.kernel_w = 3, d.out_width = 21; });
  refused(up, [](Descriptor& d) { d.pad_left = 1; });
  Descriptor array = conv();
  array.opcode = Opcode::conv_array;
  for (const auto& one_input : {array, pool, up})
    refused(one_input, [](Descriptor& d) { d.inputs = 2, d.in_channels[1] = 1; });
  // An image must be streamed and must go to the digital unit.
  Descriptor digital = conv();
  digital.opcode = Opcode::conv_digital;
  digital.flags = flag_picture_input | flag_input_from_memory;
  refused(digital, [](Descriptor& d) { d.flags = flag_picture_input; });
  for (auto other : {array, pool, up}) {
    other.flags = flag_input_from_memory;
    refused(other, [](Descriptor& d) { d.flags |= flag_picture_input; });
  }
  Descriptor head = conv();
  head.opcode = Opcode::head;
  head.flags = flag_output_to_memory;
  refused(head, [](Descriptor& d) { d.flags = 0; });
}

TEST_CASE("every command error has a text of its own") {
  std::set<std::string> texts;
  for (std::uint32_t e = 0; e <= 9; ++e) texts.insert(text(static_cast<CommandError>(e)));
  CHECK(texts.size() == 10);
  CHECK(texts.count(text(static_cast<CommandError>(99))) == 0);
}

TEST_CASE("maps in memory and in the buffer") {
  CHECK(map_row_bytes(10, 8) == 10);
  CHECK(map_row_bytes(10, 9) == 20);
  CHECK(map_buffer_words(10, 64) == 10);
  CHECK(map_buffer_words(10, 65) == 20);
}
