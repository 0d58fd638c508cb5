/* SPDX-License-Identifier: Apache-2.0 */
/* Driver of the accelerator for bare metal, in C99. It needs irc_contract.h (`irc rtl --out DIR` writes it)
   and a way to read and write 32-bit words; it neither allocates nor keeps state between calls.
   docs/registers.md is the contract. One caller at a time. */
#ifndef IRC_DRIVER_H
#define IRC_DRIVER_H
#include <stdint.h>

#include "irc_contract.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One accelerator and how it is reached. */
typedef struct irc_device {
  uint32_t (*read32)(void* context, uint64_t address);
  void (*write32)(void* context, uint64_t address, uint32_t value);
  /* Returns when the interrupt line is high, or earlier. NULL: the driver polls. */
  void (*wait_interrupt)(void* context);
  void* context; /* handed to the functions above */
  uint64_t base; /* address of the register window */
} irc_device;

typedef enum irc_status {
  IRC_OK = 0,
  IRC_NO_DEVICE,      /* ID or VERSION is another */
  IRC_RUNNING,        /* a program runs already */
  IRC_PROGRAM_FAILED, /* the program ended with an error: see irc_result */
  IRC_TIMED_OUT       /* the limit of looks is used up; the program runs on */
} irc_status;

/* How a program ended. */
typedef struct irc_result {
  uint32_t error;            /* IRC_ERROR_...; irc_error_text() says it in words */
  uint32_t command;          /* index of the command that failed, or of the last one */
  uint32_t commands_done;    /* since the doorbell */
  uint32_t layer_interrupts; /* served; those that fall together count once */
  uint64_t cycles;           /* from doorbell to end */
} irc_result;

/* Whether there is an accelerator of this contract. */
irc_status irc_probe(const irc_device* device);

/* Soft reset: status, errors and pending interrupts. Cells, parameters and maps stay. Not while a program
 * runs. */
irc_status irc_reset(const irc_device* device);

/* Runs the program whose first descriptor lies at memory address `program`; `picture` names the draws of
   noise of a simulated chip. Returns at once. */
irc_status irc_start(const irc_device* device, uint64_t program, uint32_t picture);

/* Waits for the end of the program, serving layer interrupts on the way. Looks at the device at most `looks`
   times, after each interrupt or, without wait_interrupt, one after the other; 0: until the end. `result` may
   be NULL. */
irc_status irc_wait(const irc_device* device, uint32_t looks, irc_result* result);

/* irc_start and irc_wait. */
irc_status irc_run(const irc_device* device, uint64_t program, uint32_t picture, uint32_t looks,
                   irc_result* result);

/* For people. */
const char* irc_status_text(irc_status status);

#ifdef __cplusplus
}
#endif
#endif
