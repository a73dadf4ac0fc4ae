// SPDX-License-Identifier: Apache-2.0
// Order of the jobs of the data block: one output pixel of one layer at a time, the deepest layer whose inputs have
// been issued (with LAG jobs to spare, so that they have also been written) first. The order depends on counts alone,
// never on timing.
//
// m_valid with the job two cycles after `load` or after the last `take`, m_fed when all that it reads is in memory:
// `written` pulses for each pixel of an output, by layer. reset drops everything.
`default_nettype none
module hwg_data_seq #(
    parameter integer J = 5,                    // layers
    // widths: image, output of layer 0, 1, ...
    parameter [(J+1)*13-1:0] MAP_W = {13'd8, 13'd15, 13'd30, 13'd60, 13'd120, 13'd240},
    parameter [(J+1)*13-1:0] MAP_H = {13'd6, 13'd12, 13'd23, 13'd45, 13'd90, 13'd180},
    // pixels of the ring of the input of layer j (layer 0: none)
    parameter [J*16-1:0] SLOTS = {16'd36, 16'd68, 16'd128, 16'd248, 16'd0},
    parameter integer SLOT = 1,
    parameter integer LAG  = 2,
    parameter integer AW   = 10,
    parameter integer CW   = 26
) (
    input  wire          clk,
    input  wire          rst,
    input  wire          load,
    input  wire          take,
    input  wire [J-1:0]  written,
    output reg           m_valid,
    output reg  [2:0]    m_layer,
    output reg           m_stem,   // it is the first layer
    output wire          m_fed,
    output wire [AW-1:0] m_center,
    output wire [3:0]    m_edges,  // right, left, bottom, top
    output wire          m_last,   // it is the last of a row
    output reg           done      // every job has been taken
);
  wire [J-1:0]    more, ready, fed;
  wire [J*AW-1:0] center;
  wire [J*4-1:0]  edges;
  wire [J-1:0]    last;
  wire [J-1:0]    step;
  reg             live_q;
  reg  [J-1:0]    layer_q;  // m_layer, one bit for each

  genvar j;
  generate
    for (j = 0; j < J; j = j + 1) begin : gen_layer
      assign step[j] = take && layer_q[j];
      if (j == 0) begin : gen_stem
        assign fed[0] = 1'b0;  // from the patches, not from memory
        assign center[0 +: AW] = '0;
        assign edges[0 +: 4]   = '0;
        assign last[0] = 1'b0;
        localparam integer TOTAL = 32'(MAP_W[13 +: 13]) * 32'(MAP_H[13 +: 13]);
        reg [CW-1:0] left_q;
        reg          more_q;
        assign more[0]  = more_q;
        assign ready[0] = more_q;
        always @(posedge clk)
          if (load) begin
            left_q <= CW'(TOTAL - 1);
            more_q <= 1'b1;
          end else if (step[0]) begin
            left_q <= left_q - 1'b1;
            more_q <= left_q != '0;
          end
      end else begin : gen_conv
        wire layer_done;
        hwg_data_layer #(.IW(32'(MAP_W[j*13 +: 13])), .IH(32'(MAP_H[j*13 +: 13])), .SLOTS(32'(SLOTS[j*16 +: 16])),
                         .SLOT(SLOT), .LAG(LAG), .AW(AW), .CW(CW)) u_layer (
            .clk(clk), .load(load), .step(step[j]), .done(layer_done), .above(step[j-1]), .above_done(!more[j-1]),
            .ready(ready[j]), .written(written[j-1]), .fed(fed[j]), .center(center[j*AW +: AW]), .top(edges[j*4]),
            .bottom(edges[j*4+1]), .left(edges[j*4+2]), .right(edges[j*4+3]), .last(last[j]));
        assign more[j] = !layer_done;
      end
    end
  endgenerate

  reg [2:0] choice;
  integer i;
  always @* begin
    choice = 3'd0;
    for (i = 1; i < J; i = i + 1) if (ready[i]) choice = 3'(i);
  end

  wire [J*AW-1:0] center_there;  // masked
  wire [J*4-1:0]  edges_there;
  generate
    for (j = 0; j < J; j = j + 1) begin : gen_mask
      assign center_there[j*AW +: AW] = layer_q[j] ? center[j*AW +: AW] : '0;
      assign edges_there[j*4 +: 4]    = layer_q[j] ? edges[j*4 +: 4] : '0;
    end
  endgenerate
  hwg_onehot_mux #(.N(J), .W(AW)) u_center (.entries(center_there), .entry(m_center));
  hwg_onehot_mux #(.N(J), .W(4)) u_edges (.entries(edges_there), .entry(m_edges));
  assign m_fed = |(fed & layer_q);
  assign m_last = |(last & layer_q);
  wire unused = written[J-1];  // nobody in the data block reads the last output

  always @(posedge clk) begin
    if (rst) begin
      live_q  <= 1'b0;
      m_valid <= 1'b0;
      done    <= 1'b0;
    end else begin
      if (load) live_q <= 1'b1;
      else if (live_q && !(|more)) live_q <= 1'b0;
      if (load) done <= 1'b0;
      else if (live_q && !(|more)) done <= 1'b1;
      m_valid <= live_q && !load && (m_valid ? !take : (|more));
    end
    if (!m_valid) begin
      m_layer <= choice;
      m_stem  <= choice == 3'd0;
      layer_q <= J'(1) << choice;
    end
  end
endmodule
`default_nettype wire
