// SPDX-License-Identifier: Apache-2.0
// Behaviour of the multiplier of an ECP5, for which Yosys has no model: each of its registers is there or not, with
// clock, enable and reset 0. Source: Lattice FPGA-TN-02205 (sysDSP); the order of pins is that of Yosys' mapping.
`default_nettype none
module MULT18X18D (
    input wire A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0,
    input wire B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0,
    input wire C17, C16, C15, C14, C13, C12, C11, C10, C9, C8, C7, C6, C5, C4, C3, C2, C1, C0,
    input wire SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
    input wire CLK0, CLK1, CLK2, CLK3, CE0, CE1, CE2, CE3, RST0, RST1, RST2, RST3,
    output wire P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16,
        P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0
);
  parameter GSR = "ENABLED";
  parameter REG_INPUTA_CLK = "NONE";
  parameter REG_INPUTB_CLK = "NONE";
  parameter REG_PIPELINE_CLK = "NONE";
  parameter REG_OUTPUT_CLK = "NONE";
  wire signed [18:0] a = {SIGNEDA && A17, A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1,
      A0};
  wire signed [18:0] b = {SIGNEDB && B17, B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1,
      B0};
  reg  signed [18:0] a_q, b_q;
  reg  signed [37:0] pipeline_q, output_q;
  wire signed [37:0] product  = ((REG_INPUTA_CLK == "CLK0") ? a_q : a) * ((REG_INPUTB_CLK == "CLK0") ? b_q : b);
  wire signed [37:0] pipeline = (REG_PIPELINE_CLK == "CLK0") ? pipeline_q : product;
  wire signed [37:0] p        = (REG_OUTPUT_CLK == "CLK0") ? output_q : pipeline;
  always @(posedge CLK0)
    if (RST0) begin
      {a_q, b_q, pipeline_q, output_q} <= '0;
    end else if (CE0) begin
      {a_q, b_q, pipeline_q, output_q} <= {a, b, product, pipeline};
    end
  assign {P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16, P15,
      P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = p[35:0];
endmodule
`default_nettype wire
