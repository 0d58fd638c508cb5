// SPDX-License-Identifier: Apache-2.0
// Where glog is installed, libtorch defines a CHECK of its own. It is included first, and its CHECK is
// removed.
#include <torch/torch.h>
#undef CHECK
#include <algorithm>
#include <cmath>
#include "support/catch.h"

#include "evaluation.h"
#include "exporter.h"
#include "importer.h"
#include "irc/core/error.h"
#include "irc/scene/scene.h"
#include "loss.h"

namespace {

using namespace irc::train;

TEST_CASE("a folded batch norm decides every integer sum as the norm does") {
  const irc::CounterRandom random(3, irc::Stream::test);
  constexpr int limit = 40;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const double gamma = random.normal(4 * i), beta = 2 * random.normal(4 * i + 1);
    const double mean = 20 * random.normal(4 * i + 2), deviation = 0.1 + 8 * random.uniform(4 * i + 3);
    const FoldedNorm f = fold_norm(gamma, beta, mean, deviation, limit);
    for (int sum = -limit; sum <= limit; ++sum)
      REQUIRE(((f.negate ? -sum : sum) + f.bias > 0) == (gamma * (sum - mean) / deviation + beta > 0));
  }
  // A tie does not count as greater, whatever the sign.
  CHECK(fold_norm(1, 0, 5, 1, limit).bias == -5);
  CHECK(fold_norm(-1, 0, 5, 1, limit).bias == 5);
  CHECK(fold_norm(0, 1, 5, 1, limit).bias == limit + 1);
  CHECK(fold_norm(0, -1, 5, 1, limit).bias == -limit - 1);
}

TEST_CASE("ternary weights are the signs of standardised weights beyond 0.6 sigma") {
  // Mean 1, standard deviation sqrt(6.5): thresholds at 1 -+ 0.6 * 2.55 = -0.53 and 2.53.
  const torch::Tensor w = torch::tensor({-3.0f, -0.5f, 2.5f, 5.0f}).view({1, 1, 2, 2}).requires_grad_();
  CHECK(quantised(w, Weights::ternary).flatten().equal(torch::tensor({-1.0f, 0.0f, 0.0f, 1.0f})));
  CHECK(quantised(w, Weights::binary).flatten().equal(torch::tensor({-1.0f, -1.0f, 1.0f, 1.0f})));
}

TEST_CASE("8-bit weights are integers, the largest of each output is 127") {
  torch::Tensor scale;
  const torch::Tensor q = int8_weights(torch::tensor({0.5f, -1.0f, 0.25f, 0.1f}).view({2, 2, 1, 1}), &scale);
  CHECK(q.flatten().equal(torch::tensor({64.0f, -127.0f, 127.0f, 51.0f})));
  CHECK(scale.allclose(torch::tensor({1.0f / 127, 0.25f / 127})));
}

TEST_CASE("the loss is least where the head says what the targets say") {
  const irc::detection::Annotation object{{16, 16, 32, 16}, 1, false, false, 512};
  const Targets t = make_targets({{object}}, 2, 64, 64, 8);
  torch::Tensor head = torch::full({1, 6, 8, 8}, -12.0f);
  // Centre (32, 24): cell (4, 3), cell centre (36, 28); edges 16..48 and 16..32.
  head[0][1][3][4] = 12;
  const float distances[4] = {20, 12, 12, 4};
  for (int k = 0; k < 4; ++k) head[0][2 + k][3][4] = std::log(distances[k] / 8);
  Targets centre_only = t;
  centre_only.weight = t.weight * t.weight.eq(1);
  CHECK(detection_loss(head, centre_only).item<double>() < 1e-3);
  torch::Tensor wrong_class = head.clone();
  wrong_class[0][0][3][4] = 12;
  CHECK(detection_loss(wrong_class, centre_only).item<double>() > 1);
  torch::Tensor wrong_box = head.clone();
  wrong_box[0][2][3][4] = 0;
  CHECK(detection_loss(wrong_box, centre_only).item<double>() > 0.1);
}

NetOptions small(Weights weights, Norm norm) {
  NetOptions o;
  o.weights = weights;
  o.norm = norm;
  o.width = 64;
  o.height = 48;
  o.classes = irc::scene::class_names();
  o.channels = {8, 12, 16, 20, 24};
  o.strides = {2, 2, 1, 2, 1};
  return o;
}

TEST_CASE("the exported graph computes what the net computes") {
  const auto [weights, norm] = GENERATE(table<Weights, Norm>(
      {{Weights::ternary, Norm::none}, {Weights::binary, Norm::batch}, {Weights::ternary, Norm::batch}}));
  irc::scene::SceneOptions options;
  options.width = 64;
  options.height = 48;
  const auto examples = load_examples(irc::scene::generate_dataset(11, 0, 6, options), 64, 48);
  DetectorNet net(small(weights, norm));
  {
    const torch::NoGradGuard guard;
    torch::manual_seed(5);
    for (auto& p : net->named_parameters())
      if (p.key().find("norm.") != std::string::npos || p.key().find("layer") == 0)
        p.value().add_(torch::randn_like(p.value()) * 0.1);
    for (int i = 0; i < 30; ++i)
      net->forward(make_batch(examples).pictures);  // updates the running statistics of batch norms
  }
  const irc::network::Graph graph = to_graph(net, "test", "");
  CHECK(largest_difference(net, graph, examples, torch::kCPU) < 1e-4);
  CHECK((graph.nodes.front().shape == irc::Shape{3, 48, 64}));
  CHECK(graph.detector.stride == 8);
}

TEST_CASE("a net starts from a head whose classes stand in another order by their names") {
  auto options = small(Weights::ternary, Norm::none);
  DetectorNet from(options);
  {
    const torch::NoGradGuard guard;
    torch::manual_seed(6);
    from->head->latent.copy_(torch::randn_like(from->head->latent));
    from->head->bias.copy_(torch::randn_like(from->head->bias));
  }
  const irc::network::Graph graph = to_graph(from, "test", "");
  const auto classes = static_cast<std::int64_t>(options.classes.size());
  const auto started = [&](const std::vector<std::string>& names) {
    auto o = options;
    o.classes = names;
    DetectorNet net(o);
    import_graph(net, graph);
    return net;
  };
  const auto same = started(options.classes);
  auto names = options.classes;
  std::rotate(names.begin(), names.begin() + 1, names.end());
  const auto rotated = started(names);
  CHECK_FALSE(same->head->bias.equal(rotated->head->bias));
  for (std::int64_t c = 0; c < classes + 4; ++c) {
    const auto own = c < classes ? (c + 1) % classes : c;
    CHECK(rotated->head->bias[c].equal(same->head->bias[own]));
    CHECK(rotated->head->latent[c].equal(same->head->latent[own]));
  }
  // With other names, the channels keep their order.
  names = options.classes;
  names.front() = "zeppelin";
  CHECK(started(names)->head->bias.equal(same->head->bias));
}

TEST_CASE("real weights have no array form") {
  DetectorNet net(small(Weights::real, Norm::batch));
  CHECK_THROWS_AS(to_graph(net, "test", ""), irc::InputError);
}

}  // namespace
