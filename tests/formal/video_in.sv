// SPDX-License-Identifier: Apache-2.0
// hwg_video_in: what is passed on are the pixels of one frame as they came, in order, from its start on and never past its
// end; a word out of step ends the frame with an error, and nothing of it passes afterwards; a frame in step passes
// whole; what is ready to be taken is taken within five cycles; a start of frame is found again.
`default_nettype none
module proof #(
    parameter integer W = 2,
    parameter integer H = 2
) (
    input wire       clk,
    input wire       rst,
    input wire       s_valid,
    input wire [1:0] s_word,
    input wire       s_user,
    input wire       s_last,
    input wire       stop,     // the core ends a frame early
    input wire       enabled,
    input wire       drop,
    input wire       m_ready
);
  wire        s_ready, begin_frame, m_valid, in_frame, frame_abort, error, dropped, begun;
  wire [23:0] m_data;
  // The core is busy from a start of frame to its clear, which an abort brings at once.
  reg  busy_q;
  wire clear = frame_abort || (stop && busy_q);
  wire free  = enabled && !busy_q && !clear;
  always @(posedge clk) busy_q <= !rst && (begin_frame || (busy_q && !clear));
  hwg_video_in #(.W(W), .H(H)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data({22'd0, s_word}), .s_user(s_user),
      .s_last(s_last), .clear(clear), .free(free), .drop(drop), .begin_frame(begin_frame), .m_valid(m_valid),
      .m_ready(m_ready), .m_data(m_data), .in_frame(in_frame), .frame_abort(frame_abort), .error(error),
      .dropped(dropped));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(4), .ASSUME(1)) u_source (
      .clk(clk), .rst(rst), .valid(s_valid), .ready(s_ready), .data({s_word, s_user, s_last}));
  proof_stream #(.WIDTH(24)) u_sink (
      .clk(clk), .rst(rst || clear), .valid(m_valid), .ready(m_ready), .data(m_data));

  // The word inside, as it came in, and the pixel of the frame that it must be.
  wire put = s_valid && s_ready, passed = m_valid && m_ready;
  reg  [3:0]  word_q;
  reg  [3:0]  pixel_q, x_q;  // passed since the start of the frame
  reg         open_q;     // a frame was begun and is neither complete, nor aborted, nor ended by the core
  wire        starts = pixel_q == '0, ends = x_q == 4'(W - 1);
  wire        done = passed && pixel_q == 4'(W * H - 1);
  always @(posedge clk) begin
    if (put) word_q <= {s_word, s_user, s_last};
    if (begin_frame) {pixel_q, x_q} <= '0;
    else if (passed) {pixel_q, x_q} <= {pixel_q + 4'd1, ends ? 4'd0 : x_q + 4'd1};
    open_q <= !rst && (begin_frame || (open_q && !done && !frame_abort && !clear));
  end
  reg  opened_q, came_q;
  reg  [3:0] waits_q;
  wire may = s_valid && !s_ready && (open_q ? m_ready : drop || free);
  always @(posedge clk) begin
    opened_q <= !rst && begin_frame;
    waits_q  <= (rst || !may) ? '0 : waits_q + 4'd1;
    came_q   <= !rst && put;
  end
  always @* if (begun && !rst) begin
    if (m_valid) inside_frame: assert (open_q && pixel_q < 4'(W * H));
    if (m_valid) in_step: assert (word_q[1] == starts && word_q[0] == ends);
    if (m_valid) unchanged: assert (m_data == {22'd0, word_q[3:2]});
    if (begin_frame) frame_starts: assert (free && word_q[1]);
    if (frame_abort) flagged: assert (error && !m_valid);
    if (came_q && open_q && !frame_abort && !clear && !begin_frame && word_q[1] == starts && word_q[0] == ends)
      offered: assert (m_valid);
    no_hang: assert (waits_q < 4'd5);
    frame_passes: cover (done && begun);
    breaks: cover (frame_abort && pixel_q != '0);
    skips: cover (dropped);
    again: cover (begin_frame && word_q[3] && error);
  end
  // A start of frame that is inside, also one that broke a frame or whose own frame the core ended before it was passed
  // on, begins one once the core has been free for two cycles.
  reg held_q, waited_q;
  always @(posedge clk) begin
    held_q   <= !rst && !drop && (put ? s_user : (held_q && !begin_frame) || (clear && m_valid && !m_ready && starts));
    waited_q <= !rst && !drop && held_q && free && !begin_frame && !put;
  end
  always @* if (begun && !rst && waited_q && held_q && free) resynchronises: assert (begin_frame);
endmodule
`default_nettype wire
