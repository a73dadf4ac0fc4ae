// SPDX-License-Identifier: Apache-2.0
// A bare Verilator loop: what one writes by hand to run a core, and nothing more. The yardstick of
// examples/cosim_speed.rs; no part of the driver.
//
// Usage: bare WIDTH HEIGHT CYCLES, inside the emitted folder. Prints class words received, seconds and processor seconds.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "Vitnet.h"
#include "verilated.h"

static double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const uint64_t width = std::strtoull(argv[1], nullptr, 10), height = std::strtoull(argv[2], nullptr, 10);
    const uint64_t cycles = std::strtoull(argv[3], nullptr, 10);
    VerilatedContext context;
    Vitnet top{&context};
    uint64_t x = 0, y = 0, words = 0;
    const double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    top.s_axis_video_tvalid = 1;
    top.m_axis_class_tready = 1;
    for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
        top.aresetn = cycle >= 8;
        top.s_axis_video_tdata = (x * 7 + y * 13) & 0xffffff;
        top.s_axis_video_tuser = x == 0 && y == 0;
        top.s_axis_video_tlast = x == width - 1;
        top.aclk = 0;
        top.eval();
        words += top.m_axis_class_tvalid;
        if (top.aresetn && top.s_axis_video_tready) {
            x = x + 1 == width ? 0 : x + 1;
            if (x == 0) y = y + 1 == height ? 0 : y + 1;
        }
        top.aclk = 1;
        top.eval();
    }
    std::printf("%llu %.6f %.6f\n", static_cast<unsigned long long>(words), seconds(CLOCK_MONOTONIC) - wall,
                seconds(CLOCK_PROCESS_CPUTIME_ID) - processor);
}
