// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/bit_comparison.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "irc/core/bits.h"

namespace irc::platform {

using network::NodeId;

BitComparison::BitComparison(const network::Graph& graph, const mapping::Program& program, Platform& platform)
    : BitComparison(std::make_shared<network::Reference>(graph), program, platform) {}

BitComparison::BitComparison(std::shared_ptr<const network::Reference> reference,
                             const mapping::Program& program, Platform& platform)
    : platform_(platform), reference_(std::move(reference)) {
  const auto& graph = reference_->graph();
  const std::size_t nodes = graph.nodes.size();
  command_.assign(nodes, nullptr);
  events_expected_.assign(nodes, 0);
  errors_.assign(nodes, 0);
  bits_.assign(nodes, 0);
  for (const auto& command : program.picture) {
    // Programming rounds also end with an event that carries a layer's number.
    ++events_expected_[command.node];
    if (command.descriptor.opcode != mapping::Opcode::program && graph.nodes[command.node].binary)
      command_[command.node] = &command;
  }
  platform.accelerator().events.subscribe([this](const Event& event) {
    if (event.kind == EventKind::layer && active_) compare(event.layer);
  });
}

void BitComparison::begin(const Picture& picture) {
  begin(std::make_shared<network::Reference::Maps>(reference_->run(picture)));
}

void BitComparison::begin(Maps expected) {
  maps_ = std::move(expected);
  events_seen_.assign(errors_.size(), 0);
  active_ = true;
}

void BitComparison::compare(NodeId node) {
  // A layer in several passes is complete only after the last pass.
  if (++events_seen_[node] < events_expected_[node] || command_[node] == nullptr) return;
  const auto& expected = maps_->binary[node];
  const auto words = expected.bits.words();
  found_.resize(std::max(found_.size(), words.size()));
  platform_.peek_buffer(command_[node]->descriptor.out_buffer, std::span(found_).first(words.size()));
  errors_[node] += count_differences(words, found_.data());
  bits_[node] += expected.shape.size();
  if (!put_ideal_) return;
  platform_.poke_buffer(command_[node]->descriptor.out_buffer, words);
  placed_bytes_ += words.size_bytes();
}

void BitComparison::reset_counts() {
  std::fill(errors_.begin(), errors_.end(), 0);
  std::fill(bits_.begin(), bits_.end(), 0);
}

std::uint64_t BitComparison::errors() const {
  return std::accumulate(errors_.begin(), errors_.end(), std::uint64_t{0});
}

std::uint64_t BitComparison::bits() const {
  return std::accumulate(bits_.begin(), bits_.end(), std::uint64_t{0});
}

}  // namespace irc::platform
