// SPDX-License-Identifier: Apache-2.0
// hwg_residual: words are read in order, WORDS a pixel, none before its pixel is stored; every beat gets its own lanes of
// its pixel, whatever pauses, if pixels are WORDS + 4 cycles apart: a cycle less than the module's header asks for.
`default_nettype none
module proof #(
    parameter integer LANES = 3,
    parameter integer WL    = 2,
    parameter integer WORDS = 2,
    parameter integer Q     = 1,
    parameter integer DEPTH = 4,
    parameter integer MAX   = 2  // pixels stored and not taken
) (
    input wire          clk,
    input wire          rst,
    input wire          stored,
    input wire          beat,
    input wire [WL-1:0] word
);
  localparam integer GAP = WORDS + 4;
  localparam integer PIXEL = WORDS * WL;
  localparam integer BEATS = (LANES + Q - 1) / Q;
  wire                     begun, re;
  wire [$clog2(DEPTH)-1:0] addr;
  wire [Q-1:0]             lanes;
  reg  [7:0]               beat_q;  // of the pixel; BEATS: none
  wire                     first = beat_q == 8'(BEATS);
  hwg_residual #(.LANES(LANES), .WL(WL), .WORDS(WORDS), .LW(1), .Q(Q), .DEPTH(DEPTH)) u_dut (
      .clk(clk), .rst(rst), .stored(stored), .re(re), .addr(addr), .data(word), .beat(beat), .first(first),
      .lanes(lanes));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  reg  [7:0]          pixels_q, since_stored_q, since_first_q;  // stored and not taken; cycles
  reg  [7:0]          words_q;                                  // to be read, of the pixels stored
  reg  [7:0]          at_q;                                     // address
  reg                 re1_q, re2_q;
  reg  [PIXEL-1:0]    taken_q;                                  // the pixel that beats belong to
  reg  [MAX*PIXEL-1:0] came_q;                                  // words that came, of the pixels not taken, oldest lowest
  reg  [7:0]          came_words_q;
  wire [PIXEL-1:0]    pixel = first ? came_q[PIXEL-1:0] : taken_q;
  wire [7:0]          beat_now = first ? 8'd0 : beat_q;
  wire                begins = beat && first;
  wire [7:0]          came_left = came_words_q - (begins ? 8'(WORDS) : 8'd0);
  wire [MAX*PIXEL-1:0] rest = begins ? came_q >> PIXEL : came_q;
  wire [MAX*PIXEL-1:0] mask = (MAX*PIXEL)'({WL{1'b1}}) << (WL * came_left);
  always @(posedge clk) begin
    pixels_q       <= rst ? '0 : pixels_q + 8'(stored) - 8'(begins);
    since_stored_q <= rst ? 8'(GAP) : stored ? 8'd1 : (since_stored_q == 8'(GAP)) ? since_stored_q : since_stored_q + 8'd1;
    since_first_q  <= rst ? 8'(GAP) : begins ? 8'd1 : (since_first_q == 8'(GAP)) ? since_first_q : since_first_q + 8'd1;
    words_q        <= rst ? '0 : words_q + (stored ? 8'(WORDS) : 8'd0) - 8'(re);
    at_q           <= rst ? '0 : !re ? at_q : (at_q == 8'(DEPTH - 1)) ? '0 : at_q + 8'd1;
    beat_q         <= rst ? 8'(BEATS) : beat ? beat_now + 8'd1 : beat_q;
    {re2_q, re1_q} <= rst ? '0 : {re1_q, re};
    came_words_q   <= rst ? '0 : came_left + 8'(re2_q);
    came_q         <= re2_q ? rest & ~mask | ((MAX*PIXEL)'(word) << (WL * came_left)) : rest;
    if (begins) taken_q <= pixel;
  end
  always @* if (begun) begin
    // the last pixel that was stored may be the one that is taken
    if (begins) assume (pixels_q != '0 && since_first_q == 8'(GAP) && (pixels_q > 8'd1 || since_stored_q == 8'(GAP)));
    if (stored) assume (pixels_q < 8'(MAX) && since_stored_q == 8'(GAP));
  end
  reg     own;
  integer i;
  always @* begin
    own = 1'b1;
    for (i = 0; i < Q; i = i + 1)
      if (32'(beat_now) * Q + i < LANES && lanes[i] != pixel[32'(beat_now) * Q + i]) own = 1'b0;
  end
  always @* if (begun && !rst) begin
    if (re) in_order: assert (8'(addr) == at_q);
    if (re) stored_before: assert (words_q != '0);
    if (begins) there: assert (came_words_q >= 8'(WORDS));
    if (beat) its_lanes: assert (own);
    again: cover (begins && since_first_q == 8'(GAP) && pixels_q == 8'(MAX) && pixel != taken_q);
    wraps: cover (begins && at_q == '0 && addr == '0 && words_q != '0);
  end
endmodule
`default_nettype wire
