// SPDX-License-Identifier: Apache-2.0
// hwg_requant: y = clamp((v*m + b + 2^(s-1)) >> s, lo, hi) in integers wide enough for anything, for every v, m, b, s, lo
// and hi; so no sum wraps. The memory of constants is replaced by one whose word is its address: any constants.
`default_nettype none
module hwg_rom #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,
    parameter         FILE  = "",
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output reg  [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] array_q;
  reg             re_q;
  always @(posedge clk) begin
    if (re) array_q <= WIDTH'(raddr);
    re_q <= re;
    if (re_q) rdata <= array_q;
  end
endmodule

module proof #(
    parameter integer VW = 4,
    parameter integer BW = 6,
    parameter integer PW = 34,
    parameter integer YW = 3
) (
    input wire                 clk,
    input wire                 rst,
    input wire                 s_valid,
    input wire signed [VW-1:0] v,
    input wire                 next_valid,
    input wire signed [15:0]   next_m,
    input wire signed [BW-1:0] next_b,
    input wire [4:0]           s,
    input wire signed [YW:0]   lo,
    input wire signed [YW:0]   hi,
    input wire                 side
);
  wire          begun, m_valid, m_side;
  wire [YW-1:0] y;
  hwg_requant #(.LANES(1), .VW(VW), .BW(BW), .PW(PW), .YW(YW), .SIDE(1), .DEPTH(1 << (BW + 16))) u_dut (
      .clk(clk), .rst(rst), .c_re(next_valid), .c_addr({next_b, next_m}), .s_valid(s_valid), .s_data(v), .s_shift(s),
      .s_lo(lo), .s_hi(hi), .s_side(side), .m_valid(m_valid), .m_data(y), .m_side(m_side));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @* assume (s != 5'd0 && lo <= hi);
  // The address comes a cycle before the beat, whose constants it is.
  reg                 valid_q;
  reg signed [15:0]   m;
  reg signed [BW-1:0] b;
  initial valid_q = 1'b0;
  always @(posedge clk) begin
    valid_q <= next_valid;
    if (next_valid) {b, m} <= {next_b, next_m};
  end
  always @* assume (!s_valid || valid_q);

  localparam integer SW = PW + 2;
  wire signed [SW-1:0] sum = SW'(v) * SW'(m) + SW'(b) + $signed(SW'(1) << (s - 5'd1));
  wire signed [SW-1:0] shifted = sum >>> s;
  wire signed [SW-1:0] wanted = (shifted < SW'(lo)) ? SW'(lo) : (shifted > SW'(hi)) ? SW'(hi) : shifted;
  wire [YW:0] was;
  wire        there;
  proof_past #(.STAGES(6), .WIDTH(YW + 1)) u_past (
      .clk(clk), .now({side, wanted[YW-1:0]}), .past(was), .there(there));
  reg [5:0] valids_q;
  initial valids_q = '0;
  always @(posedge clk) valids_q <= rst ? '0 : {valids_q, s_valid};
  always @* if (begun) begin
    on_time: assert (m_valid == valids_q[5]);
    if (m_valid && there) defined: assert ({m_side, y} == was);
    rounds: cover (m_valid && there && shifted != '0 && y != '0);
  end
endmodule
`default_nettype wire
