// SPDX-License-Identifier: Apache-2.0
// Maps from the core to records, a row each: kind, output, row number (two bytes), run-length coded classes.
//
//   s (AXI4-Stream, class words) -> [ runs ] -> m (bytes, m_last)
//
// A class is a byte; where it comes twice, a third byte says how often it follows yet (0 to 255).
// latency   five cycles from a row's first class to its first byte; throughput a class a cycle, a byte a cycle
// reset     synchronous
`default_nettype none
module hwg_map_out #(
    parameter [7:0] KIND = 8'h84
) (
    input  wire       clk,
    input  wire       rst,
    input  wire       s_valid,
    output wire       s_ready,
    input  wire [7:0] s_data,
    input  wire [7:0] s_id,
    input  wire       s_user,
    input  wire       s_last,
    output wire       m_valid,
    input  wire       m_ready,
    output reg  [7:0] m_data,
    output wire       m_last
);
  // the head has four steps; 6 is the class again
  localparam [2:0] HEAD = 3'd0, GATHER = 3'd4, ONCE = 3'd5, MORE = 3'd7;
  reg [2:0]  step_q;
  reg [15:0] row_q;
  reg [7:0]  class_q, id_q;
  reg [8:0]  repeats_q;  // of the class after its first word, 0 to 256
  reg        open_q;     // there is a run
  reg        ended_q;    // with the row's last word
  wire       joins = open_q && s_data == class_q && repeats_q != 9'd256;
  wire       take  = s_valid && s_ready;
  wire       fire  = m_valid && m_ready;
  wire       head  = step_q < GATHER;
  assign s_ready = !rst && step_q == GATHER && (!open_q || joins);
  assign m_valid = !rst && (head ? s_valid : step_q != GATHER);
  assign m_last  = ended_q && (step_q == MORE || (step_q == ONCE && repeats_q == 9'd0));

  always @* begin
    case (step_q)
      HEAD:    m_data = KIND;
      3'd1:    m_data = id_q;
      3'd2:    m_data = row_q[7:0];
      3'd3:    m_data = row_q[15:8];
      MORE:    m_data = repeats_q[7:0] - 8'd1;
      default: m_data = class_q;
    endcase
  end

  always @(posedge clk) begin
    if (rst) begin
      step_q  <= HEAD;
      open_q  <= 1'b0;
      ended_q <= 1'b0;
    end else if (step_q == GATHER) begin
      if (take) open_q <= 1'b1;
      ended_q <= take && s_last;
      if ((take && s_last) || (s_valid && !s_ready)) step_q <= ONCE;
    end else if (fire) begin
      if (head) step_q <= step_q + 3'd1;
      else if (step_q == MORE || (step_q == ONCE && repeats_q == 9'd0)) begin
        step_q  <= ended_q ? HEAD : GATHER;
        open_q  <= 1'b0;
        ended_q <= 1'b0;
      end else step_q <= step_q + 3'd1;
    end
    if (step_q == HEAD && fire) begin
      row_q <= s_user ? '0 : row_q + 1'b1;
      id_q  <= s_id;
    end
    if (take) begin
      class_q   <= s_data;
      repeats_q <= open_q ? repeats_q + 9'd1 : 9'd0;
    end
  end
endmodule
`default_nettype wire
