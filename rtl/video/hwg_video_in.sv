// SPDX-License-Identifier: Apache-2.0
// Checks the framing of an AXI4-Stream Video source and passes whole lines of accepted frames on.
//
//   s_axis -> [ register ] -> framing check -> m (words of an accepted frame, raster order)
//
// A frame begins with tuser, has H lines of W words, a pixel or a beat of several, each line ended by tlast. A word out of
// step sets `error` for one cycle; inside a frame it also raises `frame_abort` and the rest is discarded until the next start
// of frame. While the core is not `free`, a start of frame waits, or with `drop` its whole frame is taken and discarded.
// latency   one cycle; throughput one word a cycle; reset synchronous
`default_nettype none
module hwg_video_in #(
    parameter integer W = 480,
    parameter integer H = 360,
    parameter integer BITS = 24  // of a word
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        s_valid,
    output wire        s_ready,
    input  wire [BITS-1:0] s_data,
    input  wire        s_user,
    input  wire        s_last,
    input  wire        clear,        // the frame in hand is over: what is left of it is discarded
    input  wire        free,
    input  wire        drop,
    output wire        begin_frame,  // the first pixel is passed on in the next cycle at the earliest
    output wire        m_valid,
    input  wire        m_ready,
    output wire [BITS-1:0] m_data,
    output wire        in_frame,     // pixels of this frame are still to come
    output reg         frame_abort,
    output reg         error,
    output reg         dropped
);
  localparam integer XW = $clog2(W + 1);
  localparam integer YW = $clog2(H + 1);
  localparam [1:0] HUNT = 2'd0, PASS = 2'd1, SKIP = 2'd2;

  reg          full_q, user_q, last_q;
  reg [BITS-1:0] data_q;
  reg [1:0]    state_q;
  reg [XW-1:0] x_q;
  reg [YW-1:0] y_q;

  // Of pixel (x, y), known before it is there.
  reg  end_of_line, last_line_q;
  wire end_of_map = end_of_line && last_line_q;

  // The held word is judged while it comes in, so that whether it goes takes two levels of LUTs. In PASS it is pixel
  // (x, y): only the first may, and must, carry tuser; tlast where the line ends.
  reg  in_step_q;  // state is PASS, and the word is that pixel
  reg  start_q;    // the word starts another frame than the one in hand

  wire held      = state_q == PASS && full_q;
  wire hunt_take = state_q == HUNT && full_q && !start_q;                  // between frames: discard
  wire hunt_pass = state_q == HUNT && full_q && start_q && free;           // accept this frame, word stays
  wire hunt_skip = state_q == HUNT && full_q && start_q && !free && drop;  // take and discard this frame
  wire pass_take = full_q && in_step_q && m_ready;
  wire pass_bad  = held && !in_step_q;                                     // word stays if it starts a frame
  wire skip_stop = state_q == SKIP && full_q && start_q;                   // word stays
  wire skip_take = state_q == SKIP && full_q && !start_q;
  wire take      = full_q && (in_step_q ? m_ready : !start_q);
  wire load      = !full_q || take;  // of a word, whether there is one or not

  // A start of frame is not taken early: the first pixel's handshake is the begin of the frame.
  wire hold = s_user && !drop && ((state_q == HUNT && !free) || (held && end_of_map));
  assign s_ready     = load && !hold && !rst;
  assign begin_frame = hunt_pass;
  assign m_valid     = full_q && in_step_q;
  assign m_data      = data_q;
  assign in_frame    = state_q == PASS && !(full_q && end_of_map);

  // Where the pixel after (x, y) is. A skipped frame ends by its own count of tlast, or at the next start of frame.
  wire line_ends = state_q == SKIP ? last_q : end_of_line;
  wire next_ends = line_ends ? W == 1 : 32'(x_q) == W - 2;
  // A word that comes in follows pixel (x, y), which leaves, or is itself pixel (x, y); it is never the first one.
  wire follows   = in_step_q && !end_of_map && s_last == next_ends;
  wire in_step   = state_q == PASS && !clear && !s_user && (full_q ? follows : s_last == end_of_line);

  always @(posedge clk) begin
    if (rst) begin
      full_q      <= 1'b0;
      state_q     <= HUNT;
      in_step_q   <= 1'b0;
      frame_abort <= 1'b0;
      error       <= 1'b0;
      dropped     <= 1'b0;
    end else begin
      full_q      <= (s_valid && s_ready) || (full_q && !take);
      frame_abort <= pass_bad;
      error       <= pass_bad || hunt_take;
      dropped     <= hunt_skip;
      case (state_q)
        HUNT:    state_q <= hunt_pass ? PASS : hunt_skip ? SKIP : HUNT;
        PASS:    state_q <= (clear || pass_bad || (pass_take && end_of_map)) ? HUNT : PASS;
        default: state_q <= (skip_stop || (skip_take && end_of_map)) ? HUNT : SKIP;
      endcase
      if (load) in_step_q <= in_step;
      else if (hunt_pass) in_step_q <= last_q == (W == 1);
      else if (clear) in_step_q <= 1'b0;
    end
    if (load) begin
      {data_q, user_q, last_q} <= {s_data, s_user, s_last};
      start_q <= s_user;
    end else if (hunt_pass || hunt_skip) start_q <= 1'b0;
    else if (state_q == PASS && clear) start_q <= user_q;
    if (hunt_pass || hunt_skip) begin
      {x_q, y_q}  <= '0;
      end_of_line <= W == 1;
      last_line_q <= H == 1;
    end else if (pass_take || skip_take) begin
      end_of_line <= next_ends;
      x_q         <= line_ends ? '0 : (x_q == XW'(W)) ? x_q : x_q + 1'b1;
      if (line_ends) begin
        last_line_q <= 32'(y_q) == H - 2;
        y_q         <= (y_q == YW'(H)) ? y_q : y_q + 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
