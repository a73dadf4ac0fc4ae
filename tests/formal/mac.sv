// SPDX-License-Identifier: Apache-2.0
// hwg_mac_row and, with PAIR, hwg_mac_pair: after every word of a job of any length each accumulator is the exact sum of
// weights times activations, for all weights whose greatest and least sum over the activations' format ACCW bits hold
// (docs/arithmetic.md, acc), all activations, and any pauses.
`default_nettype none
module proof #(
    parameter integer LANES    = 2,
    parameter integer AW       = 3,
    parameter integer WW       = 2,
    parameter integer ACCW     = 6,
    parameter integer UNSIGNED = 0,  // 1: activations of AW - 1 bits
    parameter integer PAIR     = 0
) (
    input wire                clk,
    input wire [LANES*WW-1:0] weights0,
    input wire [LANES*WW-1:0] weights1,
    input wire [LANES*AW-1:0] data,
    input wire                en,      // a word: its weights come with it, its activations a cycle later
    input wire                first
);
  localparam integer STAGES = 3 + $clog2(LANES);  // from the weights to what is added
  localparam integer SUMW = AW + 1 + $clog2(LANES);
  localparam signed [31:0] MOST = (1 << (ACCW - 1)) - 1, LEAST = -(1 << (ACCW - 1));
  localparam signed [31:0] DATA_MOST = (1 << (AW - 1)) - 1, DATA_LEAST = (UNSIGNED != 0) ? 0 : -(1 << (AW - 1));
  wire              there, en_now, first_now;
  wire [2*ACCW-1:0] acc;
  proof_past #(.STAGES(STAGES), .WIDTH(2)) u_control (
      .clk(clk), .now({en, first}), .past({en_now, first_now}), .there(there));
  generate
    if (PAIR != 0) begin : gen_pair
      hwg_mac_pair #(.LANES(LANES), .AW(AW), .WW(WW), .ACCW(ACCW)) u_dut (
          .clk(clk), .weights0(weights0), .weights1(weights1), .data(data), .acc_en(there && en_now), .acc_first(first_now),
          .acc_digit(1'b0), .data_sum(SUMW'(0)), .acc0(acc[ACCW-1:0]), .acc1(acc[2*ACCW-1:ACCW]));
    end else begin : gen_row
      hwg_mac_row #(.LANES(LANES), .AW(AW), .WW(WW), .ACCW(ACCW)) u_dut (
          .clk(clk), .weights(weights0), .data(data), .acc_en(there && en_now), .acc_first(first_now), .acc_digit(1'b0),
          .data_sum(SUMW'(0)), .acc(acc[ACCW-1:0]));
    end
  endgenerate

  wire [PAIR:0] possible, exact, high, low;
  genvar r;
  generate
    for (r = 0; r <= PAIR; r = r + 1) begin : gen_sum
      // The word's sum, and the least and the greatest that its weights allow.
      reg [LANES*WW-1:0]  weights_q;
      reg signed [31:0]   sum, least, most, w, a;
      reg                 allowed;
      integer             i;
      always @(posedge clk) weights_q <= (r != 0) ? weights1 : weights0;
      always @* begin
        {sum, least, most} = '0;
        allowed = 1'b1;
        for (i = 0; i < LANES; i = i + 1) begin
          w = 32'($signed(weights_q[i*WW +: WW]));
          a = 32'($signed(data[i*AW +: AW]));
          if (w == -(1 << (WW - 1)) || a < DATA_LEAST) allowed = 1'b0;  // weights are symmetric
          sum   = sum + w * a;
          least = least + ((w < 0) ? w * DATA_MOST : w * DATA_LEAST);
          most  = most + ((w < 0) ? w * DATA_LEAST : w * DATA_MOST);
        end
        assume (allowed);
      end
      wire [95:0]         was;
      wire                came;
      proof_past #(.STAGES(STAGES - 1), .WIDTH(96)) u_past (.clk(clk), .now({sum, least, most}), .past(was), .there(came));
      reg                 started_q;
      reg signed [31:0]   sum_q, least_q, most_q;
      initial started_q = 1'b0;
      always @(posedge clk)
        if (there && en_now && (first_now || started_q)) begin
          started_q <= 1'b1;
          sum_q     <= (first_now ? 0 : sum_q) + $signed(was[95:64]);
          least_q   <= (first_now ? 0 : least_q) + $signed(was[63:32]);
          most_q    <= (first_now ? 0 : most_q) + $signed(was[31:0]);
        end
      wire unused = came;
      always @* if (started_q) assume (least_q >= LEAST && most_q <= MOST);
      assign possible[r] = !started_q || (least_q <= sum_q && sum_q <= most_q && least_q <= 0 && most_q >= 0);
      assign exact[r]    = !started_q || 32'($signed(acc[r*ACCW +: ACCW])) == sum_q;
      assign high[r]     = started_q && sum_q > MOST / 2;
      assign low[r]      = started_q && sum_q < LEAST / 2;
    end
  endgenerate
  always @* begin
    in_range: assert (&possible);
    exact_sum: assert (&exact);
    no_narrower: cover (&high);
    no_narrower_below: cover (&low);
  end
endmodule
`default_nettype wire
