// SPDX-License-Identifier: Apache-2.0
// Registers, and the life of a frame: begin, end, stop, early exit, abort. Register map: hwg_reg_pkg.sv.
//
// `load` (with the first pixel) starts all units with `iterations` and `outputs`, both constant while busy; `clear`
// ends them: one cycle in which every unit drops what it holds. Reset synchronous; after it the core is enabled with
// the configured iterations and outputs.
`default_nettype none
module hwg_control #(
    parameter integer N = 16,
    parameter [63:0] OUTPUTS = 64'd1,
    parameter [31:0] VERSION = 32'd0,
    parameter [31:0] HASH = 32'd0
) (
    input  wire        clk,
    input  wire        rst,
    // register bus
    input  wire        write,
    input  wire [7:0]  write_addr,
    input  wire [31:0] write_data,
    input  wire [31:0] write_mask,
    output wire        write_known,
    input  wire [7:0]  read_addr,
    output reg  [31:0] read_data,
    output reg         read_known,
    output wire        irq,
    // video
    input  wire        begin_frame,
    input  wire        frame_abort,
    input  wire        frame_error,
    input  wire        frame_dropped,
    input  wire        input_gap,
    output wire        free,
    output wire        drop,
    // units
    input  wire        draining,
    input  wire        bus_error,      // of the feedback master
    input  wire        loop_end,
    input  wire        margin_valid,
    input  wire [31:0] margin,
    output wire        load,
    output wire        clear,
    output reg  [63:0] iterations,     // bit n: iteration n+1 is run
    output reg  [63:0] outputs,        // bit n: output n+1 is sent
    // class stream; it stops with the clear, whatever these say then
    input  wire        class_valid,
    input  wire        class_ready,
    input  wire        class_first,
    input  wire        class_end,
    input  wire [7:0]  class_id
);
  // ---------------------------------------------------------------- configuration
  reg        enable_q, stop_q, soft_q, drop_q;
  reg [31:0] iterations_q, irq_enable_q;
  reg [6:0]  chosen_q;               // THRESHOLD_OUTPUT
  reg [63:0] mask_q;
  reg [6:1]  status_q;
  reg        busy_q;
  wire [31:0] status = {25'd0, status_q, busy_q};
  function [31:0] merge(input [31:0] old, input [31:0] data, input [31:0] mask);
    merge = (old & ~mask) | (data & mask);
  endfunction
  wire [31:0] set_bits = write_data & write_mask;

  function known(input [7:0] address);
    case (address)
      hwg_reg_pkg::ID, hwg_reg_pkg::VERSION, hwg_reg_pkg::HASH, hwg_reg_pkg::CONTROL, hwg_reg_pkg::STATUS,
      hwg_reg_pkg::ITERATIONS, hwg_reg_pkg::MASK_LOW, hwg_reg_pkg::THRESHOLD, hwg_reg_pkg::CONFIDENCE,
      hwg_reg_pkg::CYCLES, hwg_reg_pkg::FRAMES, hwg_reg_pkg::GAPS, hwg_reg_pkg::STALLS, hwg_reg_pkg::LAST_OUTPUT,
      hwg_reg_pkg::MASK_HIGH, hwg_reg_pkg::INT_ENABLE, hwg_reg_pkg::THRESHOLD_OUTPUT: known = 1'b1;
      default: known = 1'b0;
    endcase
  endfunction
  assign write_known = known(write_addr);

  // ---------------------------------------------------------------- frame
  reg  [N-1:0] left_q;                 // outputs not yet sent
  reg         one_left_q, none_left_q; // at most one of them (a cycle late: maps are longer); none
  reg         loop_end_q, final_q;
  reg  [31:0] cycle_q, cycles_q, frames_q, gaps_q, stalls_q, confidence_q;
  reg  [7:0]  last_id_q;
  wire        fire     = class_valid && class_ready;
  wire        sent     = fire && class_end;
  wire [N-1:0] later   = left_q & (left_q - 1'b1);
  wire        none_left = none_left_q || (sent && one_left_q);
  wire [31:0] oldest_margin;
  wire        margin_there, margin_ready;
  wire [2:0]  margin_count;
  reg  [31:0] threshold_q;             // of the output that is being sent
  wire        confident = threshold_q != '0 && margin_there && oldest_margin >= threshold_q;
  wire        complete = busy_q && (loop_end || loop_end_q) && none_left;
  wire        early    = busy_q && sent && (final_q || confident) && !complete;
  wire        finish   = complete || early;
  reg         finish_q;
  hwg_fifo #(.WIDTH(32), .DEPTH(4)) u_margins (
      .clk(clk), .rst(rst || clear), .s_valid(margin_valid), .s_ready(margin_ready), .s_data(margin),
      .m_valid(margin_there), .m_ready(sent), .m_data(oldest_margin), .count(margin_count));
  wire unused = &{1'b0, margin_ready, margin_count, set_bits};

  reg [6:1] events;                    // what sets a bit of the status
  always @* begin
    events[hwg_reg_pkg::STATUS_SIZE_ERROR]    = frame_error;
    events[hwg_reg_pkg::STATUS_STOPPED_EARLY] = early && !finish_q && !clear;
    events[hwg_reg_pkg::STATUS_BUS_ERROR]     = bus_error;
    events[hwg_reg_pkg::STATUS_OUTPUT_SENT]   = sent && !clear;
    events[hwg_reg_pkg::STATUS_FRAME_DONE]    = finish && !finish_q && !clear;
    events[hwg_reg_pkg::STATUS_DROPPED]       = frame_dropped;
  end

  assign load  = begin_frame;
  assign clear = finish_q || frame_abort || soft_q;
  assign free  = enable_q && !busy_q && !draining && !soft_q;  // what else ends a frame does so while it is busy
  assign drop  = drop_q;
  assign irq   = (status & irq_enable_q) != '0;

  wire [63:0] all_iterations = (iterations_q == '0) ? 64'd1
                             : (iterations_q >= 32'(N)) ? (64'd2 << (N - 1)) - 64'd1
                             : (64'd1 << iterations_q[5:0]) - 64'd1;

  wire take_over = (!busy_q || clear) && !begin_frame;

  // ---------------------------------------------------------------- thresholds
  // One for each output, as written and as the frame in hand took it over.
  function [6:0] last_of(input [63:0] mask);
    integer i;
    begin
      last_of = '0;
      for (i = 0; i < N; i = i + 1) if (mask[i]) last_of = 7'(i);
    end
  endfunction
  localparam [6:0] LAST = last_of(OUTPUTS);  // counted from 0, as all indices here
  wire [N*32-1:0] written, taken_over;
  wire [6:0]      chosen = (chosen_q == '0) ? LAST : chosen_q - 1'b1;
  wire            chosen_there = chosen < 7'(N);
  wire [31:0]     chosen_threshold, sent_threshold;
  genvar n;
  generate
    for (n = 0; n < N; n = n + 1) begin : gen_threshold
      if (OUTPUTS[n]) begin : gen_output
        reg [31:0] written_q, taken_q;
        always @(posedge clk)
          if (rst) {written_q, taken_q} <= '0;
          else begin
            if (write && write_addr == hwg_reg_pkg::THRESHOLD && (chosen_q == '0 || chosen_q == 7'(n + 1)))
              written_q <= merge(written_q, write_data, write_mask);
            if (take_over) taken_q <= written_q;
          end
        assign {written[n*32 +: 32], taken_over[n*32 +: 32]} = {written_q, taken_q};
      end else begin : gen_none
        assign {written[n*32 +: 32], taken_over[n*32 +: 32]} = '0;
      end
    end
  endgenerate
  hwg_select #(.N(N), .W(32), .IW(7)) u_chosen (.index(chosen), .entries(written), .entry(chosen_threshold));
  hwg_select #(.N(N), .W(32), .IW(7)) u_sent (
      .index(class_id[6:0] - 7'd1), .entries(taken_over), .entry(sent_threshold));
  always @(posedge clk) if (class_valid) threshold_q <= sent_threshold;  // a map is longer than a word

  always @(posedge clk) begin
    if (rst) begin
      enable_q     <= 1'b1;
      iterations_q <= 32'(N);
      mask_q       <= OUTPUTS;
      {stop_q, soft_q, drop_q, chosen_q, irq_enable_q, status_q} <= '0;
      {busy_q, finish_q, final_q, loop_end_q, left_q, none_left_q, one_left_q, iterations, outputs} <= '0;
      {cycle_q, cycles_q, frames_q, gaps_q, stalls_q, confidence_q, last_id_q} <= '0;
    end else begin
      soft_q <= 1'b0;
      one_left_q <= later == '0;
      if (write) case (write_addr)
        hwg_reg_pkg::CONTROL: begin
          if (write_mask[hwg_reg_pkg::CONTROL_ENABLE]) enable_q <= write_data[hwg_reg_pkg::CONTROL_ENABLE];
          if (write_mask[hwg_reg_pkg::CONTROL_DROP]) drop_q <= write_data[hwg_reg_pkg::CONTROL_DROP];
          if (set_bits[hwg_reg_pkg::CONTROL_STOP] && busy_q) stop_q <= 1'b1;
          if (set_bits[hwg_reg_pkg::CONTROL_SOFT_RESET]) soft_q <= 1'b1;
        end
        hwg_reg_pkg::ITERATIONS: iterations_q  <= merge(iterations_q, write_data, write_mask);
        hwg_reg_pkg::MASK_LOW:   mask_q[31:0]  <= merge(mask_q[31:0], write_data, write_mask);
        hwg_reg_pkg::MASK_HIGH:  mask_q[63:32] <= merge(mask_q[63:32], write_data, write_mask);
        hwg_reg_pkg::THRESHOLD_OUTPUT: chosen_q <= (chosen_q & ~write_mask[6:0]) | set_bits[6:0];
        hwg_reg_pkg::INT_ENABLE: irq_enable_q  <= merge(irq_enable_q, write_data, write_mask);
        default: ;
      endcase

      // taken over at the start of a frame
      if (take_over) begin
        iterations <= all_iterations;
        outputs    <= all_iterations & mask_q & OUTPUTS;
      end

      finish_q <= finish && !clear;
      if (begin_frame) begin
        busy_q      <= 1'b1;
        left_q      <= outputs[N-1:0];
        none_left_q <= outputs[N-1:0] == '0;
        loop_end_q  <= 1'b0;
        final_q     <= 1'b0;
        cycle_q     <= 32'd2;  // counts from the handshake of the first pixel, two cycles before the next one, to the end
        {gaps_q, stalls_q, last_id_q} <= '0;
      end else if (clear) begin
        busy_q  <= 1'b0;
        stop_q  <= 1'b0;
        final_q <= 1'b0;
      end else if (busy_q && !finish_q) begin
        if (sent) left_q <= later;
        none_left_q <= none_left;
        cycle_q <= cycle_q + 1'b1;
        if (loop_end) loop_end_q <= 1'b1;
        if (fire && class_first && stop_q) final_q <= 1'b1;
        if (sent) begin
          last_id_q    <= class_id;
          confidence_q <= margin_there ? oldest_margin : '0;
        end
        gaps_q   <= gaps_q + 32'(input_gap);
        stalls_q <= stalls_q + 32'(class_valid && !class_ready);
      end

      if (finish_q) begin
        cycles_q <= cycle_q;
        frames_q <= frames_q + 1'b1;
      end

      status_q <= (status_q & ~((write && write_addr == hwg_reg_pkg::STATUS) ? set_bits[6:1] : 6'd0)) | events;
    end
  end

  // ---------------------------------------------------------------- reads
  reg [31:0] control;
  always @* begin
    control = '0;
    control[hwg_reg_pkg::CONTROL_ENABLE]     = enable_q;
    control[hwg_reg_pkg::CONTROL_STOP]       = stop_q;
    control[hwg_reg_pkg::CONTROL_SOFT_RESET] = soft_q;
    control[hwg_reg_pkg::CONTROL_DROP]       = drop_q;
    read_known = known(read_addr);
    case (read_addr)
      hwg_reg_pkg::ID:          read_data = hwg_reg_pkg::ID_RESET;
      hwg_reg_pkg::VERSION:     read_data = VERSION;
      hwg_reg_pkg::HASH:        read_data = HASH;
      hwg_reg_pkg::CONTROL:     read_data = control;
      hwg_reg_pkg::STATUS:      read_data = status;
      hwg_reg_pkg::ITERATIONS:  read_data = iterations_q;
      hwg_reg_pkg::MASK_LOW:    read_data = mask_q[31:0];
      hwg_reg_pkg::THRESHOLD:   read_data = chosen_there ? chosen_threshold : '0;
      hwg_reg_pkg::THRESHOLD_OUTPUT: read_data = {25'd0, chosen_q};
      hwg_reg_pkg::CONFIDENCE:  read_data = confidence_q;
      hwg_reg_pkg::CYCLES:      read_data = cycles_q;
      hwg_reg_pkg::FRAMES:      read_data = frames_q;
      hwg_reg_pkg::GAPS:        read_data = gaps_q;
      hwg_reg_pkg::STALLS:      read_data = stalls_q;
      hwg_reg_pkg::LAST_OUTPUT: read_data = {24'd0, last_id_q};
      hwg_reg_pkg::MASK_HIGH:   read_data = mask_q[63:32];
      hwg_reg_pkg::INT_ENABLE:  read_data = irq_enable_q;
      default:                  read_data = '0;
    endcase
  end
endmodule
`default_nettype wire
