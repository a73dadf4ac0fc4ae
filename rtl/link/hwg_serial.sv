// SPDX-License-Identifier: Apache-2.0
// The core on a serial line: images and register accesses in, maps, answers and events out (docs/boards.md).
//
//   rxd -> UART -> records -> [ rows ] -> m_axis_video        m_axil: registers, one access at a time
//   txd <- UART <- records <- [ answers first, then rows of maps ] <- s_axis_class
//
// The host sends a row only for a place that it knows to be free: ROWS after a hello, one more with every credit.
// reset     synchronous; a hello does the same to the link, and to the core through `core_resetn`
// limits    clock / DIV is the rate; ROWS a power of two, at most 128
`default_nettype none
module hwg_serial #(
    parameter integer W    = 480,
    parameter integer H    = 360,
    parameter integer N    = 16,
    parameter integer DIV  = 40,
    parameter integer ROWS = 4
) (
    input  wire        clk,
    input  wire        resetn,
    input  wire        rxd,
    output wire        txd,
    output reg         core_resetn,
    output reg         wrong,       // a record was refused since the last hello
    output wire [23:0] m_axis_video_tdata,
    output wire        m_axis_video_tvalid,
    input  wire        m_axis_video_tready,
    output wire        m_axis_video_tuser,
    output wire        m_axis_video_tlast,
    input  wire [7:0]  s_axis_class_tdata,
    input  wire [7:0]  s_axis_class_tid,
    input  wire        s_axis_class_tvalid,
    output wire        s_axis_class_tready,
    input  wire        s_axis_class_tuser,
    input  wire        s_axis_class_tlast,
    output wire [7:0]  m_axil_awaddr,
    output wire        m_axil_awvalid,
    input  wire        m_axil_awready,
    output wire [31:0] m_axil_wdata,
    output wire        m_axil_wvalid,
    input  wire        m_axil_wready,
    input  wire [1:0]  m_axil_bresp,
    input  wire        m_axil_bvalid,
    output wire        m_axil_bready,
    output wire [7:0]  m_axil_araddr,
    output wire        m_axil_arvalid,
    input  wire        m_axil_arready,
    input  wire [31:0] m_axil_rdata,
    input  wire [1:0]  m_axil_rresp,
    input  wire        m_axil_rvalid,
    output wire        m_axil_rready,
    input  wire        irq
);
  localparam [7:0] PROTOCOL = 8'd1;
  localparam [7:0] HELLO = 8'h01, READ = 8'h02, WRITE = 8'h03, ROW = 8'h04;
  localparam [7:0] HELLO_IS = 8'h81, REGISTER_IS = 8'h82, CREDIT = 8'h83, MAP_ROW = 8'h84, REFUSED = 8'h85,
                   EVENT = 8'h86;
  localparam [7:0] DAMAGED = 8'd1, UNKNOWN = 8'd2, NO_ROOM = 8'd3;
  localparam [15:0] WIDTH = 16'(W), HEIGHT = 16'(H);

  // ---------------------------------------------------------------- in: UART, records
  wire       reset = !resetn;
  reg  [3:0] restart_q;             // cycles of the reset that a hello asks for
  wire       rst = reset || restart_q != '0;
  wire       rx_valid, rx_error, in_valid, in_end, in_good;
  wire [7:0] rx_data, in_data;
  hwg_uart_rx #(.DIV(DIV)) u_uart_rx (
      .clk(clk), .rst(reset), .rxd(rxd), .m_valid(rx_valid), .m_error(rx_error), .m_data(rx_data));
  hwg_slip_rx u_slip_rx (
      .clk(clk), .rst(reset), .s_valid(rx_valid), .s_error(rx_error), .s_data(rx_data), .m_valid(in_valid),
      .m_data(in_data), .m_end(in_end), .m_good(in_good));

  // kind, then up to five bytes that are kept, then the checksum; rows are longer, and kept by hwg_row_in
  reg  [3:0]  count_q;
  reg  [7:0]  kind_q;
  reg  [7:0]  nonce_q;              // what a hello wants to hear again
  reg  [7:0]  address_q;            // of the register
  reg  [31:0] value_q;
  reg         access_q;             // a register is accessed; until that is answered
  wire        row_start  = in_valid && count_q == '0;
  wire        row_valid  = in_valid && count_q != '0 && kind_q == ROW;
  wire        row_length, row_full, row_freed;
  wire        is_hello   = kind_q == HELLO && count_q == 4'd6;
  wire        is_read    = kind_q == READ && count_q == 4'd6;
  wire        is_write   = kind_q == WRITE && count_q == 4'd10;
  wire        is_row     = kind_q == ROW && row_length;
  wire        is_access  = is_read || is_write;
  wire        good       = in_end && in_good;
  wire        hello      = good && is_hello;
  wire        read       = good && is_read && !access_q;
  wire        write      = good && is_write && !access_q;
  wire        row        = good && is_row;
  wire        no_room    = (is_row && row_full) || (is_access && access_q);
  wire        refused    = in_end && (!in_good || !(is_hello || is_access || is_row) || no_room);

  always @(posedge clk) begin
    if (reset || in_end) count_q <= '0;
    else if (in_valid && count_q != '1) count_q <= count_q + 1'b1;
    if (row_start) kind_q <= in_data;
    if (in_valid && count_q == 4'd1) nonce_q <= in_data;
    if (in_valid && count_q == 4'd1 && !access_q) address_q <= in_data;
    if (in_valid && count_q >= 4'd2 && count_q <= 4'd5 && !access_q) value_q <= {in_data, value_q[31:8]};
  end

  hwg_row_in #(.W(W), .ROWS(ROWS)) u_row_in (
      .clk(clk), .rst(rst), .s_start(row_start), .s_valid(row_valid), .s_data(in_data), .s_take(row),
      .s_length(row_length), .full(row_full), .freed(row_freed), .m_valid(m_axis_video_tvalid),
      .m_ready(m_axis_video_tready), .m_data(m_axis_video_tdata), .m_user(m_axis_video_tuser),
      .m_last(m_axis_video_tlast));

  // ---------------------------------------------------------------- registers
  reg        aw_q, w_q, ar_q;
  reg        answer_q;              // the core has answered
  reg [1:0]  response_q;
  assign m_axil_awaddr  = address_q;
  assign m_axil_araddr  = address_q;
  assign m_axil_wdata   = value_q;
  assign m_axil_awvalid = aw_q;
  assign m_axil_wvalid  = w_q;
  assign m_axil_arvalid = ar_q;
  assign m_axil_bready  = 1'b1;
  assign m_axil_rready  = 1'b1;
  wire   answered;                  // and the answer is on its way
  reg [31:0] data_q;
  always @(posedge clk) begin
    if (m_axil_bvalid) {response_q, data_q} <= {m_axil_bresp, value_q};
    if (m_axil_rvalid) {response_q, data_q} <= {m_axil_rresp, m_axil_rdata};
    if (rst) {access_q, aw_q, w_q, ar_q, answer_q} <= '0;
    else begin
      access_q <= read || write || (access_q && !answered);
      aw_q     <= write || (aw_q && !m_axil_awready);
      w_q      <= write || (w_q && !m_axil_wready);
      ar_q     <= read || (ar_q && !m_axil_arready);
      answer_q <= m_axil_bvalid || m_axil_rvalid || (answer_q && !answered);
    end
  end

  // ---------------------------------------------------------------- out: what waits to be said
  reg       hello_q, refused_q, event_q, irq_q;
  reg [7:0] why_q;
  reg [7:0] credits_q;
  wire      say_hello, say_refused, say_credits, say_event;
  always @(posedge clk) begin
    core_resetn <= !rst;
    if (reset) restart_q <= '0;
    else if (hello) restart_q <= '1;
    else if (restart_q != '0) restart_q <= restart_q - 1'b1;
    if (reset) hello_q <= 1'b0;
    else hello_q <= hello || (hello_q && !say_hello);
    if (refused && !refused_q) why_q <= !in_good ? DAMAGED : no_room ? NO_ROOM : UNKNOWN;
    if (rst) begin
      {refused_q, event_q, irq_q, wrong} <= '0;
      credits_q <= '0;
    end else begin
      refused_q <= refused || (refused_q && !say_refused);
      wrong     <= refused || wrong;
      irq_q     <= irq;
      event_q   <= (irq && !irq_q) || (event_q && !say_event);
      credits_q <= (say_credits ? 8'd0 : credits_q) + 8'(row_freed);
    end
  end

  // ---------------------------------------------------------------- out: one record after the other
  wire        map_valid, map_ready, map_last, out_valid, out_ready, out_last, tx_valid, tx_ready;
  wire [7:0]  map_data, out_data, tx_data;
  reg  [71:0] text_q;               // an answer, first byte lowest
  reg  [3:0]  left_q;               // its bytes
  reg         map_q;                // a row of a map is being said
  wire        idle = left_q == '0 && !map_q && !rst;
  assign say_hello   = idle && hello_q;
  assign answered    = idle && !hello_q && answer_q;
  assign say_refused = idle && !hello_q && !answer_q && refused_q;
  assign say_credits = idle && !hello_q && !answer_q && !refused_q && credits_q != '0;
  assign say_event   = idle && !hello_q && !answer_q && !refused_q && credits_q == '0 && event_q;
  wire   say_map     = idle && !hello_q && !answer_q && !refused_q && credits_q == '0 && !event_q && map_valid;
  hwg_map_out #(.KIND(MAP_ROW)) u_map_out (
      .clk(clk), .rst(rst), .s_valid(s_axis_class_tvalid), .s_ready(s_axis_class_tready), .s_data(s_axis_class_tdata),
      .s_id(s_axis_class_tid), .s_user(s_axis_class_tuser), .s_last(s_axis_class_tlast), .m_valid(map_valid),
      .m_ready(map_ready), .m_data(map_data), .m_last(map_last));
  assign out_valid = map_q ? map_valid : left_q != '0;
  assign out_data  = map_q ? map_data : text_q[7:0];
  assign out_last  = map_q ? map_last : left_q == 4'd1;
  assign map_ready = map_q && out_ready;

  always @(posedge clk) begin
    if (rst) begin
      left_q <= '0;
      map_q  <= 1'b0;
    end else if (idle) begin
      map_q  <= say_map;
      left_q <= say_hello ? 4'd9 : answered ? 4'd7 : say_refused ? 4'd2 : say_credits ? 4'd2 : say_event ? 4'd1 : 4'd0;
      text_q <= say_hello ? {8'(N), HEIGHT, WIDTH, 8'(ROWS), PROTOCOL, nonce_q, HELLO_IS}
              : answered ? {16'd0, data_q, 6'd0, response_q, address_q, REGISTER_IS}
              : say_refused ? {56'd0, why_q, REFUSED}
              : say_credits ? {56'd0, credits_q, CREDIT} : {64'd0, EVENT};
    end else if (out_valid && out_ready) begin
      if (map_q) map_q <= !map_last;
      else begin
        left_q <= left_q - 1'b1;
        text_q <= {8'd0, text_q[71:8]};
      end
    end
  end

  hwg_slip_tx u_slip_tx (
      .clk(clk), .rst(rst), .s_valid(out_valid), .s_ready(out_ready), .s_data(out_data), .s_last(out_last),
      .m_valid(tx_valid), .m_ready(tx_ready), .m_data(tx_data));
  hwg_uart_tx #(.DIV(DIV)) u_uart_tx (
      .clk(clk), .rst(reset), .s_valid(tx_valid), .s_ready(tx_ready), .s_data(tx_data), .txd(txd));
endmodule
`default_nettype wire
