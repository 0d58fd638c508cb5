// SPDX-License-Identifier: Apache-2.0
#include "irc/model/system_memory.h"
