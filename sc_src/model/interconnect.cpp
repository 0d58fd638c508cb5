// SPDX-License-Identifier: Apache-2.0
#include "irc/model/interconnect.h"
