// SPDX-License-Identifier: Apache-2.0
// hwg_delay: valid and data of STAGES cycles ago, unless reset came in between.
`default_nettype none
module proof #(
    parameter integer STAGES = 3,
    parameter integer WIDTH  = 2
) (
    input wire             clk,
    input wire             rst,
    input wire             s_valid,
    input wire [WIDTH-1:0] s_data
);
  wire             m_valid, begun;
  wire [WIDTH-1:0] m_data;
  hwg_delay #(.STAGES(STAGES), .WIDTH(WIDTH)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_data), .m_valid(m_valid), .m_data(m_data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  // One word may be watched at a time: its age.
  (* anyseq *) wire watch;
  reg [7:0]         age_q;     // 0: none
  reg [WIDTH-1:0]   word_q;
  reg [STAGES-1:0]  valids_q;
  initial age_q = 8'd0;
  always @(posedge clk) begin
    age_q <= rst ? 8'd0 : (watch && s_valid && age_q == 8'd0) ? 8'd1
           : (age_q == 8'd0 || age_q == 8'(STAGES)) ? 8'd0 : age_q + 8'd1;
    if (age_q == 8'd0) word_q <= s_data;
    valids_q <= rst ? '0 : {valids_q, s_valid};
  end
  always @* if (begun) begin
    on_time: assert (m_valid == valids_q[STAGES-1]);
    if (age_q == 8'(STAGES)) unchanged: assert (m_valid && m_data == word_q);
    arrives: cover (age_q == 8'(STAGES) && word_q != '0);
  end
endmodule
`default_nettype wire
