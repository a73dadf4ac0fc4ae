// SPDX-License-Identifier: Apache-2.0
// Collects beats of QI lanes into words of QO lanes; every pixel starts at lane 0 and its last word may be partial
// (the lanes left over keep old values, the weights that meet them are zero).
//
//   beats QI -> [ lcm(QI, QO) lanes, written by beat, read by word ] -> words QO
//
// latency   a word that beat i completes leaves at cycle i+1; a partial last word at i+1, or i+2 behind a full one
// done      two cycles after the last beat, when all words have left
// limits    1 <= QI <= QO; if QI does not divide QO, a pixel of a single beat does not directly follow another beat
`default_nettype none
module hwg_gear #(
    parameter integer QI = 2,
    parameter integer QO = 18,
    parameter integer LW = 8,
    parameter integer IW = 8
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             s_valid,
    input  wire             s_first,
    input  wire             s_last,
    input  wire [QI*LW-1:0] s_data,
    output wire             m_valid,
    output wire [IW-1:0]    m_index,
    output wire [QO*LW-1:0] m_data,
    output wire             m_done
);
  function integer common(input integer a, input integer b);  // the least common multiple
    begin
      common = a;
      while (common % b != 0) common = common + a;
    end
  endfunction
  localparam integer LCM   = common(QI, QO);
  localparam integer BEATS = LCM / QI;
  localparam integer WORDS = LCM / QO;
  localparam integer BW = (BEATS > 1) ? $clog2(BEATS) : 1;
  localparam integer WW = (WORDS > 1) ? $clog2(WORDS) : 1;
  localparam integer FW = $clog2(QO + QI + 1);

  reg [LCM*LW-1:0] lanes_q;
  reg [BW-1:0]     beat_q;
  reg [FW-1:0]     fill_q;
  reg [WW-1:0]     slice_q, out_slice_q, rest_slice_q;
  reg [IW-1:0]     index_q, out_index_q, rest_index_q;
  reg              out_q, again_q, done1_q, done2_q;  // again: a partial word comes behind a full one

  wire [BW-1:0] beat  = s_first ? '0 : beat_q;
  wire [FW-1:0] sum   = (s_first ? '0 : fill_q) + FW'(QI);
  wire [WW-1:0] slice = s_first ? '0 : slice_q;
  wire [IW-1:0] index = s_first ? '0 : index_q;
  wire          full  = sum >= FW'(QO);
  wire [FW-1:0] rest  = full ? sum - FW'(QO) : sum;

  wire [WW-1:0] slice_up = (slice == WW'(WORDS - 1)) ? '0 : slice + 1'b1;

  integer i;
  initial for (i = 0; i < BEATS; i = i + 1) lanes_q[i*QI*LW +: QI*LW] = '0;  // lanes left over are never undefined
  always @(posedge clk) begin
    if (s_valid)
      for (i = 0; i < BEATS; i = i + 1) if (beat == BW'(i)) lanes_q[i*QI*LW +: QI*LW] <= s_data;
    if (s_valid) begin
      beat_q  <= (beat == BW'(BEATS - 1)) ? '0 : beat + 1'b1;
      fill_q  <= rest;
      slice_q <= full ? slice_up : slice;
      index_q <= full ? index + 1'b1 : index;
      if (s_last) begin
        rest_slice_q <= slice_up;
        rest_index_q <= index + 1'b1;
      end
    end
    out_slice_q <= again_q ? rest_slice_q : slice;
    out_index_q <= again_q ? rest_index_q : index;
    if (rst) {out_q, again_q, done1_q, done2_q} <= '0;
    else begin
      out_q   <= again_q || (s_valid && (full || s_last));
      again_q <= s_valid && s_last && full && rest != '0;
      done1_q <= s_valid && s_last;
      done2_q <= done1_q;
    end
  end
  assign m_valid = out_q;
  assign m_index = out_index_q;
  hwg_select #(.N(WORDS), .W(QO * LW)) u_word (.index(out_slice_q), .entries(lanes_q), .entry(m_data));
  assign m_done  = done2_q;
endmodule
`default_nettype wire
