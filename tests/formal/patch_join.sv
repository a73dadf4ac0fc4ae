// SPDX-License-Identifier: Apache-2.0
// hwg_patch_join: every patch leaves once, in the order and place of its column, in as few words as a row takes; a word is
// offered when its last patch is, and its other patches are taken without waiting for the reader.
`default_nettype none
module proof #(
    parameter integer P      = 2,
    parameter integer WIDTH  = 3,
    parameter integer VALUES = 2,
    parameter integer PB     = 1
) (
    input wire                 clk,
    input wire                 rst,
    input wire                 want_load,
    input wire                 s_valid,
    input wire [VALUES*PB-1:0] s_data,
    input wire                 m_ready
);
  wire                   begun, s_ready, m_valid;
  wire [VALUES*P*PB-1:0] m_data;
  reg                    loaded_q;
  wire                   load = want_load || !loaded_q;
  initial loaded_q = 1'b0;
  always @(posedge clk) loaded_q <= 1'b1;
  hwg_patch_join #(.P(P), .WIDTH(WIDTH), .VALUES(VALUES), .PB(PB)) u_dut (
      .clk(clk), .load(load), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .m_valid(m_valid),
      .m_ready(m_ready), .m_data(m_data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  reg  [7:0] x_q;  // column of the patch that comes
  wire       last   = x_q == 8'(WIDTH - 1);
  wire [7:0] place  = x_q % 8'(P);
  wire       closes = last || place == 8'(P - 1);
  always @(posedge clk)
    if (load) x_q <= '0;
    else if (s_valid && s_ready) x_q <= last ? '0 : x_q + 8'd1;
  // The watched value of the watched place of a word.
  (* anyconst *) wire [7:0] watched, value;
  always @* assume (watched < 8'(P) && value < 8'(VALUES));
  reg          has_q;
  reg [PB-1:0] kept_q;
  always @(posedge clk)
    if (load) has_q <= 1'b0;
    else if (s_valid && s_ready) begin
      has_q <= !closes && (has_q || place == watched);
      if (place == watched) kept_q <= s_data[value*PB +: PB];
    end
  wire [PB-1:0] now = m_data[(value*P+watched)*PB +: PB];
  always @* if (begun && loaded_q && !load) begin
    offered: assert (m_valid == (s_valid && closes));
    taken: assert (s_ready == (!closes || m_ready));
    if (m_valid && place == watched) direct: assert (now == s_data[value*PB +: PB]);
    if (m_valid && place > watched) kept: assert (has_q && now == kept_q);
    place_of: assert (has_q == (place > watched));
    early_end: cover (m_valid && last && place == '0);
  end
  generate
    if (WIDTH >= P) begin : gen_whole
      always @* if (begun && loaded_q && !load)
        whole: cover (m_valid && place == 8'(P - 1) && has_q && now != s_data[value*PB +: PB]);
    end
  endgenerate
endmodule
`default_nettype wire
