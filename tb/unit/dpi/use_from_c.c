/* SPDX-License-Identifier: Apache-2.0 */
/* The header is C, and a C program can use the library: the example of docs/dpi.md. */
#include <stdio.h>

#include "irc/dpi/irc_dpi.h"

int main(void) {
  int handle, row;
  const uint32_t cells = 0x6; /* two column pairs: -1 and +1 */
  uint32_t word_lines[2048 / 32] = {0xff};
  int32_t readouts[128];
  if (irc_dpi_open(IRC_DPI_VERSION, "ideal.toml", 0, 1, &handle) != IRC_DPI_OK) {
    fprintf(stderr, "%s\n", irc_dpi_message(0));
    return 1;
  }
  for (row = 0; row < 8; ++row)
    if (irc_dpi_program_row(handle, row, 0, 4, &cells, row == 7) != IRC_DPI_OK) return 1;
  if (irc_dpi_evaluate(handle, word_lines, 0, 8, 0, 2, 0, 0, 0, readouts) != IRC_DPI_OK) {
    fprintf(stderr, "%s\n", irc_dpi_message(handle));
    return 1;
  }
  printf("sums of -8 and +8 give %d and %d\n", (int)readouts[0], (int)readouts[1]);
  return irc_dpi_close(handle) == IRC_DPI_OK && readouts[0] == 0 && readouts[1] == 1 ? 0 : 1;
}
