// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../tbb/stand_in.h"
