// SPDX-License-Identifier: Apache-2.0
// The next burst along a ring in DRAM, and its address channel.
//
// `beats` of the `have` that wait go into the burst: as many as lie before the end of an aligned block of BURST beats,
// so that no burst crosses 4 KiB or the end of the ring; `whole` if it reaches that end. `issue` takes it, while not
// `busy`.
// latency   on the channel one cycle after `issue`, and until it is taken; reset rewinds the ring, data is not reset
// limits    BURST a power of two, 2...256; BURST beats divide 4 KiB, which divides REGION beats; base aligned to 4 KiB
`default_nettype none
module hwg_axi_burst #(
    parameter integer DATA   = 64,    // bits of a beat
    parameter integer BURST  = 16,
    parameter integer REGION = 4096,  // beats
    parameter integer HW     = 13,    // bits of `have`
    parameter integer BW     = $clog2(BURST + 1)
) (
    input  wire          clk,
    input  wire          rst,
    input  wire [63:0]   base,
    input  wire [HW-1:0] have,
    output wire [BW-1:0] beats,
    output wire          whole,
    input  wire          issue,
    output wire          busy,
    // AXI4
    output reg  [63:0]   m_axi_addr,
    output reg  [7:0]    m_axi_len,
    output reg           m_axi_valid,
    input  wire          m_axi_ready
);
  localparam integer OW = $clog2(REGION);
  localparam integer AW = $clog2(BURST);
  localparam integer SHIFT = $clog2(DATA / 8);
  reg  [OW-1:0] offset_q;            // beats from the base
  wire [BW-1:0] to_boundary = BW'(BURST) - BW'(offset_q[AW-1:0]);
  wire [31:0]   waiting = 32'(have);
  wire [OW:0]   offset  = (OW+1)'(offset_q) + (OW+1)'(beats);
  wire [7:0]    length  = 8'(beats) - 8'd1;
  assign whole = waiting >= 32'(to_boundary);
  assign beats = whole ? to_boundary : BW'(waiting);
  assign busy  = m_axi_valid;
  always @(posedge clk) begin
    if (rst) begin
      m_axi_valid <= 1'b0;
      offset_q    <= '0;
    end else begin
      m_axi_valid <= issue || (m_axi_valid && !m_axi_ready);
      if (issue) offset_q <= (offset == (OW+1)'(REGION)) ? '0 : offset[OW-1:0];
    end
    if (issue) begin
      m_axi_addr <= base + 64'({offset_q, {SHIFT{1'b0}}});
      m_axi_len  <= length;
    end
  end
endmodule
`default_nettype wire
