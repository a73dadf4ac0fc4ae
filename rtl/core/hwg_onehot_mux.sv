// SPDX-License-Identifier: Apache-2.0
// The entries of a list, or-ed: the one that is not masked.
//
// latency   none (combinational); limits N >= 1, W >= 1
`default_nettype none
module hwg_onehot_mux #(
    parameter integer N = 4,
    parameter integer W = 8
) (
    input  wire [N*W-1:0] entries,
    output reg  [W-1:0]   entry
);
  integer i;
  always @* begin
    entry = '0;
    for (i = 0; i < N; i = i + 1) entry = entry | entries[i*W +: W];
  end
endmodule
`default_nettype wire
