// SPDX-License-Identifier: Apache-2.0
// Gives the block's own input to the residual addition, Q lanes a beat, from the residual memory that the loader fills.
//
//   memory words -> shadow pixel -> shift register -> Q lanes with each beat
//
// `stored` announces a pixel; it is fetched as soon as the shadow is free. The beat with `first` takes the shadow.
// latency   lanes are there with the beat; reset empties
// limits    a pixel is fetched in WORDS+5 cycles, so pixels are at least that far apart
`default_nettype none
module hwg_residual #(
    parameter integer LANES = 51,
    parameter integer WL = 51,
    parameter integer WORDS = 1,
    parameter integer LW = 8,
    parameter integer Q = 1,
    parameter integer DEPTH = 64,
    parameter integer AW = $clog2(DEPTH)
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             stored,
    output wire             re,
    output reg  [AW-1:0]    addr,
    input  wire [WL*LW-1:0] data,
    input  wire             beat,
    input  wire             first,
    output wire [Q*LW-1:0]  lanes
);
  localparam integer CW = $clog2(WORDS + 1);
  localparam integer PADDED = (WORDS * WL > LANES + Q) ? WORDS * WL : LANES + Q;
  reg [15:0]                count_q;  // pixels stored and not fetched
  reg [CW-1:0]              left_q;
  reg                       full_q, coming_q;
  reg [WORDS*WL*LW-1:0]     shadow_q;
  reg [PADDED*LW-1:0]       shift_q;
  wire                      arrives, last_arrives;
  wire                      fetch = !full_q && !coming_q && count_q != '0;
  wire [PADDED*LW-1:0]      current = first ? (PADDED*LW)'(shadow_q) : shift_q;

  assign re    = left_q != '0;
  assign lanes = current[Q*LW-1:0];
  hwg_delay #(.STAGES(2), .WIDTH(1)) u_read (
      .clk(clk), .rst(rst), .s_valid(re), .s_data(left_q == CW'(1)), .m_valid(arrives), .m_data(last_arrives));
  generate
    if (WORDS == 1) begin : gen_one
      always @(posedge clk) if (arrives) shadow_q <= data;
    end else begin : gen_more
      always @(posedge clk) if (arrives) shadow_q <= {data, shadow_q[WORDS*WL*LW-1:WL*LW]};
    end
  endgenerate
  always @(posedge clk) begin
    if (rst) begin
      count_q  <= '0;
      left_q   <= '0;
      full_q   <= 1'b0;
      coming_q <= 1'b0;
      addr     <= '0;
    end else begin
      count_q <= count_q + 16'(stored) - 16'(fetch);
      if (fetch) left_q <= CW'(WORDS);
      else if (re) left_q <= left_q - 1'b1;
      if (re) addr <= (addr == AW'(DEPTH - 1)) ? '0 : addr + 1'b1;
      if (fetch) coming_q <= 1'b1;
      else if (arrives && last_arrives) coming_q <= 1'b0;
      if (arrives && last_arrives) full_q <= 1'b1;
      else if (beat && first) full_q <= 1'b0;
    end
    if (beat) shift_q <= current >> (Q * LW);
  end
endmodule
`default_nettype wire
