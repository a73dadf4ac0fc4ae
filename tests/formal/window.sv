// SPDX-License-Identifier: Apache-2.0
// hwg_window: a window begins when all of it has been written, each tap is read where its pixel was written and before
// its slot is taken again, borders are masked, and neither side waits for ever. The solver chooses the pixel watched.
`default_nettype none
module proof #(
    parameter integer L     = 1,
    parameter integer K     = 1,
    parameter integer N     = 1,
    parameter integer W0    = 2,
    parameter integer H0    = 2,
    parameter integer W1    = 1,
    parameter integer H1    = 1,
    parameter integer SLOTS = 8,
    parameter integer SLOT  = 1
) (
    input wire                    clk,
    input wire                    rst,
    input wire                    want_load,
    input wire [N-1:0]            mask,
    input wire                    want_write,
    input wire                    want_written,
    input wire                    want_start,
    input wire                    want_tap,
    input wire                    want_tap_end,
    input wire [$clog2(SLOT):0]   word,
    input wire                    watch
);
  localparam integer AW     = $clog2(SLOTS * SLOT);
  localparam integer WORDW  = $clog2(SLOT) + 1;
  localparam integer PIXELS = K * (W0 * H0 + (L == 2 ? W1 * H1 : 0));
  localparam integer CW     = $clog2(N * PIXELS + 1);
  localparam integer TW     = $clog2(SLOTS + 2) + 1;
  localparam [L*13-1:0] MAP_W = (L*13)'(W1 * 8192 + W0), MAP_H = (L*13)'(H1 * 8192 + H0);

  wire          space, ready, first_pixel, last_of_n, done, addr_re, in_map, begun;
  wire [5:0]    n;
  wire [2:0]    l, k;
  wire [AW-1:0] addr;
  // Frames: the next one is loaded when all pixels of the one before have been written and begun (proof control).
  reg  [CW-1:0] left_q;            // pixels of the frame without a slot
  reg  [TW-2:0] ahead_q, there_q;  // pixels with a slot that are to begin; those of them that are written
  wire load = want_load && !rst && left_q == '0 && ahead_q == '0;
  // The writer: slots in one of two cycles at most, as the header says; done in the order of the slots, later.
  reg  took_q;
  wire take    = want_write && space && left_q != '0 && !took_q && !rst;
  wire written = want_written && ahead_q != there_q && !rst;
  // The reader: four cycles or more from a start to the next (a job has nine taps), reads in a job only. It may break a
  // job off or read all taps again: more than the core does, and the starts come sooner.
  reg  [1:0] pause_q;
  reg        job_q;
  reg  [3:0] tap_q;
  wire start    = want_start && ready && pause_q == '0 && !rst;
  wire tap_re   = want_tap && job_q && !rst;
  wire tap_ends = want_tap_end && tap_re;
  always @* assume (word < WORDW'(SLOT));
  hwg_window #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .SLOTS(SLOTS), .SLOT(SLOT), .WORDW(WORDW), .AW(AW)) u_dut (
      .clk(clk), .rst(rst), .load(load), .mask(64'(mask)), .w_start(take), .w_done(written), .space(space), .ready(ready),
      .start(start), .n(n), .l(l), .k(k), .first_pixel(first_pixel), .last_of_n(last_of_n), .done(done),
      .tap_re(tap_re), .tap(tap_q), .tap_ends(tap_ends), .word(word), .addr_re(addr_re), .addr(addr), .in_map(in_map));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // Where the next window lies, and the one in hand.
  reg  [N-1:0] rest_q;  // iterations from this one on
  reg  [2:0]   l_q, k_q;
  reg  [3:0]   x_q, y_q, job_x_q, job_y_q, job_w_q, job_h_q;
  wire [3:0]   width  = (l_q == '0) ? 4'(W0) : 4'(W1);
  wire [3:0]   height = (l_q == '0) ? 4'(H0) : 4'(H1);
  wire last_x = x_q + 4'd1 == width, last_y = y_q + 4'd1 == height;
  wire last_k = k_q == 3'(K - 1), last_pass = last_k && l_q == 3'(L - 1);
  integer i;
  reg  [CW-1:0] iterations;
  always @* begin
    iterations = '0;
    for (i = 0; i < N; i = i + 1) iterations = iterations + CW'(mask[i]);
  end
  always @(posedge clk) begin
    took_q  <= take;
    left_q  <= rst ? '0 : load ? iterations * CW'(PIXELS) : left_q - CW'(take);
    ahead_q <= rst ? '0 : ahead_q + (TW-1)'(take) - (TW-1)'(start);
    there_q <= rst ? '0 : there_q + (TW-1)'(written) - (TW-1)'(start);
    pause_q <= rst ? '0 : start ? 2'd3 : pause_q - 2'(pause_q != '0);
    job_q   <= !rst && (start || job_q);
    tap_q   <= start ? '0 : !tap_ends ? tap_q : (tap_q == 4'd8) ? '0 : tap_q + 4'd1;
    if (load) begin
      {x_q, y_q, l_q, k_q} <= '0;
      rest_q <= mask;
    end else if (start) begin
      {job_x_q, job_y_q, job_w_q, job_h_q} <= {x_q, y_q, width, height};
      x_q <= last_x ? '0 : x_q + 4'd1;
      if (last_x) y_q <= last_y ? '0 : y_q + 4'd1;
      if (last_x && last_y) begin
        k_q <= last_k ? '0 : k_q + 3'd1;
        if (last_k) l_q <= last_pass ? '0 : l_q + 3'd1;
        if (last_pass) rest_q <= rest_q & (rest_q - 1'b1);
      end
    end
  end

  localparam signed [TW-1:0] PAST = 0 - (W0 + 1);  // the last window's that needs a pixel
  // The watched pixel: its slot, and its distance from the window's centre in the order of the walk.
  reg                 watching_q, lost_q, wrapped_q, second_q;
  reg        [AW-1:0] next_slot_q, slot_q;
  reg signed [TW-1:0] far_q;
  always @(posedge clk) begin
    if (rst) next_slot_q <= '0;
    else if (take) next_slot_q <= (next_slot_q == AW'((SLOTS - 1) * SLOT)) ? '0 : next_slot_q + AW'(SLOT);
    wrapped_q <= !rst && (wrapped_q || (take && next_slot_q == AW'((SLOTS - 1) * SLOT)));
    if (rst) watching_q <= 1'b0;
    else if (watching_q) begin
      if (start) far_q <= far_q - TW'(1);
      if (start && far_q == PAST) watching_q <= 1'b0;  // no window comes back to it
      if (take && next_slot_q == slot_q) lost_q <= 1'b1;
    end else if (take && watch) begin
      watching_q <= 1'b1;
      lost_q     <= 1'b0;
      slot_q     <= next_slot_q;
      second_q   <= wrapped_q;
      far_q      <= start ? TW'(ahead_q) : TW'(ahead_q) + TW'(1);
    end
  end

  // What a tap should read.
  wire [3:0] row = tap_q / 4'd3, col = tap_q % 4'd3;
  wire inside = !(row == 4'd0 && job_y_q == '0) && !(row == 4'd2 && job_y_q + 4'd1 == job_h_q)
             && !(col == 4'd0 && job_x_q == '0) && !(col == 4'd2 && job_x_q + 4'd1 == job_w_q);
  wire signed [TW-1:0] line = (row == 4'd0) ? TW'(0) - TW'(job_w_q) : (row == 4'd2) ? TW'(job_w_q) : TW'(0);
  wire signed [TW-1:0] side = (col == 4'd0) ? TW'(0) - TW'(1) : (col == 4'd2) ? TW'(1) : TW'(0);
  wire seen = tap_re && inside && watching_q && far_q == line + side;
  reg          read_q, inside_q, seen_q;
  reg [AW-1:0] addr_q;
  reg [3:0]    tap_of_q;
  always @(posedge clk) begin
    {read_q, inside_q, seen_q} <= {tap_re, inside, seen};
    addr_q   <= slot_q + AW'(word);
    tap_of_q <= tap_q;
  end

  // Slots: of pixels to begin, of the last one that has, and of those before it that windows to come may need.
  reg  [TW-2:0] kept_q;
  wire [TW-2:0] held = ahead_q + (job_q ? kept_q + (TW-1)'(1) : (TW-1)'(0));
  always @(posedge clk)
    if (start) kept_q <= (x_q == '0 && y_q == '0) ? '0 : kept_q + (TW-1)'(kept_q != (TW-1)'(width) + (TW-1)'(1));
  // Pixels that a window waits for, itself first: up to one beyond the next row's, as far as the map goes.
  wire [4:0] wanted = last_y ? 5'(width) - 5'(x_q) : 5'(width) + 5'd1 + 5'(!last_x || y_q + 4'd2 != height);

  // The same in slots; what is said of them shortens the proof.
  localparam integer RW = AW + 1;
  reg  [AW-1:0]  begin_slot_q;  // of the pixel that begins next
  always @(posedge clk)
    if (rst) begin_slot_q <= '0;
    else if (start) begin_slot_q <= (begin_slot_q == AW'((SLOTS - 1) * SLOT)) ? '0 : begin_slot_q + AW'(SLOT);
  wire signed [RW+1:0] end_slot = $signed({2'b0, begin_slot_q}) + $signed({1'b0, ahead_q}) * SLOT;
  wire signed [RW+1:0] far_slot = $signed({2'b0, begin_slot_q}) + far_q * SLOT - SLOT;
  wire [7:0] before = 8'(job_y_q) * 8'(job_w_q) + 8'(job_x_q);

  // Nothing has happened for so long that all that was has its effect.
  reg [2:0] still_q;
  always @(posedge clk) still_q <= (rst || load || take || written || start) ? '0 : still_q + 3'(still_q != 3'd6);
  wire settled = still_q == 3'd6;
  reg [2:0] age_q;  // cycles since the load
  always @(posedge clk) age_q <= load ? '0 : age_q + 3'(age_q != 3'd4);
  wire fresh = age_q != 3'd4;
  wire [TW-2:0] reach = (last_y ? '0 : (TW-1)'(width)) + (last_x ? '0 : (TW-1)'(1));
  always @* if (begun && !rst) begin
    if (start) whole: assert (reach < there_q);
    if (start) place: assert (l == l_q && k == k_q && first_pixel == (x_q == '0 && y_q == '0)
                              && last_of_n == (last_x && last_y && last_pass));
    if (start) iteration: assert (n < 6'(N) && rest_q[n] && (rest_q & ~({N{1'b1}} << n)) == '0);
    if (seen) there: assert (!lost_q && far_q <= $signed({1'b0, there_q}));
    room: assert (space == (held - (TW-1)'(took_q) < (TW-1)'(SLOTS)));
    if (pause_q == '0 && !fresh) when: assert (ready == (!done && 5'(there_q) >= wanted));
    in_turn: assert (end_slot == $signed({1'b0, next_slot_q}) || end_slot == $signed({1'b0, next_slot_q}) + SLOTS * SLOT);
    if (watching_q) found: assert (far_slot == $signed({1'b0, slot_q}) || far_slot == $signed({1'b0, slot_q}) + SLOTS * SLOT
                                   || far_slot == $signed({1'b0, slot_q}) - SLOTS * SLOT);
    if (watching_q && lost_q) gone: assert (far_q < 0 && TW'(0) - far_q > $signed({1'b0, kept_q}));
    if (job_q) history: assert (8'(kept_q) == (before > 8'(job_w_q) ? 8'(job_w_q) + 8'd1 : before));
    counts: assert (there_q <= ahead_q && held <= (TW-1)'(SLOTS));
    reads: assert (addr_re == read_q);
    if (read_q) masked: assert (in_map == inside_q);
    if (seen_q) address: assert (addr == addr_q);
    if (settled && ahead_q == there_q) moves: assert (ready || (space && left_q != '0) || (left_q == '0 && ahead_q == '0));
    if (settled) ends: assert (done == (left_q == '0 && ahead_q == '0));
    seen_beside: cover (seen_q && tap_of_q == ((PIXELS > K * L) ? 4'd3 : 4'd4));
  end
  generate
    if (N * PIXELS > SLOTS) begin : gen_many
      always @* if (begun && !rst) begin
        full: cover (!space && !took_q && left_q != '0);
        again: cover (start && watching_q && second_q && far_q == TW'(1));
      end
    end else begin : gen_few
      always @* if (begun && !rst) over: cover (done && left_q == '0 && ahead_q == '0 && job_q);
    end
  endgenerate
endmodule
`default_nettype wire
