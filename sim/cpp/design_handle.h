// SPDX-License-Identifier: Apache-2.0
// A loaded design library and one instance of the design in it.
#pragma once
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "design_abi.h"

namespace hwgen {

/// The model itself stopped ($finish, $fatal, no convergence).
struct ModelFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The waveform cannot be written.
struct WaveformFailure : std::runtime_error {
    explicit WaveformFailure(const std::string& reason) : std::runtime_error("waveform: " + reason) {}
};

class Design {
public:
    Design(const std::string& library, const std::string& folder, uint64_t seed, bool random_initial);
    ~Design();
    Design(const Design&) = delete;
    Design& operator=(const Design&) = delete;

    /// Settles the design with the clock low: outputs are then those seen by the coming rising edge.
    void low() { edge(0); }
    /// The rising edge.
    void high() { edge(1); }
    /// A public signal by its Verilog path, `itnet_top.u_x.name`.
    HwgSignal find(const std::string& path) const;
    void trace(const std::string& path);

    HwgPorts pins{};
    /// Pixels of a beat of the video streams: a class has a byte.
    uint32_t beat() const { return pins.m_axis_class_tdata.bytes; }
    /// Pixel `lane` of the beat that is offered.
    void pixel(uint32_t lane, uint32_t colours) {
        std::memcpy(static_cast<uint8_t*>(pins.s_axis_video_tdata.data) + 3 * lane, &colours, 3);
    }
    /// The classes of the beat that is offered, the first pixel's lowest.
    uint32_t classes() const {
        uint32_t word = 0;
        std::memcpy(&word, pins.m_axis_class_tdata.data, beat());
        return word;
    }
    bool has_feedback() const { return pins.m_axis_fb_tdata.data != nullptr; }
    bool has_master() const { return pins.m_axi_fb.wdata.data != nullptr; }

private:
    void edge(uint8_t level) {
        *pins.aclk = level;
        if (api_->eval(instance_) != 0) throw ModelFailure(api_->failure(instance_));
        if (traced_) {
            if (api_->trace_dump(instance_, time_) != 0) throw WaveformFailure(api_->failure(instance_));
            time_ += 5;
        }
    }

    void* library_ = nullptr;
    const HwgDesignApi* api_ = nullptr;
    void* instance_ = nullptr;
    bool traced_ = false;
    uint64_t time_ = 0;
};

}  // namespace hwgen
