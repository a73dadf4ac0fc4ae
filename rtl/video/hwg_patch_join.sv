// SPDX-License-Identifier: Apache-2.0
// Joins P patches that are neighbours in a row; the last ones of a row may be fewer. Values of the patches lie side by side.
//
// latency   none behind the last patch of a word: the others wait here, one taken a cycle
// limits    P > 1
// reset     with load: drops what waits here
`default_nettype none
module hwg_patch_join #(
    parameter integer P = 2,
    parameter integer WIDTH = 8,      // patches of a row
    parameter integer VALUES = 27,    // of a patch
    parameter integer PB = 8          // bits of one
) (
    input  wire                   clk,
    input  wire                   load,
    input  wire                   s_valid,
    output wire                   s_ready,
    input  wire [VALUES*PB-1:0]   s_data,
    output wire                   m_valid,
    input  wire                   m_ready,
    output wire [VALUES*P*PB-1:0] m_data
);
  genvar i, p;
  localparam integer XW = $clog2(WIDTH + 1);
  localparam integer CW = $clog2(P);
  reg  [XW-1:0] x_q;       // of the patch that comes next
  reg  [CW-1:0] count_q;   // patches that wait here
  reg  [(P-1)*VALUES*PB-1:0] wait_q;
  wire last_x = 32'(x_q) == WIDTH - 1;
  wire whole  = last_x || count_q == CW'(P - 1);
  wire take   = s_valid && s_ready;
  assign s_ready = !whole || m_ready;
  assign m_valid = whole && s_valid;
  always @(posedge clk)
    if (load) {x_q, count_q} <= '0;
    else if (take) begin
      x_q     <= last_x ? '0 : x_q + 1'b1;
      count_q <= whole ? '0 : count_q + 1'b1;
    end
  generate
    for (p = 0; p < P; p = p + 1) begin : gen_pixel
      if (p < P - 1) begin : gen_wait
        always @(posedge clk) if (take && count_q == CW'(p)) wait_q[p*VALUES*PB +: VALUES*PB] <= s_data;
      end
      for (i = 0; i < VALUES; i = i + 1) begin : gen_value
        if (p < P - 1) begin : gen_early
          // the last one of a row may come into any place
          assign m_data[(i*P+p)*PB +: PB] = (count_q == CW'(p)) ? s_data[i*PB +: PB]
                                                                : wait_q[(p*VALUES+i)*PB +: PB];
        end else begin : gen_last
          assign m_data[(i*P+p)*PB +: PB] = s_data[i*PB +: PB];
        end
      end
    end
  endgenerate
endmodule
`default_nettype wire
