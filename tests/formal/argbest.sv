// SPDX-License-Identifier: Apache-2.0
// hwg_argbest and hwg_best2: greatest, second greatest, and the lowest index of the greatest, by their definitions.
`default_nettype none
module proof #(
    parameter integer LANES = 3,
    parameter integer VW    = 3
) (
    input wire                clk,
    input wire                rst,
    input wire                s_valid,
    input wire [LANES*VW-1:0] s_data,
    input wire                s_side
);
  localparam integer STAGES = (LANES > 1) ? $clog2(LANES) : 1;
  localparam integer IW = (LANES > 1) ? $clog2(LANES) : 1;
  wire          m_valid, m_side, begun, there;
  wire [VW-1:0] best, second;
  wire [7:0]    index;
  hwg_argbest #(.LANES(LANES), .VW(VW), .SIDE(1)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_data), .s_side(s_side), .m_valid(m_valid), .m_side(m_side),
      .best(best), .second(second), .index(index));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  wire [LANES*VW:0] was;
  proof_past #(.STAGES(STAGES), .WIDTH(LANES * VW + 1)) u_past (
      .clk(clk), .now({s_side, s_data}), .past(was), .there(there));
  reg [STAGES-1:0] valids_q;
  initial valids_q = '0;
  always @(posedge clk) valids_q <= rst ? '0 : {valids_q, s_valid};
  integer i;
  reg     another;  // a lane, not that of the index, that is the second
  always @* begin
    another = LANES == 1;
    for (i = 0; i < LANES; i = i + 1) if (i != 32'(index) && was[i*VW +: VW] == second) another = 1'b1;
  end
  always @* if (begun) begin
    on_time: assert (m_valid == valids_q[STAGES-1]);
    if (m_valid && there) begin
      side: assert (m_side == was[LANES*VW]);
      in_range: assert (index < 8'(LANES));
      is_best: assert (best == was[index[IW-1:0]*VW +: VW]);
      is_second: assert (another);
      tie: cover (LANES == 1 || (best == second && index != 8'd0));
    end
  end
  genvar g;
  generate
    for (g = 0; g < LANES; g = g + 1) begin : gen_lane
      wire signed [VW-1:0] lane = was[g*VW +: VW];
      always @* if (begun && m_valid && there) begin
        assert (lane <= $signed(best) && (lane < $signed(best) || 8'(g) >= index));  // none better, none earlier
        assert (8'(g) == index || lane <= $signed(second));
      end
    end
  endgenerate
endmodule
`default_nettype wire
