// SPDX-License-Identifier: Apache-2.0
// Cuts a pixel of LANES channels into WORDS words of WL lanes, lowest channel first; lanes past the end are zero.
//
// latency   s_valid at cycle i -> words at cycles i+1 ... i+WORDS; a pixel may follow every WORDS cycles
// reset     clears the word counter only; limits WORDS = ceil(LANES / WL)
`default_nettype none
module hwg_slicer #(
    parameter integer LANES = 51,
    parameter integer WL    = 51,
    parameter integer WORDS = 1,
    parameter integer LW    = 8,
    parameter integer SIDE  = 1
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                s_valid,
    input  wire [LANES*LW-1:0] s_data,
    input  wire [SIDE-1:0]     s_side,
    output wire                m_valid,
    output wire                m_first,
    output wire                m_last,
    output wire [WL*LW-1:0]    m_data,
    output wire [SIDE-1:0]     m_side
);
  localparam integer CW = $clog2(WORDS + 1);
  localparam integer STEP = (WORDS > 1) ? WL * LW : 0;
  reg [WORDS*WL*LW-1:0] data_q;
  reg [SIDE-1:0]        side_q;
  reg [CW-1:0]          left_q;
  reg                   valid_q, first_q;

  assign m_valid = valid_q;
  assign m_first = first_q;
  assign m_last  = left_q == CW'(1);
  assign m_data  = data_q[WL*LW-1:0];
  assign m_side  = side_q;
  always @(posedge clk) begin
    if (rst) left_q <= '0;
    else if (s_valid) left_q <= CW'(WORDS);
    else if (valid_q) left_q <= left_q - 1'b1;
    valid_q <= !rst && (s_valid || (valid_q && !m_last));
    first_q <= s_valid;
    if (s_valid) begin
      data_q <= (WORDS*WL*LW)'(s_data);
      side_q <= s_side;
    end else data_q <= data_q >> STEP;  // also behind the last one: no enable has to reach every bit
  end
endmodule
`default_nettype wire
