// SPDX-License-Identifier: Apache-2.0
// Product with a constant, as shifts and additions: for addresses, which are not worth a DSP block.
//
// latency   none (combinational)
// limits    IW, OW >= 1, FACTOR >= 0; the product is cut to OW bits
`default_nettype none
module hwg_const_mul #(
    parameter integer FACTOR = 3,
    parameter integer IW = 6,
    parameter integer OW = 8
) (
    input  wire [IW-1:0] x,
    output reg  [OW-1:0] y
);
  localparam [31:0] BITS = FACTOR;
  integer i;
  wire unused = &{1'b0, x};  // its upper bits, where the product is cut
  always @* begin
    y = '0;
    for (i = 0; i < 32 && i < OW; i = i + 1) if (BITS[i]) y = y + (OW'(x) << i);
  end
endmodule
`default_nettype wire
