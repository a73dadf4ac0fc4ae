// SPDX-License-Identifier: Apache-2.0
// Behavioural model of one row of a matrix-vector array: its weights, its dot product, its accumulator.
//
// latency   addr with re and activations at cycle i -> acc from cycle i + 2 + clog2(LANES) on: it looks its weights up as
//           it multiplies
// FILE      that of all rows (hwg_mac_array)
// technology layer: the fastest form for simulation; hwg_mac_row and hwg_mac_pair, with hwg_rom, are the structure
`default_nettype none
module hwg_mac_model #(
    parameter integer ROW    = 0,
    parameter integer ROWS   = 4,
    parameter integer LANES  = 4,
    parameter integer AW     = 8,   // bits that an activation needs
    parameter integer WW     = 8,
    parameter integer ACCW   = 24,
    parameter integer DIGITS = 0,
    parameter integer DEPTH  = 16,
    parameter         FILE   = "array.hex",
    parameter integer DW     = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                           clk,
    input  wire                           re,
    input  wire [DW-1:0]                  addr,
    input  wire [LANES*32-1:0]            data,  // extended to 32 bits
    input  wire                           acc_en,
    input  wire                           acc_first,
    input  wire                           acc_digit,
    input  wire [AW+1+$clog2(LANES)-1:0]  data_sum,
    output wire signed [ACCW-1:0]         acc
);
  // Weights are extended when they are loaded; 32 bits hold every product and sum. Every address has a word, so that
  // simulators check no bounds.
  localparam integer YW     = AW + WW + $clog2(LANES);
  localparam integer STAGES = 1 + $clog2(LANES);
  localparam integer LINES  = (DEPTH > 512) ? 512 : DEPTH;  // of the file, as hwg_rom has them
  localparam integer SIDE   = (DEPTH + LINES - 1) / LINES;
  reg [SIDE*ROWS*LANES*WW-1:0] file    [0:LINES-1];
  reg [LANES*32-1:0]           weights [0:(1<<DW)-1];
  integer i, j;
  initial begin
    $readmemh(FILE, file);
    for (i = 0; i < DEPTH; i = i + 1)
      for (j = 0; j < LANES; j = j + 1)
        weights[i][j*32 +: 32] = 32'($signed(file[i%LINES][((i/LINES*ROWS+ROW)*LANES+j)*WW +: WW]));
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
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(AW + 1 + $clog2(LANES)), .DIGITS(DIGITS)) u_accumulate (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(gen_stage[STAGES-1].y_q),
      .c(1'b0), .acc(acc));
endmodule
`default_nettype wire
