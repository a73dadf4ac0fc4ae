// SPDX-License-Identifier: Apache-2.0
// CRC-32 of a byte stream, that of IEEE 802.3 (reflected, all ones at the start), before its last inversion.
//
// latency   one cycle; throughput a byte a cycle; `start` begins anew
// A stream with its own checksum behind it, least significant byte first, ends at RESIDUE.
`default_nettype none
module hwg_crc32 (
    input  wire        clk,
    input  wire        start,
    input  wire        s_valid,
    input  wire [7:0]  s_data,
    output reg  [31:0] crc,
    output wire        residue
);
  localparam [31:0] RESIDUE = 32'hdebb_20e3, POLYNOMIAL = 32'hedb8_8320;
  assign residue = crc == RESIDUE;

  function [31:0] next(input [31:0] old, input [7:0] data);
    integer i;
    begin
      next = old ^ {24'd0, data};
      for (i = 0; i < 8; i = i + 1) next = {1'b0, next[31:1]} ^ (next[0] ? POLYNOMIAL : 32'd0);
    end
  endfunction

  always @(posedge clk) begin
    if (start) crc <= '1;
    else if (s_valid) crc <= next(crc, s_data);
  end
endmodule
`default_nettype wire
