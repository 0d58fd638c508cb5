// SPDX-License-Identifier: Apache-2.0
// What happens when host software hands the accelerator something wrong.
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>

#include "bench.h"
#include "irc/core/error.h"
#include "irc/model/registers.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::CommandError;
namespace csr = irc::model::csr;

namespace {

/// Sets up a good platform, lets `spoil` change the compiled program, and returns what the driver says.
std::string fault_of(const std::function<void(mapping::Program&)>& spoil) {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(5);
  const auto config = platform::load_config("ideal.toml", {});
  auto program = mapping::compile(graph, config.geometry, config.activations);
  spoil(program);
  std::string message;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  platforms.push_back(std::make_unique<platform::Platform>(
      "bench", config, program, 1,
      [&](platform::Platform&, model::HostDriver& driver) {
        try {
          driver.setup();
          driver.detect(network::test::random_picture(graph.nodes.front().shape, 1), 0);
        } catch (const model::HostError& error) {
          message = error.what();
        }
      },
      true));
  platform::simulate(platforms);
  CHECK(guard.reports().empty());
  return message;
}

/// The bytes of the picture program's first descriptor of an opcode.
std::uint8_t* descriptor(mapping::Program& program, mapping::Opcode opcode) {
  for (std::size_t i = 0; i < program.picture.size(); ++i) {
    if (program.picture[i].descriptor.opcode != opcode) continue;
    for (auto& segment : program.segments)
      if (segment.address == program.picture_program_address)
        return segment.bytes.data() + i * mapping::descriptor_bytes;
  }
  FAIL("no such command in the program");
  return nullptr;
}

void rewrite(mapping::Program& program, mapping::Opcode opcode,
             const std::function<void(mapping::Descriptor&)>& change) {
  auto* bytes = descriptor(program, opcode);
  mapping::Descriptor d;
  const std::span<const std::uint8_t, mapping::descriptor_bytes> view(bytes, mapping::descriptor_bytes);
  REQUIRE(mapping::decode(view, d) == CommandError::none);
  change(d);
  const auto encoded = mapping::encode(d);
  std::memcpy(bytes, encoded.data(), encoded.size());
}

}  // namespace

TEST_CASE("a sound program has no fault") {
  CHECK(fault_of([](mapping::Program&) {}).empty());
}

TEST_CASE("a descriptor without magic number is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[1] ^= 0xff; });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_magic)));
}

TEST_CASE("an unknown descriptor version is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[0] = 77; });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_version)));
}

TEST_CASE("an unknown opcode is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[4] = 99; });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_opcode)));
}

TEST_CASE("an output size that does not follow from the input is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { ++d.out_height; });
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_shape)));
}

TEST_CASE("a map outside the activation buffer is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { d.out_buffer = 0xfffffff0u; });
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_buffer)));
}

TEST_CASE("a map of absurd size is refused before anything is allocated") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) {
      const auto out = [](int in, int before, int after, int kernel, int stride) {
        return static_cast<std::uint16_t>((in + before + after - kernel) / stride + 1);
      };
      d.in_height = d.in_width = 0xfff0;
      d.out_height = out(d.in_height, d.pad_top, d.pad_bottom, d.kernel_h, d.stride_h);
      d.out_width = out(d.in_width, d.pad_left, d.pad_right, d.kernel_w, d.stride_w);
    });
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_buffer)));
}

TEST_CASE("a table outside memory is a bus error") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array,
            [](mapping::Descriptor& d) { d.table_memory = std::uint64_t{1} << 60; });
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bus_error)));
}

TEST_CASE("an empty parameter slot is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_digital, [](mapping::Descriptor& d) { d.slot = 1000; });
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::bad_parameters)));
}

TEST_CASE("a tile that was never programmed is a macro error") {
  const auto message = fault_of([](mapping::Program& p) {
    for (auto& segment : p.segments)
      for (const auto& command : p.picture)
        if (command.descriptor.opcode == mapping::Opcode::conv_array &&
            segment.address == command.descriptor.table_memory)
          segment.bytes[0] = 200;  // the tile's number
  });
  CHECK_THAT(message, Catch::Contains(mapping::text(CommandError::macro_error)));
}

TEST_CASE("registers refuse what they must, and an error does not hang the device") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(6);
  const auto config = platform::load_config("ideal.toml", {});
  const auto program = mapping::compile(graph, config.geometry, config.activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  DenseMap<float> head;
  int refused = 0;
  platforms.push_back(std::make_unique<platform::Platform>(
      "bench", config, program, 1,
      [&](platform::Platform& self, model::HostDriver& driver) {
        auto& bus = const_cast<model::HostDma&>(self.host());
        const auto refuses = [&](std::uint64_t offset, std::size_t length, bool write) {
          std::vector<std::uint8_t> bytes(length, 0);
          try {
            if (write) {
              bus.write(platform::csr_base + offset, bytes);
            } else {
              bus.read(platform::csr_base + offset, bytes);
            }
          } catch (const model::HostError&) {
            ++refused;
            return;
          }
          FAIL_CHECK("offset " << offset << ", " << length << " bytes, write " << write);
        };
        refuses(csr::id, 4, true);             // read-only
        refuses(csr::error, 4, true);          // read-only
        refuses(0x200, 4, false);              // no register
        refuses(csr::id + 2, 4, false);        // not aligned: no register either
        refuses(csr::id, 2, false);            // not a word
        refuses(csr::status, 8, false);        // not a word
        refuses(csr::window_bytes, 4, false);  // beyond the window
        // A program that does not exist: memory of zeros has no magic number.
        const std::uint8_t low[4] = {0, 0, 0, 1}, one[4] = {1, 0, 0, 0};
        bus.write(platform::csr_base + csr::program_low, low);
        bus.write(platform::csr_base + csr::irq_enable, one);
        bus.write(platform::csr_base + csr::doorbell, one);
        sc_core::wait(sc_core::sc_time(10, sc_core::SC_US));
        std::uint8_t status[4], error[4];
        bus.read(platform::csr_base + csr::status, status);
        bus.read(platform::csr_base + csr::error, error);
        CHECK(status[0] == csr::status_error);
        CHECK(error[0] == static_cast<std::uint8_t>(CommandError::bad_magic));
        bus.write(platform::csr_base + csr::control, one);
        // The same device goes on to work.
        driver.setup();
        head = driver.detect(network::test::random_picture(graph.nodes.front().shape, 3), 0);
      },
      true));
  platform::simulate(platforms);
  CHECK(refused == 7);
  CHECK(head ==
        network::Reference(graph).run(network::test::random_picture(graph.nodes.front().shape, 3)).head);
  CHECK(guard.reports().empty());
}
