// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace irc {

/// Instruction sets that this program's kernels can use on this machine, best first: "amx" (matrix tiles
/// beside AVX-512), then Highway's names in lower case ("avx3" is AVX-512, "avx2", ..., "scalar" or
/// "emu128"). The list is complete only while no limit is set.
std::vector<std::string> instruction_sets();

/// Instruction sets that the kernels were compiled for, by the same names, whether or not this machine has
/// them.
std::vector<std::string> compiled_instruction_sets();

/// Keeps kernels from using anything better than this set, for measurements and tests. The results have the
/// same bits. Don't call this during an evaluation, nor for tiles that were evaluated before.
/// \param name  one of instruction_sets(), or empty for no limit
/// \throws InputError for a name that this machine does not know; there is no limit afterwards
void limit_instruction_set(std::string_view name);

/// True if the processor and the operating system offer matrix tiles for 8-bit integers (AMX-INT8) and no
/// limit forbids them.
bool matrix_tiles();

}  // namespace irc
