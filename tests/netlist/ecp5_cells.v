// SPDX-License-Identifier: Apache-2.0
// Behaviour of the ECP5's slices, as the netlists of Yosys use them. Sources: Lattice FPGA-TN-02030 and the cell models of
// Yosys. For the simulation of netlists only.
`default_nettype none

module LUT4 (input wire A, B, C, D, output wire Z);
  parameter [15:0] INIT = 16'd0;
  wire [7:0] d = D ? INIT[15:8] : INIT[7:0];
  wire [3:0] c = C ? d[7:4] : d[3:0];
  wire [1:0] b = B ? c[3:2] : c[1:0];
  assign Z = A ? b[1] : b[0];
endmodule

module PFUMX (input wire ALUT, BLUT, C0, output wire Z);
  assign Z = C0 ? ALUT : BLUT;
endmodule

module L6MUX21 (input wire D0, D1, SD, output wire Z);
  assign Z = SD ? D1 : D0;
endmodule

// Two bits of a carry chain: each a LUT4 for the sum; its two-input part makes the carry where it does not pass it on.
module CCU2C (
    input  wire CIN, A0, B0, C0, D0, A1, B1, C1, D1,
    output wire S0, S1, COUT
);
  parameter [15:0] INIT0 = 16'd0;
  parameter [15:0] INIT1 = 16'd0;
  parameter INJECT1_0 = "YES";
  parameter INJECT1_1 = "YES";
  wire sum0, sum1;
  LUT4 #(.INIT(INIT0)) u_sum0 (.A(A0), .B(B0), .C(C0), .D(D0), .Z(sum0));
  LUT4 #(.INIT(INIT1)) u_sum1 (.A(A1), .B(B1), .C(C1), .D(D1), .Z(sum1));
  wire made0 = (INJECT1_0 == "YES") ? 1'b0 : INIT0[{B0, A0}];
  wire made1 = (INJECT1_1 == "YES") ? 1'b0 : INIT1[{B1, A1}];
  wire carry = sum0 ? CIN : made0;
  assign S0   = sum0 ^ ((INJECT1_0 == "YES") ? 1'b0 : CIN);
  assign S1   = sum1 ^ ((INJECT1_1 == "YES") ? 1'b0 : carry);
  assign COUT = sum1 ? carry : made1;
endmodule

module TRELLIS_FF (input wire CLK, LSR, CE, DI, M, output reg Q);
  parameter GSR = "ENABLED";
  parameter CEMUX = "1";
  parameter CLKMUX = "CLK";
  parameter LSRMUX = "LSR";
  parameter SRMODE = "LSR_OVER_CE";
  parameter REGSET = "RESET";
  parameter LSRMODE = "LSR";
  wire enable = (CEMUX == "1") ? 1'b1 : (CEMUX == "INV") ? !CE : CE;
  wire reset  = (LSRMUX == "INV") ? !LSR : LSR;
  always @(posedge CLK)
    if (reset) Q <= REGSET == "SET";
    else if (enable) Q <= DI;
  wire unused = M;
  initial begin
    Q = REGSET == "SET";
    if (CLKMUX != "CLK" || SRMODE == "ASYNC" || LSRMODE != "LSR") begin
      $display("TRELLIS_FF: a mode without a model");
      $finish;
    end
  end
endmodule

module TRELLIS_DPR16X4 (
    input  wire [3:0] DI, WAD, RAD,
    input  wire       WRE, WCK,
    output wire [3:0] DO
);
  parameter WCKMUX = "WCK";
  parameter WREMUX = "WRE";
  parameter [63:0] INITVAL = 64'd0;
  reg [3:0] mem [0:15];
  integer i;
  initial begin
    for (i = 0; i < 16; i = i + 1) mem[i] = INITVAL[i*4 +: 4];
    if (WCKMUX != "WCK") begin
      $display("TRELLIS_DPR16X4: a mode without a model");
      $finish;
    end
  end
  wire write = (WREMUX == "1") ? 1'b1 : (WREMUX == "0") ? 1'b0 : (WREMUX == "INV") ? !WRE : WRE;
  always @(posedge WCK) if (write) mem[WAD] <= DI;
  assign DO = mem[RAD];
endmodule
`default_nettype wire
