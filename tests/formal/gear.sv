// SPDX-License-Identifier: Apache-2.0
// hwg_gear: lane p of a pixel leaves in word p / QO at lane p % QO, whatever the pauses; every word leaves once, in
// order, when the header says.
`default_nettype none
module proof #(
    parameter integer QI = 2,
    parameter integer QO = 3,
    parameter integer LW = 1,
    parameter integer IW = 3,
    parameter integer LONGEST = 6   // beats of a pixel
) (
    input wire             clk,
    input wire             rst,
    input wire             s_valid,
    input wire             s_first,
    input wire             s_last,
    input wire [QI*LW-1:0] s_data
);
  wire             m_valid, m_done, begun;
  wire [IW-1:0]    m_index;
  wire [QO*LW-1:0] m_data;
  hwg_gear #(.QI(QI), .QO(QO), .LW(LW), .IW(IW)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_first(s_first), .s_last(s_last), .s_data(s_data), .m_valid(m_valid),
      .m_index(m_index), .m_data(m_data), .m_done(m_done));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // Lanes of this pixel before the beat, as words and lanes of a word.
  localparam integer LANES = QI * LONGEST;
  localparam integer CW = $clog2(LANES + QO + 1);
  reg          open_q, beat_before_q;
  reg [CW-1:0] word_q, place_q;
  wire [CW-1:0] word0  = s_first ? '0 : word_q;
  wire [CW-1:0] place0 = s_first ? '0 : place_q;
  wire [CW-1:0] end0   = place0 + CW'(QI);
  wire          full   = end0 >= CW'(QO);
  wire [CW-1:0] word1  = word0 + CW'(full);
  wire [CW-1:0] place1 = full ? end0 - CW'(QO) : end0;
  wire [CW-1:0] lanes  = word1 * CW'(QO) + place1;
  always @(posedge clk) begin
    if (rst) open_q <= 1'b0;
    else if (s_valid) open_q <= !s_last;
    beat_before_q <= !rst && s_valid;
    if (s_valid) {word_q, place_q} <= {word1, place1};
  end
  always @* if (begun && s_valid) begin
    assume (s_first == !open_q && lanes <= CW'(LANES) && (lanes != CW'(LANES) || s_last));
    if (QO % QI != 0) assume (!(s_first && s_last && beat_before_q));
  end

  // What must leave: a word that the beat completes, a cycle later; a partial last word, then or a cycle after that.
  wire partial = s_last && place1 != '0;
  reg  [CW-1:0] word1_q, word2_q, rest_q;
  reg  leaves1_q, leaves2_q, late_q, ended1_q, ended2_q;
  always @(posedge clk) begin
    leaves1_q <= !rst && s_valid && (full || partial);
    word1_q   <= word0;
    late_q    <= !rst && s_valid && full && partial;
    rest_q    <= word1;
    leaves2_q <= !rst && late_q;
    word2_q   <= rest_q;
    ended1_q  <= !rst && s_valid && s_last;
    ended2_q  <= !rst && ended1_q;
  end
  wire [CW-1:0] word = leaves2_q ? word2_q : word1_q;
  always @* if (begun) begin
    on_time: assert (m_valid == (leaves1_q || leaves2_q));
    alone: assert (!(leaves1_q && leaves2_q));
    if (m_valid) numbered: assert (CW'(m_index) == word);
    done: assert (m_done == ended2_q);
  end
  generate
    if (QO % QI != 0) begin : gen_straddling
      always @* two_words: cover (begun && leaves2_q && s_valid && s_first);
    end
  endgenerate

  // The watched lane.
  (* anyconst *) wire [CW-1:0] watched_word, watched_place;
  always @* assume (watched_word < CW'((LANES + QO - 1) / QO) && watched_place < CW'(QO));
  reg          there_q;
  reg [LW-1:0] value_q;
  wire [CW-1:0] offset = watched_place + (watched_word == word0 ? '0 : CW'(QO)) - place0;  // from the beat's first lane
  wire hit     = s_valid && (watched_word == word0 || watched_word == word0 + 1'b1) && offset < CW'(QI);
  wire leaves  = m_valid && word == watched_word;
  always @(posedge clk) begin
    if (hit) value_q <= s_data[offset*LW +: LW];
    there_q <= !rst && (hit || (there_q && !leaves));
  end
  always @* if (begun) begin
    if (leaves && there_q) kept: assert (m_data[watched_place*LW +: LW] == value_q);
    if (ended2_q && !leaves1_q && !beat_before_q) not_lost: assert (!there_q || leaves);
    if (hit) not_overwritten: assert (!there_q || leaves);
    watched: cover (leaves && there_q && watched_word != '0);
  end
endmodule
`default_nettype wire
