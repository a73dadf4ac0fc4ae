// SPDX-License-Identifier: Apache-2.0
// The accumulator of one row: adds a dot product and a carry bit, and for weights cut into digits shifts between them.
//
// latency   y, c with en at cycle i -> acc from cycle i + 1 on
// DIGITS    1: `digit` marks the first word of a lower digit: what the higher digits gave is shifted by a digit's WW bits;
//           lower digits are stored offset-binary, so the activations' sum, weighted 2^(WW-1), is added
`default_nettype none
module hwg_accumulate #(
    parameter integer YW     = 16,
    parameter integer WW     = 8,
    parameter integer ACCW   = 24,
    parameter integer SUMW   = 12,
    parameter integer DIGITS = 0
) (
    input  wire                    clk,
    input  wire                    en,
    input  wire                    first,
    input  wire                    digit,
    input  wire [SUMW-1:0]         data_sum,
    input  wire signed [YW-1:0]    y,
    input  wire                    c,
    output reg  signed [ACCW-1:0]  acc
);
  wire unused_inputs = &{1'b0, y, data_sum};  // the accumulator may be narrower
  generate
    if (DIGITS == 0) begin : gen_whole
      wire unused = digit;
      always @(posedge clk) if (en) acc <= (first ? '0 : acc) + ACCW'(y) + ACCW'($signed({1'b0, c}));
    end else begin : gen_digits
      reg lower_q;
      wire lower = !first && (digit || lower_q);
      wire signed [ACCW-1:0] offset = lower ? ACCW'($signed(data_sum)) <<< (WW - 1) : '0;
      wire signed [ACCW-1:0] kept = first ? '0 : digit ? acc <<< WW : acc;
      always @(posedge clk)
        if (en) begin
          acc     <= kept + ACCW'(y) + offset + ACCW'($signed({1'b0, c}));
          lower_q <= lower;
        end
    end
  endgenerate
endmodule
`default_nettype wire
