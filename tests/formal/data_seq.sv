// SPDX-License-Identifier: Apache-2.0
// hwg_data_seq: a job two cycles after load and after every take, kept until it is taken, until `done`; every output pixel
// of every layer once, in raster order, with its centre and edges; always of the deepest layer whose inputs have been
// issued, LAG more or all; fed exactly when they are written; no job takes the slot of a pixel that is still to be read.
`default_nettype none
module proof #(
    parameter integer J    = 2,
    parameter integer W0   = 3,  // output of layer 0; those below are half as large
    parameter integer H0   = 4,
    parameter integer SLOT = 1,
    parameter integer LAG  = 2
) (
    input wire         clk,
    input wire         rst,
    input wire         want_load,
    input wire         want_take,
    input wire [J-1:0] want_written
);
  localparam integer W1 = (W0 + 1) / 2, W2 = (W1 + 1) / 2, H1 = (H0 + 1) / 2, H2 = (H1 + 1) / 2;
  // The image is of no interest. Rings hold 2*IW + 3 + LAG: with a LAG of 2 the least that a layer's header allows.
  localparam [51:0] WIDTHS = {13'(W2), 13'(W1), 13'(W0), 13'd0}, HEIGHTS = {13'(H2), 13'(H1), 13'(H0), 13'd0};
  localparam [47:0] SLOTS  = {16'(2 * W1 + 3 + LAG), 16'(2 * W0 + 3 + LAG), 16'd0};
  localparam integer AW = $clog2((2 * W0 + 3 + LAG) * SLOT);
  localparam integer CW = $clog2(W0 * H0 + 1);
  wire          m_valid, m_stem, m_fed, done, begun;
  wire [2:0]    m_layer;
  wire [AW-1:0] m_center;
  wire [3:0]    m_edges;
  // The loader takes a job of the first layer when it has a patch, others when they are fed.
  reg           loaded_q;
  reg  [1:0]    age_q;      // cycles since the load or the last take
  wire          load = want_load && !rst;
  wire          live = loaded_q && !load && !rst;
  wire          take = want_take && live && m_valid && (m_stem || m_fed);
  wire [J-1:0]  written;
  hwg_data_seq #(.J(J), .MAP_W(WIDTHS[(J+1)*13-1:0]), .MAP_H(HEIGHTS[(J+1)*13-1:0]), .SLOTS(SLOTS[J*16-1:0]), .SLOT(SLOT),
                 .LAG(LAG), .AW(AW), .CW(CW)) u_dut (
      .clk(clk), .rst(rst), .load(load), .take(take), .written(written), .m_valid(m_valid), .m_layer(m_layer),
      .m_stem(m_stem), .m_fed(m_fed), .m_center(m_center), .m_edges(m_edges), .done(done));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @(posedge clk) begin
    loaded_q <= !rst && (load || loaded_q);
    age_q    <= (load || take) ? 2'd1 : age_q + 2'(age_q != 2'd2);
  end

  // Where each layer is.
  wire [J-1:0]   over, ready, fed, kept, all_written;
  wire [J*8-1:0] issued, there;
  wire [J*4-1:0] edges;
  wire [J*8-1:0] center;
  genvar j;
  generate
    for (j = 0; j < J; j = j + 1) begin : gen_layer
      localparam integer W = 32'(WIDTHS[(j+1)*13 +: 13]), H = 32'(HEIGHTS[(j+1)*13 +: 13]);
      wire       step = take && m_layer == 3'(j);
      reg  [3:0] x_q, y_q;
      reg  [7:0] there_q;
      wire       last_x = x_q == 4'(W - 1);
      assign issued[j*8 +: 8] = 8'(y_q) * 8'(W) + 8'(x_q);
      assign there[j*8 +: 8]  = there_q;
      assign over[j]          = y_q == 4'(H);
      assign all_written[j]   = there_q == issued[j*8 +: 8];
      assign written[j]       = want_written[j] && live && !all_written[j];  // a pixel is written after it is taken
      always @(posedge clk)
        if (load) {x_q, y_q, there_q} <= '0;
        else begin
          there_q <= there_q + 8'(written[j]);
          if (step) {y_q, x_q} <= last_x ? {y_q + 4'd1, 4'd0} : {y_q, x_q + 4'd1};
        end
      if (j == 0) begin : gen_stem
        assign ready[0] = !over[0];
        assign fed[0]   = 1'b0;
        assign kept[0]  = 1'b1;
        assign edges[3:0] = '0;
        assign center[7:0] = '0;
      end else begin : gen_conv
        // Input pixel (2x, 2y) is the centre; the window reads from the one before it, up and left, to the one after it.
        localparam integer IW = 32'(WIDTHS[j*13 +: 13]), IH = 32'(HEIGHTS[j*13 +: 13]), RING = 32'(SLOTS[j*16 +: 16]);
        wire [7:0] cx = 8'(x_q) * 8'd2, cy = 8'(y_q) * 8'd2;
        wire       at_right = cx == 8'(IW - 1), at_bottom = cy == 8'(IH - 1), at_left = x_q == '0, at_top = y_q == '0;
        wire [7:0] needed  = (at_bottom ? cy : cy + 8'd1) * 8'(IW) + (at_right ? cx : cx + 8'd1) + 8'd1;
        wire [7:0] oldest  = (at_top ? cy : cy - 8'd1) * 8'(IW) + (at_left ? cx : cx - 8'd1);
        wire [7:0] above   = issued[(j-1)*8 +: 8];
        assign ready[j] = !over[j] && (above >= needed + 8'(LAG) || over[j-1]);
        assign fed[j]   = there[(j-1)*8 +: 8] >= needed;
        // The pixel that is taken next goes where the one RING before it was, which no job to come reads. A job taken
        // before has done with its reads when what is taken after it is written.
        assign kept[j]  = over[j] || above <= oldest + 8'(RING);
        assign edges[j*4 +: 4]  = {at_right, at_left, at_bottom, at_top};
        assign center[j*8 +: 8] = (cy * 8'(IW) + cx) % 8'(RING) * 8'(SLOT);
      end
    end
  endgenerate
  reg [2:0] deepest;
  integer   i;
  always @* begin
    deepest = '0;
    for (i = 0; i < J; i = i + 1) if (ready[i]) deepest = 3'(i);
  end

  always @* if (begun && live) begin
    offers: assert (m_valid == (age_q == 2'd2 && !(&over)));
    ends: assert (done == (age_q == 2'd2 && &over));
    if (m_valid) begin
      deep: assert (m_layer == deepest && m_stem == (deepest == '0));
      once: assert (ready[m_layer]);
      is_fed: assert (m_fed == fed[m_layer]);
      place: assert (8'(m_center) == center[m_layer*8 +: 8] && m_edges == edges[m_layer*4 +: 4]);
      if (&all_written) moves: assert (m_stem || m_fed);
    end
    no_overrun: assert (&kept);
    waits: cover (m_valid && !m_stem && !m_fed);
    lagged: cover (m_valid && !m_stem && !over[0]);
  end
  generate  // longer ones take a while
    if (W0 * H0 < 15) begin : gen_short
      always @* if (begun && live) whole: cover (done && &all_written);
    end
  endgenerate
  always @* if (begun && !rst && !loaded_q) idle: assert (!m_valid && !done);
endmodule
`default_nettype wire
