// SPDX-License-Identifier: Apache-2.0
// Takes the accumulators of all ROWS of an array at once and gives them out Q at a time, lowest row first.
//
// latency   s_valid at cycle i -> beats at cycles i+1 ... i+ROWS/Q; a group may follow every ROWS/Q cycles
// reset     clears the beat counter only
// limits    Q divides ROWS
`default_nettype none
module hwg_drain #(
    parameter integer ROWS = 4,
    parameter integer Q    = 1,
    parameter integer VW   = 20,
    parameter integer SIDE = 1
) (
    input  wire               clk,
    input  wire               rst,
    input  wire               s_valid,
    input  wire [ROWS*VW-1:0] s_data,
    input  wire [SIDE-1:0]    s_side,
    output wire               m_valid,
    output wire [Q*VW-1:0]    m_data,
    output wire               m_first,
    output wire               m_last,
    output wire [SIDE-1:0]    m_side
);
  localparam integer BEATS = ROWS / Q;
  localparam integer CW    = $clog2(BEATS + 1);
  localparam integer STEP  = (BEATS > 1) ? Q * VW : 0;
  reg [ROWS*VW-1:0] data_q;
  reg [SIDE-1:0]    side_q;
  reg [CW-1:0]      left_q;
  reg               valid_q, first_q;

  assign m_valid = valid_q;
  assign m_first = first_q;
  assign m_last  = left_q == CW'(1);
  assign m_side  = side_q;
  assign m_data  = data_q[Q*VW-1:0];

  always @(posedge clk) begin
    if (rst) left_q <= '0;
    else if (s_valid) left_q <= CW'(BEATS);
    else if (valid_q) left_q <= left_q - 1'b1;
    valid_q <= !rst && (s_valid || (valid_q && !m_last));
    first_q <= s_valid;
    if (s_valid) begin
      data_q <= s_data;
      side_q <= s_side;
    end else data_q <= data_q >> STEP;  // also behind the last one: no enable has to reach every bit
  end
endmodule
`default_nettype wire
