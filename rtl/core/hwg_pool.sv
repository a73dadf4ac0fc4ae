// SPDX-License-Identifier: Apache-2.0
// Means of 2x2 pixels of the finer scale, for the next coarser one: every word of a state adds to the pooled word it is of.
//
//   address, kind of word --> [ pool memory ] --> + state word, two cycles later --> pool memory
//                                        \-> m_data
//
// Where P = 1, `kind` is {first word of the mean, last one, log2 of its weight}; where P > 1 a word has two pixels for each
// of half the pixels of the pooled word, those on its side (`odd`: the second), and `at_edge` has the row's last pixel.
// latency   data two cycles after the address; a word with `collect` is written two cycles after it came
// reset     control only
`default_nettype none
module hwg_pool #(
    parameter integer LANES = 51,         // values of a word
    parameter integer P = 1,              // pixels of a word
    parameter integer AS = 8,             // bits of a state
    parameter integer WORDS = 64,
    parameter integer AW = 12
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                re,
    input  wire [AW-1:0]       addr,
    input  wire [3:0]          kind,      // of the word at `addr`
    input  wire                collect,   // the state word is here, and counts
    input  wire [LANES*AS-1:0] state,
    input  wire                odd,       // of that word
    input  wire [P-1:0]        at_edge,
    output wire [LANES*AS-1:0] m_data     // means; of a pixel that is not whole, nothing
);
  localparam integer SW = AS + 2;         // bits of a sum of four
  localparam integer PAW = (WORDS > 1) ? $clog2(WORDS) : 1;
  reg            we;
  reg [AW-1:0]   addr1_q, addr2_q, addr3_q;
  reg [3:0]      kind1_q, kind2_q;
  reg  [LANES*SW-1:0] sum_q;
  wire [LANES*SW-1:0] sums;
  hwg_ram #(.WIDTH(LANES * SW), .DEPTH(WORDS)) u_pool (
      .clk(clk), .we(we), .waddr(addr3_q[PAW-1:0]), .wdata(sum_q), .re(re), .raddr(addr[PAW-1:0]), .rdata(sums));
  always @(posedge clk) begin
    {kind2_q, kind1_q} <= {kind1_q, kind};
    {addr3_q, addr2_q, addr1_q} <= {addr2_q, addr1_q, addr};
    we <= !rst && collect;
  end
  wire unused = &{1'b0, addr3_q, odd, at_edge};
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_sum
      wire signed [SW-1:0] kept = $signed(sums[i*SW +: SW]);
      assign m_data[i*AS +: AS] = sums[i*SW +: AS];
      wire signed [SW-1:0] old  = kind2_q[3] ? '0 : kept;
      wire signed [AS:0]   raw;   // what this word has for the pooled pixel
      wire                 here;
      if (P == 1) begin : gen_raw
        assign raw  = (AS+1)'($signed(state[i*AS +: AS]));
        assign here = 1'b1;
      end else begin : gen_raw
        localparam integer HALF = (P > 1) ? P / 2 : 1;
        localparam integer FROM = i - i % P + i % P % HALF * 2;
        wire signed [AS-1:0] first  = state[FROM*AS +: AS];
        wire signed [AS-1:0] second = at_edge[FROM%P] ? first : state[(FROM+1)*AS +: AS];  // beyond the edge: again
        assign raw  = (AS+1)'(first) + (AS+1)'(second);
        assign here = odd == (i % P >= HALF);
      end
      wire signed [SW-1:0] add  = SW'(raw) <<< kind2_q[1:0];
      wire signed [SW:0]   sum4 = (SW+1)'(old) + (SW+1)'(add);
      wire signed [SW:0]   mean = (sum4 + (SW+1)'(2)) >>> 2;
      wire unused_top = &{1'b0, mean, sum4};
      always @(posedge clk)
        if (collect) sum_q[i*SW +: SW] <= !here ? kept : kind2_q[2] ? mean[SW-1:0] : sum4[SW-1:0];
    end
  endgenerate
endmodule
`default_nettype wire
