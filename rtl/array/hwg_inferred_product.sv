// SPDX-License-Identifier: Apache-2.0
// Signed product of a and w with registers as a hardware multiplier has them, in a form that tools infer: after the
// product, and with IN of the operands; adders in LUTs have the latter among themselves.
//
// latency   a, w at cycle i -> y from cycle i + 1 + IN on; throughput one product a cycle; reset none (data path)
// limits    AW >= 2, WW >= 2; the product is exact
`default_nettype none
module hwg_inferred_product #(
    parameter integer AW          = 8,
    parameter integer WW          = 8,
    parameter integer IN          = 1,
    parameter integer MUL_IN_LUTS = 0  // 1: adders in LUTs
) (
    input  wire             clk,
    input  wire [AW-1:0]    a,
    input  wire [WW-1:0]    w,
    output wire [AW+WW-1:0] y
);
  localparam integer MIDDLE = (MUL_IN_LUTS != 0 && IN != 0) ? 1 : 0;
  wire [AW-1:0]    a_in;
  wire [WW-1:0]    w_in;
  wire [AW+WW-1:0] product;
  reg  [AW+WW-1:0] product_q;
  hwg_product #(.AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS), .MIDDLE(MIDDLE)) u_product (
      .clk(clk), .a(a_in), .w(w_in), .y(product));
  generate
    if (IN != 0 && MIDDLE == 0) begin : gen_operands
      reg [AW-1:0] a_q;
      reg [WW-1:0] w_q;
      always @(posedge clk) {a_q, w_q} <= {a, w};
      assign {a_in, w_in} = {a_q, w_q};
    end else begin : gen_wires
      assign {a_in, w_in} = {a, w};
    end
  endgenerate
  always @(posedge clk) product_q <= product;
  assign y = product_q;
endmodule
`default_nettype wire
