/* SPDX-License-Identifier: Apache-2.0 */
/** \file
 * One macro of the model behind a C interface, for RTL simulators (SystemVerilog DPI-C, VPI) and C programs.
 *
 * Every function except irc_dpi_version and irc_dpi_message returns IRC_DPI_OK or a negative code;
 * irc_dpi_message gives the reason in words. All functions may be called from any thread; calls on one handle
 * wait for each other. No function throws. Packed bits are 32-bit words, bit 0 of word 0 first, as DPI-C
 * passes `bit [N-1:0]`. Documented in docs/dpi.md. */
#ifndef IRC_DPI_IRC_DPI_H
#define IRC_DPI_IRC_DPI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this interface. It increases when a function changes its arguments, result or meaning. */
enum { IRC_DPI_VERSION = 1 /**< the current version */ };

/** Return codes. */
enum {
  IRC_DPI_OK = 0,           /**< success */
  IRC_DPI_BAD_VERSION = -1, /**< the caller was built for another version of this interface */
  IRC_DPI_BAD_CONFIG = -2, /**< the configuration is missing or wrong; the message names file, line and key */
  IRC_DPI_BAD_HANDLE = -3, /**< never opened, or closed */
  IRC_DPI_BAD_ARGUMENT = -4, /**< rows, lines, cells or names that do not fit the macro */
  IRC_DPI_FAILED = -5        /**< the model itself failed, e.g. a column without a solution */
};

/** The interface version of this library. */
int irc_dpi_version(void);

/** Creates a macro.
 *   api_version  the caller's IRC_DPI_VERSION
 *   config       name of a shipped preset ("robust.toml") or path of a configuration, as `irc run` takes it
 *   macro        number of the macro on its chip, from 0
 *   seed         names the chip, that is, all draws of its cells and amplifiers (irc_dpi_chip_seed)
 *   handle       out: positive; a closed handle is never given out again
 * The amplifiers are trimmed if the configuration asks for it. */
int irc_dpi_open(int api_version, const char* config, int macro, uint64_t seed, int* handle);

/** Gives the seed that names chip `chip` of `irc run` with run.seed = run_seed. */
int irc_dpi_chip_seed(uint64_t run_seed, uint64_t chip, uint64_t* seed);

/** Gives the sizes of an open macro; any pointer may be 0. level_bits: 1 means a decision, more a signed
 * level. lines: number of lines that the amplifiers can read. */
int irc_dpi_sizes(int handle, int* rows, int* column_pairs, int* amplifiers, int* level_bits, int* lines);

/** Programs a whole tile of `rows` rows on the bit lines [first, first + columns). Tiles that share one of
 * these bit lines are lost. Cell (column, row) is bit column * rows + row of `cells`; 1 is LRS. */
int irc_dpi_program(int handle, int first, int columns, int rows, const uint32_t* cells);

/** Programs a tile row by row: bit i of `cells` is the cell on bit line first + i. Row 0 starts a tile and
 * `last` completes it; rows come in order. */
int irc_dpi_program_row(int handle, int row, int first, int columns, const uint32_t* cells, int last);

/** Sets the biases of `count` lines from `line` on, in unit currents; only where array.bias = "source". */
int irc_dpi_set_bias(int handle, int line, int count, const int32_t* units);

/** Reads `lines` lines from `line` on, at most one per amplifier, while `word_lines` are driven.
 *   word_lines  one bit per row of the macro; none outside [row_first, row_first + row_count)
 *   bias_on     whether the bias sources of these lines inject
 *   read        names the random draws: image * pixels + vector, below 2^40
 *   group       number of the row group, which also names the draws, below 2^19
 *   readouts    out: one per amplifier of the macro; amplifier l mod amplifiers reads line l, others give 0
 * Equal arguments give equal readouts, in any order of calls. */
int irc_dpi_evaluate(int handle, const uint32_t* word_lines, int row_first, int row_count, int line,
                     int lines, int bias_on, uint64_t read, int group, int32_t* readouts);

/** The same with the readouts packed as on the pins: level_bits bits per amplifier, in whole words. */
int irc_dpi_evaluate_packed(int handle, const uint32_t* word_lines, int row_first, int row_count, int line,
                            int lines, int bias_on, uint64_t read, int group, uint32_t* levels);

/** Frees the macro. */
int irc_dpi_close(int handle);

/** Says in words what went wrong in the last call with this handle, from any thread; for handle 0, in this
 * thread's last failed call. Never null; empty if nothing went wrong. Valid until this thread asks again. */
const char* irc_dpi_message(int handle);

#ifdef __cplusplus
}
#endif
#endif
