// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include <tlm>

namespace irc::model {

/// A pool of generic payloads for one initiator. It is the memory manager that the base protocol demands of
/// every initiator with non-blocking transport.
///
/// The manager owns every payload it made and deletes all of them in its destructor, outstanding or not.
/// Modules of this room therefore never touch a payload in their destructors, and nobody may release a
/// payload after its manager is gone. Extensions that an outstanding payload still carries are not freed,
/// because their owners, often on a thread's stack, were interrupted before they could give them up.
class PayloadManager : public tlm::tlm_mm_interface {
 public:
  PayloadManager() = default;
  PayloadManager(const PayloadManager&) = delete;
  PayloadManager& operator=(const PayloadManager&) = delete;
  ~PayloadManager() override;

  /// A payload with the standard's default attributes, no auto extension, and one reference. The caller holds
  /// the reference and gives it back with `release()`.
  tlm::tlm_generic_payload* allocate();

  /// Called by the payload when its last reference goes. Frees auto extensions, restores the default
  /// attributes and keeps the payload for the next `allocate()`. Sticky extensions stay.
  void free(tlm::tlm_generic_payload* payload) override;

  /// Number of payloads handed out and not yet given back.
  std::size_t outstanding() const { return owned_.size() - idle_.size(); }
  /// Number of payloads made so far, which is the largest number outstanding at one time.
  std::size_t capacity() const { return owned_.size(); }

 private:
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> owned_;
  std::vector<tlm::tlm_generic_payload*> idle_;
};

}  // namespace irc::model
