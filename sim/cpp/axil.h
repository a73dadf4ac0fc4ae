// SPDX-License-Identifier: Apache-2.0
// The AXI4-Lite host: one access at a time, address and data in random order, answers taken with pauses. What is not
// valid names a register and bits that would do harm to a core that looked.
#pragma once
#include "design_handle.h"
#include "findings.h"
#include "itnet_regs.h"
#include "random.h"

namespace hwgen {

class AxilMaster {
public:
    AxilMaster(Design& design, const SimConfig& config)
        : p_{design.pins}, pause_{config.axil.percent, config.axil.burst, config.seed, 5}, noise_{config.seed, 7} {
        *p_.s_axil_awprot = 0;
        *p_.s_axil_arprot = 0;
    }

    bool idle() const { return !busy_; }

    void start(bool write, uint8_t address, uint32_t value, uint8_t strobe) {
        busy_ = true;
        strobe_ = strobe;
        write_ = write;
        address_ = address;
        value_ = value;
        address_done_ = false;
        data_done_ = !write;
    }

    void drive() {
        if (!busy_ && !active_) return;
        active_ = busy_;
        const bool offer_address = busy_ && !address_done_ && (offered_address_ || !pause_.draw());
        const bool offer_data = busy_ && !data_done_ && (offered_data_ || !pause_.draw());
        offered_address_ = offer_address;
        offered_data_ = offer_data;
        constexpr uint8_t written[] = {ITNET_STATUS,   ITNET_CONTROL,   ITNET_STATUS,           ITNET_ITERATIONS,
                                       ITNET_MASK_LOW, ITNET_THRESHOLD, ITNET_THRESHOLD_OUTPUT, ITNET_INT_ENABLE};
        const uint32_t noise = noise_.next();
        *p_.s_axil_awvalid = offer_address && write_;
        *p_.s_axil_awaddr = offer_address && write_ ? address_ : written[noise % sizeof written];
        *p_.s_axil_wvalid = offer_data;
        *p_.s_axil_wdata = offer_data ? value_ : noise >> 31 != 0 ? ~0u : noise;
        *p_.s_axil_wstrb = offer_data ? strobe_ : 0xf;
        *p_.s_axil_arvalid = offer_address && !write_;
        *p_.s_axil_araddr = offer_address && !write_ ? address_ : static_cast<uint8_t>(noise >> 8 & 0xfc);
        const bool ready = busy_ && !pause_.draw();
        *p_.s_axil_bready = ready && write_;
        *p_.s_axil_rready = ready && !write_;
    }

    /// Returns whether the access has just ended; `answer` then holds its result.
    bool sample(uint64_t cycle) {
        const bool b = *p_.s_axil_bvalid, r = *p_.s_axil_rvalid;
        // An answer may come only after both halves of the request.
        if (b && !(busy_ && write_ && address_done_ && data_done_)) protocol_error("s_axil_bvalid without a write");
        if (r && !(busy_ && !write_ && address_done_)) protocol_error("s_axil_rvalid without a read");
        taken = false;
        if (!busy_) return false;
        check_held(b, r);
        const bool before = address_done_ && data_done_;
        if (offered_address_ && (write_ ? *p_.s_axil_awready : *p_.s_axil_arready)) {
            address_done_ = true;
            offered_address_ = false;
        }
        if (offered_data_ && *p_.s_axil_wready) {
            data_done_ = true;
            offered_data_ = false;
        }
        taken = !before && address_done_ && data_done_;
        if (!(b && *p_.s_axil_bready) && !(r && *p_.s_axil_rready)) return false;
        waiting_ = false;
        busy_ = false;
        answer = {UINT32_MAX, write_, address_, write_ ? value_ : *p_.s_axil_rdata,
                  write_ ? *p_.s_axil_bresp : *p_.s_axil_rresp, strobe_, cycle};
        return true;
    }

    RegisterAnswer answer{};
    /// Address, and data of a write, have been taken in this cycle: it takes effect, or the register is looked at.
    bool taken = false;
    bool writes() const { return write_; }
    uint8_t address() const { return address_; }
    uint8_t strobe() const { return strobe_; }
    uint32_t value() const { return value_; }

    std::string where() const {
        if (!busy_) return "";
        return std::string{"; register "} + (write_ ? "write" : "read") + " at " + std::to_string(address_) +
               " not answered";
    }

private:
    void check_held(bool b, bool r) {
        const uint64_t now = write_ ? *p_.s_axil_bresp : *p_.s_axil_rdata | uint64_t{*p_.s_axil_rresp} << 32;
        const bool valid = b || r;
        if (waiting_ && (!valid || now != held_)) protocol_error("an AXI4-Lite answer changed before ready");
        waiting_ = valid;
        held_ = now;
    }

    HwgPorts p_;
    Pauser pause_;
    Random noise_;
    bool busy_ = false, active_ = true, write_ = false, waiting_ = false;
    bool address_done_ = false, data_done_ = false, offered_address_ = false, offered_data_ = false;
    uint8_t address_ = 0, strobe_ = 0xf;
    uint32_t value_ = 0;
    uint64_t held_ = 0;
};

}  // namespace hwgen
