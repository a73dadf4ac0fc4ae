// SPDX-License-Identifier: Apache-2.0
// Reset of a clock domain: low until `ok`, from anywhere, has been high for 16 cycles.
//
// latency   16 to 19 cycles up, 2 to 4 down
`default_nettype none
module hwg_reset (
    input  wire clk,
    input  wire ok,
    output reg  resetn
);
  wire      ok_q;
  reg [3:0] count_q;
  hwg_sync u_sync (.clk(clk), .d(ok), .q(ok_q));
  always @(posedge clk) begin
    count_q <= !ok_q ? 4'd0 : (count_q == 4'd15) ? 4'd15 : count_q + 4'd1;
    resetn  <= ok_q && count_q == 4'd15;
  end
endmodule
`default_nettype wire
