// SPDX-License-Identifier: Apache-2.0
// Clock of the core from a board's oscillator, by the PLL of the ECP5: out = in / IN_DIV * FB_DIV.
//
// technology layer: EHXPLLL in synthesis (Yosys); everywhere else a wire, so that a simulation runs at the core's clock
// limits    in / IN_DIV from 3.125 MHz up; out * OUT_DIV, the oscillator inside, 400 to 800 MHz
`default_nettype none
module hwg_pll #(
    parameter integer IN_DIV  = 1,
    parameter integer FB_DIV  = 1,
    parameter integer OUT_DIV = 12
) (
    input  wire in,
    output wire out,
    output wire locked
);
`ifdef YOSYS
  (* ICP_CURRENT = "12", LPF_RESISTOR = "8" *)
  EHXPLLL #(
      .CLKI_DIV(IN_DIV), .CLKFB_DIV(FB_DIV), .CLKOP_DIV(OUT_DIV), .CLKOP_CPHASE(OUT_DIV / 2), .CLKOP_FPHASE(0),
      .CLKOP_ENABLE("ENABLED"), .FEEDBK_PATH("CLKOP"), .PLLRST_ENA("DISABLED"), .STDBY_ENABLE("DISABLED"),
      .DPHASE_SOURCE("DISABLED"), .INTFB_WAKE("DISABLED"), .OUTDIVIDER_MUXA("DIVA"), .OUTDIVIDER_MUXB("DIVB"),
      .OUTDIVIDER_MUXC("DIVC"), .OUTDIVIDER_MUXD("DIVD")
  ) u_pll (
      .CLKI(in), .CLKFB(out), .CLKOP(out), .LOCK(locked), .RST(1'b0), .STDBY(1'b0), .PHASESEL0(1'b0), .PHASESEL1(1'b0),
      .PHASEDIR(1'b0), .PHASESTEP(1'b0), .PHASELOADREG(1'b0), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0));
`else
  wire unused = &{1'b0, 1'(IN_DIV), 1'(FB_DIV), 1'(OUT_DIV)};
  assign out    = in;
  assign locked = 1'b1;
`endif
endmodule
`default_nettype wire
