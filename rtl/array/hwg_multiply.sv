// SPDX-License-Identifier: Apache-2.0
// A value times a 16-bit multiplier, in two steps: parts of the product, each in a register, then their sum.
//
//   MUL_IN_LUTS:       v * four bits of w, by adders in LUTs -> sum of four
//   VW > 18:    17 bits of v * w, and the bits above * w: two hardware multipliers -> sum of two
//   otherwise:  registers of v and w, then v * w
//
// latency   v and w at cycle i -> y at cycle i+2; reset none (data path)
// limits    VW >= 2; the product is exact
`default_nettype none
module hwg_multiply #(
    parameter integer VW   = 20,
    parameter integer MUL_IN_LUTS = 0
) (
    input  wire           clk,
    input  wire           en_parts,  // at cycle i
    input  wire           en_sum,    // at cycle i+1: idle stages do not toggle
    input  wire [VW-1:0]  v,
    input  wire [15:0]    w,
    output reg  [VW+15:0] y
);
  generate
    if (MUL_IN_LUTS != 0) begin : gen_soft
      localparam integer TW = VW + 4;
      reg  [4*TW-1:0] part_q;
      genvar i;
      for (i = 0; i < 4; i = i + 1) begin : gen_part
        wire [TW-1:0] part;
        if (i == 3) begin : gen_signed
          hwg_product #(.AW(VW), .WW(4), .MUL_IN_LUTS(1)) u_part (.clk(clk), .a(v), .w(w[15:12]), .y(part));
        end else begin : gen_unsigned
          wire unused;  // another sign bit
          hwg_product #(.AW(VW), .WW(5), .MUL_IN_LUTS(1)) u_part (
              .clk(clk), .a(v), .w({1'b0, w[4*i +: 4]}), .y({unused, part}));
        end
        always @(posedge clk) if (en_parts) part_q[i*TW +: TW] <= part;
      end
      // Bits below the next part's weight are final.
      wire [TW:0]   low_up  = (TW+1)'($signed(part_q[1*TW +: TW])) + (TW+1)'($signed(part_q[4 +: TW-4]));
      wire [TW:0]   high_up = (TW+1)'($signed(part_q[3*TW +: TW])) + (TW+1)'($signed(part_q[2*TW+4 +: TW-4]));
      wire [TW+4:0] low     = {low_up, part_q[3:0]};
      wire [TW+4:0] high    = {high_up, part_q[2*TW +: 4]};
      wire [TW+4:0] up      = high + (TW+5)'($signed(low[TW+4:8]));
      wire          unused_up = up[TW+4];
      always @(posedge clk) if (en_sum) y <= {up[TW+3:0], low[7:0]};
    end else if (VW > 18) begin : gen_two
      localparam integer HW = VW - 17;
      wire [33:0]      low;
      wire [HW+15:0]   high;
      wire [HW+15:0]   carried = (HW+16)'($signed(low[33:17]));
      hwg_registered_product #(.AW(18), .WW(16), .IN(0)) u_low (.clk(clk), .a({1'b0, v[16:0]}), .w(w), .y(low));
      hwg_registered_product #(.AW(HW), .WW(16), .IN(0)) u_high (.clk(clk), .a(v[VW-1:17]), .w(w), .y(high));
      always @(posedge clk) if (en_sum) y <= {high + carried, low[16:0]};
      wire unused = &{1'b0, en_parts};
    end else begin : gen_one
      hwg_registered_product #(.AW(VW), .WW(16)) u_product (.clk(clk), .a(v), .w(w), .y(y));
      wire unused = &{1'b0, en_parts, en_sum};
    end
  endgenerate
endmodule
`default_nettype wire
