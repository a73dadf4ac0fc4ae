// SPDX-License-Identifier: Apache-2.0
// The residual addition in hwg_project: r = clamp(project + (x << q), residual range) in integers wide enough for anything,
// for all values, with q = 2 in block 0 and 2 + MID_SHIFT in the others. What is around it is replaced by wires: the
// vector memory's write port leads to the sum, and the sum to the pixel that leaves; jobs begin at every cycle.
`default_nettype none
module hwg_walk #(
    parameter integer L = 1, K = 1, N = 1,
    parameter MAP_W = 0, MAP_H = 0
) (
    input  wire        clk, rst, load, step,
    input  wire [63:0] mask,
    output wire [5:0]  n,
    output wire [2:0]  l, k,
    output wire [12:0] x, y,
    output wire        last_n, first_pixel, last_x, last_y, last_pixel, last_pass, done
);
  assign {n, l, x, y, last_n, first_pixel, last_x, last_y, last_pixel, last_pass, done} = '0;
  assign k = {2'd0, mask[0]};
endmodule

module hwg_issue #(
    parameter integer GW = 16, TW = 16
) (
    input  wire          clk, rst, start,
    input  wire [GW-1:0] groups,
    input  wire [TW-1:0] period, words,
    output wire          free, ending, valid, first_word, last_word, first_group, last_group,
    output wire [TW-1:0] count
);
  assign {free, ending, valid, first_word, last_word, first_group, last_group, count} = {7'h7f, TW'(0)};
endmodule

module hwg_ram #(
    parameter integer WIDTH = 8, DEPTH = 16, LUT_DEPTH = 32,
    parameter integer AW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk, we, re,
    input  wire [AW-1:0]    waddr, raddr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata
);
  assign rdata = wdata;
endmodule

module hwg_mac_array #(
    parameter integer ROWS = 1, LANES = 1, AW = 8, WW = 8, ACCW = 24, PAIRS = 0, SOFT = 0, DEPTH = 16, SIDE = 1,
    parameter FILE = "",
    parameter integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                 clk, rst, s_valid, s_first, s_digit, s_last,
    input  wire [DW-1:0]        s_addr,
    input  wire [SIDE-1:0]      s_side,
    input  wire [LANES*AW-1:0]  s_data,
    output wire                 m_valid,
    output wire [ROWS*ACCW-1:0] m_data,
    output wire [SIDE-1:0]      m_side
);
  assign {m_valid, m_side} = {s_valid, s_side};
  genvar i;
  generate
    for (i = 0; i < ROWS; i = i + 1) begin : gen_row
      assign m_data[i*ACCW +: ACCW] = s_data[i*AW +: ACCW];
    end
  endgenerate
endmodule

module hwg_drain #(
    parameter integer ROWS = 1, Q = 1, VW = 1, SIDE = 1
) (
    input  wire               clk, rst, s_valid,
    input  wire [ROWS*VW-1:0] s_data,
    input  wire [SIDE-1:0]    s_side,
    output wire               m_valid, m_first, m_last,
    output wire [Q*VW-1:0]    m_data,
    output wire [SIDE-1:0]    m_side
);
  assign {m_valid, m_first, m_last, m_data, m_side} = {s_valid, 2'b11, s_data, s_side};
endmodule

module hwg_requant #(
    parameter integer LANES = 1, VW = 1, BW = 1, PW = 1, YW = 1, SIDE = 1, SOFT = 0, DEPTH = 1, LUT_DEPTH = 32,
    parameter FILE = "",
    parameter integer AW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                clk, rst, s_valid,
    input  wire [LANES*VW-1:0] s_data,
    input  wire [AW-1:0]       s_addr,
    input  wire [4:0]          s_shift,
    input  wire signed [YW:0]  s_lo, s_hi,
    input  wire [SIDE-1:0]     s_side,
    output wire                m_valid,
    output wire [LANES*YW-1:0] m_data,
    output wire [SIDE-1:0]     m_side
);
  // The affine's results have fewer bits than the sums: its shift says which of these takes the room of all.
  assign {m_valid, m_side} = {s_valid, s_side};
  assign m_data = (LANES*YW)'(s_data >> (s_shift * VW));
endmodule

module hwg_residual #(
    parameter integer LANES = 1, WL = 1, WORDS = 1, LW = 8, Q = 1, DEPTH = 64,
    parameter integer AW = $clog2(DEPTH)
) (
    input  wire             clk, rst, stored, beat, first,
    input  wire [WL*LW-1:0] data,
    output wire             re,
    output wire [AW-1:0]    addr,
    output wire [Q*LW-1:0]  lanes
);
  assign {re, addr, lanes} = {1'b0, AW'(0), data[Q*LW-1:0]};
endmodule

module hwg_pixel_pack #(
    parameter integer Q = 1, LANES = 1, LW = 1, SIDE = 1
) (
    input  wire                clk, rst, s_valid, s_last,
    input  wire [Q*LW-1:0]     s_data,
    input  wire [SIDE-1:0]     s_side,
    output wire                m_valid,
    output wire [LANES*LW-1:0] m_data,
    output wire [SIDE-1:0]     m_side
);
  assign {m_valid, m_data, m_side} = {s_valid, (LANES*LW)'(s_data), s_side};
endmodule

module hwg_slicer #(
    parameter integer LANES = 1, WL = 1, WORDS = 1, LW = 1, SIDE = 1
) (
    input  wire                clk, rst, s_valid,
    input  wire [LANES*LW-1:0] s_data,
    input  wire [SIDE-1:0]     s_side,
    output wire                m_valid, m_first, m_last,
    output wire [WL*LW-1:0]    m_data,
    output wire [SIDE-1:0]     m_side
);
  assign {m_valid, m_first, m_last, m_data, m_side} = '0;
endmodule

module hwg_select #(
    parameter integer N = 1, W = 1,
    parameter integer IW = (N > 1) ? $clog2(N) : 1
) (
    input  wire [IW-1:0]  index,
    input  wire [N*W-1:0] entries,
    output wire [W-1:0]   entry
);
  assign entry = '0;
endmodule

module hwg_scale #(
    parameter integer FACTOR = 1, IW = 1, OW = 1
) (
    input  wire [IW-1:0] x,
    output wire [OW-1:0] y
);
  assign y = '0;
endmodule

module proof #(
    parameter integer AS        = 4,
    parameter integer MID_SHIFT = 0,
    parameter integer LANE      = 0
) (
    input wire              clk,
    input wire              rst,
    input wire              later,    // a block after the first
    input wire [2*AS+7:0]   project,  // two lanes of what is requantised
    input wire [2*AS-1:0]   x
);
  localparam integer RB = AS + 4;
  localparam signed [31:0] MOST = (1 << (RB - 1)) - 1, LEAST = -(1 << (RB - 1));
  wire            begun, valid;
  wire [2*AS-1:0] r;
  // A job's block is known at its start; the word of the vector, written then, and x come to the sum a cycle later.
  reg  [2*AS-1:0] x_q;
  always @(posedge clk) x_q <= x;
  hwg_project #(
      .L(1), .K(2), .N(1), .SETS(1), .F(2), .PO(2), .PI(2), .Q(2), .AY(RB), .AS(AS), .ACCW(RB), .DEPTH(2), .RDEPTH(2),
      .ADEPTH(2), .AROW(1), .ASHIFT(LANE[4:0]), .MID_SHIFT(MID_SHIFT[2:0]), .V(2), .V_SLOTS(2), .V_SLOT(1), .VW(1),
      .IE(2), .CF(1), .CI(2), .CFC(1), .RESIDUALS(2)) u_dut (
      .clk(clk), .rst(rst), .load(1'b0), .mask({63'd0, later}), .outputs(64'd0), .v_start(1'b0), .v_valid(1'b1),
      .v_index(1'b0), .v_data(project), .v_done(1'b1), .residual_ready(1'b0), .residual_data(x_q), .fb_space(1'b1),
      .class_space(1'b1), .probe_valid(valid), .probe_data(r));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  wire signed [31:0] sum = 32'($signed(project[LANE*RB +: RB]))
                         + 32'($signed(x[LANE*AS +: AS])) * (later ? 4 << MID_SHIFT : 4);
  wire signed [31:0] wanted = (sum < LEAST) ? LEAST : (sum > MOST) ? MOST : sum;
  wire [RB+31:0]     past;
  wire               there;
  reg  [3:0]         quiet_q;  // cycles without a reset: jobs run
  proof_past #(.STAGES(3), .WIDTH(RB + 32)) u_past (
      .clk(clk), .now({wanted[RB-1:0], sum}), .past(past), .there(there));
  always @(posedge clk) quiet_q <= rst ? '0 : {quiet_q, 1'b1};
  always @* if (begun && there && &quiet_q) begin
    every_cycle: assert (valid);
    defined: assert (r[RB-1:0] == past[32 +: RB]);
    above: cover ($signed(past[31:0]) > MOST);
    below: cover ($signed(past[31:0]) < LEAST);
    inside: cover (past[31:0] == 32'd5);
  end
endmodule
`default_nettype wire
