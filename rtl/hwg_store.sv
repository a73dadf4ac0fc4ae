// SPDX-License-Identifier: Apache-2.0
// The feature maps on chip: line rings between the data-block layers, and the state of every scale, updated in place.
//
//   data-block words (layer j) --+--> line ring of layer j+1
//                                +--> state of scale j-2 (j >= 2)
//   loop words (scale l) ------------> state of scale l
//
// Words of one pixel come in a row; pixels of one map in raster order. With STREAM, scale 0 is not kept here.
// latency   reads: two cycles from the address; reset (with load) rewinds the write pointers
`default_nettype none
module hwg_store #(
    parameter integer L = 3,
    parameter integer J = 5,
    parameter integer IE = 51,
    parameter integer CF = 1,
    parameter integer SB = 8,
    parameter integer AS = 8,
    parameter [J*16-1:0] LINE_SLOTS = '0,
    parameter integer LAW = 10,
    parameter [J*LAW-1:0] LINE_BASE = '0,
    parameter integer LINE_WORDS = 1024,
    parameter integer SAW = 12,
    parameter [L*SAW-1:0] STATE_BASE = '0,
    parameter integer STATE_WORDS = 4096,
    parameter integer STREAM = 0
) (
    input  wire             clk,
    input  wire             load,
    input  wire             data_valid,
    input  wire [2:0]       data_layer,
    input  wire [IE*SB-1:0] data_word,
    input  wire             loop_valid,
    input  wire             loop_first,   // first word of a pixel that opens a map
    input  wire [2:0]       loop_l,
    input  wire [IE*AS-1:0] loop_word,
    input  wire             line_re,
    input  wire [LAW-1:0]   line_addr,
    output wire [IE*SB-1:0] line_data,
    input  wire             state_re,
    input  wire [SAW-1:0]   state_addr,
    output wire [IE*AS-1:0] state_data
);
  // ---------------------------------------------------------------- lines; ring j belongs to the input of layer j
  reg  [J*LAW-1:0] line_ptr_q;
  wire             to_line = data_valid && data_layer != 3'(J - 1);
  wire [2:0]       ring    = data_layer + 3'd1;
  wire [LAW-1:0]   line_ptr, line_base, line_words;
  wire [15:0]      line_slots;
  hwg_select #(.N(J), .W(LAW), .IW(3)) u_line_ptr (.index(ring), .entries(line_ptr_q), .entry(line_ptr));
  hwg_select #(.N(J), .W(LAW), .IW(3)) u_line_base (.index(ring), .entries(LINE_BASE), .entry(line_base));
  hwg_select #(.N(J), .W(16), .IW(3)) u_line_slots (.index(ring), .entries(LINE_SLOTS), .entry(line_slots));
  hwg_scale #(.FACTOR(CF), .IW(16), .OW(LAW)) u_line_words (.x(line_slots), .y(line_words));
  wire [LAW-1:0]   line_end = line_words - 1'b1;
  integer j;
  always @(posedge clk)
    if (load) line_ptr_q <= '0;
    else if (to_line)
      for (j = 0; j < J; j = j + 1)
        if (ring == 3'(j)) line_ptr_q[j*LAW +: LAW] <= (line_ptr == line_end) ? '0 : line_ptr + 1'b1;
  hwg_ram #(.WIDTH(IE * SB), .DEPTH(LINE_WORDS)) u_lines (
      .clk(clk), .we(to_line), .waddr(line_base + line_ptr), .wdata(data_word), .re(line_re),
      .raddr(line_addr), .rdata(line_data));

  // ---------------------------------------------------------------- state
  reg  [L*SAW-1:0] init_ptr_q;
  reg  [SAW-1:0]   loop_ptr_q;
  wire [2:0]       init_l    = data_layer - 3'd2;
  wire             init      = data_valid && data_layer >= 3'd2 && !(STREAM != 0 && init_l == '0);
  wire             loop_here = loop_valid && !(STREAM != 0 && loop_l == '0);
  wire [SAW-1:0]   loop_base, init_ptr;
  hwg_select #(.N(L), .W(SAW), .IW(3)) u_loop_base (.index(loop_l), .entries(STATE_BASE), .entry(loop_base));
  hwg_select #(.N(L), .W(SAW), .IW(3)) u_init_ptr (.index(init_l), .entries(init_ptr_q), .entry(init_ptr));
  wire [SAW-1:0]   loop_ptr  = loop_first ? loop_base : loop_ptr_q;
  wire [IE*AS-1:0] init_word;
  genvar i;
  generate
    for (i = 0; i < IE; i = i + 1) begin : gen_lane
      assign init_word[i*AS +: AS] = data_word[i*SB +: AS];
    end
  endgenerate
  integer s;
  always @(posedge clk) begin
    if (load) init_ptr_q <= STATE_BASE;
    else if (init)
      for (s = 0; s < L; s = s + 1)
        if (init_l == 3'(s)) init_ptr_q[s*SAW +: SAW] <= init_ptr_q[s*SAW +: SAW] + 1'b1;
    if (loop_here) loop_ptr_q <= loop_ptr + 1'b1;
  end
  hwg_ram #(.WIDTH(IE * AS), .DEPTH(STATE_WORDS)) u_state (
      .clk(clk), .we(init || loop_here), .waddr(init ? init_ptr : loop_ptr),
      .wdata(init ? init_word : loop_word), .re(state_re), .raddr(state_addr), .rdata(state_data));
endmodule
`default_nettype wire
