// SPDX-License-Identifier: Apache-2.0
// Signed product of a and w: the operator, which tools map to a hardware multiplier, or with SOFT adders in LUTs.
//
// latency   none (combinational); limits AW >= 2, WW >= 2; the product is exact
// technology layer: the default and SOFT = 0 are the operator; with `SYNTHESIS`, SOFT = 1 adds rows. Both are equal.
`default_nettype none
module hwg_product #(
    parameter integer AW   = 8,
    parameter integer WW   = 8,
    parameter integer SOFT = 0
) (
    input  wire [AW-1:0]    a,
    input  wire [WW-1:0]    w,
    output wire [AW+WW-1:0] y
);
  localparam integer YW = AW + WW;
`ifdef SYNTHESIS
  localparam integer PAIRS = (WW + 1) / 2;
  generate
    if (SOFT != 0) begin : gen_soft
      // Two bits of w give a row of their own: w0*a + 2*w1*a, in the last pair, which has the sign, w0*a - 2*w1*a.
      wire [2*PAIRS-1:0] bits = (2*PAIRS)'($signed(w));
      genvar i;
      for (i = 0; i < PAIRS; i = i + 1) begin : gen_pair
        wire signed [AW+1:0] low  = bits[2*i]   ? (AW+2)'($signed(a)) : '0;
        wire signed [AW+1:0] high = bits[2*i+1] ? (AW+2)'($signed({a, 1'b0})) : '0;
        wire signed [AW+1:0] row  = (i == PAIRS - 1) ? low - high : low + high;
        wire signed [YW-1:0] total;
        wire unused = row[AW+1];  // YW may end below it
        if (i == 0) begin : gen_first
          assign total = YW'(row);
        end else begin : gen_next  // the bits below are final
          assign total[2*i-1:0]  = gen_pair[i-1].total[2*i-1:0];
          assign total[YW-1:2*i] = $signed(gen_pair[i-1].total[YW-1:2*i]) + (YW-2*i)'(row);
        end
      end
      assign y = gen_pair[PAIRS-1].total;
    end else begin : gen_operator
      assign y = YW'($signed(a) * $signed(w));
    end
  endgenerate
`else
  assign y = YW'($signed(a) * $signed(w));
  wire unused = &{1'b0, SOFT != 0};
`endif
endmodule
`default_nettype wire
