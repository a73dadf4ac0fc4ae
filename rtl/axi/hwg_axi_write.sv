// SPDX-License-Identifier: Apache-2.0
// The writing half of the FIFO in DRAM: words to beats, beats to AXI4 write bursts, responses to commitments.
//
//   s (words) -> [ beats of a word ] -> [ buffer ] -> bursts on AW and W      B -> commit (beats that may be read)
//
// A word takes BEATS beats, its bits from bit 0 up, the rest zero. A burst starts when the buffer holds all its beats,
// so W never waits for the core; hwg_axi_burst says where it ends. One that ends before that starts behind s_last, or
// when the reader is `hungry`. With `stop` no burst starts; those begun are finished.
// latency   a word's first beat is in the buffer two cycles after the word, its burst on AW two cycles later or more
// rate      one beat a cycle, one cycle lost between bursts, WRITES bursts without a response at most
// reset     rst empties it, and may come only while `idle`, or with the whole bus; data is not reset
// limits    BURST a power of two, 2...256; BURST beats divide 4 KiB; BUFFER >= BURST; base aligned to 4 KiB
`default_nettype none
module hwg_axi_write #(
    parameter integer WIDTH  = 408,   // bits of a word
    parameter integer DATA   = 64,    // bits of a beat
    parameter integer BURST  = 16,
    parameter integer BUFFER = 32,    // beats
    parameter integer WRITES = 4,
    parameter integer REGION = 4096,  // beats of the region in DRAM
    parameter integer LW     = $clog2(REGION + 1),
    parameter integer BW     = $clog2(BURST + 1)
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              stop,
    output wire              idle,
    output wire              error,
    // words
    input  wire              s_valid,
    output wire              s_ready,
    input  wire              s_last,
    input  wire [WIDTH-1:0]  s_data,
    // the region: its base, beats free; beats taken by a burst, beats committed by its response
    input  wire [63:0]       base,
    input  wire [LW-1:0]     room,
    input  wire              hungry,
    output wire              issue,
    output wire [BW-1:0]     issue_beats,
    output wire              commit,
    output wire [BW-1:0]     commit_beats,
    // AXI4
    output wire [63:0]       m_axi_awaddr,
    output wire [7:0]        m_axi_awlen,
    output wire              m_axi_awvalid,
    input  wire              m_axi_awready,
    output wire [DATA-1:0]   m_axi_wdata,
    output wire              m_axi_wlast,
    output wire              m_axi_wvalid,
    input  wire              m_axi_wready,
    input  wire [1:0]        m_axi_bresp,
    input  wire              m_axi_bvalid,
    output wire              m_axi_bready
);
  localparam integer BEATS = (WIDTH + DATA - 1) / DATA;
  localparam integer TW = (BEATS > 1) ? $clog2(BEATS) : 1;
  localparam integer CW = $clog2(BUFFER + 1);

  // ---------------------------------------------------------------- words to beats
  reg  [BEATS*DATA-1:0] word_q;
  wire [BEATS*DATA-1:0] rest;        // without the beat that is offered
  reg  [TW-1:0]         left_q;      // beats behind the one that is offered
  reg                   full_q;
  wire                  beat_ready;
  wire                  last_beat = left_q == '0;
  wire                  take = s_valid && s_ready;
  assign s_ready = !full_q || (last_beat && beat_ready);
  generate
    if (BEATS > 1) begin : gen_rest
      assign rest = {{DATA{1'b0}}, word_q[BEATS*DATA-1:DATA]};
    end else begin : gen_no_rest
      assign rest = '0;
    end
  endgenerate
  always @(posedge clk) begin
    if (take) begin
      word_q <= (BEATS*DATA)'(s_data);
      left_q <= TW'(BEATS - 1);
    end else if (beat_ready) begin
      word_q <= rest;
      left_q <= left_q - 1'b1;
    end
    if (rst) full_q <= 1'b0;
    else if (s_ready) full_q <= take;
  end

  // ---------------------------------------------------------------- bursts
  wire          buffered, w_fire, length_ready, unanswered, whole, busy;
  wire [CW-1:0] count;
  wire [BW-1:0] beats;
  reg  [BW-1:0] w_left_q;
  reg           flush_q;             // the last word of an iteration waits
  wire          all  = !full_q && count == CW'(beats);
  wire          part = all && count != '0 && (flush_q || hungry);
  assign issue       = !stop && !busy && w_left_q == '0 && (whole || part) && room >= LW'(beats) && length_ready;
  assign issue_beats = beats;
  hwg_axi_burst #(.DATA(DATA), .BURST(BURST), .REGION(REGION), .HW(CW)) u_burst (
      .clk(clk), .rst(rst), .base(base), .have(count), .beats(beats), .whole(whole), .issue(issue), .busy(busy),
      .m_axi_addr(m_axi_awaddr), .m_axi_len(m_axi_awlen), .m_axi_valid(m_axi_awvalid), .m_axi_ready(m_axi_awready));
  hwg_fifo #(.WIDTH(DATA), .DEPTH(BUFFER)) u_buffer (
      .clk(clk), .rst(rst), .s_valid(full_q), .s_ready(beat_ready), .s_data(word_q[DATA-1:0]), .m_valid(buffered),
      .m_ready(w_fire), .m_data(m_axi_wdata), .count(count));
  assign m_axi_wvalid = w_left_q != '0;
  assign m_axi_wlast  = w_left_q == BW'(1);
  assign w_fire       = m_axi_wvalid && m_axi_wready;
  always @(posedge clk)
    if (rst) begin
      w_left_q <= '0;
      flush_q  <= 1'b0;
    end else begin
      w_left_q <= issue ? beats : w_left_q - BW'(w_fire);
      flush_q  <= (take && s_last) || (flush_q && !(issue && all));
    end

  // ---------------------------------------------------------------- responses, in order
  localparam integer NW = $clog2(WRITES + 1);
  wire [NW-1:0] answers;
  hwg_fifo #(.WIDTH(BW), .DEPTH(WRITES)) u_lengths (
      .clk(clk), .rst(rst), .s_valid(issue), .s_ready(length_ready), .s_data(beats), .m_valid(unanswered),
      .m_ready(m_axi_bvalid), .m_data(commit_beats), .count(answers));
  assign m_axi_bready = 1'b1;
  assign commit = m_axi_bvalid && unanswered;
  assign error  = m_axi_bvalid && m_axi_bresp != 2'b00;
  assign idle   = !busy && w_left_q == '0 && !unanswered;
  wire unused = &{1'b0, buffered, answers};

`ifdef FORMAL
  always @(posedge clk) if (!rst && w_left_q != '0) assert (buffered);
`endif
endmodule
`default_nettype wire
