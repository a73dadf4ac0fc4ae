// SPDX-License-Identifier: Apache-2.0
// hwg_control: no frame begins in a busy core, and what a frame took over stays; a frame ends, once, when the loop is done and
// every output has been sent, or early by stop, exit, abort or soft reset, within two cycles; events set their status bits
// and only writing a one clears them; the interrupt is status and enable. An output ends the frame by its confidence if, and
// only if, that reaches the threshold that was written for it before the frame.
`default_nettype none
module proof #(
    parameter integer N = 3
) (
    input wire        clk,
    input wire        rst,
    input wire        write,
    input wire [7:0]  write_addr,
    input wire [31:0] write_data,
    input wire [31:0] write_mask,
    input wire        want_frame,
    input wire        want_abort,
    input wire        frame_error,
    input wire        frame_dropped,
    input wire        draining,
    input wire        want_loop_end,
    input wire        want_word,
    input wire        class_ready,
    input wire        want_end,
    input wire        want_margin,
    input wire [31:0] margin
);
  localparam [63:0] OUTPUTS = 64'b101;
  wire        write_known, read_known, irq, free, drop, load, clear, begun;
  wire [31:0] status;
  wire [63:0] iterations, outputs;
  // Units: the loop ends once a frame; the class stream sends what the frame has to send, and `end` with its last word.
  reg  busy_q, loop_q, first_q;
  reg  [63:0] left_q;
  reg  after_reset_q, short_q;
  always @(posedge clk) short_q <= begin_frame || sent;
  always @* if (sent) assume (!short_q && !first_q);  // a map is longer than a word
  always @(posedge clk) after_reset_q <= rst;
  wire begin_frame = want_frame && free && !rst && !after_reset_q;  // no pixel is there so soon
  wire frame_abort = want_abort && busy_q && !rst;
  wire loop_end    = want_loop_end && busy_q && !loop_q;
  wire class_valid = want_word && busy_q && left_q != '0;
  wire class_end   = want_end;
  wire fire = class_valid && class_ready, sent = fire && class_end;
  hwg_control #(.N(N), .OUTPUTS(OUTPUTS)) u_dut (
      .clk(clk), .rst(rst), .write(write && !rst), .write_addr(write_addr), .write_data(write_data),
      .write_mask(write_mask), .write_known(write_known), .read_addr(hwg_reg_pkg::STATUS), .read_data(status), .read_known(read_known),
      .irq(irq), .begin_frame(begin_frame), .frame_abort(frame_abort), .frame_error(frame_error),
      .frame_dropped(frame_dropped), .input_gap(1'b0), .free(free), .drop(drop), .draining(draining),
      .loop_end(loop_end), .margin_valid(want_margin && !margin_there_q), .margin(margin), .load(load), .clear(clear), .iterations(iterations),
      .outputs(outputs), .class_valid(class_valid), .class_ready(class_ready), .class_first(first_q),
      .class_end(class_end), .class_id(class_id));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  reg  [63:0] iterations_q, outputs_q;
  reg  [6:1]  events_q, clears_q, status_q;
  reg  [1:0]  over_q;
  wire over = busy_q && (loop_q || loop_end) && (sent ? left_q & (left_q - 64'd1) : left_q) == '0;
  always @(posedge clk) begin
    busy_q  <= !rst && (begin_frame || (busy_q && !clear));
    loop_q  <= !begin_frame && (loop_q || loop_end);
    first_q <= begin_frame || (fire ? class_end : first_q);
    if (begin_frame) left_q <= outputs;
    else if (sent) left_q <= left_q & (left_q - 64'd1);
    {iterations_q, outputs_q} <= {iterations, outputs};
    over_q <= (rst || !busy_q || clear) ? '0 : over_q + 2'(over && over_q != 2'd3);
    events_q <= {frame_dropped, 3'd0, 1'b0, frame_error};
    clears_q <= (write && write_addr == hwg_reg_pkg::STATUS) ? write_data[6:1] & write_mask[6:1] : '0;
    status_q <= rst ? '0 : status[6:1];
  end
  // The outputs' thresholds: those of 1 and 3, as written and as taken over; and the confidence of the map on its way.
  reg  [6:0]  chosen_q;
  reg  [31:0] written1_q, written3_q, taken1_q, taken3_q, margin_q;
  reg         margin_there_q, exits_q, goes_on_q, stop_q;
  wire [7:0]  class_id = left_q[0] ? 8'd1 : 8'd3;
  wire [31:0] threshold = left_q[0] ? taken1_q : taken3_q;
  wire        confident = margin_there_q && threshold != '0 && margin_q >= threshold;
  wire        threshold_written = write && write_addr == hwg_reg_pkg::THRESHOLD;
  always @(posedge clk) begin
    if (rst) {chosen_q, written1_q, written3_q, taken1_q, taken3_q} <= '0;
    else begin
      if (write && write_addr == hwg_reg_pkg::THRESHOLD_OUTPUT)
        chosen_q <= (chosen_q & ~write_mask[6:0]) | (write_data[6:0] & write_mask[6:0]);
      if (threshold_written && (chosen_q == 7'd0 || chosen_q == 7'd1))
        written1_q <= (written1_q & ~write_mask) | (write_data & write_mask);
      if (threshold_written && (chosen_q == 7'd0 || chosen_q == 7'd3))
        written3_q <= (written3_q & ~write_mask) | (write_data & write_mask);
      if ((!busy_q || clear) && !begin_frame) {taken1_q, taken3_q} <= {written1_q, written3_q};
    end
    margin_there_q <= !rst && !clear && (margin_there_q ? !sent : want_margin);
    if (!margin_there_q) margin_q <= margin;
    exits_q   <= !rst && !clear && sent && confident;
    stop_q    <= !rst && !clear && (stop_q || (write && write_addr == hwg_reg_pkg::CONTROL));
    goes_on_q <= !rst && sent && !confident && !over && !stop_q && !(write && write_addr == hwg_reg_pkg::CONTROL);
  end
  // The registers, as they were a cycle before.
  reg  [31:0] count_q;
  reg  [63:0] mask_q, all_q, sends_q;
  wire [63:0] all = (count_q == '0) ? 64'd1 : (count_q >= 32'(N)) ? (64'd1 << N) - 64'd1
                  : (64'd1 << count_q) - 64'd1;
  wire [31:0] set = write_data & write_mask;
  always @(posedge clk) begin
    if (rst) {count_q, mask_q} <= {32'(N), OUTPUTS};
    else if (write) case (write_addr)
      hwg_reg_pkg::ITERATIONS: count_q <= (count_q & ~write_mask) | set;
      hwg_reg_pkg::MASK_LOW: mask_q[31:0] <= (mask_q[31:0] & ~write_mask) | set;
      hwg_reg_pkg::MASK_HIGH: mask_q[63:32] <= (mask_q[63:32] & ~write_mask) | set;
      default: ;
    endcase
    {all_q, sends_q} <= {all, all & mask_q & OUTPUTS};
  end
  always @* if (begun && !rst && !after_reset_q) begin
    busy: assert (status[0] == busy_q);
    load_if_free: assert (load == begin_frame && (!load || !busy_q));
    if (free) idle: assert (!busy_q && !draining && !clear);
    if (busy_q) kept: assert (iterations == iterations_q && outputs == outputs_q);
    if (load) taken_over: assert (iterations == all_q && outputs == sends_q);
    ends: assert (over_q < 2'd2);
    if (frame_abort) aborts: assert (clear);
    events: assert ((events_q & ~status[6:1]) == '0);
    sticky: assert ((status_q & ~clears_q & ~status[6:1]) == '0);
    cleared: assert ((status_q & clears_q & status[6:1] & ~events_q & 6'b100001) == '0);
    if (exits_q) exits: assert (clear);
    if (goes_on_q) goes_on: assert (!clear || frame_abort);
    frame_ends: cover (clear && over_q == 2'd1 && outputs == OUTPUTS);
    next_frame: cover (load && status[5]);
    interrupt: cover (irq && busy_q);
  end
endmodule
`default_nettype wire
