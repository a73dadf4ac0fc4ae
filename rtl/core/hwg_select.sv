// SPDX-License-Identifier: Apache-2.0
// Entry `index` of a packed list: a multiplexer, or logic where the list is constant.
//
// Entries are spread to a power of two first, so that selecting one is a shift by whole bits of the index: a stride of
// 13 or 24 bits would be a multiplication, for which synthesis takes a DSP block.
// latency   none (combinational)
// limits    N >= 1, W >= 1, N <= 2^IW; beyond the list the value is undefined
`default_nettype none
module hwg_select #(
    parameter integer N  = 4,
    parameter integer W  = 8,
    parameter integer IW = (N > 1) ? $clog2(N) : 1
) (
    input  wire [IW-1:0]  index,
    input  wire [N*W-1:0] entries,
    output wire [W-1:0]   entry
);
  localparam integer SHIFT  = $clog2(W);
  localparam integer STRIDE = 1 << SHIFT;
  wire [N*STRIDE-1:0] spread;
  wire unused = &{1'b0, index, spread};  // upper bits of the index, where the list is short; spaces between entries
  genvar i;
  generate
    for (i = 0; i < N; i = i + 1) begin : gen_entry
      assign spread[i*STRIDE +: STRIDE] = STRIDE'(entries[i*W +: W]);
    end
    if (N == 1) begin : gen_only
      assign entry = spread[W-1:0];
    end else begin : gen_many
      localparam integer BITS = $clog2(N);
      wire [BITS+SHIFT-1:0] at = (BITS+SHIFT)'(index[BITS-1:0]) << SHIFT;
      assign entry = spread[at +: W];
    end
  endgenerate
endmodule
`default_nettype wire
