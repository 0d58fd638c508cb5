// SPDX-License-Identifier: Apache-2.0
#include "irc/model/payload_manager.h"

namespace irc::model {
namespace {

void set_default_attributes(tlm::tlm_generic_payload& payload) {
  payload.set_command(tlm::TLM_IGNORE_COMMAND);
  payload.set_address(0);
  payload.set_data_ptr(nullptr);
  payload.set_data_length(0);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_byte_enable_length(0);
  payload.set_streaming_width(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_gp_option(tlm::TLM_MIN_PAYLOAD);
}

}  // namespace

PayloadManager::~PayloadManager() {
  for (auto& payload : owned_)
    if (payload->get_ref_count() > 0)
      for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) payload->set_extension(i, nullptr);
}

tlm::tlm_generic_payload* PayloadManager::allocate() {
  if (idle_.empty()) {
    owned_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
    // free() is called from release(), which must not fail. So its memory is reserved here.
    idle_.reserve(owned_.capacity());
    idle_.push_back(owned_.back().get());
  }
  tlm::tlm_generic_payload* payload = idle_.back();
  idle_.pop_back();
  payload->acquire();
  return payload;
}

void PayloadManager::free(tlm::tlm_generic_payload* payload) {
  payload->reset();
  set_default_attributes(*payload);
  idle_.push_back(payload);
}

}  // namespace irc::model
