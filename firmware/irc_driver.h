/* SPDX-License-Identifier: Apache-2.0 */
/** \file
    Bare-metal driver of the accelerator in C99. It needs irc_contract.h (written by `irc rtl --out DIR`) and
    functions that read and write 32-bit words. It allocates no memory and keeps no state between calls.
    docs/registers.md describes the registers. Only one caller may use a device at a time. */
#ifndef IRC_DRIVER_H
#define IRC_DRIVER_H
#include <stdint.h>

#include "irc_contract.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One accelerator, and the functions that reach it. */
typedef struct irc_device {
  uint32_t (*read32)(void* context, uint64_t address);              /**< reads a 32-bit word */
  void (*write32)(void* context, uint64_t address, uint32_t value); /**< writes a 32-bit word */
  /** Waits for the interrupt line; it may also return earlier. If it is NULL, the driver polls. */
  void (*wait_interrupt)(void* context);
  void* context; /**< passed to the functions above */
  uint64_t base; /**< address of the register window */
} irc_device;

/** The result of a call. */
typedef enum irc_status {
  IRC_OK = 0,         /**< success */
  IRC_NO_DEVICE,      /**< ID or VERSION differs from the contract */
  IRC_RUNNING,        /**< a program is already running */
  IRC_PROGRAM_FAILED, /**< the program ended with an error, see irc_result */
  IRC_TIMED_OUT       /**< the limit of looks is reached; the program goes on */
} irc_status;

/** How a program ended. */
typedef struct irc_result {
  uint32_t error;            /**< IRC_ERROR_...; irc_error_text() gives a message */
  uint32_t command;          /**< index of the command that failed, or of the last one */
  uint32_t commands_done;    /**< commands finished since the doorbell */
  uint32_t layer_interrupts; /**< layer interrupts served; coinciding ones count once */
  uint64_t cycles;           /**< clock cycles from the doorbell to the end */
} irc_result;

/** Checks that there is an accelerator of this contract. Returns IRC_OK or IRC_NO_DEVICE. */
irc_status irc_probe(const irc_device* device);

/** Resets status, errors and pending interrupts. Cells, parameters and maps stay. Returns IRC_RUNNING, and
   does nothing, while a program runs. */
irc_status irc_reset(const irc_device* device);

/** Starts the program whose first descriptor is at memory address `program`, and returns at once. `picture`
   is the number of the image; it names the noise draws of a simulated chip. Returns IRC_RUNNING, and does
   nothing, while a program runs. */
irc_status irc_start(const irc_device* device, uint64_t program, uint32_t picture);

/** Waits for the end of the program and serves layer interrupts in the meantime. It looks at the device at
   most `looks` times (0: without limit), after each interrupt or, without wait_interrupt, in a loop. `result`
   may be NULL. Returns IRC_OK, IRC_PROGRAM_FAILED or IRC_TIMED_OUT. */
irc_status irc_wait(const irc_device* device, uint32_t looks, irc_result* result);

/** Calls irc_start and then irc_wait. */
irc_status irc_run(const irc_device* device, uint64_t program, uint32_t picture, uint32_t looks,
                   irc_result* result);

/** The meaning of a status, for messages. */
const char* irc_status_text(irc_status status);

#ifdef __cplusplus
}
#endif
#endif
