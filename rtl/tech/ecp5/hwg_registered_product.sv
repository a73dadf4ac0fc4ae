// SPDX-License-Identifier: Apache-2.0
// Signed product of a and w with registers as a hardware multiplier has them: the multiplier of an ECP5 with its own
// registers, for operands of up to 18 bits; else, and with MUL_IN_LUTS, the inferred form.
//
// latency   a, w at cycle i -> y from cycle i + 1 + IN on; throughput one product a cycle; reset none (data path)
// limits    AW >= 2, WW >= 2; the product is exact
`default_nettype none
module hwg_registered_product #(
    parameter integer AW          = 8,
    parameter integer WW          = 8,
    parameter integer IN          = 1,
    parameter integer MUL_IN_LUTS = 0  // 1: adders in LUTs
) (
    input  wire             clk,
    input  wire [AW-1:0]    a,
    input  wire [WW-1:0]    w,
    output wire [AW+WW-1:0] y
);
  generate
    if (MUL_IN_LUTS != 0 || AW > 18 || WW > 18) begin : gen_inferred
      hwg_inferred_product #(.AW(AW), .WW(WW), .IN(IN), .MUL_IN_LUTS(MUL_IN_LUTS)) u_product (
          .clk(clk), .a(a), .w(w), .y(y));
    end else begin : gen_multiplier
      localparam OPERANDS = (IN != 0) ? "CLK0" : "NONE";
      wire [17:0] x = 18'($signed(a));
      wire [17:0] v = 18'($signed(w));
      wire [35:0] p;
      MULT18X18D #(
          .REG_INPUTA_CLK(OPERANDS), .REG_INPUTB_CLK(OPERANDS), .REG_OUTPUT_CLK("CLK0"), .GSR("DISABLED")) u_multiplier (
          .CLK0(clk), .CE0(1'b1), .RST0(1'b0), .SIGNEDA(1'b1), .SIGNEDB(1'b1), .SOURCEA(1'b0), .SOURCEB(1'b0),
          .A0(x[0]), .A1(x[1]), .A2(x[2]), .A3(x[3]), .A4(x[4]), .A5(x[5]), .A6(x[6]), .A7(x[7]), .A8(x[8]), .A9(x[9]),
          .A10(x[10]), .A11(x[11]), .A12(x[12]), .A13(x[13]), .A14(x[14]), .A15(x[15]), .A16(x[16]), .A17(x[17]),
          .B0(v[0]), .B1(v[1]), .B2(v[2]), .B3(v[3]), .B4(v[4]), .B5(v[5]), .B6(v[6]), .B7(v[7]), .B8(v[8]), .B9(v[9]),
          .B10(v[10]), .B11(v[11]), .B12(v[12]), .B13(v[13]), .B14(v[14]), .B15(v[15]), .B16(v[16]), .B17(v[17]),
          .P0(p[0]), .P1(p[1]), .P2(p[2]), .P3(p[3]), .P4(p[4]), .P5(p[5]), .P6(p[6]), .P7(p[7]), .P8(p[8]), .P9(p[9]),
          .P10(p[10]), .P11(p[11]), .P12(p[12]), .P13(p[13]), .P14(p[14]), .P15(p[15]), .P16(p[16]), .P17(p[17]),
          .P18(p[18]), .P19(p[19]), .P20(p[20]), .P21(p[21]), .P22(p[22]), .P23(p[23]), .P24(p[24]), .P25(p[25]),
          .P26(p[26]), .P27(p[27]), .P28(p[28]), .P29(p[29]), .P30(p[30]), .P31(p[31]), .P32(p[32]), .P33(p[33]),
          .P34(p[34]), .P35(p[35]));
      assign y = p[AW+WW-1:0];
      wire unused = &{1'b0, p};  // sign bits beyond the product
    end
  endgenerate
endmodule
`default_nettype wire
