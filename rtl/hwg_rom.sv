// SPDX-License-Identifier: Apache-2.0
// ROM loaded from a hex file, read data registered twice (array, then output register).
//
// latency   raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read arrives
// reset     none (memory and data path)
// limits    WIDTH >= 1, DEPTH >= 1; FILE has DEPTH words, one a line
// XW        wider than WIDTH/LANES: each of LANES signed lanes is extended to XW bits when the memory is loaded
//           (for simulation, see hwg_mac_row)
// technology layer: behavioural model, inferred as initialised block RAM or LUT RAM
`default_nettype none
module hwg_rom #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter         FILE  = "rom.hex",
    parameter integer LANES = 1,
    parameter integer XW    = WIDTH / LANES,
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output reg  [LANES*XW-1:0] rdata
);
  reg [LANES*XW-1:0] mem [0:DEPTH-1];
  reg [LANES*XW-1:0] array_q;
  reg                re_q;

  generate
    if (LANES * XW == WIDTH) begin : gen_packed
      initial $readmemh(FILE, mem);
    end else begin : gen_extended
      localparam integer LW = WIDTH / LANES;
      reg [WIDTH-1:0] file [0:DEPTH-1];
      integer i, j;
      initial begin
        $readmemh(FILE, file);
        for (i = 0; i < DEPTH; i = i + 1)
          for (j = 0; j < LANES; j = j + 1) mem[i][j*XW +: XW] = XW'($signed(file[i][j*LW +: LW]));
      end
    end
  endgenerate

  always @(posedge clk) begin
    if (re) array_q <= mem[raddr];
    re_q <= re;
    if (re_q) rdata <= array_q;
  end
endmodule
`default_nettype wire
