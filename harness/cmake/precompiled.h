// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What most files of the program read, compiled once. Nothing includes this file: CMake puts it
// before each source, and sources include what they need as if it were not there; builds for other
// architectures are made without it. A header belongs here when it seldom changes, since all
// objects are made anew after a change, and when a third of the files or more read it.

#ifndef SHMSPEC_HARNESS_CMAKE_PRECOMPILED_H_
#define SHMSPEC_HARNESS_CMAKE_PRECOMPILED_H_

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/plan/trace.h"

#endif  // SHMSPEC_HARNESS_CMAKE_PRECOMPILED_H_
