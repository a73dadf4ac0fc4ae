// SPDX-License-Identifier: Apache-2.0
// Repeatable randomness of the drivers: a xorshift generator and pauses at a given rate.
#pragma once
#include <algorithm>
#include <cstdint>

namespace hwgen {

/// splitmix64: neighbouring seeds give unrelated numbers.
inline uint64_t mixed(uint64_t z) {
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/// xorshift64*, seeded through splitmix64 so that neighbouring seeds give unrelated streams.
class Random {
public:
    explicit Random(uint64_t seed, uint64_t stream) {
        uint64_t z = seed * 0x9e3779b97f4a7c15ull + (stream + 1) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        state_ = (z ^ (z >> 31)) | 1;
    }
    uint32_t next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1dull) >> 32);
    }

private:
    uint64_t state_;
};

/// Pauses in a share of all cycles: each cycle drawn by itself, or in runs of a mean length.
class Pauser {
public:
    Pauser(uint32_t percent, uint32_t burst, uint64_t seed, uint64_t stream) : random_{seed, stream} {
        const double p = std::min(percent, 99u) / 100.0;
        never_ = percent == 0;
        // A two-state chain; mean run 1/(1-p) is the same as drawing every cycle.
        const double shortest = std::max(1.0, p / (1.0 - p));
        const double run = burst == 0 ? 1.0 / (1.0 - p) : std::max(shortest, static_cast<double>(burst));
        leave_ = threshold(1.0 / run);
        enter_ = threshold(p / (1.0 - p) / run);
    }
    /// Whether this cycle is a pause.
    bool draw() {
        if (never_) return false;
        const uint32_t r = random_.next();
        paused_ = paused_ ? r >= leave_ : r < enter_;
        return paused_;
    }

private:
    static uint32_t threshold(double p) { return static_cast<uint32_t>(std::min(p, 1.0) * 4294967295.0); }
    Random random_;
    uint32_t leave_ = 0, enter_ = 0;
    bool never_ = true, paused_ = false;
};

}  // namespace hwgen
