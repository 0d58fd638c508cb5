/* SPDX-License-Identifier: Apache-2.0 */
#include "irc_driver.h"

#include <stddef.h>

static uint32_t get(const irc_device* device, uint32_t offset) {
  return device->read32(device->context, device->base + offset);
}

static void put(const irc_device* device, uint32_t offset, uint32_t value) {
  device->write32(device->context, device->base + offset, value);
}

static int running(const irc_device* device) {
  return (get(device, IRC_CSR_STATUS) & IRC_STATUS_BUSY) != 0;
}

irc_status irc_probe(const irc_device* device) {
  if (get(device, IRC_CSR_ID) != IRC_CSR_ID_RESET) return IRC_NO_DEVICE;
  if (get(device, IRC_CSR_VERSION) != IRC_CSR_VERSION_RESET) return IRC_NO_DEVICE;
  return IRC_OK;
}

irc_status irc_reset(const irc_device* device) {
  if (running(device)) return IRC_RUNNING;
  put(device, IRC_CSR_CONTROL, IRC_CONTROL_RESET);
  return IRC_OK;
}

irc_status irc_start(const irc_device* device, uint64_t program, uint32_t picture) {
  const uint32_t all = IRC_IRQ_LAYER | IRC_IRQ_PROGRAM | IRC_IRQ_ERROR;
  if (running(device)) return IRC_RUNNING;
  /* Interrupts that an earlier program left pending do not belong to this one. */
  put(device, IRC_CSR_IRQ_STATUS, all);
  put(device, IRC_CSR_IRQ_ENABLE, all);
  put(device, IRC_CSR_PROGRAM_LOW, (uint32_t)program);
  put(device, IRC_CSR_PROGRAM_HIGH, (uint32_t)(program >> 32));
  put(device, IRC_CSR_PICTURE, picture);
  put(device, IRC_CSR_DOORBELL, IRC_DOORBELL_RUN);
  return IRC_OK;
}

static void read_result(const irc_device* device, irc_result* result) {
  result->error = get(device, IRC_CSR_ERROR);
  result->command = get(device, IRC_CSR_COMMAND);
  result->commands_done = get(device, IRC_CSR_LAYERS_DONE);
  result->cycles = get(device, IRC_CSR_CYCLES_LOW);
  result->cycles |= (uint64_t)get(device, IRC_CSR_CYCLES_HIGH) << 32;
}

irc_status irc_wait(const irc_device* device, uint32_t looks, irc_result* result) {
  uint32_t seen = 0, look = 0, layers = 0;
  while ((seen & IRC_IRQ_PROGRAM) == 0) {
    uint32_t pending;
    if (looks != 0 && look++ == looks) return IRC_TIMED_OUT;
    if (device->wait_interrupt != NULL) device->wait_interrupt(device->context);
    pending = get(device, IRC_CSR_IRQ_STATUS);
    if (pending == 0) continue;
    put(device, IRC_CSR_IRQ_STATUS, pending);
    if ((pending & IRC_IRQ_LAYER) != 0) ++layers;
    seen |= pending;
  }
  if (result != NULL) {
    read_result(device, result);
    result->layer_interrupts = layers;
  }
  return (seen & IRC_IRQ_ERROR) != 0 ? IRC_PROGRAM_FAILED : IRC_OK;
}

irc_status irc_run(const irc_device* device, uint64_t program, uint32_t picture, uint32_t looks,
                   irc_result* result) {
  const irc_status started = irc_start(device, program, picture);
  return started == IRC_OK ? irc_wait(device, looks, result) : started;
}

const char* irc_status_text(irc_status status) {
  switch (status) {
    case IRC_OK:
      return "done";
    case IRC_NO_DEVICE:
      return "no accelerator of this contract at this address";
    case IRC_RUNNING:
      return "a program is running";
    case IRC_PROGRAM_FAILED:
      return "the program failed";
    case IRC_TIMED_OUT:
      return "the program did not end in time";
  }
  return "unknown status";
}
