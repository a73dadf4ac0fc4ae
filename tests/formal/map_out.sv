// SPDX-License-Identifier: Apache-2.0
// hwg_map_out: a record a row, which holds kind, output and row number, then the row's classes. A decoder as docs/boards.md
// describes it finds every class again, once, in order, and the record ends where the row does; offers stay; a word is
// taken after at most seven bytes, and a row that is complete is sent without another word.
`default_nettype none
module proof #(
    parameter integer BITS    = 8,  // of a class that may be set: fewer are proved sooner
    parameter integer CLASSES = 1,  // all but the numbers of rows; those: each alone is proved sooner
    parameter integer NUMBERS = 1
) (
    input wire            clk,
    input wire            rst,
    input wire            s_valid,
    input wire [BITS-1:0] s_class,
    input wire [7:0]      s_id,
    input wire            s_user,
    input wire            s_last,
    input wire            m_ready
);
  localparam integer LONGEST = 257;  // words of a run
  wire       s_ready, m_valid, m_last, begun;
  wire [7:0] m_data;
  wire [7:0] s_data = 8'(s_class);
  hwg_map_out #(.KIND(8'h84)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .s_id(s_id), .s_user(s_user),
      .s_last(s_last), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data), .m_last(m_last));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(18), .ASSUME(1)) u_source (
      .clk(clk), .rst(rst), .valid(s_valid), .ready(s_ready), .data({s_data, s_id, s_user, s_last}));
  proof_stream #(.WIDTH(9)) u_sink (
      .clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data({m_data, m_last}));
  wire put = s_valid && s_ready, got = m_valid && m_ready;

  // Decoder: the head, then a byte a class, or how often the class before follows yet.
  reg [2:0] at_q;             // bytes of the head that have come; 4: all
  reg       before_q, count_q;  // a byte that may come twice is there; it came twice
  reg [7:0] class_q;
  wire      body   = at_q == 3'd4;
  wire      repeats = before_q && m_data == class_q;
  wire [7:0] class = count_q ? class_q : m_data;
  wire [8:0] words = !(got && body) ? 9'd0 : count_q ? 9'(m_data) : 9'd1;
  always @(posedge clk)
    if (rst || (got && m_last)) {at_q, before_q, count_q} <= '0;
    else if (got && !body) at_q <= at_q + 3'd1;
    else if (got) begin
      class_q  <= m_data;
      before_q <= !count_q;
      count_q  <= !count_q && repeats;
      if (count_q || repeats) before_q <= 1'b0;
    end

  // Scoreboard: words inside, and one that the solver watches. A row is whole when its last word was taken.
  (* anyseq *) wire watch;
  reg [8:0] inside_q, ahead_q;
  reg       watching_q, whole_q;
  reg [7:0] word_q;
  wire      leaves = watching_q && words > ahead_q;
  always @(posedge clk) begin
    inside_q   <= rst ? '0 : inside_q + 9'(put) - words;
    whole_q    <= !rst && (whole_q ? !(got && m_last) : put && s_last);
    watching_q <= !rst && (watching_q ? !leaves : put && watch);
    ahead_q    <= watching_q ? ahead_q - words : inside_q - words;
    if (!watching_q) word_q <= s_data;
  end

  // Number of the row, known once there was the first row of a map.
  reg [15:0] number_q;
  reg        known_q;
  initial known_q = 1'b0;
  always @(posedge clk)
    if (!rst && got && at_q == 3'd0) begin
      number_q <= s_user ? 16'd0 : number_q + 16'd1;
      known_q  <= known_q || s_user;
    end

  // Bytes that a word, or a whole row, waits for.
  reg [3:0] waits_q;
  reg [2:0] rests_q;
  always @(posedge clk) begin
    waits_q <= (rst || !s_valid || s_ready) ? '0 : waits_q + 4'(m_ready);
    rests_q <= (rst || !whole_q || (got && m_last)) ? '0 : rests_q + 3'(m_ready);
  end
  always @* if (begun && !rst) begin
    if (m_valid && at_q == 3'd0) kind: assert (m_data == 8'h84);
    if (m_valid && at_q == 3'd1) output_is: assert (m_data == s_id);
    if (NUMBERS != 0 && m_valid && at_q == 3'd2 && known_q) number_low: assert (m_data == number_q[7:0]);
    if (NUMBERS != 0 && m_valid && at_q == 3'd3 && known_q) number_high: assert (m_data == number_q[15:8]);
    if (CLASSES != 0) begin
      if (m_valid && !body) head_first: assert (!m_last && s_valid && inside_q == '0 && !whole_q);
      if (put) head_before: assert (body && !whole_q);
      if (got && body) not_invented: assert (words <= inside_q);
      if (leaves) in_order: assert (class == word_q);
      if (watching_q) waits: assert (ahead_q < inside_q);
      not_too_many: assert (inside_q <= 9'(LONGEST));
      if (got && body) ends: assert (m_last == (whole_q && words == inside_q && (count_q || !repeats)));
      no_hang: assert (waits_q <= 4'd7);
      closes: assert (rests_q < 3'd3);
    end
    run: cover (leaves && count_q && ahead_q == 9'd2);
    twice: cover (got && count_q && m_data == '0);
    single: cover (got && m_last && !count_q);
    next_row: cover (got && at_q == 3'd2 && known_q && m_data == 8'd1);
  end
endmodule
`default_nettype wire
