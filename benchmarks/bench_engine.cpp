// SPDX-License-Identifier: Apache-2.0
// Compares the array evaluators with OpenBLAS sgemm in one interleaved run and writes JSON
// (docs/performance.md).
//
// One multiply-accumulate is one cell of one bit line for one input vector, with m vectors, k rows and n bit
// lines. sgemm computes the plain product of the same size. A differential output takes two bit lines.
#include <cblas.h>
#include <tbb/global_control.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/instruction_set.h"
#include "irc/core/random.h"

extern "C" {
void openblas_set_num_threads(int);
char* openblas_get_corename();
}

namespace {

using namespace irc;
using namespace irc::array;

struct Shape {
  std::size_t m = 0, k = 0, n = 0;
};

struct Options {
  int rounds = 5;
  std::vector<int> threads = {1, 2};
  std::vector<std::size_t> m = {128, 1024, 4096};
  std::vector<std::string> kn = {"1152x128", "4608x256", "4608x1024"};
  double activity = 0.2;
  bool sgemm_only = false;
  std::string
      instruction_set;  ///< the best instruction set that kernels may use; empty: the best of this machine
};

constexpr std::size_t exact_vectors = 16;  // the exact solver evaluates only a sample of the batch

/// All nonidealities are on, at the robust preset's working point. The plain sum has no read noise.
ProgrammedTile make_tile(const Shape& shape, bool read_noise = true) {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.60;  // configs/robust.toml
  const CounterRandom random(1, Stream::test);
  std::vector<CellState> states(shape.k * shape.n);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] =
        random.uniform(i) < 0.27 ? CellState::lrs : CellState::hrs;  // 46 % of ternary weights are zero
  device::Nonidealities nonidealities;
  nonidealities.read_noise = read_noise;
  return {{shape.k, shape.n}, states, card, conditions, nonidealities, {}};
}

std::vector<std::uint64_t> make_vectors(const Shape& shape, double activity) {
  const CounterRandom random(2, Stream::test);
  const std::size_t words = words_for(shape.k);
  std::vector<std::uint64_t> bits(words * shape.m);
  for (std::size_t v = 0; v < shape.m; ++v)
    for (std::size_t row = 0; row < shape.k; ++row)
      if (random.uniform(v * shape.k + row) < activity)
        bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
  return bits;
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Measures one product. The contenders take turns, round after round.
nlohmann::json bench_shape(const ProgrammedTile& tile, const ProgrammedTile& quiet, const Shape& shape,
                           int threads, const Options& options) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  openblas_set_num_threads(threads);
  const auto bits = make_vectors(shape, options.activity);
  const WordLineBatch batch{bits.data(), words_for(shape.k), shape.m, 0};
  std::vector<float> a(shape.m * shape.k), b(shape.k * shape.n, 1.0f), c(shape.m * shape.n);
  for (std::size_t v = 0; v < shape.m; ++v)
    for (std::size_t row = 0; row < shape.k; ++row)
      a[v * shape.k + row] =
          static_cast<float>((bits[v * batch.words_per_vector + row / 64] >> (row % 64)) & 1);
  std::vector<double> currents_a(shape.m * shape.n);
  struct Contender {
    std::string name;
    std::size_t m;
    std::function<void()> work;
    std::vector<double> rate = {}, ratio = {};
  };
  std::vector<Contender> contenders;
  contenders.push_back({"sgemm", shape.m, [&] {
                          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(shape.m),
                                      static_cast<int>(shape.n), static_cast<int>(shape.k), 1, a.data(),
                                      static_cast<int>(shape.k), b.data(), static_cast<int>(shape.n), 0,
                                      c.data(), static_cast<int>(shape.n));
                        }});
  for (const std::string name : {"ideal", "fast", "exact"}) {
    if (options.sgemm_only) break;
    const std::size_t m = name == "exact" ? std::min(exact_vectors, shape.m) : shape.m;
    auto part = batch;
    part.vectors = m;
    contenders.push_back(
        {name, m, [&, name, part, evaluator = std::shared_ptr<ColumnEvaluator>(make_evaluator(name))] {
           evaluator->evaluate(name == "ideal" ? quiet : tile, part, {0, shape.k},
                               std::span(currents_a).first(part.vectors * shape.n));
         }});
  }
  for (auto& contender : contenders) contender.work();  // prepares models and fills caches
  for (int round = 0; round < options.rounds; ++round)
    for (auto& contender : contenders) {
      const double macs = static_cast<double>(contender.m) * static_cast<double>(shape.k * shape.n);
      contender.rate.push_back(macs / seconds(contender.work));
      contender.ratio.push_back(contender.rate.back() / contenders.front().rate.back());
    }
  auto rows = nlohmann::json::array();
  for (const auto& contender : contenders) {
    const auto [least, most] = std::minmax_element(contender.ratio.begin(), contender.ratio.end());
    rows.push_back({{"m", contender.m},
                    {"k", shape.k},
                    {"n", shape.n},
                    {"threads", threads},
                    {"instruction_set", options.instruction_set},
                    {"evaluator", contender.name},
                    {"macs_per_s", median(contender.rate)},
                    {"ratio_to_sgemm", median(contender.ratio)},
                    {"spread", (*most - *least) / median(contender.ratio)}});
  }
  return rows;
}

/// Cells per second from given states to a model that can evaluate.
nlohmann::json bench_preparation(const Shape& shape, int threads) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  std::unique_ptr<ProgrammedTile> tile;
  const double draw_s = seconds([&] { tile = std::make_unique<ProgrammedTile>(make_tile(shape)); });
  const std::vector<std::uint64_t> off(words_for(shape.k));
  std::vector<double> currents_a(shape.n);
  const double model_s = seconds([&] {
    make_fast_evaluator()->evaluate(*tile, {off.data(), off.size(), 1, 0}, {0, shape.k}, currents_a);
  });
  const auto cells = static_cast<double>(shape.k * shape.n);
  return {{"cells", cells}, {"threads", threads}, {"draw_s", draw_s}, {"model_s", model_s}};
}

Shape parse_shape(const std::string& text) {
  Shape shape;
  const auto cross = text.find('x');
  shape.k = std::stoul(text.substr(0, cross));
  shape.n = std::stoul(text.substr(cross + 1));
  return shape;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Array evaluators against OpenBLAS sgemm, interleaved; JSON on standard output");
  Options options;
  app.add_option("--rounds", options.rounds, "rounds of all contenders")->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "thread counts")->delimiter(',');
  app.add_option("--m", options.m, "batch sizes")->delimiter(',');
  app.add_option("--kn", options.kn, "rows x bit lines, e.g. 4608x256")
      ->delimiter(',')
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.find_first_not_of("0123456789x") == std::string::npos &&
                           text.find('x') < text.size() - 1
                       ? std::string()
                       : "expected ROWSxBITLINES, for instance 4608x256";
          },
          "ROWSxBITLINES"));
  app.add_option("--activity", options.activity, "share of driven rows")->check(CLI::Range(0.0, 1.0));
  app.add_flag("--sgemm-only", options.sgemm_only, "no evaluators, no preparation: OpenBLAS alone");
  const auto sets = instruction_sets();
  app.add_option("--instruction-set", options.instruction_set, "the best set that the evaluators may use")
      ->check(CLI::IsMember(sets));
  CLI11_PARSE(app, argc, argv);
  limit_instruction_set(options.instruction_set);
  if (options.instruction_set.empty()) options.instruction_set = sets.front();
  nlohmann::json document;
  document["openblas_core"] = openblas_get_corename();
  document["instruction_sets"] = sets;
  document["engine"] = nlohmann::json::array();
  for (const auto& text : options.kn) {
    Shape shape = parse_shape(text);
    const auto tile = make_tile(shape), quiet = make_tile(shape, false);
    for (const int threads : options.threads)
      for (const auto m : options.m) {
        shape.m = m;
        for (auto& row : bench_shape(tile, quiet, shape, threads, options)) {
          std::cerr << row["evaluator"].get<std::string>() << " " << row["m"] << "x" << row["k"] << "x"
                    << row["n"] << ", " << threads << " threads: " << row["macs_per_s"].get<double>() * 1e-9
                    << " GMAC/s, " << row["ratio_to_sgemm"].get<double>() << " x sgemm\n";
          document["engine"].push_back(std::move(row));
        }
      }
  }
  document["preparation"] = nlohmann::json::array();
  for (const int threads : options.threads) {
    if (options.sgemm_only) break;
    document["preparation"].push_back(bench_preparation({0, 4608, 1024}, threads));
  }
  std::cout << document.dump(2) << "\n";
}
