// SPDX-License-Identifier: Apache-2.0
// Lets every run begin with a cycle of reset. `begun` is high from the second cycle on: what an assertion may rely on.
`default_nettype none
module proof_reset (
    input  wire clk,
    input  wire rst,
    output reg  begun
);
  initial begun = 1'b0;
  always @(posedge clk) begun <= 1'b1;
  always @* if (!begun) assume (rst);
endmodule
`default_nettype wire
