// SPDX-License-Identifier: Apache-2.0
#include "trainer.h"

#include <ATen/Parallel.h>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>
#include <sstream>
#include <thread>

#include "evaluation.h"
#include "importer.h"
#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/network/onnx.h"
#include "irc/platform/workload.h"
#include "loss.h"

namespace irc::train {

namespace {

constexpr double gradient_limit = 10;
/// Runs `read` and turns torch's exceptions into errors about the file.
template <typename Read>
void reading(const std::filesystem::path& checkpoint, Read read) {
  if (!std::filesystem::exists(checkpoint)) throw InputError(checkpoint.string() + ": no such checkpoint");
  check_regular_file(checkpoint);
  try {
    read();
  } catch (const c10::Error& error) {
    throw InputError(checkpoint.string() +
                     ": not a checkpoint of this net: " + error.what_without_backtrace());
  }
}

constexpr double pi = 3.14159265358979323846;

enum class Stage { soft, hard, hardware };

Stage stage_of(int epoch, const TrainOptions& o) {
  return epoch < o.soft_epochs ? Stage::soft : epoch < o.epochs ? Stage::hard : Stage::hardware;
}

class Trainer {
 public:
  Trainer(DetectorNet& net, const std::vector<Example>& training, const std::vector<Example>& validation,
          const TrainOptions& options)
      : net_(net),
        training_(training),
        validation_(validation),
        o_(options),
        random_(CounterRandom(options.seed, Stream::training).fork(2)),
        optimizer_(net->parameters(), torch::optim::AdamOptions(options.learning_rate)) {}

  void run() {
    int first = o_.resume && std::filesystem::exists(o_.checkpoint) ? restore() : 0;
    const int last = o_.epochs + o_.hardware_epochs;
    const int end = o_.stop_after > 0 ? std::min(last, o_.stop_after) : last;
    const auto start = std::chrono::steady_clock::now();
    for (int epoch = first; epoch < end; ++epoch) {
      const double loss = run_epoch(epoch);
      if (!o_.checkpoint.empty()) save(epoch + 1);
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      const double eta = spent.count() / (epoch + 1 - first) * (end - epoch - 1);
      fmt::print("epoch {}/{} loss {:.4f} elapsed {:.0f} s, left {:.0f} s", epoch + 1, last, loss,
                 spent.count(), eta);
      if (!validation_.empty() &&
          ((epoch + 1) % o_.validate_every == 0 || epoch + 1 == last || epoch + 1 == o_.epochs))
        report_validation();
      fmt::print("\n");
      std::fflush(stdout);
    }
  }

 private:
  void report_validation() {
    const detection::ApResult ap = evaluate(net_, validation_, o_.device);
    fmt::print(", validation mAP {:.4f} (", ap.mean);
    for (std::size_t i = 0; i < ap.per_class.size(); ++i)
      fmt::print("{}{} {:.3f}", i ? ", " : "", printable(net_->options.classes[i]), ap.per_class[i]);
    fmt::print(")");
  }

  std::size_t steps() const { return training_.size() / static_cast<std::size_t>(o_.batch); }

  double rate(int epoch, std::size_t step) const {
    const double done = epoch + static_cast<double>(step) / static_cast<double>(steps());
    if (stage_of(epoch, o_) == Stage::hardware)
      return rate_at((done - o_.epochs) / o_.hardware_epochs, o_.hardware_rate);
    return rate_at(done / o_.epochs, o_.learning_rate);
  }

  /// All soft for the first third of the soft stage, then gradually less, because a sudden change would undo
  /// what was learnt.
  double softness(int epoch, std::size_t step) const {
    if (stage_of(epoch, o_) != Stage::soft) return 0;
    const double done = (epoch + static_cast<double>(step) / static_cast<double>(steps())) / o_.soft_epochs;
    return std::min(1.0, 1.5 * (1 - done));
  }

  double run_epoch(int epoch) {
    net_->train();
    const CounterRandom draws = random_.fork(static_cast<std::uint64_t>(epoch));
    const std::vector<std::size_t> order = shuffled(training_.size(), draws.fork(0));
    PassOptions pass;
    if (stage_of(epoch, o_) == Stage::hardware) pass.hardware = o_.hardware;
    double total = 0;
    for (std::size_t s = 0; s < steps(); ++s) {
      for (auto& group : optimizer_.param_groups()) group.options().set_lr(rate(epoch, s));
      pass.soft = softness(epoch, s);
      torch::manual_seed(draws.bits(s) >> 1);  // for the hardware of the pass
      total += learn(gathered(order, s, draws.fork(1)), pass);
    }
    return total / static_cast<double>(std::max<std::size_t>(1, steps()));
  }

  std::vector<Example> gathered(const std::vector<std::size_t>& order, std::size_t step,
                                const CounterRandom& draws) const {
    const auto size = static_cast<std::size_t>(o_.batch);
    std::vector<Example> views(size);
    at::parallel_for(0, o_.batch, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const std::size_t k = order[step * size + static_cast<std::size_t>(i)];
        views[static_cast<std::size_t>(i)] = augmented(training_[k], o_.augmentation, draws.fork(k));
      }
    });
    return views;
  }

  /// One step over a batch in equal shards, whose losses are averaged.
  double learn(std::span<const Example> views, const PassOptions& pass) {
    optimizer_.zero_grad();
    const std::size_t shards =
        pass.hardware != nullptr || net_->options.norm == Norm::batch ? 1 : shard_count();
    const std::size_t size = views.size() / shards;
    std::vector<double> losses(shards);
    const auto shard = [&](std::size_t i) {
      losses[i] =
          backward(make_batch(views.subspan(i * size, size)), pass, 1.0 / static_cast<double>(shards));
    };
    // Two gradients add to the same sum in either order, so two threads stay reproducible; more threads would
    // not. Hardware is drawn and batch statistics are gathered in order, so these passes use one thread.
    if (shards == 2) {
      std::thread other([&] {
        at::set_num_threads(1);
        shard(1);
      });
      shard(0);
      other.join();
    } else {
      shard(0);
    }
    clip();
    optimizer_.step();
    return std::accumulate(losses.begin(), losses.end(), 0.0);
  }

  void clip() {
    if (o_.adaptive_clip <= 0) {
      torch::nn::utils::clip_grad_norm_(net_->parameters(), gradient_limit);
      return;
    }
    const torch::NoGradGuard guard;
    for (auto& p : net_->parameters()) {
      torch::Tensor& gradient = p.mutable_grad();
      if (!gradient.defined()) continue;
      const bool weights = p.dim() == 4;
      const auto length = [&](const torch::Tensor& t) {
        return weights ? t.pow(2).sum({1, 2, 3}, true).sqrt() : t.abs();
      };
      // The minimum length lets a channel or bias that is still 0 grow.
      const torch::Tensor most = o_.adaptive_clip * length(p).clamp_min(1e-2);
      gradient.mul_((most / length(gradient).clamp_min(1e-12)).clamp_max(1.0));
    }
  }

  std::size_t shard_count() const { return o_.split_batch && o_.batch % 2 == 0 ? 2 : 1; }

  /// Adds the gradient of `share` times the batch's loss and returns this product.
  double backward(const Batch& batch, const PassOptions& pass, double share) {
    const NetOptions& n = net_->options;
    Targets t = make_targets(batch.truth, static_cast<int>(n.classes.size()), n.height, n.width, n.stride());
    t = {t.heat.to(o_.device), t.boxes.to(o_.device), t.weight.to(o_.device)};
    const torch::Tensor loss = share * detection_loss(net_->forward(batch.pictures.to(o_.device), pass), t);
    loss.backward();
    return loss.item<double>();
  }

  void save(int next_epoch) {
    torch::serialize::OutputArchive archive, net, optimizer;
    net_->save(net);
    optimizer_.save(optimizer);
    archive.write("net", net);
    archive.write("optimizer", optimizer);
    archive.write("next_epoch", torch::tensor(static_cast<std::int64_t>(next_epoch)));
    archive.write("seed", torch::tensor(static_cast<std::int64_t>(o_.seed)));
    std::ostringstream bytes;
    archive.save_to(bytes);
    atomic_write(o_.checkpoint, bytes.str());
  }

  int restore() {
    load_weights(net_, o_.checkpoint);
    torch::serialize::InputArchive archive, optimizer;
    torch::Tensor epoch, seed;
    reading(o_.checkpoint, [&] {
      archive.load_from(o_.checkpoint.string(), o_.device);
      archive.read("optimizer", optimizer);
      optimizer_.load(optimizer);
      archive.read("next_epoch", epoch);
      archive.read("seed", seed);
    });
    if (seed.item<std::int64_t>() != static_cast<std::int64_t>(o_.seed))
      throw InputError(fmt::format("checkpoint {} was trained with seed {}; asked for seed {}",
                                   o_.checkpoint.string(), seed.item<std::int64_t>(), o_.seed));
    fmt::print("resumed after epoch {}\n", epoch.item<std::int64_t>());
    return static_cast<int>(epoch.item<std::int64_t>());
  }

  DetectorNet& net_;
  const std::vector<Example>&training_, &validation_;
  const TrainOptions& o_;
  CounterRandom random_;
  torch::optim::Adam optimizer_;
};

/// Copies parameters with the same name and shape.
void start_from(DetectorNet& net, const std::filesystem::path& checkpoint) {
  torch::serialize::InputArchive archive, weights;
  archive.load_from(checkpoint.string(), torch::kCPU);
  archive.read("net", weights);
  const torch::NoGradGuard guard;
  const auto children = net->named_children();
  for (const auto& child : children) {
    torch::serialize::InputArchive part;
    if (!weights.try_read(child.key(), part)) continue;
    for (auto& parameter : child.value()->named_parameters(false)) {
      torch::Tensor value;
      if (part.try_read(parameter.key(), value) && value.sizes() == parameter.value().sizes())
        parameter.value().copy_(value);
    }
  }
}

/// Reads a file, or a shipped detector if there is no file of that name, as the command line of irc does.
network::Graph file_or_shipped(const std::string& name) {
  std::error_code none;
  return std::filesystem::exists(name, none) ? network::read_onnx(std::filesystem::path(name))
                                             : platform::load_detector(name);
}

}  // namespace

double rate_at(double progress, double peak) {
  constexpr double warm_up = 0.02;
  if (progress < warm_up) return peak * (0.05 + 0.95 * progress / warm_up);
  return peak * 0.5 * (1 + std::cos(pi * (progress - warm_up) / (1 - warm_up)));
}

void train(DetectorNet& net, const std::vector<Example>& training, const std::vector<Example>& validation,
           const TrainOptions& options) {
  if (training.size() < static_cast<std::size_t>(options.batch))
    throw InputError(fmt::format("there are {} training images, fewer than one batch of {} (--batch)",
                                 training.size(), options.batch));
  if (options.start_from.ends_with(".onnx")) {
    import_graph(net, file_or_shipped(options.start_from));
  } else if (!options.start_from.empty()) {
    reading(options.start_from, [&] { start_from(net, options.start_from); });
  }
  net->to(options.device);
  Trainer(net, training, validation, options).run();
}

void load_weights(DetectorNet& net, const std::filesystem::path& checkpoint) {
  reading(checkpoint, [&] {
    torch::serialize::InputArchive archive, weights;
    archive.load_from(checkpoint.string(), torch::kCPU);
    archive.read("net", weights);
    net->load(weights);
  });
}

}  // namespace irc::train
