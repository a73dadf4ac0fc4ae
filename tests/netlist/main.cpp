// SPDX-License-Identifier: Apache-2.0
// Sends one frame through a netlist of itnet_top and keeps the class words.
//
// Usage: main WIDTH HEIGHT WORDS FRAME RESULT. FRAME holds R, G, B of each pixel; RESULT gets output and class of each
// word. Prints the cycles. Exit status 1 if the words do not all come, 2 for wrong arguments or files.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "Vitnet_top.h"
#include "verilated.h"

/// Cycles without a pixel taken or a word given after which the core hangs.
static constexpr uint64_t PATIENCE = 500'000;
static constexpr uint64_t RESET = 8;

int main(int argc, char** argv) {
    if (argc != 6) return 2;
    const size_t width = std::strtoul(argv[1], nullptr, 10), height = std::strtoul(argv[2], nullptr, 10);
    const uint64_t words = std::strtoull(argv[3], nullptr, 10);
    std::vector<uint8_t> frame(width * height * 3);
    FILE* file = std::fopen(argv[4], "rb");
    if (!file || std::fread(frame.data(), 1, frame.size(), file) != frame.size()) return 2;
    std::fclose(file);
    FILE* result = std::fopen(argv[5], "wb");
    if (!result) return 2;

    VerilatedContext context;
    context.randReset(2);  // registers begin as anything
    context.randSeed(1);
    Vitnet_top top{&context};
    top.s_axil_awaddr = top.s_axil_awprot = top.s_axil_awvalid = top.s_axil_wdata = top.s_axil_wstrb = 0;
    top.s_axil_wvalid = top.s_axil_araddr = top.s_axil_arprot = top.s_axil_arvalid = 0;
    top.s_axil_bready = top.s_axil_rready = top.m_axis_class_tready = 1;
    size_t pixel = 0;
    uint64_t received = 0, quiet = 0, cycle = 0;
    for (; received < words && quiet < PATIENCE; ++cycle) {
        const bool more = pixel < width * height;
        const uint8_t* rgb = &frame[more ? 3 * pixel : 0];
        top.aresetn = cycle >= RESET;
        top.s_axis_video_tvalid = more && cycle > RESET;
        top.s_axis_video_tdata = rgb[0] | rgb[1] << 8 | rgb[2] << 16;
        top.s_axis_video_tuser = pixel == 0;
        top.s_axis_video_tlast = pixel % width == width - 1;
        top.aclk = 0;
        top.eval();
        ++quiet;
        const bool taken = cycle >= RESET && top.s_axis_video_tvalid && top.s_axis_video_tready;
        if (cycle >= RESET && top.m_axis_class_tvalid) {
            std::fputc(top.m_axis_class_tid, result);
            std::fputc(top.m_axis_class_tdata, result);
            ++received;
            quiet = 0;
        }
        if (taken) {
            ++pixel;
            quiet = 0;
        }
        top.aclk = 1;
        top.eval();
    }
    if (std::fclose(result) != 0) return 2;
    std::printf("%llu\n", static_cast<unsigned long long>(cycle));
    return received == words ? 0 : 1;
}
