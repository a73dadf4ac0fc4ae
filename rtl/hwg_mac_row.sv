// SPDX-License-Identifier: Apache-2.0
// One row of a matrix-vector array: its weights, its dot product, its accumulator.
//
//   addr -> [ weight ROM ] -> [ register ] -+
//                                           dot -> acc
//   activations ----------------------------+
//
// latency   structure: addr at cycle i, activations at i+3 -> acc from cycle i + 6 + clog2(LANES) on (see hwg_mac_array).
//           Behavioural model: addr and activations at i+4: it reads its ROM as it multiplies
// technology layer: the default is a behavioural model, the fastest form for simulation; `SYNTHESIS`, which synthesis
// tools define, selects the structure. Both are equal.
`default_nettype none
module hwg_mac_row #(
    parameter integer LANES  = 4,
    parameter integer AW     = 8,   // bits that an activation needs
    parameter integer XW     = AW,  // bits of a lane of the bus
    parameter integer WW     = 8,
    parameter integer ACCW   = 24,
    parameter integer SOFT   = 0,   // 1: products of adders
    parameter integer DIGITS = 0,
    parameter integer DEPTH  = 16,
    parameter         FILE   = "row.hex",
    parameter integer DW     = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                           clk,
    input  wire                           re,
    input  wire [DW-1:0]                  addr,
    input  wire [LANES*XW-1:0]            data,
    input  wire                           acc_en,
    input  wire                           acc_first,
    input  wire                           acc_digit,
    input  wire [AW+1+$clog2(LANES)-1:0]  data_sum,
    output wire signed [ACCW-1:0]         acc
);
  localparam integer YW = AW + WW + $clog2(LANES);
  wire signed [YW-1:0] y;

`ifdef SYNTHESIS
  wire [LANES*WW-1:0] weights;
  reg  [LANES*WW-1:0] weights_q;  // on their way to the multipliers
  hwg_rom #(.WIDTH(LANES * WW), .DEPTH(DEPTH), .FILE(FILE)) u_weights (
      .clk(clk), .re(re), .raddr(addr), .rdata(weights));
  always @(posedge clk) weights_q <= weights;
  hwg_dot #(.LANES(LANES), .AW(XW), .WW(WW), .SOFT(SOFT), .YW(YW)) u_dot (.clk(clk), .a(data), .w(weights_q), .y(y));
`else
  // Weights are extended when they are loaded; 32 bits hold every product and sum. Every address has a word, so that
  // simulators check no bounds.
  localparam integer STAGES = 1 + $clog2(LANES);
  localparam integer LINES = (DEPTH > 512) ? 512 : DEPTH;  // of the file, as hwg_rom has them
  localparam integer SIDE  = (DEPTH + LINES - 1) / LINES;
  reg [SIDE*LANES*WW-1:0] file    [0:LINES-1];
  reg [LANES*32-1:0]      weights [0:(1<<DW)-1];
  integer i, j;
  initial begin
    $readmemh(FILE, file);
    for (i = 0; i < DEPTH; i = i + 1)
      for (j = 0; j < LANES; j = j + 1)
        weights[i][j*32 +: 32] = 32'($signed(file[i%LINES][(i/LINES*LANES+j)*WW +: WW]));
  end
  function [31:0] dot(input [DW-1:0] at);  // of the activations and the word at an address
    integer k;
    begin
      dot = 0;
      for (k = 0; k < LANES; k = k + 1) dot = dot + data[k*32 +: 32] * weights[at][k*32 +: 32];
    end
  endfunction
  genvar s;
  generate
    for (s = 0; s < STAGES; s = s + 1) begin : gen_stage
      reg [YW-1:0] y_q;
      if (s == 0) begin : gen_dot
        always @(posedge clk) if (re) y_q <= YW'(dot(addr));
      end else begin : gen_tree
        always @(posedge clk) y_q <= gen_stage[s-1].y_q;
      end
    end
  endgenerate
  assign y = gen_stage[STAGES-1].y_q;
  wire unused_soft = &{1'b0, SOFT != 0};
`endif

  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(AW + 1 + $clog2(LANES)), .DIGITS(DIGITS)) u_accumulate (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y), .c(1'b0), .acc(acc));
endmodule
`default_nettype wire
