// SPDX-License-Identifier: Apache-2.0
// Compiled with every Verilated design (model class `Vitnet`): makes it usable through design_abi.h.
//
// Owns: construction, memory files, the hooks that Verilator offers for failures, waveforms.
// HWG_STREAM: the design has feedback streams. HWG_AXI: it has an AXI4 master instead. HWG_TRACE: waveforms.
#include "design_abi.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "Vitnet.h"
#include "verilated.h"
#include "verilated_syms.h"
#if HWG_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

struct Instance {
    VerilatedContext context;
    std::unique_ptr<Vitnet> top;
#if HWG_TRACE
    std::unique_ptr<VerilatedFstC> waveform;
#endif
    std::string failure;
};

/// The first reason why something could not be written to a file: the writer of waveforms does not look.
int s_write_error = 0;

/// Where relative file names lead while this thread constructs an instance: the emitted folder.
thread_local const std::string* t_folder = nullptr;
/// The first file that could not be opened meanwhile.
thread_local std::string* t_missing = nullptr;

FILE* open_in_folder(FILE* (*open)(const char*, const char*), const char* path, const char* mode) {
    std::string full{path};
    if (t_folder && path[0] != '/') full = *t_folder + "/" + path;
    FILE* const file = open(full.c_str(), mode);
    if (!file && t_missing && t_missing->empty()) *t_missing = path;
    return file;
}

void* create(const char* folder, uint64_t seed, int random_initial, char* error, size_t size) {
    const std::string root{folder};
    std::string missing;
    auto instance = std::make_unique<Instance>();
    try {
        // VL_RAND_RESET looks at the context of the thread.
        Verilated::threadContextp(&instance->context);
        instance->context.randReset(random_initial ? 2 : 0);
        instance->context.randSeed(static_cast<int>(seed % 0x7ffffffe) + 1);
#if HWG_TRACE
        instance->context.traceEverOn(true);
#endif
        t_folder = &root;
        t_missing = &missing;
        instance->top = std::make_unique<Vitnet>(&instance->context, "TOP");
        instance->top->aclk = 0;
        instance->top->aresetn = 0;
        instance->top->eval();
    } catch (const std::exception& e) {
        missing = e.what();
    }
    t_folder = nullptr;
    t_missing = nullptr;
    if (missing.empty()) return instance.release();
    std::snprintf(error, size, "%s", missing.c_str());
    Verilated::threadContextp(Verilated::defaultContextp());
    return nullptr;
}

void destroy(void* pointer) {
    auto* const instance = static_cast<Instance*>(pointer);
    if (Verilated::threadContextp() == &instance->context) Verilated::threadContextp(Verilated::defaultContextp());
#if HWG_TRACE
    if (instance->waveform) instance->waveform->close();
#endif
    delete instance;
}

int eval(void* pointer) {
    auto* const instance = static_cast<Instance*>(pointer);
    try {
        instance->top->eval();
        return 0;
    } catch (const std::exception& e) {
        instance->failure = e.what();
        return 1;
    }
}

const char* failure(void* pointer) { return static_cast<Instance*>(pointer)->failure.c_str(); }

template <typename Port>
HwgSignal wide(Port& port) {
    return {&port, 8 * static_cast<uint32_t>(sizeof port), static_cast<uint32_t>(sizeof port)};
}

void ports(void* pointer, HwgPorts* p) {
    Vitnet& top = *static_cast<Instance*>(pointer)->top;
#define HWG_PIN(name) p->name = &top.name
    HWG_PIN(aclk), HWG_PIN(aresetn);
    p->s_axis_video_tdata = wide(top.s_axis_video_tdata);
    p->m_axis_class_tdata = wide(top.m_axis_class_tdata);
    HWG_PIN(s_axis_video_tvalid), HWG_PIN(s_axis_video_tready);
    HWG_PIN(s_axis_video_tuser), HWG_PIN(s_axis_video_tlast);
    HWG_PIN(m_axis_class_tid), HWG_PIN(m_axis_class_tvalid);
    HWG_PIN(m_axis_class_tready), HWG_PIN(m_axis_class_tuser), HWG_PIN(m_axis_class_tlast);
#if HWG_STREAM
    p->m_axis_fb_tdata = wide(top.m_axis_fb_tdata);
    p->s_axis_fb_tdata = wide(top.s_axis_fb_tdata);
    HWG_PIN(m_axis_fb_tvalid), HWG_PIN(m_axis_fb_tready), HWG_PIN(m_axis_fb_tlast);
    HWG_PIN(s_axis_fb_tvalid), HWG_PIN(s_axis_fb_tready), HWG_PIN(s_axis_fb_tlast);
#endif
#if HWG_AXI
#define HWG_MASTER(name) p->m_axi_fb.name = &top.m_axi_fb_##name
#define HWG_ADDRESS(channel, name) p->m_axi_fb.channel.name = &top.m_axi_fb_##channel##name
#define HWG_CHANNEL(channel)                                                                          \
    HWG_ADDRESS(channel, addr), HWG_ADDRESS(channel, id), HWG_ADDRESS(channel, len);                  \
    HWG_ADDRESS(channel, size), HWG_ADDRESS(channel, burst), HWG_ADDRESS(channel, cache);             \
    HWG_ADDRESS(channel, prot), HWG_ADDRESS(channel, valid), HWG_ADDRESS(channel, ready)
    HWG_CHANNEL(aw);
    HWG_CHANNEL(ar);
    p->m_axi_fb.wdata = wide(top.m_axi_fb_wdata);
    p->m_axi_fb.wstrb = wide(top.m_axi_fb_wstrb);
    p->m_axi_fb.rdata = wide(top.m_axi_fb_rdata);
    HWG_MASTER(wlast), HWG_MASTER(wvalid), HWG_MASTER(wready);
    HWG_MASTER(bid), HWG_MASTER(bresp), HWG_MASTER(bvalid), HWG_MASTER(bready);
    HWG_MASTER(rid), HWG_MASTER(rresp), HWG_MASTER(rlast), HWG_MASTER(rvalid), HWG_MASTER(rready);
#undef HWG_CHANNEL
#undef HWG_ADDRESS
#undef HWG_MASTER
#endif
    HWG_PIN(s_axil_awaddr), HWG_PIN(s_axil_awprot), HWG_PIN(s_axil_awvalid), HWG_PIN(s_axil_awready);
    HWG_PIN(s_axil_wdata), HWG_PIN(s_axil_wstrb), HWG_PIN(s_axil_wvalid), HWG_PIN(s_axil_wready);
    HWG_PIN(s_axil_bresp), HWG_PIN(s_axil_bvalid), HWG_PIN(s_axil_bready);
    HWG_PIN(s_axil_araddr), HWG_PIN(s_axil_arprot), HWG_PIN(s_axil_arvalid), HWG_PIN(s_axil_arready);
    HWG_PIN(s_axil_rdata), HWG_PIN(s_axil_rresp), HWG_PIN(s_axil_rvalid), HWG_PIN(s_axil_rready);
    HWG_PIN(irq);
#undef HWG_PIN
}

// Bits of a variable without unpacked dimensions. Newer versions of Verilator (5.48 has it, 5.006 not) know them as
// `entBits`, and give 1 for the dimension 0 of the DPI, where older ones have them.
template <typename Variable>
auto width_of(const Variable& variable, int) -> decltype(static_cast<uint32_t>(variable.entBits())) {
    return static_cast<uint32_t>(variable.entBits());
}
template <typename Variable>
uint32_t width_of(const Variable& variable, long) {
    return variable.dims() == 0 ? 1 : static_cast<uint32_t>(variable.elements(0));
}

int find(void* pointer, const char* scope, const char* name, HwgSignal* out) {
    auto* const instance = static_cast<Instance*>(pointer);
    const std::string full = std::string{"TOP."} + scope;
    const VerilatedScope* const found = instance->context.scopeFind(full.c_str());
    VerilatedVar* const variable = found ? found->varFind(name) : nullptr;
    if (!variable || variable->udims() != 0) return 1;
    *out = {variable->datap(), width_of(*variable, 0), static_cast<uint32_t>(variable->totalSize())};
    return 0;
}

int trace_open(void* pointer, const char* path) {
#if HWG_TRACE
    auto* const instance = static_cast<Instance*>(pointer);
    s_write_error = 0;
    instance->waveform = std::make_unique<VerilatedFstC>();
    instance->top->trace(instance->waveform.get(), 99);
    instance->waveform->open(path);
    if (instance->waveform->isOpen()) return 0;
    instance->failure = std::string{"cannot write "} + path;
    return 1;
#else
    static_cast<Instance*>(pointer)->failure = std::string{"built without waveforms: "} + path;
    return 1;
#endif
}

int trace_dump(void* pointer, uint64_t time) {
#if HWG_TRACE
    auto* const instance = static_cast<Instance*>(pointer);
    if (instance->waveform) instance->waveform->dump(time);
    if (s_write_error == 0) return 0;
    instance->failure = std::strerror(s_write_error);
    return 1;
#else
    (void)pointer, (void)time;
    return 0;
#endif
}

void trace_close(void* pointer) {
#if HWG_TRACE
    auto* const instance = static_cast<Instance*>(pointer);
    if (instance->waveform) instance->waveform->close();
    instance->waveform.reset();
#else
    (void)pointer;
#endif
}

}  // namespace

// The linker leads every fopen of the runtime and the model here (--wrap=fopen): `$readmemh` names its files relative
// to the emitted folder, and the working directory belongs to the whole process.
extern "C" FILE* __real_fopen(const char* path, const char* mode);
extern "C" FILE* __wrap_fopen(const char* path, const char* mode) {
    return open_in_folder(__real_fopen, path, mode);
}

// The same for what writes: a full disk shows here and nowhere else.
extern "C" size_t __real_fwrite(const void* data, size_t size, size_t count, FILE* file);
extern "C" size_t __wrap_fwrite(const void* data, size_t size, size_t count, FILE* file) {
    const size_t written = __real_fwrite(data, size, count, file);
    if (written != count && s_write_error == 0) s_write_error = errno;
    return written;
}
extern "C" int __real_fflush(FILE* file);
extern "C" int __wrap_fflush(FILE* file) {
    const int result = __real_fflush(file);
    if (result != 0 && s_write_error == 0) s_write_error = errno;
    return result;
}

// Verilator's hooks (VL_USER_*): an exception instead of the end of the process.
void vl_finish(const char* file, int line, const char*) {
    throw std::runtime_error(std::string{"$finish at "} + file + ":" + std::to_string(line));
}
void vl_stop(const char* file, int line, const char*) {
    throw std::runtime_error(std::string{"$stop at "} + file + ":" + std::to_string(line));
}
void vl_fatal(const char* file, int line, const char*, const char* message) {
    throw std::runtime_error(std::string{message} + " at " + (file ? file : "") + ":" + std::to_string(line));
}
void vl_warn(const char* file, int, const char*, const char* message) {
    if (t_missing && t_missing->empty()) *t_missing = std::string{message} + ": " + (file ? file : "");
}

extern "C" __attribute__((visibility("default"))) const HwgDesignApi* hwg_design() {
    static const HwgDesignApi api = {HWG_ABI, HWG_TRACE, create, destroy,    eval,      failure,
                                     ports,   find,      trace_open,         trace_dump, trace_close};
    return &api;
}
