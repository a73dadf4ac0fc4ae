// SPDX-License-Identifier: Apache-2.0
// Weight-stationary matrix-vector array: ROWS dot products of LANES a cycle, every weight beside its multiplier; of several
// pixels, side by side in every lane and row, if a weight is to serve more than one.
//
//   issue (cycle i): s_valid, s_addr, s_first, s_digit, s_last, s_side    activations: s_data at cycle i+2
//   registers on the way from the memories at i+3, at the multipliers at i+4, dot product until i+5+clog2(LANES),
//   accumulator visible at i+6+clog2(LANES)
//
// latency   last word of a group issued at cycle i -> m_valid and all accumulators at cycle i + 6 + clog2(LANES)
// throughput one word a cycle; reset clears valid bits only
// FILE      words of all rows in issue order, row 0 lowest (see hwg_rom)
// technology layer: behavioural rows (hwg_mac_model), the fastest form for simulation; `SYNTHESIS`, which synthesis tools
// define, selects the structure. Both are equal.
`default_nettype none
module hwg_mac_array #(
    parameter [hwg_pkg::ARRAY_BITS-1:0] ARRAY = hwg_pkg::SMALL_ARRAY,
    parameter integer ROWS   = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]),
    parameter integer LANES  = 32'(ARRAY[hwg_pkg::LANES_AT +: 16]),
    parameter integer PIXELS = 32'(ARRAY[hwg_pkg::PIXELS_AT +: 4]),
    parameter integer AW     = 8,
    parameter integer WW     = 32'(ARRAY[hwg_pkg::WEIGHT_BITS_AT +: 8]),
    parameter integer ACCW   = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]),
    parameter integer DIGITS = 0,
    parameter integer PAIRS  = ARRAY[hwg_pkg::PAIRS_AT] ? 1 : 0,  // two rows share a multiplier, where its width allows
    parameter integer MUL_IN_LUTS = ARRAY[hwg_pkg::MUL_IN_LUTS_AT] ? 1 : 0,  // products of adders in LUTs
    parameter integer DEPTH  = 16,
    parameter integer SIDE   = 1,
    parameter         FILE   = "array.hex",
    parameter integer DW     = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 s_valid,
    input  wire [DW-1:0]        s_addr,
    input  wire                 s_first,
    input  wire                 s_digit,
    input  wire                 s_last,
    input  wire [SIDE-1:0]      s_side,
    input  wire [LANES*PIXELS*AW-1:0] s_data,
    output wire                 m_valid,
    output wire [ROWS*PIXELS*ACCW-1:0] m_data,
    output wire [SIDE-1:0]      m_side
);
  localparam integer STAGES = 5 + $clog2(LANES);  // issue -> dot product visible
  localparam integer SUMW   = AW + 1 + $clog2(LANES);
  localparam integer PAIRED = (PAIRS != 0 && AW + 2 * WW + ((DIGITS != 0) ? 1 : 0) <= 19) ? 1 : 0;

  reg [LANES*PIXELS*AW-1:0] data_q;  // on its way to all rows
  always @(posedge clk) data_q <= s_data;
  wire                en, en_first, en_digit, en_last;
  wire [SIDE-1:0]     en_side;

  hwg_delay #(.STAGES(STAGES), .WIDTH(3 + SIDE)) u_control (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data({s_first, s_digit, s_last, s_side}),
      .m_valid(en), .m_data({en_first, en_digit, en_last, en_side}));
  hwg_delay #(.STAGES(1), .WIDTH(SIDE)) u_done (
      .clk(clk), .rst(rst), .s_valid(en && en_last), .s_data(en_side), .m_valid(m_valid), .m_data(m_side));

  genvar r, p, i;
`ifdef SYNTHESIS
  localparam integer RW = LANES * WW;  // bits of a row's word
  wire [ROWS*RW-1:0] weights;
  hwg_rom #(.WIDTH(ROWS * RW), .DEPTH(DEPTH), .FILE(FILE)) u_weights (
      .clk(clk), .re(s_valid), .raddr(s_addr), .rdata(weights));
`else
  // Behavioural rows look their weights up where they multiply: the address waits here, not the weights in every row.
  wire                row_re;
  wire [DW-1:0]       row_addr;
  reg  [2:0]          live_q;
  hwg_delay #(.STAGES(4), .WIDTH(DW)) u_address (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_addr), .m_valid(row_re), .m_data(row_addr));
  always @(posedge clk) live_q <= rst ? 3'd0 : {live_q[1:0], s_valid};
  wire unused_form = &{1'b0, PAIRED != 0, MUL_IN_LUTS != 0};
`endif
  generate
    for (p = 0; p < PIXELS; p = p + 1) begin : gen_pixel
      wire [LANES*AW-1:0] own;  // activations of this pixel
      wire [SUMW-1:0]     data_sum;
      for (i = 0; i < LANES; i = i + 1) begin : gen_own
        assign own[i*AW +: AW] = data_q[(i*PIXELS+p)*AW +: AW];
      end
      if (DIGITS != 0) begin : gen_sum
        wire unused_sign;
        hwg_dot #(.LANES(LANES), .AW(AW), .WW(2), .MUL_IN_LUTS(1), .YW(AW + 2 + $clog2(LANES))) u_sum (
            .clk(clk), .a(own), .w({LANES{2'b01}}), .y({unused_sign, data_sum}));
      end else begin : gen_no_sum
        assign data_sum = '0;
      end
`ifdef SYNTHESIS
      for (r = 0; r < ROWS; r = r + 1) begin : gen_row
        if (PAIRED == 0 || (r % 2 == 0 && r == ROWS - 1)) begin : gen_alone
          hwg_mac_row #(.LANES(LANES), .AW(AW), .WW(WW), .ACCW(ACCW), .MUL_IN_LUTS(MUL_IN_LUTS), .DIGITS(DIGITS))
              u_row (
              .clk(clk), .weights(weights[r*RW +: RW]), .data(own), .acc_en(en), .acc_first(en_first),
              .acc_digit(en_digit), .data_sum(data_sum), .acc(m_data[(r*PIXELS+p)*ACCW +: ACCW]));
        end else if (r % 2 == 1) begin : gen_pair
          hwg_mac_pair #(.LANES(LANES), .AW(AW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS)) u_pair (
              .clk(clk), .weights0(weights[(r-1)*RW +: RW]), .weights1(weights[r*RW +: RW]), .data(own), .acc_en(en),
              .acc_first(en_first), .acc_digit(en_digit), .data_sum(data_sum),
              .acc0(m_data[((r-1)*PIXELS+p)*ACCW +: ACCW]), .acc1(m_data[(r*PIXELS+p)*ACCW +: ACCW]));
        end
      end
`else
      // Activations are extended here once, not again at every multiplier: simulators are faster.
      reg  [LANES*32-1:0] row_data;
      integer             j;
      always @(posedge clk)
        if (live_q[2]) for (j = 0; j < LANES; j = j + 1) row_data[j*32 +: 32] <= 32'($signed(own[j*AW +: AW]));
      for (r = 0; r < ROWS; r = r + 1) begin : gen_row
        hwg_mac_model #(.ROW(r), .ROWS(ROWS), .LANES(LANES), .AW(AW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS),
                        .DEPTH(DEPTH), .FILE(FILE)) u_row (
            .clk(clk), .re(row_re), .addr(row_addr), .data(row_data), .acc_en(en), .acc_first(en_first),
            .acc_digit(en_digit), .data_sum(data_sum), .acc(m_data[(r*PIXELS+p)*ACCW +: ACCW]));
      end
`endif
    end
  endgenerate
endmodule
`default_nettype wire
