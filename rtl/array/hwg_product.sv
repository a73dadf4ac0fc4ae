// SPDX-License-Identifier: Apache-2.0
// Signed product of a and w: the operator, which tools map to a hardware multiplier, or with MUL_IN_LUTS adders in LUTs.
//
// latency   none (combinational), one cycle with MIDDLE; limits AW >= 2, WW >= 2; the product is exact
// technology layer: the default and MUL_IN_LUTS = 0 are the operator, with MIDDLE a register behind it; with `SYNTHESIS`,
// MUL_IN_LUTS = 1 adds rows in a tree, the register before its last level. All are equal.
`default_nettype none
module hwg_product #(
    parameter integer AW   = 8,
    parameter integer WW   = 8,
    parameter integer MUL_IN_LUTS = 0,
    parameter integer MIDDLE = 0   // 1: a register
) (
    input  wire             clk,
    input  wire [AW-1:0]    a,
    input  wire [WW-1:0]    w,
    output wire [AW+WW-1:0] y
);
  localparam integer YW     = AW + WW;
  localparam integer PAIRS  = (WW + 1) / 2;
  localparam integer LEVELS = $clog2(PAIRS);
`ifdef SYNTHESIS
  localparam integer TREE = MUL_IN_LUTS;
`else
  localparam integer TREE = 0;
`endif
  generate
    if (TREE != 0) begin : gen_soft
      // Two bits of w give a row of their own: w0*a + 2*w1*a, in the last pair, which has the sign, w0*a - 2*w1*a. A
      // tree adds the rows: at each level a term takes in the next one, whose weight is that of the bits below it.
      wire [2*PAIRS-1:0] bits = (2*PAIRS)'($signed(w));
      genvar level, i;
      for (level = 0; level <= LEVELS; level = level + 1) begin : gen_level
        localparam integer COUNT = (PAIRS + (1 << level) - 1) >> level;
        localparam integer TW    = AW + (2 << level);
        localparam integer BELOW = 1 << level;  // bits of a term that are final
        wire [COUNT*TW-1:0] sums, terms;
        for (i = 0; i < COUNT; i = i + 1) begin : gen_term
          if (level == 0) begin : gen_row
            wire signed [TW-1:0] low  = bits[2*i]   ? TW'($signed(a)) : '0;
            wire signed [TW-1:0] high = bits[2*i+1] ? TW'($signed({a, 1'b0})) : '0;
            assign sums[i*TW +: TW] = (i == PAIRS - 1) ? low - high : low + high;
          end else begin : gen_sum
            localparam integer BW = AW + (1 << level);  // of a term of the level before
            wire [BW-1:0] left = gen_level[level-1].terms[2*i*BW +: BW];
            if ((2 * i + 1) << (level - 1) < PAIRS) begin : gen_two
              wire [BW-1:0] right = gen_level[level-1].terms[(2*i+1)*BW +: BW];
              assign sums[i*TW +: TW] = {(TW-BELOW)'($signed(left[BW-1:BELOW])) + (TW-BELOW)'($signed(right)),
                                         left[BELOW-1:0]};
            end else begin : gen_one
              assign sums[i*TW +: TW] = TW'($signed(left));
            end
          end
        end
        if (MIDDLE != 0 && level == ((LEVELS > 0) ? LEVELS - 1 : 0)) begin : gen_middle
          reg [COUNT*TW-1:0] sums_q;
          always @(posedge clk) sums_q <= sums;
          assign terms = sums_q;
        end else begin : gen_wires
          assign terms = sums;
        end
      end
      assign y = gen_level[LEVELS].terms[YW-1:0];
      wire unused = &{1'b0, clk, gen_level[LEVELS].terms};  // sign bits beyond the product
    end else begin : gen_operator
      wire [YW-1:0] product = YW'($signed(a) * $signed(w));
      if (MIDDLE != 0) begin : gen_middle
        reg [YW-1:0] product_q;
        always @(posedge clk) product_q <= product;
        assign y = product_q;
      end else begin : gen_wires
        assign y = product;
      end
      wire unused = &{1'b0, clk, MUL_IN_LUTS != 0};
    end
  endgenerate
endmodule
`default_nettype wire
