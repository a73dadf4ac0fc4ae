// SPDX-License-Identifier: Apache-2.0
// What a compiled design offers to the driver: a table of C functions and of pointers to its pins.
//
// Owns: the boundary between design.cpp (compiled with each design) and the driver (compiled once, into hwgen).
// Values lie as Verilator stores them: 1, 2, 4 or 8 bytes, or an array of 32-bit words; clean above their width.
#pragma once
#include <cstddef>
#include <cstdint>

/// Raised with every change of this file.
constexpr uint32_t HWG_ABI = 3;

/// A signal: its storage, its width, and the size of its storage.
struct HwgSignal {
    void* data;
    uint32_t bits;
    uint32_t bytes;
};

/// An address channel of the AXI4 master.
struct HwgAddress {
    uint64_t* addr;
    uint8_t *id, *len, *size, *burst, *cache, *prot, *valid, *ready;
};

/// The AXI4 master `m_axi_fb`; `wdata.data` is null without one.
struct HwgMaster {
    HwgAddress aw, ar;
    HwgSignal wdata, wstrb, rdata;
    uint8_t *wlast, *wvalid, *wready;
    uint8_t *bid, *bresp, *bvalid, *bready;
    uint8_t *rid, *rresp, *rlast, *rvalid, *rready;
};

/// The pins of `itnet_top`.
struct HwgPorts {
    uint8_t *aclk, *aresetn;
    HwgSignal s_axis_video_tdata, m_axis_class_tdata;
    uint8_t *s_axis_video_tvalid, *s_axis_video_tready, *s_axis_video_tuser, *s_axis_video_tlast;
    uint8_t *m_axis_class_tid, *m_axis_class_tvalid, *m_axis_class_tready;
    uint8_t *m_axis_class_tuser, *m_axis_class_tlast;
    /// `data` is null without feedback streams.
    HwgSignal m_axis_fb_tdata, s_axis_fb_tdata;
    uint8_t *m_axis_fb_tvalid, *m_axis_fb_tready, *m_axis_fb_tlast;
    uint8_t *s_axis_fb_tvalid, *s_axis_fb_tready, *s_axis_fb_tlast;
    HwgMaster m_axi_fb;
    uint8_t *s_axil_awaddr, *s_axil_awprot, *s_axil_awvalid, *s_axil_awready;
    uint32_t* s_axil_wdata;
    uint8_t *s_axil_wstrb, *s_axil_wvalid, *s_axil_wready, *s_axil_bresp, *s_axil_bvalid, *s_axil_bready;
    uint8_t *s_axil_araddr, *s_axil_arprot, *s_axil_arvalid, *s_axil_arready;
    uint32_t* s_axil_rdata;
    uint8_t *s_axil_rresp, *s_axil_rvalid, *s_axil_rready;
    uint8_t* irq;
};

/// The functions. Those that can fail return 0 for success and leave a text behind `failure`.
struct HwgDesignApi {
    uint32_t abi;
    /// 1 if compiled with waveforms.
    uint32_t traced;
    /// Makes an instance and runs its initial blocks; null and a text in `error` on failure.
    void* (*create)(const char* folder, uint64_t seed, int random_initial, char* error, size_t size);
    void (*destroy)(void*);
    int (*eval)(void*);
    const char* (*failure)(void*);
    void (*ports)(void*, HwgPorts*);
    /// Finds a public signal: scope `itnet_top.u_x`, name `probe_valid`.
    int (*find)(void*, const char* scope, const char* name, HwgSignal*);
    int (*trace_open)(void*, const char* path);
    int (*trace_dump)(void*, uint64_t time);
    void (*trace_close)(void*);
};

extern "C" const HwgDesignApi* hwg_design();
using HwgDesignFunction = const HwgDesignApi* (*)();
