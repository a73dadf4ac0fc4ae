// SPDX-License-Identifier: Apache-2.0
// The one place that rounds and saturates: y = clamp((v*m + b + 2^(s-1)) >>> s, lo, hi), LANES channels a beat.
// m and b come from a ROM of its own, word = LANES x {b, m}, addressed a cycle before the beat. (docs/arithmetic.md, requant)
// A channel may have several pixels, side by side, for which the same constants hold.
//
// latency   beat at cycle i -> result at cycle i+6: wait for the constants 2, product 2, offset and rounding, shift and clamp
// throughput one beat a cycle; reset clears valid bits only
// limits    VW + 16 and BW at most PW - 2 bits: no sum wraps; 1 <= s <= 31
`default_nettype none
module hwg_requant #(
    parameter integer LANES = 1,
    parameter integer PIXELS = 1,
    parameter integer VW    = 20,
    parameter integer BW    = 32,
    parameter integer PW    = ((VW + 16 > BW) ? ((VW + 16 > 32) ? VW + 16 : 32) : (BW > 32) ? BW : 32) + 2,  // of a sum
    parameter integer YW    = 8,
    parameter integer SIDE  = 1,
    parameter integer MUL_IN_LUTS = 0,   // 1: products of adders in LUTs
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,
    parameter         FILE  = "requant.hex",
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 c_re,    // a beat comes in the next cycle
    input  wire [AW-1:0]        c_addr,  // of its constants
    input  wire                 s_valid,
    input  wire [LANES*PIXELS*VW-1:0] s_data,
    input  wire [4:0]           s_shift,
    input  wire signed [YW:0]   s_lo,
    input  wire signed [YW:0]   s_hi,
    input  wire [SIDE-1:0]      s_side,
    output wire                 m_valid,
    output reg  [LANES*PIXELS*YW-1:0] m_data,
    output wire [SIDE-1:0]      m_side
);
  // Block RAMs may lie far from the products: the way from them has a cycle of its own.
  wire [LANES*(BW+16)-1:0] read;
  reg  [LANES*(BW+16)-1:0] constants_q;
  hwg_rom #(.WIDTH(LANES * (BW + 16)), .DEPTH(DEPTH), .LUT_DEPTH(LUT_DEPTH), .FILE(FILE)) u_constants (
      .clk(clk), .re(c_re), .raddr(c_addr), .rdata(read));
  always @(posedge clk) constants_q <= read;

  // The clamp does not wait for the shift: the sum is compared with lo*2^s and (hi+1)*2^s.
  localparam integer EW = (YW + 33 > PW) ? YW + 33 : PW;  // of such a bound, whatever the shift
  localparam signed [PW-1:0] MOST  = {1'b0, {(PW-1){1'b1}}};  // no sum is as far out
  localparam signed [PW-1:0] LEAST = {1'b1, {(PW-1){1'b0}}};
  function signed [PW-1:0] bounded(input signed [EW-1:0] bound);
    bounded = (bound > EW'($signed(MOST))) ? MOST : (bound < EW'($signed(LEAST))) ? LEAST : bound[PW-1:0];
  endfunction

  localparam integer RESULTS = LANES * PIXELS;
  reg [RESULTS*VW-1:0] v1_q, v2_q;
  reg [4:0] shift1_q, shift2_q, shift3_q, shift4_q, shift5_q;
  reg signed [YW:0] lo1_q, lo2_q, lo3_q, lo4_q, lo5_q, hi1_q, hi2_q, hi3_q, hi4_q, hi5_q;
  reg signed [EW-1:0] from4_q, beyond4_q;
  reg signed [PW-1:0] from5_q, beyond5_q;
  reg [31:0] half4_q;                             // rounding
  reg [LANES*BW-1:0] bias3_q, bias4_q;
  reg [RESULTS*PW-1:0] sum5_q;
  wire [3:0] live;  // stages 2 to 5 hold a beat: idle stages do not toggle
  wire unused_top = &{1'b0, lo5_q[YW], hi5_q[YW]};  // the clamps as results
  reg [4:0] valid_q;

  hwg_delay #(.STAGES(6), .WIDTH(SIDE)) u_side (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_side), .m_valid(m_valid), .m_data(m_side));

  assign live = valid_q[4:1];
  always @(posedge clk) begin
    valid_q <= rst ? 5'd0 : {valid_q[3:0], s_valid};
    {v2_q, v1_q} <= {v1_q, s_data};
    {shift5_q, shift4_q, shift3_q, shift2_q, shift1_q} <= {shift4_q, shift3_q, shift2_q, shift1_q, s_shift};
    {lo5_q, lo4_q, lo3_q, lo2_q, lo1_q} <= {lo4_q, lo3_q, lo2_q, lo1_q, s_lo};
    {hi5_q, hi4_q, hi3_q, hi2_q, hi1_q} <= {hi4_q, hi3_q, hi2_q, hi1_q, s_hi};
    half4_q   <= 32'd1 << (shift3_q - 5'd1);
    from4_q   <= EW'($signed(lo3_q)) <<< shift3_q;
    beyond4_q <= (EW'($signed(hi3_q)) + EW'(1)) <<< shift3_q;
    from5_q   <= bounded(from4_q);
    beyond5_q <= bounded(beyond4_q);
  end

  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_bias
      always @(posedge clk) begin
        if (live[0]) bias3_q[i*BW +: BW] <= constants_q[i*(BW+16)+16 +: BW];
        if (live[1]) bias4_q[i*BW +: BW] <= bias3_q[i*BW +: BW];
      end
    end
    for (i = 0; i < RESULTS; i = i + 1) begin : gen_lane
      localparam integer CHANNEL = i / PIXELS;
      wire        [VW+15:0] product4;
      wire signed [PW-1:0]  sum     = sum5_q[i*PW +: PW];
      wire signed [PW-1:0]  shifted = sum >>> shift5_q;
      wire unused = &{1'b0, shifted};  // the upper bits count in the sum
      hwg_multiply #(.VW(VW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_product (
          .clk(clk), .en_parts(live[0]), .en_sum(live[1]), .v(v2_q[i*VW +: VW]), .w(constants_q[CHANNEL*(BW+16) +: 16]),
          .y(product4));
      always @(posedge clk) begin
        if (live[2])
          sum5_q[i*PW +: PW] <= PW'($signed(product4)) + PW'($signed(bias4_q[CHANNEL*BW +: BW])) + PW'(half4_q);
        if (live[3])
          m_data[i*YW +: YW] <= (sum < from5_q) ? lo5_q[YW-1:0] : (sum >= beyond5_q) ? hi5_q[YW-1:0] : shifted[YW-1:0];
      end
    end
  endgenerate
endmodule
`default_nettype wire
