// SPDX-License-Identifier: Apache-2.0
#include "pins.h"

#include <array>

#include "axi_memory.h"
#include "driver.h"
#include "feedback.h"

namespace hwgen {

Pins::Pins(std::unique_ptr<Design> design, uint64_t depth, uint32_t word_bytes, const MemoryShape& memory)
    : design_{std::move(design)}, shape_{std::make_unique<MemoryShape>(memory)},
      rates_{std::make_unique<MemoryRates>()}, depth_{depth}, word_bytes_{word_bytes} {
    restart();
}

Pins::~Pins() = default;

void Pins::apply(const Inputs& in) {
    HwgPorts& p = design_->pins;
    *p.aresetn = in.aresetn;
    for (uint32_t lane = 0; lane < design_->beat(); ++lane) design_->pixel(lane, in.video_tdata[lane]);
    *p.s_axis_video_tvalid = in.video_tvalid;
    *p.s_axis_video_tuser = in.video_tuser;
    *p.s_axis_video_tlast = in.video_tlast;
    *p.m_axis_class_tready = in.class_tready;
    *p.s_axil_awaddr = in.awaddr;
    *p.s_axil_awprot = 0;
    *p.s_axil_awvalid = in.awvalid;
    *p.s_axil_wdata = in.wdata;
    *p.s_axil_wstrb = in.wstrb & 0xf;
    *p.s_axil_wvalid = in.wvalid;
    *p.s_axil_bready = in.bready;
    *p.s_axil_araddr = in.araddr;
    *p.s_axil_arprot = 0;
    *p.s_axil_arvalid = in.arvalid;
    *p.s_axil_rready = in.rready;
}

Outputs Pins::step(const Inputs& in) {
    apply(in);
    HwgPorts& p = design_->pins;
    if (in.aresetn) {
        feedback_->drive();
        memory_->drive();
    } else {
        restart();
    }
    design_->low();
    if (in.aresetn) {
        try {
            feedback_->sample();
            memory_->sample();
        } catch (const Stop& stop) {
            throw std::runtime_error(std::string{stop.finding.message});
        }
    }
    std::array<uint8_t, 4> classes{};
    for (uint32_t lane = 0; lane < design_->beat(); ++lane)
        classes[lane] = static_cast<uint8_t>(design_->classes() >> 8 * lane);
    const Outputs out{*p.s_axis_video_tready != 0, classes,                     *p.m_axis_class_tid,
                      *p.m_axis_class_tvalid != 0, *p.m_axis_class_tuser != 0,  *p.m_axis_class_tlast != 0,
                      *p.s_axil_awready != 0,      *p.s_axil_wready != 0,       *p.s_axil_bvalid != 0,
                      *p.s_axil_bresp,             *p.s_axil_arready != 0,      *p.s_axil_rvalid != 0,
                      *p.s_axil_rdata,             *p.s_axil_rresp,             *p.irq != 0,
                      feedback_->fill()};
    design_->high();
    return out;
}

/// Reset: whatever was outside of the core is lost.
void Pins::restart() {
    feedback_ = std::make_unique<FeedbackFifo>(*design_, FeedbackShape{depth_, 0, 0, word_bytes_},
                                               Pauser{0, 0, 0, 0}, Pauser{0, 0, 0, 0});
    memory_ = std::make_unique<AxiMemory>(*design_, *shape_, *rates_, ++restarts_);
    memory_->reset();
    HwgPorts& p = design_->pins;
    if (design_->has_feedback()) *p.m_axis_fb_tready = *p.s_axis_fb_tvalid = 0;
}

void Pins::behave(const MemoryRates& rates) {
    *rates_ = rates;
    memory_->behave(rates);
}

MemoryTraffic Pins::traffic() { return memory_->traffic; }

uint64_t Pins::peek(rust::Str path) {
    const HwgSignal signal = design_->find(std::string{path});
    uint64_t value = 0;
    std::memcpy(&value, signal.data, std::min<size_t>(signal.bytes, sizeof value));
    return value;
}

void Pins::trace(rust::Str path) { design_->trace(std::string{path}); }

std::unique_ptr<Pins> new_pins(std::unique_ptr<Design> design, uint64_t depth, uint32_t word_bytes,
                               const MemoryShape& memory) {
    return std::make_unique<Pins>(std::move(design), depth, word_bytes, memory);
}

}  // namespace hwgen
