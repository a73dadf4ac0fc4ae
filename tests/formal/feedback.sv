// SPDX-License-Identifier: Apache-2.0
// hwg_feedback with a FIFO of any speed outside: words come back in order, none lost or twice, with `last` where it was
// given; neither side overflows; after a clear all that is outside comes back and is thrown away, and nothing waits.
`default_nettype none
module proof #(
    parameter integer CF         = 1,
    parameter integer PIXELS_OUT = 2,
    parameter integer DEPTH_IN   = 2,
    parameter integer OUTSIDE    = 2   // words that the outside holds
) (
    input wire       clk,
    input wire       rst,
    input wire       want_clear,
    input wire       want_reserve,
    input wire       want_word,
    input wire [1:0] s_data,
    input wire       s_last,
    input wire       want_take,
    input wire       want_read,
    input wire       out_stall,
    input wire       back_stall
);
  localparam integer MAX = PIXELS_OUT * CF + OUTSIDE + DEPTH_IN;
  wire       draining, space, out_valid, out_ready, out_last, back_valid, back_ready, back_last, ready, begun;
  wire [7:0] out_data, back_data;
  wire [1:0] data;
  // The core: books a pixel, writes its words later, books reads of whole pixels; a clear drops all of that.
  reg  [7:0] owed_q, reads_q, word_q;
  wire clear   = want_clear && !rst;
  wire idle    = draining || clear || rst;
  wire reserve = want_reserve && space && !idle;
  wire s_valid = want_word && owed_q != '0 && !rst && !draining;
  wire pixel_last = word_q == 8'(CF - 1);
  wire take    = want_take && ready && !idle;
  wire re      = want_read && reads_q != '0 && !rst && !draining;
  always @(posedge clk)
    if (rst || clear) {owed_q, reads_q, word_q} <= '0;
    else begin
      owed_q  <= owed_q + (reserve ? 8'(CF) : 8'd0) - 8'(s_valid);
      reads_q <= reads_q + (take ? 8'(CF) : 8'd0) - 8'(re);
      if (s_valid) word_q <= pixel_last ? '0 : word_q + 8'd1;
    end
  hwg_feedback #(.WIDTH(2), .BYTES(1), .CF(CF), .PIXELS_OUT(PIXELS_OUT), .DEPTH_IN(DEPTH_IN)) u_dut (
      .clk(clk), .rst(rst), .clear(clear), .draining(draining), .space(space), .reserve(reserve), .s_valid(s_valid),
      .s_pixel_last(pixel_last), .s_last(s_last), .s_data(s_data), .m_axis_fb_tdata(out_data),
      .m_axis_fb_tvalid(out_valid), .m_axis_fb_tready(out_ready), .m_axis_fb_tlast(out_last), .s_axis_fb_tdata(back_data),
      .s_axis_fb_tvalid(back_valid), .s_axis_fb_tready(back_ready), .s_axis_fb_tlast(back_last), .ready(ready),
      .take(take), .re(re), .data(data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // Outside: a FIFO that stalls at will, but keeps what it offers.
  wire       fifo_ready, fifo_valid;
  wire [$clog2(OUTSIDE+1)-1:0] count;
  reg  offered_q;
  always @(posedge clk) offered_q <= !rst && back_valid && !back_ready;
  assign out_ready  = fifo_ready && !out_stall;
  assign back_valid = fifo_valid && (!back_stall || offered_q);
  hwg_fifo #(.WIDTH(9), .DEPTH(OUTSIDE)) u_outside (
      .clk(clk), .rst(rst), .s_valid(out_valid && !out_stall), .s_ready(fifo_ready), .s_data({out_last, out_data}),
      .m_valid(fifo_valid), .m_ready(back_ready && back_valid), .m_data({back_last, back_data}), .count(count));

  // Two cycles from the read to its data.
  reg [1:0] reading_q;
  always @(posedge clk) reading_q <= (rst || clear) ? '0 : {reading_q[0], re};
  wire [$clog2(MAX+4)-1:0] inside;
  proof_order #(.WIDTH(2), .MAX(MAX + 2)) u_order (
      .clk(clk), .flush(rst || clear), .push(s_valid), .push_data(s_data), .pop(reading_q[1]), .pop_data(data),
      .in_flight(inside));
  wire [$clog2(MAX+2)-1:0] lasts;
  proof_order #(.WIDTH(1), .MAX(MAX)) u_last (
      .clk(clk), .flush(rst), .push(s_valid), .push_data(s_last), .pop(back_valid && back_ready),
      .pop_data(back_last), .in_flight(lasts));
  proof_stream #(.WIDTH(9)) u_out (
      .clk(clk), .rst(rst), .valid(out_valid), .ready(out_ready), .data({out_last, out_data}));

  // Draining ends once nothing is outside, not before; while it lasts, whatever comes back is taken.
  reg none_q, drains_q;
  always @(posedge clk) begin
    none_q   <= !rst && !clear && draining && lasts == '0;
    drains_q <= draining && !rst;
  end
  always @* if (begun && !rst) begin
    if (draining && back_valid) drains: assert (back_ready);
    if (none_q) drained: assert (!draining);
    if (drains_q && !draining) all_back: assert (lasts == '0);
    if (back_valid && !back_ready) waits_for_reads: assert (ready || reads_q != '0 || CF > DEPTH_IN);
    again: cover (drains_q && !draining);
    whole_loop: cover (reading_q[1] && data == 2'b11 && !clear);
  end
endmodule
`default_nettype wire
