// SPDX-License-Identifier: Apache-2.0
// Tests what happens when host software gives the accelerator wrong input.
#include <algorithm>
#include <cstring>
#include <functional>
#include "support/catch.h"

#include "bench.h"
#include "irc/core/error.h"
#include "irc/model/registers.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::CommandError;
namespace csr = irc::model::csr;

namespace {

using Spoil = std::function<void(mapping::Program&)>;

/// Sets up one correct platform for each of `spoils`, all in one simulation, lets it change the program
/// compiled for `geometry`, and returns the drivers' messages.
std::vector<std::string> faults_of(const std::vector<Spoil>& spoils, const platform::RunConfig& config,
                                   const mapping::Geometry& geometry, const network::Graph& graph) {
  tb::SimulationGuard guard;
  std::vector<mapping::Program> programs(spoils.size(),
                                         mapping::compile(graph, geometry, config.activations));
  std::vector<std::string> messages(spoils.size());
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    spoils[i](programs[i]);
    platforms.push_back(std::make_unique<platform::Platform>(
        "bench_" + std::to_string(i), config, programs[i], 1,
        [&, i](platform::Platform&, model::HostDriver& driver) {
          try {
            driver.setup();
            driver.detect(network::test::random_picture(graph.nodes.front().shape, 1), 0);
          } catch (const model::HostError& error) {
            messages[i] = error.what();
          }
        },
        true));
  }
  platform::simulate(platforms);
  CHECK(guard.reports().empty());
  return messages;
}

std::string fault_of(const Spoil& spoil) {
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  return faults_of({spoil}, config, config.geometry, tb::small_detector(5)).front();
}

/// The bytes of the image program's first descriptor with an opcode.
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

/// A detector that uses every opcode.
network::Graph every_opcode() {
  network::test::RandomOptions options;
  options.height = options.width = 12;
  options.odd_geometry = false;
  network::test::GraphBuilder build(3, options);
  const auto stem = build.conv(0, 10, network::WeightKind::int8, true);
  const auto pool = build.pool(stem, {2, 2});
  const auto small = build.conv(pool, 6, network::WeightKind::ternary, true);
  const auto up = build.upsample(small, build.shape(stem).height / build.shape(small).height);
  build.conv(build.concat(stem, up), options.classes + 4, network::WeightKind::int8, false);
  return build.finished();
}

/// Changes the first tile record in memory of the first command in `commands` with this opcode.
void rewrite_record(mapping::Program& program, const std::vector<mapping::CommandInfo>& commands,
                    mapping::Opcode opcode, const std::function<void(mapping::TileRecord&)>& change) {
  for (const auto& command : commands) {
    if (command.descriptor.opcode != opcode) continue;
    auto record = command.tiles.front();
    change(record);
    const auto encoded = mapping::encode(record);
    for (auto& segment : program.segments)
      if (segment.address == command.descriptor.table_memory)
        std::copy(encoded.begin(), encoded.end(), segment.bytes.begin());
    return;
  }
  FAIL("no such command in the program");
}

void rewrite_tile(mapping::Program& program, const std::function<void(mapping::TileRecord&)>& change) {
  rewrite_record(program, program.picture, mapping::Opcode::conv_array, change);
}

void rewrite_programmed_tile(mapping::Program& program,
                             const std::function<void(mapping::TileRecord&)>& change) {
  rewrite_record(program, program.setup, mapping::Opcode::program, change);
}

}  // namespace

TEST_CASE("a sound program has no fault") {
  CHECK(fault_of([](mapping::Program&) {}).empty());
}

TEST_CASE("a descriptor without magic number is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[1] ^= 0xff; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_magic)));
}

TEST_CASE("an unknown descriptor version is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[0] = 77; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_version)));
}

TEST_CASE("an unknown opcode is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[4] = 99; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_opcode)));
}

TEST_CASE("an output size that does not follow from the input is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { ++d.out_height; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_shape)));
}

TEST_CASE("a map outside the activation buffer is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { d.out_buffer = 0xfffffff0u; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_buffer)));
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
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_buffer)));
}

TEST_CASE("a table outside memory is a bus error") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array,
            [](mapping::Descriptor& d) { d.table_memory = std::uint64_t{1} << 60; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bus_error)));
}

TEST_CASE("an empty parameter slot is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_digital, [](mapping::Descriptor& d) { d.slot = 1000; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_parameters)));
}

TEST_CASE("a tile that was never programmed is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    for (auto& segment : p.segments)
      for (const auto& command : p.picture)
        if (command.descriptor.opcode == mapping::Opcode::conv_array &&
            segment.address == command.descriptor.table_memory)
          segment.bytes[0] = 200;  // the tile's number
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}

TEST_CASE("a malformed descriptor of any opcode is refused") {
  using mapping::Descriptor;
  using mapping::Opcode;
  struct Case {
    const char* name;
    Opcode opcode;
    std::function<void(Descriptor&)> spoil;
    CommandError error;
  };
  const auto more_inputs = [](Descriptor& d) { d.inputs = 3, d.in_channels[1] = d.in_channels[2] = 1; };
  const auto as_picture = [](Descriptor& d) { d.flags |= mapping::flag_picture_input; };
  const auto far_input = [](Descriptor& d) { d.in_buffer[0] = 0xffffff00u; };
  const auto shape = CommandError::bad_shape;
  const std::vector<Case> cases = {
      {"array, two inputs", Opcode::conv_array, more_inputs, shape},
      {"array, picture", Opcode::conv_array, as_picture, shape},
      {"array, input map", Opcode::conv_array, far_input, CommandError::bad_buffer},
      {"array, no tiles", Opcode::conv_array, [](auto& d) { d.table_entries = 0; }, CommandError::bad_tile},
      {"array, many tiles", Opcode::conv_array, [](auto& d) { d.table_entries = 0xffffffffu; },
       CommandError::bad_tile},
      {"array, fewer channels", Opcode::conv_array, [](auto& d) { d.in_channels[0] -= 1; },
       CommandError::bad_tile},
      {"digital, two inputs", Opcode::conv_digital, more_inputs, shape},
      {"digital, picture that is not streamed", Opcode::conv_digital,
       [](auto& d) { d.flags = static_cast<std::uint8_t>(d.flags & ~mapping::flag_input_from_memory); },
       shape},
      {"digital, other channels", Opcode::conv_digital, [](auto& d) { d.in_channels[0] += 1; },
       CommandError::bad_parameters},
      {"digital, picture outside memory", Opcode::conv_digital,
       [](auto& d) { d.in_memory = std::uint64_t{1} << 50; }, CommandError::bus_error},
      {"head, two inputs", Opcode::head, more_inputs, shape},
      {"head, picture", Opcode::head, as_picture, shape},
      {"head, kept to itself", Opcode::head,
       [](auto& d) { d.flags = static_cast<std::uint8_t>(d.flags & ~mapping::flag_output_to_memory); },
       shape},
      {"head, other channels", Opcode::head, [](auto& d) { d.out_channels += 1; },
       CommandError::bad_parameters},
      {"head, input map", Opcode::head, far_input, CommandError::bad_buffer},
      {"pool, two inputs", Opcode::max_pool, more_inputs, shape},
      {"pool, oblong", Opcode::max_pool, [](auto& d) { d.kernel_w = 3, d.out_width = 5; }, shape},
      {"pool, oblong stride", Opcode::max_pool, [](auto& d) { d.stride_w = 1, d.out_width = 11; }, shape},
      {"pool, pads", Opcode::max_pool, [](auto& d) { d.pad_top = d.pad_bottom = 1, d.out_height = 7; },
       shape},
      {"pool, output map", Opcode::max_pool, [](auto& d) { d.out_buffer = 0xffffff00u; },
       CommandError::bad_buffer},
      {"upsample, two inputs", Opcode::upsample, more_inputs, shape},
      {"upsample, oblong", Opcode::upsample,
       [](auto& d) { d.kernel_w = 3, d.out_width = static_cast<std::uint16_t>(3 * d.in_width); }, shape},
      {"upsample, pads", Opcode::upsample, [](auto& d) { d.pad_left = 1; }, shape},
      {"upsample, input map", Opcode::upsample, far_input, CommandError::bad_buffer},
      {"concat, five inputs", Opcode::concat, [](auto& d) { d.inputs = 5; }, shape},
      {"concat, one input less", Opcode::concat, [](auto& d) { d.inputs = 1; }, shape},
      {"concat, second map", Opcode::concat, [](auto& d) { d.in_buffer[1] = 0xffffff00u; },
       CommandError::bad_buffer},
  };
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  std::vector<Spoil> spoils = {[](auto&) {}};
  for (const auto& c : cases) spoils.push_back([&c](auto& program) { rewrite(program, c.opcode, c.spoil); });
  const auto messages = faults_of(spoils, config, config.geometry, every_opcode());
  CHECK(messages[0].empty());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].name);
    CHECK_THAT(messages[i + 1], Catch::Matchers::ContainsSubstring(mapping::text(cases[i].error)));
  }
}

TEST_CASE("a malformed tile record is refused, programmed or run") {
  using Record = mapping::TileRecord;
  const std::vector<std::pair<const char*, std::function<void(Record&)>>> cases = {
      {"one column an output", [](Record& r) { r.columns = r.outputs; }},
      {"a column short", [](Record& r) { r.columns -= 1; }},
      {"no outputs", [](Record& r) { r.outputs = 0; }},
      {"more outputs than columns", [](Record& r) { r.outputs = 0xffff; }},
      {"no rows", [](Record& r) { r.rows = 0; }},
      {"more rows than the macro", [](Record& r) { r.rows = 4096; }},
      {"rows that wrap around", [](Record& r) { r.row_begin = 0xffffffffu; }},
      {"rows beyond the layer", [](Record& r) { r.row_begin = r.weight_rows + 64; }},
      {"an absurd layer", [](Record& r) { r.weight_rows = 0xffffffffu; }},
      {"no such macro", [](Record& r) { r.macro = 0xffff; }},
      {"columns beyond the macro", [](Record& r) { r.first_pair = 128; }},
      {"columns that wrap around", [](Record& r) { r.first_pair = 0xffff; }},
      {"no row pieces", [](Record& r) { r.row_pieces = 0; }},
      {"4 GiB of cells", [](Record& r) { r.cells_bytes = 0xffffffffu; }},
      {"a byte of cells too many", [](Record& r) { r.cells_bytes += 1; }},
      {"no cells", [](Record& r) { r.cells_bytes = 0; }},
  };
  std::vector<Spoil> spoils = {[](auto& program) {
    rewrite_tile(program, [](Record& r) { r.first_pair = static_cast<std::uint16_t>(r.first_pair + 64); });
  }};
  for (const auto& named : cases) {
    const auto& spoil = named.second;
    spoils.push_back([&](auto& program) { rewrite_tile(program, spoil); });
    spoils.push_back([&](auto& program) { rewrite_programmed_tile(program, spoil); });
  }
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  const auto messages = faults_of(spoils, config, config.geometry, tb::small_detector(5));
  CHECK_THAT(messages[0], Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
  for (std::size_t i = 1; i < messages.size(); ++i) {
    INFO(cases[(i - 1) / 2].first << (i % 2 == 1 ? ", run" : ", programmed"));
    CHECK_THAT(messages[i], Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
  }
}

TEST_CASE("biases go with the cells they came with") {
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"source\""});
  const auto graph = tb::small_detector(5);
  const auto geometry = config.geometry;
  // The second setup programs the same cells without biases. The biases of the first must not remain.
  tb::SimulationGuard guard;
  auto program = mapping::compile(graph, geometry, config.activations);
  std::string first, second;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  platforms.push_back(std::make_unique<platform::Platform>(
      "bench", config, program, 1,
      [&](platform::Platform&, model::HostDriver& driver) {
        const auto outcome = [&] {
          try {
            driver.setup();
            driver.detect(picture, 0);
          } catch (const model::HostError& error) {
            return std::string(error.what());
          }
          return std::string();
        };
        first = outcome();
        rewrite_programmed_tile(program, [](mapping::TileRecord& r) { r.bias_memory = 0; });
        second = outcome();
      },
      true));
  platform::simulate(platforms);
  CHECK(first.empty());
  CHECK_THAT(second, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}

TEST_CASE("a digital bias that a one-bit decision would drop is refused") {
  const auto config =
      platform::load_config("ideal.toml", {"array.bias=\"digital\"", "array.rows_per_operation=2048"});
  auto levels = config.geometry;
  levels.one_bit_readout = false;  // as compiled for another accelerator
  const auto messages = faults_of({[](mapping::Program&) {}}, config, levels, tb::small_detector(5));
  CHECK_THAT(messages.front(), Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}

namespace {

/// A failing program at `address`, in this transport, with slow interrupts; `cycles` receives CYCLES.
struct FailedRun {
  std::uint64_t address;
  const char* mode;
  std::uint32_t cycles = 0;
  CommandError error = CommandError::none;
};

void run_failing(model::HostDma& bus, FailedRun& run) {
  const auto write = [&](std::uint64_t offset, std::uint32_t value) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    bus.write(platform::csr_base + offset, bytes);
  };
  const auto read = [&](std::uint64_t offset) {
    std::uint8_t bytes[4];
    bus.read(platform::csr_base + offset, bytes);
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
  };
  write(csr::program_low, static_cast<std::uint32_t>(run.address));
  write(csr::program_high, static_cast<std::uint32_t>(run.address >> 32));
  write(csr::irq_enable, csr::irq_program);
  write(csr::doorbell, csr::doorbell_run);
  bus.wait_interrupt();
  CHECK(read(csr::status) == csr::status_error);
  run.cycles = read(csr::cycles_low);
  run.error = static_cast<CommandError>(read(csr::error));
}

}  // namespace

TEST_CASE("a program that fails reports as late as one that succeeds, and counts those cycles") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(6);
  const std::uint64_t zeros = 0x1000008, nowhere = std::uint64_t{1} << 36;
  std::vector<FailedRun> runs = {{zeros, "at"}, {zeros, "lt"}, {nowhere, "at"}, {nowhere, "lt"}};
  std::vector<platform::RunConfig> configs;
  for (const auto& run : runs)
    configs.push_back(platform::load_config(
        "ideal.toml", {"array.bias=\"array\"", std::string("timing.mode=\"") + run.mode + "\"",
                       "timing.interrupt_cycles=7"}));
  const auto program = mapping::compile(graph, configs[0].geometry, configs[0].activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (std::size_t i = 0; i < runs.size(); ++i)
    platforms.push_back(std::make_unique<platform::Platform>(
        "bench_" + std::to_string(i), configs[i], program, 1,
        [&, i](platform::Platform& self, model::HostDriver&) {
          run_failing(const_cast<model::HostDma&>(self.host()), runs[i]);
        },
        true));
  platform::simulate(platforms);
  const auto& timing = configs[0].timing;
  for (const auto& run : runs) {
    INFO(run.mode << " at " << run.address);
    CHECK(run.error == (run.address == zeros ? CommandError::bad_magic : CommandError::bus_error));
    // 128 bytes from address 8 are 9 beats. An address without a window is answered as soon as the
    // interconnect has noticed.
    const auto fetch =
        run.address == zeros ? mapping::dma_cycles(timing, zeros, 128) : std::uint64_t{timing.hop_cycles};
    CHECK(run.cycles == fetch + 7);
  }
  CHECK(guard.reports().empty());
}

namespace {

/// Runs an image on a platform with streamed maps. The first array command reads its input into the end of
/// the activation buffer, which nothing else uses.
class StreamedInput {
 public:
  StreamedInput(const std::string& mode, const network::Graph& graph, const Picture& picture)
      : config_(platform::load_config("ideal.toml", {"array.bias=\"array\"", "timing.mode=\"" + mode + "\"",
                                                     "timing.activations=\"streamed\""})),
        program_(mapping::compile(graph, config_.geometry, config_.activations)) {
    rewrite(program_, mapping::Opcode::conv_array, [&](mapping::Descriptor& d) {
      const auto words = mapping::map_buffer_words(std::uint64_t{d.in_height} * d.in_width, d.in_channels[0]);
      home_ = d.in_buffer[0];
      d.in_buffer[0] = static_cast<std::uint32_t>(config_.geometry.buffer_bits / 64 - words);
      streamed.resize(words);
      produced.resize(words);
      command_ = d;
    });
    REQUIRE((command_.flags & mapping::flag_input_from_memory) != 0);
    made_ = std::make_unique<platform::Platform>(
        "bench_" + mode, config_, program_, 1,
        [this, picture](platform::Platform&, model::HostDriver& driver) {
          driver.setup();
          head = driver.detect(picture, 0);
        },
        true);
    made_->accelerator().events.subscribe([this, platform = made_.get()](const Event& event) {
      if (event.kind != EventKind::layer) return;
      if (event.layer < command_.layer) platform->peek_buffer(home_, produced);
      if (event.layer == command_.layer) platform->peek_buffer(command_.in_buffer[0], streamed);
    });
  }
  std::unique_ptr<platform::Platform> take() { return std::move(made_); }

  std::vector<std::uint64_t> produced;  ///< the map as the previous layer left it
  std::vector<std::uint64_t> streamed;  ///< the map as it came back from memory
  DenseMap<float> head;

 private:
  platform::RunConfig config_;
  mapping::Program program_;
  mapping::Descriptor command_;
  std::uint32_t home_ = 0;
  std::unique_ptr<platform::Platform> made_;
};

}  // namespace

TEST_CASE("a binary map that streams in stays in the buffer where the command says") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(5);
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  StreamedInput at("at", graph, picture), lt("lt", graph, picture);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  platforms.push_back(at.take());
  platforms.push_back(lt.take());
  platform::simulate(platforms);
  const auto expected = network::Reference(graph).run(picture).head;
  for (const auto* run : {&at, &lt}) {
    CHECK(run->streamed == run->produced);
    CHECK(std::any_of(run->streamed.begin(), run->streamed.end(), [](auto word) { return word != 0; }));
    CHECK(run->head == expected);
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("registers refuse what they must, and an error does not hang the device") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(6);
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
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
        refuses(csr::id + 2, 4, false);        // not aligned, so no register either
        refuses(csr::id, 2, false);            // not a word
        refuses(csr::status, 8, false);        // not a word
        refuses(csr::window_bytes, 4, false);  // beyond the window
        // The program does not exist: a memory of zeros has no magic number.
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
        // The same device continues to work.
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
