// SPDX-License-Identifier: Apache-2.0
// Scoreboard: whatever goes in comes out once, unchanged and in order. The solver chooses the word that is watched, so
// what holds for it holds for every word. `in_flight` is the number of words inside; `flush` forgets them all.
//
// limits    at most MAX words inside, which is checked too
`default_nettype none
module proof_order #(
    parameter integer WIDTH = 8,
    parameter integer MAX   = 16,
    parameter integer CW    = $clog2(MAX + 2)
) (
    input  wire             clk,
    input  wire             flush,
    input  wire             push,
    input  wire [WIDTH-1:0] push_data,
    input  wire             pop,
    input  wire [WIDTH-1:0] pop_data,
    output reg  [CW-1:0]    in_flight
);
  (* anyseq *) wire watch;
  reg               watching_q;
  reg [CW-1:0]      ahead_q;  // words that come out before the watched one
  reg [WIDTH-1:0]   word_q;
  initial in_flight  = '0;
  initial watching_q = 1'b0;
  always @(posedge clk) begin
    in_flight <= flush ? '0 : in_flight + CW'(push) - CW'(pop);
    if (flush) watching_q <= 1'b0;
    else if (watching_q) begin
      if (pop) ahead_q <= ahead_q - 1'b1;
      if (pop && ahead_q == '0) watching_q <= 1'b0;
    end else if (push && watch && !(pop && in_flight == '0)) begin
      watching_q <= 1'b1;
      ahead_q    <= in_flight - CW'(pop);
      word_q     <= push_data;
    end
  end
  always @* begin
    if (pop && !flush) not_invented: assert (in_flight != '0 || push);
    if (pop && !flush && in_flight == '0) passed_through: assert (pop_data == push_data);
    if (watching_q && ahead_q == '0 && pop && !flush) in_order: assert (pop_data == word_q);
    not_too_many: assert (in_flight <= CW'(MAX));
    if (watching_q) waits: assert (ahead_q < in_flight);
    watched: cover (watching_q && ahead_q == '0 && pop && !flush);
  end
endmodule
`default_nettype wire
