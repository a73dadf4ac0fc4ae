// SPDX-License-Identifier: Apache-2.0
// hwg_tap_beside: of the pixels of a row's three words, counted from the first one of the left word on, the operand of
// column c has for pixel x of the word the one at P + x + c - 1, STAGES cycles after its tap, whatever rests between rows.
`default_nettype none
module proof #(
    parameter integer P       = 2,
    parameter integer STAGES  = 3,
    parameter integer X       = 0,  // the pixel that is looked at
    parameter integer CHANNEL = 0   // of two
) (
    input wire           clk,
    input wire           rst,
    input wire           go,
    input wire [1:0]     row,
    input wire [2*P-1:0] word
);
  localparam integer AT = CHANNEL * P;
  wire           begun;
  wire [2*P-1:0] operand;
  reg            live_q;
  reg  [1:0]     column_q;
  reg  [3:0]     tap_q;
  hwg_tap_beside #(.P(P), .VALUES(2 * P), .VW(1), .STAGES(STAGES)) u_dut (
      .clk(clk), .rst(rst), .s_valid(live_q), .s_tap(tap_q), .s_word(word), .m_operand(operand));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @* assume (row < 2'd3);
  // Taps of a row without a rest, rows when they like.
  always @(posedge clk)
    if (rst) live_q <= 1'b0;
    else if (!live_q || column_q == 2'd2) begin
      live_q   <= go;
      column_q <= 2'd0;
      tap_q    <= 4'd3 * 4'(row);
    end else begin
      column_q <= column_q + 2'd1;
      tap_q    <= tap_q + 4'd1;
    end

  reg  [STAGES-1:0]   live_past_q;
  reg  [2*STAGES-1:0] column_past_q;
  initial live_past_q = '0;
  always @(posedge clk) begin
    live_past_q   <= rst ? '0 : {live_past_q, live_q};
    column_past_q <= {column_past_q, column_q};
  end
  wire       live   = live_past_q[STAGES-1];
  wire [1:0] column = column_past_q[2*STAGES-1 -: 2];
  // Words of this cycle and of the two before; that of the tap is the one before, so the left word moves with the column.
  reg  [2*P-1:0] word1_q, word2_q;
  always @(posedge clk) {word2_q, word1_q} <= {word1_q, word};
  wire [3*P-1:0] pixels = {word[AT +: P], word1_q[AT +: P], word2_q[AT +: P]};
  wire [7:0]     begins = 8'(P) - 8'(P) * 8'(column);  // of the left word, in them
  wire [7:0]     place  = begins + 8'(P + X - 1) + 8'(column);
  always @* if (begun && live) begin
    beside: assert (operand[AT + X] == pixels[place]);
    left: cover (column == 2'd0 && operand[AT + X] != word1_q[AT + X]);
    right: cover (column == 2'd2 && operand[AT + X] != word1_q[AT + X]);
  end
endmodule
`default_nettype wire
