// SPDX-License-Identifier: Apache-2.0
// Tests the bare-metal driver on the simulated platform.
#include <cstring>
#include <functional>
#include <map>
#include "support/catch.h"

#include "bench.h"
#include "irc/mapping/fields.h"
#include "irc/model/registers.h"
#include "irc/platform/workload.h"
#include "irc_driver.h"
#include "support/simulation_guard.h"

using namespace irc;
namespace csr = irc::model::csr;

namespace {

/// The bus of a platform, as the firmware sees it.
struct Board {
  model::HostDma& bus;
  int waits = 0;
  bool lies = false;  ///< answers every read with another value

  explicit Board(platform::Platform& self) : bus(const_cast<model::HostDma&>(self.host())) {}
  static Board& of(void* context) { return *static_cast<Board*>(context); }
  static std::uint32_t read32(void* context, std::uint64_t address) {
    std::uint8_t bytes[4];
    of(context).bus.read(address, bytes);
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return of(context).lies ? ~value : value;
  }
  static void write32(void* context, std::uint64_t address, std::uint32_t value) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    of(context).bus.write(address, bytes);
  }
  static void wait_interrupt(void* context) {
    ++of(context).waits;
    of(context).bus.wait_interrupt();
  }
  irc_device device(bool interrupts) {
    return {read32, write32, interrupts ? wait_interrupt : nullptr, this, platform::csr_base};
  }
  void load(const mapping::Program& program) {
    for (const auto& segment : program.segments)
      bus.write(platform::memory_base + segment.address, segment.bytes);
  }
  void load(const mapping::Program& program, const Picture& picture) {
    bus.write(platform::memory_base + program.picture_address, picture.values);
  }
  DenseMap<float> head(const mapping::Program& program) {
    std::vector<std::uint8_t> bytes(program.head_bytes);
    bus.read(platform::memory_base + program.head_address, bytes);
    DenseMap<float> out(program.head_shape);
    std::memcpy(out.values.data(), bytes.data(), bytes.size());
    return out;
  }
};

/// Result of running one image.
struct Outcome {
  DenseMap<float> head;
  std::uint64_t setup_cycles = 0, cycles = 0, interrupts = 0;
  int waits = 0;
};

platform::Platform::Job with_firmware(const mapping::Program& program, const Picture& picture, Outcome& out,
                                      bool interrupts) {
  return [&, interrupts](platform::Platform& self, model::HostDriver&) {
    Board board(self);
    const auto device = board.device(interrupts);
    REQUIRE(irc_probe(&device) == IRC_OK);
    board.load(program);
    irc_result result{};
    CHECK(irc_run(&device, program.setup_address, 0, 0, &result) == IRC_OK);
    out.setup_cycles = result.cycles;
    CHECK(result.commands_done == program.setup.size());
    board.load(program, picture);
    CHECK(irc_run(&device, program.picture_program_address, 0, 0, &result) == IRC_OK);
    CHECK(result.error == IRC_ERROR_NONE);
    CHECK(result.commands_done == program.picture.size());
    CHECK(result.command == program.picture.size() - 1);
    out.cycles = result.cycles;
    out.interrupts = result.layer_interrupts;
    out.head = board.head(program);
    out.waits = board.waits;
  };
}

platform::Platform::Job with_driver(const Picture& picture, Outcome& out) {
  return [&](platform::Platform&, model::HostDriver& driver) {
    driver.setup();
    out.setup_cycles = driver.last_cycles();
    const auto before = driver.layer_interrupts();
    out.head = driver.detect(picture, 0);
    out.cycles = driver.last_cycles();
    out.interrupts = driver.layer_interrupts() - before;
  };
}

/// Runs `job` on one platform with a small detector whose program `spoil` has changed.
void on_board(
    const std::function<void(Board&, const mapping::Program&)>& job,
    const std::function<void(mapping::Program&)>& spoil = [](mapping::Program&) {}) {
  tb::SimulationGuard guard;
  const auto config =
      platform::load_config("ideal.toml", {"array.bias=\"array\"", "timing.t_program_row_s=4e-9"});
  const auto graph = tb::small_detector(6);
  auto program = mapping::compile(graph, config.geometry, config.activations);
  spoil(program);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  platforms.push_back(std::make_unique<platform::Platform>(
      "board", config, program, 1,
      [&](platform::Platform& self, model::HostDriver&) {
        Board board(self);
        job(board, program);
      },
      true));
  platform::simulate(platforms);
  CHECK(guard.reports().empty());
}

/// First byte of descriptor `index` of the image program.
std::uint8_t* descriptor(mapping::Program& program, std::size_t index) {
  for (auto& segment : program.segments)
    if (segment.address == program.picture_program_address)
      return segment.bytes.data() + index * mapping::descriptor_bytes;
  FAIL("no picture program");
  return nullptr;
}

}  // namespace

TEST_CASE("firmware: a shipped detector's setup and one picture, as the host's driver does it") {
  tb::SimulationGuard guard;
  const auto graph = platform::load_detector("models/traffic.onnx");
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  std::vector<Outcome> outcomes(4);
  std::vector<platform::RunConfig> configs;
  for (const char* mode : {"at", "at", "lt", "lt"})
    configs.push_back(platform::load_config(
        "ideal.toml", {"array.bias=\"array\"", std::string("timing.mode=\"") + mode + "\""}));
  const auto program = mapping::compile(graph, configs[0].geometry, configs[0].activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (std::size_t i = 0; i < configs.size(); ++i)
    platforms.push_back(std::make_unique<platform::Platform>(
        "board_" + std::to_string(i), configs[i], program, 1,
        i % 2 == 0 ? with_driver(picture, outcomes[i]) : with_firmware(program, picture, outcomes[i], true)));
  platform::simulate(platforms);
  const auto expected = network::Reference(graph).run(picture).head;
  for (const std::size_t i : {0u, 2u}) {
    CHECK(outcomes[i].head == expected);
    CHECK(outcomes[i + 1].head == outcomes[i].head);
    CHECK(outcomes[i + 1].cycles == outcomes[i].cycles);
    CHECK(outcomes[i + 1].setup_cycles == outcomes[i].setup_cycles);
    CHECK(outcomes[i + 1].interrupts == outcomes[i].interrupts);
    CHECK(outcomes[i + 1].interrupts > 0);
    CHECK(outcomes[i + 1].waits > 0);
  }
  CHECK(outcomes[0].cycles == outcomes[3].cycles);
  CHECK(guard.reports().empty());
}

TEST_CASE("firmware: polling does without interrupts, and a limit of looks is kept") {
  on_board([](Board& board, const mapping::Program& program) {
    const auto device = board.device(false);
    REQUIRE(irc_probe(&device) == IRC_OK);
    board.load(program);
    irc_result result{};
    CHECK(irc_run(&device, program.setup_address, 0, 2, &result) == IRC_TIMED_OUT);
    CHECK(irc_start(&device, program.setup_address, 0) == IRC_RUNNING);
    CHECK(irc_reset(&device) == IRC_RUNNING);
    CHECK(irc_wait(&device, 0, &result) == IRC_OK);
    CHECK(result.commands_done == program.setup.size());
    const auto picture = network::test::random_picture(program.picture_shape, 3);
    board.load(program, picture);
    CHECK(irc_run(&device, program.picture_program_address, 0, 0, nullptr) == IRC_OK);
    CHECK(board.head(program) == network::Reference(tb::small_detector(6)).run(picture).head);
    CHECK(board.waits == 0);
  });
}

TEST_CASE("firmware: another device is none of ours") {
  on_board([](Board& board, const mapping::Program&) {
    auto device = board.device(true);
    CHECK(irc_probe(&device) == IRC_OK);
    board.lies = true;
    CHECK(irc_probe(&device) == IRC_NO_DEVICE);
    board.lies = false;
    device.base = platform::memory_base + 0x1000;  // memory, not registers
    CHECK(irc_probe(&device) == IRC_NO_DEVICE);
  });
}

TEST_CASE("firmware: a malformed descriptor comes back as error, command and words, a reset clears it") {
  struct Spoilt {
    std::size_t byte;
    std::uint8_t value;
    std::uint32_t error;
    mapping::CommandError same;
  };
  const Spoilt cases[] = {
      {1, 0, IRC_ERROR_BAD_MAGIC, mapping::CommandError::bad_magic},
      {0, 77, IRC_ERROR_BAD_VERSION, mapping::CommandError::bad_version},
      {4, 99, IRC_ERROR_BAD_OPCODE, mapping::CommandError::bad_opcode},
      {IRC_DESCRIPTOR_OUT_HEIGHT_LSB / 8, 255, IRC_ERROR_BAD_SHAPE, mapping::CommandError::bad_shape},
      {IRC_DESCRIPTOR_OUT_BUFFER_LSB / 8 + 3, 255, IRC_ERROR_BAD_BUFFER, mapping::CommandError::bad_buffer},
  };
  on_board([&](Board& board, const mapping::Program& good) {
    const auto device = board.device(true);
    board.load(good);
    irc_result result{};
    REQUIRE(irc_run(&device, good.setup_address, 0, 0, &result) == IRC_OK);
    for (const auto& c : cases) {
      auto bad = good;
      descriptor(bad, 1)[c.byte] = c.value;
      board.load(bad);
      CHECK(irc_run(&device, bad.picture_program_address, 0, 0, &result) == IRC_PROGRAM_FAILED);
      CHECK(result.error == c.error);
      CHECK(result.command == 1);
      CHECK(result.commands_done == 1);
      CHECK(result.cycles > 0);
      CHECK(std::string(irc_error_text(result.error)) == mapping::text(c.same));
      CHECK(irc_reset(&device) == IRC_OK);
      CHECK(Board::read32(&board, platform::csr_base + csr::error) == 0);
      CHECK(Board::read32(&board, platform::csr_base + csr::irq_status) == 0);
    }
    // The same device continues to work.
    board.load(good);
    CHECK(irc_run(&device, good.picture_program_address, 0, 0, &result) == IRC_OK);
  });
}

TEST_CASE("firmware: fields put by the header's macros are those the model reads") {
  std::array<std::uint8_t, mapping::descriptor_bytes> bytes{};
  IRC_PUT(bytes.data(), DESCRIPTOR_HEAD, IRC_DESCRIPTOR_MAGIC | IRC_DESCRIPTOR_VERSION);
  IRC_PUT(bytes.data(), DESCRIPTOR_OPCODE, IRC_OPCODE_LOAD_PARAMETERS);
  IRC_PUT(bytes.data(), DESCRIPTOR_FLAGS, IRC_FLAG_INTERRUPT | IRC_FLAG_END);
  IRC_PUT(bytes.data(), DESCRIPTOR_LAYER, 0x1234);
  IRC_PUT_AT(bytes.data(), DESCRIPTOR_IN_BUFFER, 2, 0x89abcdef);
  IRC_PUT(bytes.data(), DESCRIPTOR_TABLE_MEMORY, UINT64_C(0xfedcba9876543210));
  IRC_PUT(bytes.data(), DESCRIPTOR_TABLE_ENTRIES, 100);
  mapping::Descriptor d, expected;
  REQUIRE(mapping::decode(std::span<const std::uint8_t, mapping::descriptor_bytes>(bytes), d) ==
          mapping::CommandError::none);
  CHECK(d.opcode == mapping::Opcode::load_parameters);
  CHECK(d.flags == (mapping::flag_interrupt | mapping::flag_end));
  CHECK(d.layer == 0x1234);
  CHECK(d.in_buffer == std::array<std::uint32_t, 4>{0, 0, 0x89abcdef, 0});
  CHECK(d.table_memory == 0xfedcba9876543210);
  CHECK(IRC_GET(bytes.data(), DESCRIPTOR_TABLE_MEMORY) == d.table_memory);
  CHECK(IRC_GET_AT(bytes.data(), DESCRIPTOR_IN_BUFFER, 2) == 0x89abcdef);
  CHECK(IRC_GET(bytes.data(), DESCRIPTOR_TABLE_ENTRIES) == d.table_entries);
}

TEST_CASE("firmware: every status and error has words of its own") {
  std::map<std::string, int> words;
  for (int status = IRC_OK; status <= IRC_TIMED_OUT; ++status)
    ++words[irc_status_text(static_cast<irc_status>(status))];
  CHECK(words.size() == IRC_TIMED_OUT + 1);
  CHECK(words.count("unknown status") == 0);
  for (const auto& [name, error] : mapping::error_names)
    CHECK(irc_error_text(static_cast<std::uint32_t>(error)) == std::string(mapping::text(error)));
  CHECK(std::string(irc_error_text(1000)) == "unknown error");
}
