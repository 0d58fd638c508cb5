/* SPDX-License-Identifier: Apache-2.0 */
/* One macro of the model, driven from C: programs two columns with the weights +1 and -1, drives more and
 * more word lines, and prints what the sense amplifiers decide. cc main.c -o macro -lirc_dpi && ./macro
 * [CONFIGURATION] */
#include <stdio.h>

#include "irc/dpi/irc_dpi.h"

enum { ROWS = 8, MOST_ROWS = 65536, MOST_AMPLIFIERS = 4096 };

static int failed(int handle) {
  fprintf(stderr, "%s\n", irc_dpi_message(handle));
  return 1;
}

int main(int argc, char** argv) {
  static uint32_t word_lines[MOST_ROWS / 32];
  static int32_t readouts[MOST_AMPLIFIERS];
  /* Two bit lines make one column pair. A low-resistance cell on the first one is +1, on the second one -1.
   */
  const uint32_t cells = 0x9;
  int handle, rows, pairs, amplifiers, bits, lines, row, on;

  if (irc_dpi_open(IRC_DPI_VERSION, argc > 1 ? argv[1] : "robust.toml", 0, 1, &handle) != IRC_DPI_OK)
    return failed(0);
  if (irc_dpi_sizes(handle, &rows, &pairs, &amplifiers, &bits, &lines) != IRC_DPI_OK) return failed(handle);
  printf("%d rows, %d column pairs, %d amplifiers of %d bit\n", rows, pairs, amplifiers, bits);
  if (rows > MOST_ROWS || amplifiers > MOST_AMPLIFIERS) return 1;

  for (row = 0; row < ROWS; ++row)
    if (irc_dpi_program_row(handle, row, 0, 4, &cells, row == ROWS - 1) != IRC_DPI_OK) return failed(handle);
  for (on = 0; on <= ROWS; ++on) {
    word_lines[0] = (1u << on) - 1;
    if (irc_dpi_evaluate(handle, word_lines, 0, ROWS, 0, 2, 0, (uint64_t)on, 0, readouts) != IRC_DPI_OK)
      return failed(handle);
    printf("%d word lines: sums %+d and %+d, decisions %d and %d\n", on, on, -on, (int)readouts[0],
           (int)readouts[1]);
  }
  return irc_dpi_close(handle) == IRC_DPI_OK ? 0 : failed(0);
}
