// SPDX-License-Identifier: Apache-2.0
// What stops a simulation: the exceptions of the checkers, caught once in simulation.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "hwgen-sim/src/cosim/ffi.rs.h"

namespace hwgen {

/// Thrown by a checker; the loop adds the cycle.
struct Stop {
    Finding finding;
};

inline Finding no_finding() {
    return Finding{Verdict::Done, "", 0, 0, 0, 0, 0, 0, 0, false, What::Value, 0, 0, {}, {}};
}

[[noreturn]] inline void protocol_error(std::string message) {
    Finding f = no_finding();
    f.verdict = Verdict::Protocol;
    f.message = std::move(message);
    throw Stop{std::move(f)};
}

}  // namespace hwgen
