// A compiled itnet_board with its serial line on a pseudo-terminal.
//
// Prints the terminal's name and plays until stdin ends. Arguments: clocks a bit, and a byte of the host that arrives
// with one bit wrong (counted from 0; -1 for none), likewise a byte of the board.
#include "Vitnet_board.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace {

// A byte at a time onto the line: 8N1.
struct Sender {
    int div;
    int clocks = 0;
    int bit = -1;  // -1: the line rests
    uint8_t byte = 0;
    int level(std::deque<uint8_t> &queue) {
        if (bit < 0) {
            if (queue.empty()) return 1;
            byte = queue.front();
            queue.pop_front();
            bit = 0;
            clocks = 0;
        }
        const int level = bit == 0 ? 0 : bit <= 8 ? byte >> (bit - 1) & 1 : 1;
        if (++clocks == div) {
            clocks = 0;
            if (++bit == 10) bit = -1;
        }
        return level;
    }
};

// And off the line; each bit is looked at in its middle.
struct Receiver {
    int div;
    int clocks = -1;  // -1: waiting for a start bit
    uint8_t byte = 0;
    bool take(int level) {
        if (clocks < 0) {
            if (level == 0) clocks = 0;
            return false;
        }
        ++clocks;
        const int bit = clocks / div;
        if (clocks % div != div / 2) return false;
        if (bit >= 1 && bit <= 8) byte = static_cast<uint8_t>(byte >> 1 | level << 7);
        if (bit < 9) return false;
        clocks = -1;
        if (level != 1) std::fprintf(stderr, "no stop bit\n");
        return level == 1;
    }
};

}  // namespace

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const int div = std::atoi(argv[1]);
    const long spoilt_in = std::atol(argv[2]), spoilt_out = std::atol(argv[3]);
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return 2;
    // The other end stays open here too, so that the terminal outlives its users; no echo, no line editing.
    const int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    termios raw;
    if (other < 0 || tcgetattr(other, &raw) != 0) return 2;
    cfmakeraw(&raw);
    if (tcsetattr(other, TCSANOW, &raw) != 0) return 2;
    std::printf("%s\n", ptsname(terminal));
    std::fflush(stdout);

    Verilated::randReset(2);
    Vitnet_board board;
    Sender sender{div};
    Receiver receiver{div};
    std::deque<uint8_t> in, out;
    long taken = 0, given = 0;
    board.uart_rx = 1;
    board.reset_button = 0;
    for (uint64_t cycle = 0;; ++cycle) {
        board.osc = 0;
        board.eval();
        board.uart_rx = sender.level(in);
        board.osc = 1;
        board.eval();
        if (receiver.take(board.uart_tx)) {
            out.push_back(given++ == spoilt_out ? receiver.byte ^ 1 : receiver.byte);
        }
        if (cycle % 256 != 0) continue;
        uint8_t bytes[256];
        if (in.size() < 64) {
            const ssize_t count = read(terminal, bytes, sizeof bytes);
            for (ssize_t i = 0; i < count; ++i) in.push_back(taken++ == spoilt_in ? bytes[i] ^ 1 : bytes[i]);
        }
        while (!out.empty() && write(terminal, &out.front(), 1) == 1) out.pop_front();
        pollfd end{0, POLLIN, 0};
        if (cycle % 65536 == 0 && poll(&end, 1, 0) > 0) return 0;
    }
}
