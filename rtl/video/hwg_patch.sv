// SPDX-License-Identifier: Apache-2.0
// Cuts the image into 3x3 patches with stride 2 and zero padding: the operands of the first convolution.
//
//   BEAT pixels -> [ two line buffers ] -> columns of three -> 3x3 windows -> patch FIFO
//
// The scan covers 2*ceil(W/2) x 2*ceil(H/2) positions; those outside the image need no pixel. A patch holds
// 9 taps x {B,G,R}, tap-major from bit 0, each PB bits: x, or 2x-255 where SYMMETRIC (padding stays 0); a word has the
// same value of EACH neighbouring patches side by side.
// latency   three cycles from the pixel that completes a word to m_valid; throughput BEAT positions a cycle
// reset     synchronous; `load` starts the scan of a frame
// limits    BEAT 1, 2, 4; W a multiple of it, and 3 BEAT or more: a row is longer than the way to the line buffers
`default_nettype none
module hwg_patch #(
    parameter integer W = 480,
    parameter integer H = 360,
    parameter integer SYMMETRIC = 0,
    parameter integer PB = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32, // a memory of up to so many words is LUT RAM
    parameter integer BEAT = 1,
    parameter integer EACH = (BEAT > 2) ? BEAT / 2 : 1
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             load,
    input  wire             s_valid,
    output wire             s_ready,
    input  wire [24*BEAT-1:0] s_data,
    output wire             m_valid,
    input  wire             m_ready,
    output wire [27*EACH*PB-1:0] m_data
);
  localparam integer W2 = (BEAT > 1) ? W / BEAT : 2 * ((W + 1) / 2);  // steps of a row
  localparam integer H2 = 2 * ((H + 1) / 2);
  localparam integer XW = $clog2(W2);
  localparam integer YW = $clog2(H2);
  localparam integer CW = $clog2(DEPTH + 1);

  reg          active_q;
  reg [XW-1:0] x_q;
  reg [YW-1:0] y_q;
  reg [CW-1:0] reserved_q;  // words in the FIFO or on their way to it
  reg          all_reserved_q, all_but_one_q;  // of DEPTH
  reg          ready_q;     // s_ready, worked out a cycle ahead: it goes a long way

  reg          last_x_q, last_y_q;
  wire real_pixel = !(W % 2 == 1 && last_x_q) && !(H % 2 == 1 && last_y_q);  // of an odd size the last one is padding
  wire emits      = (BEAT > 1 || x_q[0]) && y_q[0];
  wire room       = !emits || !all_reserved_q;
  wire step       = real_pixel ? ready_q && s_valid : active_q && room;
  assign s_ready  = ready_q;
  wire reserves     = step && emits && !(m_valid && m_ready);
  wire frees        = !(step && emits) && m_valid && m_ready;
  wire all_reserved = reserves ? all_but_one_q : !frees && all_reserved_q;
  wire row_ends     = step && last_x_q;
  wire active       = load || (active_q && !(row_ends && last_y_q));
  // The next step: whether it is a last one, whether it completes a word.
  wire last_x       = !load && (step ? 32'(x_q) == W2 - 2 : last_x_q);
  wire last_y       = !load && (row_ends ? 32'(y_q) == H2 - 2 : last_y_q);
  wire completes    = !load && (BEAT > 1 || (x_q[0] ^ step)) && (y_q[0] ^ row_ends);

  always @(posedge clk) begin
    if (rst) begin
      active_q   <= 1'b0;
      reserved_q <= '0;
      all_reserved_q <= 1'b0;
      all_but_one_q <= DEPTH == 1;
      ready_q    <= 1'b0;
    end else begin
      active_q   <= active;
      if (reserves || frees) begin
        reserved_q    <= reserves ? reserved_q + 1'b1 : reserved_q - 1'b1;
        all_but_one_q <= reserves ? reserved_q == CW'(DEPTH - 2) : all_reserved_q;
      end
      all_reserved_q <= all_reserved;
      ready_q    <= active && (!completes || !all_reserved) && !(W % 2 == 1 && last_x) && !(H % 2 == 1 && last_y);
    end
    if (load || row_ends) x_q <= '0;
    else if (step) x_q <= x_q + 1'b1;
    if (load) y_q <= '0;
    else if (row_ends) y_q <= y_q + 1'b1;
    last_x_q <= last_x;
    last_y_q <= last_y;
  end

  // Pixels in the number format of the network, then the two rows above.
  localparam integer R = 3 * PB;  // bits of a pixel, and of a column
  localparam integer K = 3 * R;
  wire [BEAT*R-1:0] pixels;
  genvar i;
  generate
    for (i = 0; i < 3 * BEAT; i = i + 1) begin : gen_channel
      if (SYMMETRIC != 0) begin : gen_symmetric
        assign pixels[i*PB +: PB] = real_pixel ? PB'({1'b0, s_data[i*8 +: 8], 1'b0}) - PB'(255) : '0;
      end else begin : gen_unit
        assign pixels[i*PB +: PB] = real_pixel ? PB'(s_data[i*8 +: 8]) : '0;
      end
    end
  endgenerate

  wire [2*BEAT*R-1:0] above;
  reg  [BEAT*R-1:0]   pixels1_q, pixels2_q;
  wire                col_valid, col_emits, col_x0, col_y1;
  wire [XW-1:0]       col_x;
  hwg_delay #(.STAGES(2), .WIDTH(XW + 3)) u_control (
      .clk(clk), .rst(rst), .s_valid(step),
      .s_data({x_q, emits, x_q == '0, 32'(y_q) == 1}),
      .m_valid(col_valid), .m_data({col_x, col_emits, col_x0, col_y1}));
  hwg_ram #(.WIDTH(2 * BEAT * R), .DEPTH(W2), .LUT_DEPTH(LUT_DEPTH)) u_lines (
      .clk(clk), .we(col_valid), .waddr(col_x), .wdata({pixels2_q, above[2*BEAT*R-1:BEAT*R]}),
      .re(step), .raddr(x_q), .rdata(above));
  always @(posedge clk) {pixels2_q, pixels1_q} <= {pixels1_q, pixels};

  // Columns, and of those before them the ones that the first window needs. Only odd rows emit: of the first two rows
  // that is the second one, with nothing but zeros two rows above.
  localparam integer KEPT = (BEAT > 1) ? 1 : 2;
  wire [BEAT*K-1:0] columns;
  wire [KEPT*K-1:0] kept;
  reg  [KEPT*K-1:0] kept_q;
  wire [(KEPT+BEAT)*K-1:0] seen = {columns, kept};
  wire [27*EACH*PB-1:0] patch;
  generate
    for (i = 0; i < BEAT; i = i + 1) begin : gen_column
      assign columns[i*K +: K] = {pixels2_q[i*R +: R], above[(BEAT+i)*R +: R],
                                  col_y1 ? {R{1'b0}} : above[i*R +: R]};
    end
    if (BEAT > 1) begin : gen_last
      assign kept = col_x0 ? '0 : kept_q;
      always @(posedge clk) if (col_valid) kept_q <= columns[(BEAT-1)*K +: K];
    end else begin : gen_both
      assign kept = kept_q;
      always @(posedge clk) if (col_valid) kept_q <= {columns, col_x0 ? {K{1'b0}} : kept_q[K +: K]};
    end
    for (i = 0; i < 27 * EACH; i = i + 1) begin : gen_value  // row, column and channel of value i / EACH
      assign patch[i*PB +: PB] = seen[(2*(i%EACH) + i/EACH/3%3)*K + (i/EACH/9*3 + i/EACH%3)*PB +: PB];
    end
  endgenerate

  wire fifo_ready;
  wire [CW-1:0] fifo_count;
  hwg_fifo #(.WIDTH(27 * EACH * PB), .DEPTH(DEPTH)) u_patches (
      .clk(clk), .rst(rst), .s_valid(col_valid && col_emits), .s_ready(fifo_ready), .s_data(patch),
      .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data), .count(fifo_count));
  wire unused = &{1'b0, fifo_ready, fifo_count};  // room is reserved before the scan moves
endmodule
`default_nettype wire
