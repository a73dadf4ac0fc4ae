// SPDX-License-Identifier: Apache-2.0
// hwg_tokens: `some` says whether more was put than taken, whatever comes in a cycle.
`default_nettype none
module proof #(
    parameter integer MOST = 3
) (
    input wire clk,
    input wire rst,
    input wire put,
    input wire take
);
  wire      some, begun;
  reg [7:0] there_q;
  hwg_tokens #(.MOST(MOST)) u_dut (.clk(clk), .rst(rst), .put(put), .take(take), .some(some));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @(posedge clk) there_q <= rst ? 8'd0 : there_q + 8'(put) - 8'(take);
  always @* if (begun) begin
    assume (!take || there_q != 8'd0);
    assume (!put || take || there_q != 8'(MOST));
    right: assert (some == (there_q != 8'd0));
    full: cover (there_q == 8'(MOST));
    emptied: cover (take && !put && there_q == 8'd1);
  end
endmodule
`default_nettype wire
