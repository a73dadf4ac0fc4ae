// SPDX-License-Identifier: Apache-2.0
// An address channel of the feedback's AXI4 master: takes bursts with pauses, checks each by itself.
#pragma once
#include <array>

#include "design_handle.h"
#include "findings.h"
#include "random.h"

namespace hwgen {

/// What the manifest tells of the bursts.
struct BurstRules {
    uint32_t beat_bytes = 0, most_beats = 0;
};

/// A burst whose address was taken.
struct Burst {
    uint64_t address = 0;
    uint32_t beats = 0;
};

class AddressChannel {
public:
    AddressChannel(HwgAddress pins, const char* name, BurstRules rules) : p_{pins}, name_{name}, rules_{rules} {}

    void drive(bool ready) { *p_.ready = ready; }

    /// Returns whether an address was taken; `burst` is then its burst.
    bool sample() {
        const bool valid = *p_.valid;
        const Payload now{*p_.addr, *p_.len, *p_.size, *p_.burst, *p_.cache, *p_.prot, *p_.id};
        if (waiting_ && !valid) fail("valid fell before ready");
        if (waiting_ && now != held_) fail("changed while it waited for ready");
        fresh = valid && !waiting_;
        waiting_ = valid && !*p_.ready;
        held_ = now;
        if (fresh) {
            burst = {*p_.addr, *p_.len + 1u};
            check();
        }
        return valid && !waiting_;
    }

    Burst burst;
    /// Whether the burst is offered for the first time.
    bool fresh = false;

    [[noreturn]] void fail(const std::string& what) const {
        protocol_error(std::string{"m_axi_fb_"} + name_ + ": " + what + "; address " + std::to_string(*p_.addr) +
                       ", " + std::to_string(*p_.len + 1u) + " beats");
    }

private:
    using Payload = std::array<uint64_t, 7>;

    void check() const {
        constexpr uint64_t PAGE = 4096;
        constexpr uint8_t INCR = 1, MODIFIABLE = 3;
        if (1u << *p_.size != rules_.beat_bytes) fail("size is not the width of the bus");
        if (*p_.burst != INCR || *p_.cache != MODIFIABLE || *p_.prot != 0 || *p_.id != 0)
            fail("burst, cache, prot or id is not what the core promises");
        if (burst.address % rules_.beat_bytes != 0) fail("the address is not aligned");
        if (burst.beats > rules_.most_beats) fail("longer than the manifest tells");
        if (burst.address % PAGE + uint64_t{burst.beats} * rules_.beat_bytes > PAGE) fail("crosses 4 KiB");
    }

    HwgAddress p_;
    const char* name_;
    BurstRules rules_;
    Payload held_{};
    bool waiting_ = false;
};

}  // namespace hwgen
