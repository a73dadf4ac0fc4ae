// SPDX-License-Identifier: Apache-2.0
// hwg_row_in: the pixels of the rows that were taken leave once, unchanged and in order (for a pixel that the solver
// chooses), with `m_user` on the first of a row 0 and `m_last` on the last of each; nothing of a row that was not taken
// leaves. A row is left out, and `full` then, if and only if ROWS rows were inside when it began; its place is free again,
// and `freed` set once, after its last pixel; while there is a row, a pixel is offered within four cycles; offers stay.
`default_nettype none
module proof #(
    parameter integer W    = 2,
    parameter integer ROWS = 2,
    parameter integer BITS = 8  // of a byte that may be set: fewer are proved sooner
) (
    input wire            clk,
    input wire            rst,
    input wire            s_start,
    input wire            want_byte,
    input wire [BITS-1:0] s_byte,
    input wire            want_take,
    input wire            m_ready
);
  localparam integer BYTES = 2 + 3 * W + 4;
  wire        s_length, full, freed, m_valid, m_user, m_last, begun;
  wire [23:0] m_data;
  wire [7:0]  s_data = 8'(s_byte);
  // Of a record come the start, the bytes, then whether it is taken: one of them a cycle, as hwg_serial has it. A record
  // of any length may begin before the one before was taken, which then never is.
  reg  open_q;
  wire s_valid = want_byte && !s_start, s_take = want_take && !s_start && !want_byte && open_q && s_length;
  hwg_row_in #(.W(W), .ROWS(ROWS)) u_dut (
      .clk(clk), .rst(rst), .s_start(s_start), .s_valid(s_valid), .s_data(s_data), .s_take(s_take), .s_length(s_length),
      .full(full), .freed(freed), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data), .m_user(m_user),
      .m_last(m_last));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(26)) u_sink (
      .clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data({m_data, m_user, m_last}));

  // The record: its bytes so far, whether its number is 0, whether there was a place for it.
  reg [7:0] bytes_q;
  reg       zero_q, place_q;
  // Rows inside, the pixel of the oldest that comes next.
  reg [3:0] rows_q;
  reg [7:0] x_q;
  wire got = m_valid && m_ready, row_ends = got && x_q == 8'(W - 1), enters = s_take && place_q;
  always @(posedge clk) begin
    open_q <= !(s_take || (rst && !s_start)) && (s_start || open_q);
    if (s_start) {bytes_q, zero_q} <= {8'd0, 1'b1};
    else if (s_valid) begin
      if (bytes_q != 8'hff) bytes_q <= bytes_q + 8'd1;
      if (bytes_q < 8'd2) zero_q <= zero_q && s_data == '0;
    end
    if (rst) place_q <= 1'b0;
    else if (s_start) place_q <= rows_q != 4'(ROWS);
    rows_q <= rst ? '0 : rows_q + 4'(enters) - 4'(row_ends);
    if (rst) x_q <= '0;
    else if (got) x_q <= row_ends ? '0 : x_q + 8'd1;
  end

  // The watched row; of it the colour of a pixel.
  (* anyseq *) wire watch;
  (* anyconst *) wire [7:0] x0;
  (* anyconst *) wire [1:0] colour0;
  always @* assume (x0 < 8'(W) && colour0 < 2'd3);
  reg       watching_q, user_q;
  reg [3:0] ahead_q;
  reg [7:0] now_q, byte_q;  // of the record that comes; of the watched row
  wire      here = watching_q && ahead_q == '0;
  always @(posedge clk) begin
    if (s_valid && bytes_q == 8'd2 + 8'd3 * x0 + 8'(colour0)) now_q <= s_data;
    watching_q <= !rst && (watching_q ? !(here && row_ends) : enters && watch);
    if (watching_q) ahead_q <= ahead_q - 4'(row_ends);
    else {ahead_q, user_q, byte_q} <= {rows_q - 4'(row_ends), zero_q, now_q};
  end
  reg       freed_q;
  reg [2:0] waits_q;
  always @(posedge clk) begin
    freed_q <= row_ends && !rst;
    waits_q <= (rst || m_valid || rows_q == '0) ? '0 : waits_q + 3'd1;
  end
  always @* if (begun) begin
    if (open_q) length: assert (s_length == (bytes_q == 8'(BYTES)));
    if (open_q && !rst) left_out: assert (full == !place_q);
    freed_once: assert (freed == freed_q);
    if (!rst) begin
      few: assert (rows_q <= 4'(ROWS));
      if (m_valid) not_invented: assert (rows_q != '0);
      if (m_valid) last: assert (m_last == (x_q == 8'(W - 1)));
      if (m_valid && x_q != '0) first_only: assert (!m_user);
      if (m_valid && here && x_q == '0) user: assert (m_user == user_q);
      if (m_valid && here && x_q == x0) unchanged: assert (m_data[8*colour0 +: 8] == byte_q);
      if (watching_q) waits: assert (ahead_q < rows_q);
      no_hang: assert (waits_q < 3'd4);
      refuses: cover (s_take && full);
      whole: cover (here && row_ends && ahead_q == '0 && user_q);
      both: cover (enters && row_ends);
    end
  end
endmodule
`default_nettype wire
