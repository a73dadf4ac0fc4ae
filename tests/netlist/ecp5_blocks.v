// SPDX-License-Identifier: Apache-2.0
// Behaviour of the block RAM of an ECP5, for which Yosys has no model, as far as its mapping uses it: ports of 9 bits or
// more. Source: Lattice FPGA-TN-02204; the order of pins is that of Yosys' mapping. For the
// simulation of netlists only.
`default_nettype none

// 1024 words of 18 bits, as 512 x 36, 1024 x 18 or 2048 x 9. Reads see what was there before the clock edge.
module DP16KD (
    input wire DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2,
        DIA1, DIA0,
    input wire ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
    input wire CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
    output wire DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3,
        DOA2, DOA1, DOA0,
    input wire DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2,
        DIB1, DIB0,
    input wire ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
    input wire CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
    output wire DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3,
        DOB2, DOB1, DOB0
);
  parameter DATA_WIDTH_A = 18;
  parameter DATA_WIDTH_B = 18;
  parameter REGMODE_A = "NOREG";
  parameter REGMODE_B = "NOREG";
  parameter RESETMODE = "SYNC";
  parameter ASYNC_RESET_RELEASE = "SYNC";
  parameter CSDECODE_A = "0b000";
  parameter CSDECODE_B = "0b000";
  parameter WRITEMODE_A = "NORMAL";
  parameter WRITEMODE_B = "NORMAL";
  parameter CLKAMUX = "CLKA";
  parameter CLKBMUX = "CLKB";
  parameter GSR = "DISABLED";
  parameter [319:0] INITVAL_00 = 320'd0;
  parameter [319:0] INITVAL_01 = 320'd0;
  parameter [319:0] INITVAL_02 = 320'd0;
  parameter [319:0] INITVAL_03 = 320'd0;
  parameter [319:0] INITVAL_04 = 320'd0;
  parameter [319:0] INITVAL_05 = 320'd0;
  parameter [319:0] INITVAL_06 = 320'd0;
  parameter [319:0] INITVAL_07 = 320'd0;
  parameter [319:0] INITVAL_08 = 320'd0;
  parameter [319:0] INITVAL_09 = 320'd0;
  parameter [319:0] INITVAL_0A = 320'd0;
  parameter [319:0] INITVAL_0B = 320'd0;
  parameter [319:0] INITVAL_0C = 320'd0;
  parameter [319:0] INITVAL_0D = 320'd0;
  parameter [319:0] INITVAL_0E = 320'd0;
  parameter [319:0] INITVAL_0F = 320'd0;
  parameter [319:0] INITVAL_10 = 320'd0;
  parameter [319:0] INITVAL_11 = 320'd0;
  parameter [319:0] INITVAL_12 = 320'd0;
  parameter [319:0] INITVAL_13 = 320'd0;
  parameter [319:0] INITVAL_14 = 320'd0;
  parameter [319:0] INITVAL_15 = 320'd0;
  parameter [319:0] INITVAL_16 = 320'd0;
  parameter [319:0] INITVAL_17 = 320'd0;
  parameter [319:0] INITVAL_18 = 320'd0;
  parameter [319:0] INITVAL_19 = 320'd0;
  parameter [319:0] INITVAL_1A = 320'd0;
  parameter [319:0] INITVAL_1B = 320'd0;
  parameter [319:0] INITVAL_1C = 320'd0;
  parameter [319:0] INITVAL_1D = 320'd0;
  parameter [319:0] INITVAL_1E = 320'd0;
  parameter [319:0] INITVAL_1F = 320'd0;
  parameter [319:0] INITVAL_20 = 320'd0;
  parameter [319:0] INITVAL_21 = 320'd0;
  parameter [319:0] INITVAL_22 = 320'd0;
  parameter [319:0] INITVAL_23 = 320'd0;
  parameter [319:0] INITVAL_24 = 320'd0;
  parameter [319:0] INITVAL_25 = 320'd0;
  parameter [319:0] INITVAL_26 = 320'd0;
  parameter [319:0] INITVAL_27 = 320'd0;
  parameter [319:0] INITVAL_28 = 320'd0;
  parameter [319:0] INITVAL_29 = 320'd0;
  parameter [319:0] INITVAL_2A = 320'd0;
  parameter [319:0] INITVAL_2B = 320'd0;
  parameter [319:0] INITVAL_2C = 320'd0;
  parameter [319:0] INITVAL_2D = 320'd0;
  parameter [319:0] INITVAL_2E = 320'd0;
  parameter [319:0] INITVAL_2F = 320'd0;
  parameter [319:0] INITVAL_30 = 320'd0;
  parameter [319:0] INITVAL_31 = 320'd0;
  parameter [319:0] INITVAL_32 = 320'd0;
  parameter [319:0] INITVAL_33 = 320'd0;
  parameter [319:0] INITVAL_34 = 320'd0;
  parameter [319:0] INITVAL_35 = 320'd0;
  parameter [319:0] INITVAL_36 = 320'd0;
  parameter [319:0] INITVAL_37 = 320'd0;
  parameter [319:0] INITVAL_38 = 320'd0;
  parameter [319:0] INITVAL_39 = 320'd0;
  parameter [319:0] INITVAL_3A = 320'd0;
  parameter [319:0] INITVAL_3B = 320'd0;
  parameter [319:0] INITVAL_3C = 320'd0;
  parameter [319:0] INITVAL_3D = 320'd0;
  parameter [319:0] INITVAL_3E = 320'd0;
  parameter [319:0] INITVAL_3F = 320'd0;
  wire [17:0] dia = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3,
      DIA2, DIA1, DIA0};
  wire [17:0] dib = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3,
      DIB2, DIB1, DIB0};
  wire [13:0] ada = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
  wire [13:0] adb = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
  // 36 bits and wider by rows of two words, so that every access is to one row
  reg [35:0] rows [0:511];
  reg [35:0] a_q, b_q;  // as read, before the part of a narrow port
  reg [4:0]  a_at, b_at;
  wire [35:0] a_data = (DATA_WIDTH_A == 36) ? {dib, dia} : (DATA_WIDTH_A == 18) ? {dia, dia} : {4{dia[8:0]}};
  wire [3:0]  a_bytes = (DATA_WIDTH_A == 36) ? ada[3:0] : (DATA_WIDTH_A == 18) ? (ada[4] ? {ada[1:0], 2'b0} : {2'b0,
      ada[1:0]})
                                             : 4'd1 << ada[4:3];
  integer i;
  always @(posedge CLKA)
    if (CEA) begin
      a_q  <= rows[ada[13:5]];
      a_at <= ada[4:0];
      if (WEA) for (i = 0; i < 4; i = i + 1) if (a_bytes[i]) rows[ada[13:5]][i*9 +: 9] <= a_data[i*9 +: 9];
    end
  always @(posedge CLKB)
    if (CEB) begin
      b_q  <= rows[adb[13:5]];
      b_at <= adb[4:0];
    end
  function [17:0] part(input integer width, input [35:0] row, input [4:0] at);
    part = (width == 18) ? row[at[4]*18 +: 18] : {9'd0, row[at[4:3]*9 +: 9]};
  endfunction
  wire [17:0] dob = (DATA_WIDTH_B == 36) ? b_q[35:18] : part(DATA_WIDTH_B, b_q, b_at);
  wire [17:0] doa = (DATA_WIDTH_B == 36) ? b_q[17:0] : part(DATA_WIDTH_A, a_q, a_at);
  reg  [17:0] doa_q, doab_q, dob_q;  // doab_q: the lower half of a word of 36 bits, which port B reads
  always @(posedge CLKA) if (OCEA) doa_q <= doa;
  always @(posedge CLKB) if (OCEB) {dob_q, doab_q} <= {dob, doa};
  assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2,
      DOB1, DOB0} = (REGMODE_B == "OUTREG") ? dob_q : dob;
  assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2,
      DOA1, DOA0} = (REGMODE_A != "OUTREG") ? doa : (DATA_WIDTH_B == 36) ? doab_q : doa_q;
  function [17:0] word(input [319:0] init, input integer at);
    word = init[at*20 +: 18];
  endfunction
  integer k;
  initial begin
    if (CLKAMUX != "CLKA" || CLKBMUX != "CLKB" || DATA_WIDTH_A < 9 || DATA_WIDTH_B < 9) begin
      $display("DP16KD: a mode without a model");
      $finish;
    end
    for (k = 0; k < 8; k = k + 1) begin
      rows[  0 + k] = {word(INITVAL_00, 2 * k + 1), word(INITVAL_00, 2 * k)};
      rows[  8 + k] = {word(INITVAL_01, 2 * k + 1), word(INITVAL_01, 2 * k)};
      rows[ 16 + k] = {word(INITVAL_02, 2 * k + 1), word(INITVAL_02, 2 * k)};
      rows[ 24 + k] = {word(INITVAL_03, 2 * k + 1), word(INITVAL_03, 2 * k)};
      rows[ 32 + k] = {word(INITVAL_04, 2 * k + 1), word(INITVAL_04, 2 * k)};
      rows[ 40 + k] = {word(INITVAL_05, 2 * k + 1), word(INITVAL_05, 2 * k)};
      rows[ 48 + k] = {word(INITVAL_06, 2 * k + 1), word(INITVAL_06, 2 * k)};
      rows[ 56 + k] = {word(INITVAL_07, 2 * k + 1), word(INITVAL_07, 2 * k)};
      rows[ 64 + k] = {word(INITVAL_08, 2 * k + 1), word(INITVAL_08, 2 * k)};
      rows[ 72 + k] = {word(INITVAL_09, 2 * k + 1), word(INITVAL_09, 2 * k)};
      rows[ 80 + k] = {word(INITVAL_0A, 2 * k + 1), word(INITVAL_0A, 2 * k)};
      rows[ 88 + k] = {word(INITVAL_0B, 2 * k + 1), word(INITVAL_0B, 2 * k)};
      rows[ 96 + k] = {word(INITVAL_0C, 2 * k + 1), word(INITVAL_0C, 2 * k)};
      rows[104 + k] = {word(INITVAL_0D, 2 * k + 1), word(INITVAL_0D, 2 * k)};
      rows[112 + k] = {word(INITVAL_0E, 2 * k + 1), word(INITVAL_0E, 2 * k)};
      rows[120 + k] = {word(INITVAL_0F, 2 * k + 1), word(INITVAL_0F, 2 * k)};
      rows[128 + k] = {word(INITVAL_10, 2 * k + 1), word(INITVAL_10, 2 * k)};
      rows[136 + k] = {word(INITVAL_11, 2 * k + 1), word(INITVAL_11, 2 * k)};
      rows[144 + k] = {word(INITVAL_12, 2 * k + 1), word(INITVAL_12, 2 * k)};
      rows[152 + k] = {word(INITVAL_13, 2 * k + 1), word(INITVAL_13, 2 * k)};
      rows[160 + k] = {word(INITVAL_14, 2 * k + 1), word(INITVAL_14, 2 * k)};
      rows[168 + k] = {word(INITVAL_15, 2 * k + 1), word(INITVAL_15, 2 * k)};
      rows[176 + k] = {word(INITVAL_16, 2 * k + 1), word(INITVAL_16, 2 * k)};
      rows[184 + k] = {word(INITVAL_17, 2 * k + 1), word(INITVAL_17, 2 * k)};
      rows[192 + k] = {word(INITVAL_18, 2 * k + 1), word(INITVAL_18, 2 * k)};
      rows[200 + k] = {word(INITVAL_19, 2 * k + 1), word(INITVAL_19, 2 * k)};
      rows[208 + k] = {word(INITVAL_1A, 2 * k + 1), word(INITVAL_1A, 2 * k)};
      rows[216 + k] = {word(INITVAL_1B, 2 * k + 1), word(INITVAL_1B, 2 * k)};
      rows[224 + k] = {word(INITVAL_1C, 2 * k + 1), word(INITVAL_1C, 2 * k)};
      rows[232 + k] = {word(INITVAL_1D, 2 * k + 1), word(INITVAL_1D, 2 * k)};
      rows[240 + k] = {word(INITVAL_1E, 2 * k + 1), word(INITVAL_1E, 2 * k)};
      rows[248 + k] = {word(INITVAL_1F, 2 * k + 1), word(INITVAL_1F, 2 * k)};
      rows[256 + k] = {word(INITVAL_20, 2 * k + 1), word(INITVAL_20, 2 * k)};
      rows[264 + k] = {word(INITVAL_21, 2 * k + 1), word(INITVAL_21, 2 * k)};
      rows[272 + k] = {word(INITVAL_22, 2 * k + 1), word(INITVAL_22, 2 * k)};
      rows[280 + k] = {word(INITVAL_23, 2 * k + 1), word(INITVAL_23, 2 * k)};
      rows[288 + k] = {word(INITVAL_24, 2 * k + 1), word(INITVAL_24, 2 * k)};
      rows[296 + k] = {word(INITVAL_25, 2 * k + 1), word(INITVAL_25, 2 * k)};
      rows[304 + k] = {word(INITVAL_26, 2 * k + 1), word(INITVAL_26, 2 * k)};
      rows[312 + k] = {word(INITVAL_27, 2 * k + 1), word(INITVAL_27, 2 * k)};
      rows[320 + k] = {word(INITVAL_28, 2 * k + 1), word(INITVAL_28, 2 * k)};
      rows[328 + k] = {word(INITVAL_29, 2 * k + 1), word(INITVAL_29, 2 * k)};
      rows[336 + k] = {word(INITVAL_2A, 2 * k + 1), word(INITVAL_2A, 2 * k)};
      rows[344 + k] = {word(INITVAL_2B, 2 * k + 1), word(INITVAL_2B, 2 * k)};
      rows[352 + k] = {word(INITVAL_2C, 2 * k + 1), word(INITVAL_2C, 2 * k)};
      rows[360 + k] = {word(INITVAL_2D, 2 * k + 1), word(INITVAL_2D, 2 * k)};
      rows[368 + k] = {word(INITVAL_2E, 2 * k + 1), word(INITVAL_2E, 2 * k)};
      rows[376 + k] = {word(INITVAL_2F, 2 * k + 1), word(INITVAL_2F, 2 * k)};
      rows[384 + k] = {word(INITVAL_30, 2 * k + 1), word(INITVAL_30, 2 * k)};
      rows[392 + k] = {word(INITVAL_31, 2 * k + 1), word(INITVAL_31, 2 * k)};
      rows[400 + k] = {word(INITVAL_32, 2 * k + 1), word(INITVAL_32, 2 * k)};
      rows[408 + k] = {word(INITVAL_33, 2 * k + 1), word(INITVAL_33, 2 * k)};
      rows[416 + k] = {word(INITVAL_34, 2 * k + 1), word(INITVAL_34, 2 * k)};
      rows[424 + k] = {word(INITVAL_35, 2 * k + 1), word(INITVAL_35, 2 * k)};
      rows[432 + k] = {word(INITVAL_36, 2 * k + 1), word(INITVAL_36, 2 * k)};
      rows[440 + k] = {word(INITVAL_37, 2 * k + 1), word(INITVAL_37, 2 * k)};
      rows[448 + k] = {word(INITVAL_38, 2 * k + 1), word(INITVAL_38, 2 * k)};
      rows[456 + k] = {word(INITVAL_39, 2 * k + 1), word(INITVAL_39, 2 * k)};
      rows[464 + k] = {word(INITVAL_3A, 2 * k + 1), word(INITVAL_3A, 2 * k)};
      rows[472 + k] = {word(INITVAL_3B, 2 * k + 1), word(INITVAL_3B, 2 * k)};
      rows[480 + k] = {word(INITVAL_3C, 2 * k + 1), word(INITVAL_3C, 2 * k)};
      rows[488 + k] = {word(INITVAL_3D, 2 * k + 1), word(INITVAL_3D, 2 * k)};
      rows[496 + k] = {word(INITVAL_3E, 2 * k + 1), word(INITVAL_3E, 2 * k)};
      rows[504 + k] = {word(INITVAL_3F, 2 * k + 1), word(INITVAL_3F, 2 * k)};
    end
  end
endmodule
`default_nettype wire
