// SPDX-License-Identifier: Apache-2.0
// Places of the feature maps on chip: line rings between the data-block layers, whose memory is outside, and the state of
// every scale, updated in place.
//
//   data-block words (layer j) --+--> line ring of layer j+1, a cycle later
//                                +--> state of scale j-2 (j >= 2)
//   loop words (scale l) ------------> state of scale l
//
// Words of one pixel come in a row; pixels of one map in raster order. Where the state leaves the chip, scale 0 is not kept here.
// latency   reads: two cycles from the address; a word can be read from the cycle after the next on
// reset     with load: rewinds the write pointers
`default_nettype none
module hwg_store #(
    parameter integer L = 3,
    parameter integer J = 5,
    parameter integer IE = 51,
    parameter integer CF = 1,
    parameter integer YB = 8,
    parameter integer AS = 8,
    parameter [J*16-1:0] LINE_SLOTS = '0,
    parameter integer LAW = 10,
    parameter [J*LAW-1:0] LINE_BASE = '0,
    parameter integer SAW = 12,
    parameter [L*SAW-1:0] STATE_BASE = '0,
    parameter integer STATE_WORDS = 4096,
    parameter integer FEEDBACK = hwg_pkg::ONCHIP
) (
    input  wire             clk,
    input  wire             load,
    input  wire             data_valid,
    input  wire [J-1:0]     data_layer,   // one bit for each
    input  wire [IE*YB-1:0] data_word,
    input  wire             loop_valid,
    input  wire             loop_first,   // first word of a pixel that opens a map
    input  wire [2:0]       loop_l,
    input  wire [IE*AS-1:0] loop_word,
    output reg              line_we,
    output reg  [LAW-1:0]   line_waddr,
    output reg  [IE*YB-1:0] line_wdata,
    input  wire             state_re,
    input  wire [SAW-1:0]   state_addr,
    output wire [IE*AS-1:0] state_data
);
  // Of each ring the address that is written next; of a word's own ring that address, the others are masked.
  genvar i;
  // ---------------------------------------------------------------- lines; ring j belongs to the input of layer j
  wire             to_line = data_valid && !data_layer[J-1];
  wire [J*LAW-1:0] line_at;  // masked
  wire [LAW-1:0]   line_next;
  generate
    for (i = 1; i < J; i = i + 1) begin : gen_line
      localparam [LAW-1:0] FIRST = LINE_BASE[i*LAW +: LAW];
      localparam [LAW-1:0] LAST  = LAW'(32'(FIRST) + 32'(LINE_SLOTS[i*16 +: 16]) * CF - 1);
      reg [LAW-1:0] ptr_q;
      assign line_at[i*LAW +: LAW] = data_layer[i-1] ? ptr_q : '0;
      always @(posedge clk)
        if (load) ptr_q <= FIRST;
        else if (data_valid && data_layer[i-1]) ptr_q <= (ptr_q == LAST) ? FIRST : ptr_q + 1'b1;
    end
  endgenerate
  assign line_at[LAW-1:0] = '0;
  hwg_onehot_mux #(.N(J), .W(LAW)) u_line_next (.entries(line_at), .entry(line_next));
  always @(posedge clk) begin
    line_we <= to_line;
    {line_waddr, line_wdata} <= {line_next, data_word};
  end

  // ---------------------------------------------------------------- state
  localparam integer FIRST_L = (FEEDBACK != hwg_pkg::ONCHIP) ? 1 : 0;  // scale 0 may be kept elsewhere
  reg  [SAW-1:0]   loop_ptr_q;
  wire             init      = data_valid && |(data_layer >> (FIRST_L + 2));
  wire             loop_here = loop_valid && !(FEEDBACK != hwg_pkg::ONCHIP && loop_l == '0);
  wire [SAW-1:0]   loop_base, init_ptr;
  wire [L*SAW-1:0] init_at;  // masked
  hwg_select #(.N(L), .W(SAW), .IW(3)) u_loop_base (.index(loop_l), .entries(STATE_BASE), .entry(loop_base));
  wire [SAW-1:0]   loop_ptr  = loop_first ? loop_base : loop_ptr_q;
  wire [IE*AS-1:0] init_word;
  generate
    for (i = 0; i < L; i = i + 1) begin : gen_init
      reg [SAW-1:0] ptr_q;
      assign init_at[i*SAW +: SAW] = data_layer[i+2] ? ptr_q : '0;
      always @(posedge clk)
        if (load) ptr_q <= STATE_BASE[i*SAW +: SAW];
        else if (data_valid && data_layer[i+2]) ptr_q <= ptr_q + 1'b1;
    end
    for (i = 0; i < IE; i = i + 1) begin : gen_lane
      assign init_word[i*AS +: AS] = data_word[i*YB +: AS];
    end
  endgenerate
  hwg_onehot_mux #(.N(L), .W(SAW)) u_init_ptr (.entries(init_at), .entry(init_ptr));
  reg              state_we_q;
  reg  [SAW-1:0]   state_waddr_q;
  reg  [IE*AS-1:0] state_wdata_q;
  always @(posedge clk) begin
    if (loop_here) loop_ptr_q <= loop_ptr + 1'b1;
    state_we_q    <= init || loop_here;
    state_waddr_q <= init ? init_ptr : loop_ptr;
    state_wdata_q <= init ? init_word : loop_word;
  end
  hwg_ram #(.WIDTH(IE * AS), .DEPTH(STATE_WORDS)) u_state (
      .clk(clk), .we(state_we_q), .waddr(state_waddr_q), .wdata(state_wdata_q), .re(state_re),
      .raddr(state_addr), .rdata(state_data));
endmodule
`default_nettype wire
