// SPDX-License-Identifier: Apache-2.0
// The register file as docs/registers.md describes it, cycle by cycle: what every register reads, the interrupt, and
// when the frame in hand ends.
//
// A second account of rtl/hwg_control.sv and hwg_axi_base.sv. `step` is the rising edge at the end of a cycle.
#pragma once
#include <array>
#include <cstdint>

#include "findings.h"
#include "itnet_regs.h"

namespace hwgen {

/// What the register file hears in one cycle.
struct Events {
    bool write = false;
    uint8_t address = 0, strobe = 0;
    uint32_t data = 0;
    /// A frame begins; a pixel was awaited a cycle ago; the loop's last word is there; the memory answered with an error.
    bool begin = false, gap = false, loop_end = false, bus_error = false;
    /// Of the video port, a cycle ago.
    bool error = false, abort = false, dropped = false, error_unknown = false;
    /// A class word waits; is taken; is the first or the last of its output, with that output's confidence.
    bool wait = false, fire = false, first = false, last = false;
    uint32_t confidence = 0;
};

class RegisterModel {
public:
    explicit RegisterModel(const CoreSpec& spec) : spec_{spec}, iterations_{spec.iterations}, mask_{spec.outputs} {}

    bool known(uint8_t address) const {
        switch (address) {
        case ITNET_BASE_LOW:
        case ITNET_BASE_HIGH: return spec_.has_base;
        case ITNET_ID:
        case ITNET_VERSION:
        case ITNET_HASH:
        case ITNET_CONTROL:
        case ITNET_STATUS:
        case ITNET_ITERATIONS:
        case ITNET_MASK_LOW:
        case ITNET_MASK_HIGH:
        case ITNET_THRESHOLD:
        case ITNET_CONFIDENCE:
        case ITNET_CYCLES:
        case ITNET_FRAMES:
        case ITNET_GAPS:
        case ITNET_STALLS:
        case ITNET_LAST_OUTPUT:
        case ITNET_INT_ENABLE:
        case ITNET_THRESHOLD_OUTPUT: return true;
        default: return false;
        }
    }

    uint32_t read(uint8_t address) const {
        switch (address) {
        case ITNET_ID: return ITNET_ID_RESET;
        case ITNET_VERSION: return spec_.version;
        case ITNET_HASH: return spec_.hash;
        case ITNET_CONTROL: return control_ | (stop_ ? ITNET_CONTROL_STOP : 0) | (soft_ ? ITNET_CONTROL_SOFT_RESET : 0);
        case ITNET_STATUS: return status();
        case ITNET_ITERATIONS: return iterations_;
        case ITNET_MASK_LOW: return static_cast<uint32_t>(mask_);
        case ITNET_MASK_HIGH: return static_cast<uint32_t>(mask_ >> 32);
        case ITNET_THRESHOLD: return threshold();
        case ITNET_THRESHOLD_OUTPUT: return chosen_;
        case ITNET_CONFIDENCE: return confidence_;
        case ITNET_CYCLES: return cycles_;
        case ITNET_FRAMES: return frames_;
        case ITNET_GAPS: return gaps_;
        case ITNET_STALLS: return stalls_;
        case ITNET_LAST_OUTPUT: return last_output_;
        case ITNET_BASE_LOW: return static_cast<uint32_t>(base_) & ITNET_BASE_LOW_PAGE;
        case ITNET_BASE_HIGH: return static_cast<uint32_t>(base_ >> 32);
        case ITNET_INT_ENABLE: return int_enable_;
        default: return 0;
        }
    }

    uint32_t status() const { return events_ | (busy_ ? ITNET_STATUS_BUSY : 0); }
    /// The interrupt's level; -1 where it hangs on a bit that is not known.
    int irq() const {
        if ((status() & ~unknown_ & int_enable_) != 0) return 1;
        return (unknown_ & int_enable_) != 0 ? -1 : 0;
    }
    /// Bits of the status that may be either; what is read of them is believed.
    uint32_t unknown() const { return unknown_; }
    void believe(uint32_t status) {
        events_ = (events_ & ~unknown_) | (status & unknown_);
        unknown_ = 0;
    }

    bool busy() const { return busy_; }
    bool drop() const { return (control_ & ITNET_CONTROL_DROP) != 0; }
    /// A frame may begin, as far as this side goes.
    bool free() const { return (control_ & ITNET_CONTROL_ENABLE) != 0 && !busy_ && !soft_ && !over_; }
    /// The frame in hand ends in this cycle: done a cycle ago, abandoned, or reset.
    bool clear(bool abort) const { return finish_ || abort || soft_; }
    /// What a frame that begins now is made of: iterations, outputs, the threshold of each of them (of output n at n - 1).
    uint32_t next_iterations() const { return taken_iterations_; }
    uint64_t next_outputs() const { return taken_outputs_; }
    const std::array<uint32_t, 64>& next_thresholds() const { return taken_thresholds_; }
    /// The number of the output whose words come next; 0: none.
    uint32_t next_output() const { return left_ == 0 ? 0 : 1 + static_cast<uint32_t>(__builtin_ctzll(left_)); }

    /// Whether the frame in hand is done in this cycle, and whether that is early.
    bool complete(const Events& e) const {
        return busy_ && (e.loop_end || loop_ended_) && (e.fire && e.last ? (left_ & (left_ - 1)) == 0 : left_ == 0);
    }
    bool early(const Events& e) const {
        const uint32_t output = next_output(), threshold = output == 0 ? 0 : frame_thresholds_[output - 1];
        const bool confident = threshold != 0 && e.confidence >= threshold;
        return busy_ && e.fire && e.last && (final_ || confident) && !complete(e);
    }
    bool done(const Events& e) const { return (complete(e) || early(e)) && !finish_ && !clear(e.abort); }

    /// The rising edge.
    void step(const Events& e) {
        // A stop that is written in this cycle counts from the next on.
        stop_before_ = stop_;
        const bool clears = clear(e.abort), finished = done(e), is_early = early(e) && finished;
        const bool sent = e.fire && e.last;
        uint32_t set = 0, perhaps = 0;
        if (e.error) set |= ITNET_STATUS_SIZE_ERROR;
        if (e.error_unknown) perhaps |= ITNET_STATUS_SIZE_ERROR;
        if (is_early) set |= ITNET_STATUS_STOPPED_EARLY;
        if (e.bus_error) set |= ITNET_STATUS_BUS_ERROR;
        if (sent && !clears) set |= ITNET_STATUS_OUTPUT_SENT;
        if (finished) set |= ITNET_STATUS_FRAME_DONE;
        if (e.dropped) set |= ITNET_STATUS_DROPPED;
        // Settings as they are before this cycle's write.
        const uint32_t run = iterations_ == 0 ? 1 : iterations_ > spec_.iterations ? spec_.iterations : iterations_;
        const uint64_t reach = run == 64 ? ~uint64_t{0} : (uint64_t{1} << run) - 1;
        const uint64_t sends = reach & mask_ & spec_.outputs;
        const auto thresholds = thresholds_;
        const bool was_busy = busy_;
        if (finish_) {
            cycles_ = cycle_;
            ++frames_;
        }
        soft_ = false;
        if (e.write) write(e, was_busy);
        if ((!was_busy || clears) && !e.begin) {
            taken_iterations_ = run;
            taken_outputs_ = sends;
            taken_thresholds_ = thresholds;
        }
        if (e.begin) {
            busy_ = true;
            left_ = taken_outputs_;
            frame_thresholds_ = taken_thresholds_;
            loop_ended_ = final_ = false;
            // From the cycle before, in which the first pixel was taken.
            cycle_ = 2;
            gaps_ = stalls_ = last_output_ = 0;
        } else if (clears) {
            busy_ = stop_ = final_ = false;
        } else if (was_busy && !finish_) {
            count(e, sent);
        }
        finish_ = finished;
        over_ = clears;
        events_ = ((events_ & ~cleared_) | set);
        unknown_ = ((unknown_ & ~cleared_) | perhaps) & ~events_;
        cleared_ = 0;
    }

private:
    /// What THRESHOLD reads: the chosen output's, that of the last one where none is.
    uint32_t threshold() const {
        const uint32_t last = 63 - static_cast<uint32_t>(__builtin_clzll(spec_.outputs));
        const uint32_t output = chosen_ == 0 ? last : chosen_ - 1;
        return output < 64 ? thresholds_[output] : 0;
    }

    void count(const Events& e, bool sent) {
        if (e.fire && e.first && stop_before_) final_ = true;
        if (sent) {
            last_output_ = next_output();
            left_ &= left_ - 1;
            confidence_ = e.confidence;
        }
        if (e.loop_end) loop_ended_ = true;
        ++cycle_;
        gaps_ += e.gap;
        stalls_ += e.wait;
    }

    void write(const Events& e, bool was_busy) {
        uint32_t mask = 0;
        for (uint32_t byte = 0; byte < 4; ++byte)
            if (e.strobe >> byte & 1) mask |= 0xffu << 8 * byte;
        const uint32_t ones = e.data & mask;
        const auto merge = [&](uint32_t old) { return (old & ~mask) | ones; };
        switch (e.address) {
        case ITNET_CONTROL:
            control_ = merge(control_) & (ITNET_CONTROL_ENABLE | ITNET_CONTROL_DROP);
            if ((ones & ITNET_CONTROL_STOP) != 0 && was_busy) stop_ = true;
            if ((ones & ITNET_CONTROL_SOFT_RESET) != 0) soft_ = true;
            break;
        case ITNET_STATUS:
            cleared_ = ones & (ITNET_STATUS_SIZE_ERROR | ITNET_STATUS_STOPPED_EARLY | ITNET_STATUS_BUS_ERROR |
                               ITNET_STATUS_OUTPUT_SENT | ITNET_STATUS_FRAME_DONE | ITNET_STATUS_DROPPED);
            break;
        case ITNET_ITERATIONS: iterations_ = merge(iterations_); break;
        case ITNET_MASK_LOW: mask_ = (mask_ >> 32 << 32) | merge(static_cast<uint32_t>(mask_)); break;
        case ITNET_MASK_HIGH:
            mask_ = (mask_ & 0xffffffffu) | uint64_t{merge(static_cast<uint32_t>(mask_ >> 32))} << 32;
            break;
        case ITNET_THRESHOLD:
            for (uint32_t n = 0; n < 64; ++n)
                if ((spec_.outputs >> n & 1) != 0 && (chosen_ == 0 || chosen_ == n + 1)) thresholds_[n] = merge(thresholds_[n]);
            break;
        case ITNET_THRESHOLD_OUTPUT: chosen_ = merge(chosen_) & ITNET_THRESHOLD_OUTPUT_OUTPUT; break;
        case ITNET_INT_ENABLE: int_enable_ = merge(int_enable_); break;
        case ITNET_BASE_LOW: base_ = (base_ >> 32 << 32) | merge(static_cast<uint32_t>(base_)); break;
        case ITNET_BASE_HIGH:
            base_ = (base_ & 0xffffffffu) | uint64_t{merge(static_cast<uint32_t>(base_ >> 32))} << 32;
            break;
        default: break;
        }
    }

    CoreSpec spec_;
    uint32_t control_ = ITNET_CONTROL_RESET, events_ = 0, unknown_ = 0, cleared_ = 0, int_enable_ = 0;
    uint32_t iterations_, chosen_ = 0, confidence_ = 0, cycles_ = 0, frames_ = 0, gaps_ = 0, stalls_ = 0;
    uint32_t last_output_ = 0, cycle_ = 0, taken_iterations_ = 0;
    std::array<uint32_t, 64> thresholds_{}, taken_thresholds_{}, frame_thresholds_{};
    uint64_t mask_, base_ = 0, taken_outputs_ = 0, left_ = 0;
    bool busy_ = false, stop_ = false, stop_before_ = false, soft_ = false, finish_ = false, over_ = false;
    bool final_ = false, loop_ended_ = false;
};

}  // namespace hwgen
