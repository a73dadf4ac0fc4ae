// SPDX-License-Identifier: Apache-2.0
// Two dot products of the same LANES signed activations, two products from one multiplier of 18 x 18 bits.
//
//   a * (w1*2^K + w0) = (a*w1)*2^K + a*w0: the low K bits are a*w0; the bits above are a*w1, less one where a*w0 < 0
//
// That one is added by the carry inputs of the tree; of each lane's bit, the last is left over in c1. The user brings
// w1_less, w1 less one where w0 < 0: the sum w1*2^K + w0 is then but wires, and nothing is added before the multiplier.
// latency   a, w at cycle i -> y, c from cycle i + 2 + clog2(LANES) on; throughput two dot products a cycle; reset none
// limits    PW = AW+WW bits for a product, K = PW or PW-1 for the low field: AW + 2*WW + FULL <= 19. With K = PW-1 no
//           lane has a = -2^(AW-1) and w0 = -2^(WW-1) at once, with FULL = 0 no w1 is -2^(WW-1)
// technology layer: the structure for synthesis
`default_nettype none
module hwg_dot_pair #(
    parameter integer LANES = 4,
    parameter integer AW    = 8,
    parameter integer WW    = 4,
    parameter integer FULL  = 1,
    parameter integer YW    = AW + WW + $clog2(LANES)
) (
    input  wire                clk,
    input  wire [LANES*AW-1:0] a,
    input  wire [LANES*WW-1:0] w0,
    input  wire [LANES*(WW+FULL)-1:0] w1_less,
    output wire [YW-1:0]       y0,
    output wire [YW-1:0]       y1,
    output wire                c1
);
  localparam integer PW = AW + WW;
  localparam integer K  = (PW > 18 - WW - FULL) ? 18 - WW - FULL : PW;
  localparam integer HW = WW + FULL;  // of the upper field of the weights, less the borrow
  wire [LANES*PW-1:0] lows, highs;
  wire [LANES-1:0]    borrows;
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_product
      wire [WW-1:0]      low = w0[i*WW +: WW];
      wire [HW-1:0]      high = w1_less[i*HW +: HW];
      wire [AW+K+HW-1:0] product;
      hwg_registered_product #(.AW(AW), .WW(K + HW)) u_product (
          .clk(clk), .a(a[i*AW +: AW]), .w({high, K'($signed(low))}), .y(product));
      wire unused = &{1'b0, product[AW+K+HW-1:K]};  // above the high field, if FULL
      assign lows[i*PW +: PW]  = PW'($signed(product[K-1:0]));
      assign highs[i*PW +: PW] = product[K +: PW];
      assign borrows[i]        = product[K-1];
    end
  endgenerate
  wire unused_carry;
  hwg_tree #(.LANES(LANES), .XW(PW)) u_low (.clk(clk), .x(lows), .carry({LANES{1'b0}}), .y(y0), .c(unused_carry));
  hwg_tree #(.LANES(LANES), .XW(PW)) u_high (.clk(clk), .x(highs), .carry(borrows), .y(y1), .c(c1));
  wire unused = &{1'b0, unused_carry};
endmodule
`default_nettype wire
