// SPDX-License-Identifier: Apache-2.0
// hwg_multiply: the exact product, two cycles after its factors, held until the next one arrives.
`default_nettype none
module proof #(
    parameter integer VW          = 3,
    parameter integer MUL_IN_LUTS = 1
) (
    input wire                 clk,
    input wire                 rst,
    input wire                 valid,
    input wire signed [VW-1:0] v,
    input wire signed [15:0]   w
);
  wire                   begun;
  wire signed [VW+15:0]  y;
  reg                    valid1_q, valid2_q;
  reg  signed [VW+15:0]  product1_q, product2_q;
  initial {valid1_q, valid2_q} = '0;
  hwg_multiply #(.VW(VW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_dut (
      .clk(clk), .en_parts(valid), .en_sum(valid1_q), .v(v), .w(w), .y(y));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @(posedge clk) begin
    {valid2_q, valid1_q} <= {valid1_q, valid};
    {product2_q, product1_q} <= {product1_q, (VW+16)'(v) * (VW+16)'(w)};
  end
  always @* if (begun && valid2_q) begin
    exact: assert (y == product2_q);
    least: cover (y == (VW+16)'(1) <<< (VW + 14));
  end
endmodule
`default_nettype wire
