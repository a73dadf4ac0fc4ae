// SPDX-License-Identifier: Apache-2.0
// hwg_crc32: after a start, the CRC-32 of IEEE 802.3 of all bytes since, which is worked out here in its plain form, a bit at
// a time, highest power first. `residue` says whether a stream ends with its own checksum as any such stream does.
`default_nettype none
module proof (
    input wire       clk,
    input wire       start,
    input wire       s_valid,
    input wire [7:0] s_data
);
  localparam [31:0] POLYNOMIAL = 32'h04c1_1db7;
  wire [31:0] crc, register, checksum;
  wire        residue;
  hwg_crc32 u_dut (.clk(clk), .start(start), .s_valid(s_valid), .s_data(s_data), .crc(crc), .residue(residue));
  proof_crc32 u_plain (
      .clk(clk), .start(start), .valid(s_valid), .data(s_data), .register(register), .checksum(checksum));
  // Any register, after its own checksum.
  (* anyconst *) wire [31:0] any;
  integer i;
  reg [31:0] after;
  always @* begin
    after = any;
    for (i = 0; i < 32; i = i + 1)
      after = {after[30:0], 1'b0} ^ ((after[31] ^ !any[31-i]) ? POLYNOMIAL : 32'd0);
  end
  reg started_q;
  initial started_q = 1'b0;
  always @(posedge clk) started_q <= started_q || start;
  always @* if (started_q) begin
    as_plain: assert (~crc == checksum);
    ends: assert (residue == (register == after));
    found: cover (residue && s_valid);
    known: cover (crc == ~32'he8b7_be43 && !start);  // of "a"
  end
endmodule
`default_nettype wire
