// SPDX-License-Identifier: Apache-2.0
// The DRAM behind `--feedback axi`: an AXI4 slave that answers in order, late, with pauses, and with errors if told.
//
// Knows of every beat of its regions what the core may do with it: a beat is read once, after the response to its
// write, and not written while a transfer to it is under way. What was never written is noise.
#pragma once
#include <cstring>
#include <deque>
#include <vector>

#include "axi_channel.h"

namespace hwgen {

class AxiMemory {
public:
    AxiMemory(Design& design, const MemoryShape& shape, const MemoryRates& rates, uint64_t seed)
        : p_{design.pins.m_axi_fb}, present_{design.has_master()}, shape_{shape}, seed_{seed}, random_{seed, 10},
          aw_{p_.aw, "aw", {shape.beat_bytes, shape.burst_beats}},
          ar_{p_.ar, "ar", {shape.beat_bytes, shape.burst_beats}} {
        behave(rates);
        if (!present_) return;
        if (shape.beat_bytes != p_.wdata.bytes || shape.beat_bytes != p_.rdata.bytes || shape.region_bytes == 0)
            throw std::runtime_error("the AXI4 master does not have the width or region that the manifest tells");
        const size_t beats = shape.region_bytes / shape.beat_bytes * shape.bases.size();
        state_.resize(beats, State::Empty);
        data_.resize(beats * shape.beat_bytes);
        for (uint8_t& byte : data_) byte = static_cast<uint8_t>(random_.next());
        held_.resize(shape.beat_bytes);
    }

    /// Changes how late, how often and how well it answers.
    void behave(const MemoryRates& rates) {
        rates_ = rates;
        for (uint64_t i = 0; i < OUT; ++i) answers_[i] = {rates.source.percent, rates.source.burst, seed_, 11 + i};
        for (uint64_t i = 0; i < IN; ++i) requests_[i] = {rates.sink.percent, rates.sink.burst, seed_, 13 + i};
    }

    void drive() {
        if (!present_) return;
        aw_.drive(!requests_[0].draw());
        *p_.wready = !requests_[1].draw();
        ar_.drive(!requests_[2].draw());
        if (!*p_.bvalid || answered_) offer_response();
        if (!*p_.rvalid || returned_) offer_data();
        answered_ = returned_ = false;
    }

    /// Returns whether anything moved.
    bool sample() {
        if (!present_) return false;
        ++now_;
        // A read may be offered in the cycle after the response, not in that of the response.
        bool moved = take_read_address();
        moved |= take_write_address();
        moved |= take_write_data();
        join();
        error = (*p_.bvalid && *p_.bresp != 0) || (*p_.rvalid && *p_.rresp != 0);
        if (*p_.bvalid && *p_.bready) end_write();
        if (*p_.rvalid && *p_.rready) end_beat();
        return moved || answered_ || returned_;
    }

    void reset() {
        if (present_) *p_.aw.ready = *p_.ar.ready = *p_.wready = *p_.bvalid = *p_.rvalid = 0;
    }

    /// Whether nothing was under way before this cycle, and nothing is asked for in it.
    bool quiet() const {
        return !present_ || (writes_.empty() && reads_.empty() && !*p_.aw.valid && !*p_.wvalid && !*p_.ar.valid);
    }
    /// Whether no transfer is under way.
    bool idle() const { return writes_.empty() && reads_.empty() && early_.empty(); }
    std::string where() const {
        if (!present_) return "";
        return "; memory: " + std::to_string(writes_.size()) + " writes and " + std::to_string(reads_.size()) +
               " reads under way, " + std::to_string(traffic.beats_written) + " beats written, " +
               std::to_string(traffic.beats_read) + " read";
    }

    MemoryTraffic traffic{};
    /// An error was answered in this cycle.
    bool error = false;

private:
    enum class State : uint8_t { Empty, Writing, Written, Reading };
    enum : size_t { OUT = 2, IN = 3 };

    /// A burst under way: its first beat, how far it is, when it may be answered, and how.
    struct Transfer {
        size_t beat;
        uint32_t beats, done;
        uint64_t due;
        uint8_t response;
    };

    Transfer begin(const AddressChannel& channel) {
        const Burst& burst = channel.burst;
        const size_t per_region = shape_.region_bytes / shape_.beat_bytes;
        size_t region = 0;
        for (uint64_t base : shape_.bases) {
            const uint64_t offset = burst.address - base;
            if (offset < shape_.region_bytes) {
                const size_t beat = offset / shape_.beat_bytes;
                if (beat + burst.beats > per_region) channel.fail("leaves the region");
                return {region * per_region + beat, burst.beats, 0, UINT64_MAX, 0};
            }
            ++region;
        }
        channel.fail("outside of the region");
    }

    uint64_t latency() { return rates_.latency == 0 ? 0 : random_.next() % (rates_.latency + 1); }
    uint8_t response() {
        if (rates_.errors == 0 || random_.next() % 100 >= rates_.errors) return 0;
        ++traffic.errors;
        return 2 + random_.next() % 2;
    }

    bool take_write_address() {
        if (!aw_.sample()) return false;
        const Transfer write = begin(aw_);
        for (uint32_t i = 0; i < write.beats; ++i) {
            State& state = state_[write.beat + i];
            if (state == State::Writing || state == State::Reading) aw_.fail("a transfer to it is under way");
            state = State::Writing;
        }
        writes_.push_back(write);
        ++traffic.write_bursts;
        return true;
    }

    bool take_write_data() {
        const bool valid = *p_.wvalid;
        if (waiting_) {
            if (!valid) protocol_error("m_axi_fb_wvalid fell before wready");
            if (std::memcmp(held_.data(), p_.wdata.data, held_.size()) != 0 || held_last_ != *p_.wlast)
                protocol_error("m_axi_fb_w changed while it waited for wready");
        }
        if (!valid) return waiting_ = false;
        uint32_t strobes = 0;
        std::memcpy(&strobes, p_.wstrb.data, p_.wstrb.bytes);
        if (strobes != (1ull << shape_.beat_bytes) - 1) protocol_error("m_axi_fb_wstrb is not all ones");
        std::memcpy(held_.data(), p_.wdata.data, held_.size());
        held_last_ = *p_.wlast;
        waiting_ = !*p_.wready;
        if (waiting_) return false;
        early_.push_back({held_, held_last_ != 0});
        ++traffic.beats_written;
        return true;
    }

    /// Gives the data that came to the addresses that came.
    void join() {
        for (Transfer& write : writes_) {
            if (write.done == write.beats) continue;
            while (!early_.empty() && write.done < write.beats) {
                if (early_.front().last != (write.done + 1 == write.beats))
                    protocol_error("m_axi_fb_wlast is on beat " + std::to_string(write.done + 1) + " of " +
                                   std::to_string(write.beats) + ", or is missing there");
                std::memcpy(at(write.beat + write.done), early_.front().data.data(), shape_.beat_bytes);
                early_.pop_front();
                ++write.done;
            }
            if (write.done < write.beats) return;
            write.due = now_ + latency();
            write.response = response();
        }
    }

    bool take_read_address() {
        const bool taken = ar_.sample();
        if (ar_.fresh) {
            reading_ = begin(ar_);
            for (uint32_t i = 0; i < reading_.beats; ++i) {
                State& state = state_[reading_.beat + i];
                if (state != State::Written) ar_.fail("not written, not answered yet, or read before");
                state = State::Reading;
            }
        }
        if (!taken) return false;
        Transfer read = reading_;
        read.due = now_ + latency();
        reads_.push_back(read);
        ++traffic.read_bursts;
        return true;
    }

    void offer_response() {
        const bool offer = !writes_.empty() && writes_.front().due <= now_ && !answers_[0].draw();
        *p_.bvalid = offer;
        *p_.bresp = offer ? writes_.front().response : 2;
        *p_.bid = 0;
    }

    void end_write() {
        const Transfer& write = writes_.front();
        for (uint32_t i = 0; i < write.beats; ++i) state_[write.beat + i] = State::Written;
        writes_.pop_front();
        answered_ = true;
    }

    void offer_data() {
        const bool offer = !reads_.empty() && reads_.front().due <= now_ && !answers_[1].draw();
        *p_.rvalid = offer;
        *p_.rid = 0;
        // Nobody may look at these without rvalid.
        *p_.rresp = 2;
        *p_.rlast = 1;
        std::memset(p_.rdata.data, 0xa5, shape_.beat_bytes);
        if (!offer) return;
        const Transfer& read = reads_.front();
        *p_.rresp = response();
        *p_.rlast = read.done + 1 == read.beats;
        std::memcpy(p_.rdata.data, at(read.beat + read.done), shape_.beat_bytes);
        // An error has no data worth reading.
        if (*p_.rresp != 0) std::memset(p_.rdata.data, static_cast<int>(random_.next() & 0xff), shape_.beat_bytes);
    }

    void end_beat() {
        Transfer& read = reads_.front();
        state_[read.beat + read.done] = State::Empty;
        ++traffic.beats_read;
        if (++read.done == read.beats) reads_.pop_front();
        returned_ = true;
    }

    uint8_t* at(size_t beat) { return &data_[beat * shape_.beat_bytes]; }

    struct Early {
        std::vector<uint8_t> data;
        bool last;
    };

    HwgMaster p_;
    bool present_;
    MemoryShape shape_;
    MemoryRates rates_;
    uint64_t seed_, now_ = 0;
    Random random_;
    std::array<Pauser, OUT> answers_{Pauser{0, 0, 0, 0}, Pauser{0, 0, 0, 0}};
    std::array<Pauser, IN> requests_{Pauser{0, 0, 0, 0}, Pauser{0, 0, 0, 0}, Pauser{0, 0, 0, 0}};
    AddressChannel aw_, ar_;
    std::vector<State> state_;
    std::vector<uint8_t> data_, held_;
    std::deque<Transfer> writes_, reads_;
    /// On the address channel, taken or not.
    Transfer reading_{};
    /// Write data whose address has not come yet.
    std::deque<Early> early_;
    uint8_t held_last_ = 0;
    bool waiting_ = false, answered_ = false, returned_ = false;
};

}  // namespace hwgen
