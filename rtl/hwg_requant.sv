// SPDX-License-Identifier: Apache-2.0
// The one place that rounds and saturates: y = clamp((v*m + b + 2^(s-1)) >>> s, lo, hi), LANES channels a beat.
// m and b come from a ROM of its own, word = LANES x {b, m}, addressed with the beat. (docs/arithmetic.md, requant)
//
// latency   beat at cycle i -> result at cycle i+5: ROM 2, product, offset and rounding, shift and clamp
// throughput one beat a cycle; reset clears valid bits only
// limits    VW + 16 and BW at most PW - 2 bits: no sum wraps; 1 <= s <= 31
`default_nettype none
module hwg_requant #(
    parameter integer LANES = 1,
    parameter integer VW    = 20,
    parameter integer BW    = 32,
    parameter integer PW    = 40,
    parameter integer YW    = 8,
    parameter integer SIDE  = 1,
    parameter integer SOFT  = 0,   // 1: products of adders in LUTs
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,
    parameter         FILE  = "requant.hex",
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 s_valid,
    input  wire [LANES*VW-1:0]  s_data,
    input  wire [AW-1:0]        s_addr,
    input  wire [4:0]           s_shift,
    input  wire signed [YW:0]   s_lo,
    input  wire signed [YW:0]   s_hi,
    input  wire [SIDE-1:0]      s_side,
    output wire                 m_valid,
    output reg  [LANES*YW-1:0]  m_data,
    output wire [SIDE-1:0]      m_side
);
  wire [LANES*(BW+16)-1:0] constants;
  hwg_rom #(.WIDTH(LANES * (BW + 16)), .DEPTH(DEPTH), .LUT_DEPTH(LUT_DEPTH), .FILE(FILE)) u_constants (
      .clk(clk), .re(s_valid), .raddr(s_addr), .rdata(constants));

  reg [LANES*VW-1:0] v1_q, v2_q;
  reg [4:0] shift1_q, shift2_q, shift3_q, shift4_q;
  reg signed [YW:0] lo1_q, lo2_q, lo3_q, lo4_q, hi1_q, hi2_q, hi3_q, hi4_q;
  reg [LANES*BW-1:0] bias3_q;
  reg [LANES*PW-1:0] product3_q, sum4_q;
  wire [2:0] live;  // stages 2, 3, 4 hold a beat: idle stages do not toggle
  reg [3:0] valid_q;

  hwg_delay #(.STAGES(5), .WIDTH(SIDE)) u_side (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_side), .m_valid(m_valid), .m_data(m_side));

  assign live = valid_q[3:1];
  always @(posedge clk) begin
    valid_q <= rst ? 4'd0 : {valid_q[2:0], s_valid};
    {v2_q, v1_q} <= {v1_q, s_data};
    {shift4_q, shift3_q, shift2_q, shift1_q} <= {shift3_q, shift2_q, shift1_q, s_shift};
    {lo4_q, lo3_q, lo2_q, lo1_q} <= {lo3_q, lo2_q, lo1_q, s_lo};
    {hi4_q, hi3_q, hi2_q, hi1_q} <= {hi3_q, hi2_q, hi1_q, s_hi};
  end

  // Only the low bits are compared; `fits`: the bits above are all like the sign.
  function [YW-1:0] saturate(input signed [PW-1:0] v, input signed [YW:0] lo, input signed [YW:0] hi);
    reg               fits, under, over;
    reg signed [YW:0] low;
    begin
      low      = v[YW:0];
      fits     = &v[PW-1:YW] || !(|v[PW-1:YW]);
      under    = fits ? low < lo : v[PW-1];
      over     = fits ? low > hi : !v[PW-1];
      saturate = under ? lo[YW-1:0] : over ? hi[YW-1:0] : v[YW-1:0];
    end
  endfunction

  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_lane
      wire [VW+15:0] product;
      hwg_product #(.AW(VW), .WW(16), .SOFT(SOFT)) u_product (
          .a(v2_q[i*VW +: VW]), .w(constants[i*(BW+16) +: 16]), .y(product));
      always @(posedge clk) begin
        if (live[0]) begin
          product3_q[i*PW +: PW] <= PW'($signed(product));
          bias3_q[i*BW +: BW]    <= constants[i*(BW+16)+16 +: BW];
        end
        if (live[1])
          sum4_q[i*PW +: PW] <= $signed(product3_q[i*PW +: PW]) + PW'($signed(bias3_q[i*BW +: BW]))
                              + $signed(PW'(1) << (shift3_q - 5'd1));
        if (live[2])
          m_data[i*YW +: YW] <= saturate($signed(sum4_q[i*PW +: PW]) >>> shift4_q, lo4_q, hi4_q);
      end
    end
  endgenerate
endmodule
`default_nettype wire
