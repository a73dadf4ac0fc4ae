// SPDX-License-Identifier: Apache-2.0
// CRC-32 of IEEE 802.3 in its plain form: a bit at a time, highest power first, as the standard's polynomial is written.
// `checksum` is what follows the bytes; byte 0 goes first.
`default_nettype none
module proof_crc32 (
    input  wire        clk,
    input  wire        start,
    input  wire        valid,
    input  wire [7:0]  data,
    output reg  [31:0] register,
    output reg  [31:0] checksum
);
  integer i;
  reg [31:0] next;
  always @* begin
    next = register;
    for (i = 0; i < 8; i = i + 1) next = {next[30:0], 1'b0} ^ ((next[31] ^ data[i]) ? 32'h04c1_1db7 : 32'd0);
    for (i = 0; i < 32; i = i + 1) checksum[i] = !register[31-i];
  end
  always @(posedge clk)
    if (start) register <= '1;
    else if (valid) register <= next;
endmodule
`default_nettype wire
