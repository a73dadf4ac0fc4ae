// SPDX-License-Identifier: Apache-2.0
// The reading half of the FIFO in DRAM: prefetches what has been committed, beats to words.
//
//   committed -> bursts on AR      R -> [ buffer, room booked beforehand ] -> [ beats of a word ] -> m (words)
//
// R is always ready: the room for a burst is booked when it starts. A burst takes what is committed, as far as
// hwg_axi_burst lets it. With `stop` no burst starts; those begun are awaited.
// latency   a burst is on AR one cycle after its beats are committed; a word leaves two cycles after its last beat on R
// rate      one beat a cycle; a burst every second cycle, as many at once as BUFFER has room for
// reset     rst empties it, and may come only while `idle`, or with the whole bus; data is not reset
// limits    BURST a power of two, 2...256; BURST beats divide 4 KiB; BUFFER >= BURST; base aligned to 4 KiB
`default_nettype none
module hwg_axi_read #(
    parameter integer WIDTH  = 408,   // bits of a word
    parameter integer DATA   = 64,    // bits of a beat
    parameter integer BURST  = 16,
    parameter integer BUFFER = 64,    // beats
    parameter integer REGION = 4096,  // beats of the region in DRAM
    parameter integer LW     = $clog2(REGION + 1),
    parameter integer BW     = $clog2(BURST + 1)
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              stop,
    output wire              idle,
    output wire              error,
    output wire              empty,       // no beat waits in the buffer
    // words
    output wire              m_valid,
    input  wire              m_ready,
    output wire [WIDTH-1:0]  m_data,
    // the region: its base, beats committed and not yet asked for; beats asked for, beats that came
    input  wire [63:0]       base,
    input  wire [LW-1:0]     committed,
    output wire              issue,
    output wire [BW-1:0]     issue_beats,
    output wire              arrive,
    // AXI4
    output wire [63:0]       m_axi_araddr,
    output wire [7:0]        m_axi_arlen,
    output wire              m_axi_arvalid,
    input  wire              m_axi_arready,
    input  wire [DATA-1:0]   m_axi_rdata,
    input  wire [1:0]        m_axi_rresp,
    input  wire              m_axi_rvalid,
    output wire              m_axi_rready
);
  localparam integer BEATS = (WIDTH + DATA - 1) / DATA;
  localparam integer TW = $clog2(BEATS + 1);
  localparam integer CW = $clog2(BUFFER + 1);

  // ---------------------------------------------------------------- bursts
  reg  [CW-1:0] room_q, awaited_q;    // beats of the buffer that are not booked; beats asked for and not yet here
  wire          pop, whole, busy;
  wire [BW-1:0] beats;
  assign issue       = !stop && !busy && committed != '0 && room_q >= CW'(BURST);
  assign issue_beats = beats;
  assign arrive      = m_axi_rvalid && awaited_q != '0;
  hwg_axi_burst #(.DATA(DATA), .BURST(BURST), .REGION(REGION), .HW(LW)) u_burst (
      .clk(clk), .rst(rst), .base(base), .have(committed), .beats(beats), .whole(whole), .issue(issue), .busy(busy),
      .m_axi_addr(m_axi_araddr), .m_axi_len(m_axi_arlen), .m_axi_valid(m_axi_arvalid), .m_axi_ready(m_axi_arready));
  always @(posedge clk)
    if (rst) begin
      room_q    <= CW'(BUFFER);
      awaited_q <= '0;
    end else begin
      room_q    <= room_q - (issue ? CW'(beats) : '0) + CW'(pop);
      awaited_q <= awaited_q + (issue ? CW'(beats) : '0) - CW'(arrive);
    end
  assign m_axi_rready = 1'b1;
  assign error = m_axi_rvalid && m_axi_rresp != 2'b00;
  assign idle  = !busy && awaited_q == '0;

  // ---------------------------------------------------------------- beats to words
  wire            buffered, buffer_ready;
  wire [CW-1:0]   count;
  wire [DATA-1:0] beat;
  hwg_fifo #(.WIDTH(DATA), .DEPTH(BUFFER)) u_buffer (
      .clk(clk), .rst(rst), .s_valid(arrive), .s_ready(buffer_ready), .s_data(m_axi_rdata), .m_valid(buffered),
      .m_ready(pop), .m_data(beat), .count(count));
  reg  [BEATS*DATA-1:0] word_q;
  reg  [TW-1:0]         have_q;       // beats of the word
  assign m_valid = have_q == TW'(BEATS);
  assign m_data  = word_q[WIDTH-1:0];
  assign pop     = buffered && (!m_valid || m_ready);
  assign empty   = !buffered;
  always @(posedge clk) begin
    if (pop) word_q <= (BEATS*DATA)'({beat, word_q} >> DATA);
    if (rst) have_q <= '0;
    else if (pop) have_q <= m_valid ? TW'(1) : have_q + 1'b1;
    else if (m_valid && m_ready) have_q <= '0;
  end
  wire unused = &{1'b0, buffer_ready, count, whole, word_q};

`ifdef FORMAL
  always @(posedge clk) if (!rst && arrive) assert (buffer_ready);
`endif
endmodule
`default_nettype wire
