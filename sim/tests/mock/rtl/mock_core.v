// SPDX-License-Identifier: Apache-2.0
// A stand-in for the iterative core: same ports, registers and probes, trivial values.
//
// LOAD takes a frame (red bytes) into RAM; DATA strobes the data-block words; LOOP strobes `EXPAND[l]` expand words
// and one state word a pixel, scale by scale; SEND sends the class map of an enabled output. With STREAM the scale-0
// state lives in the feedback FIFO outside. The values are repeated in sim/tests/mock/mod.rs.
// mem/table.hex: 16 bytes added to the state; mem/fault.hex: 0 none, 1 hang in iteration 2, 2 a class word withdrawn,
// 3 a class word changed while stalled, 4 a missing tlast, 5 one state word left out.
`default_nettype none

module mock_core #(
    parameter integer W      = 24,
    parameter integer H      = 16,
    parameter integer N      = 3,
    parameter integer STREAM = 0,
    parameter         MEM_DIR = "mem/"
) (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [23:0] video_tdata,
    input  wire        video_tvalid,
    output wire        video_tready,
    output reg  [7:0]  class_tdata,
    output reg  [7:0]  class_tid,
    output reg         class_tvalid,
    input  wire        class_tready,
    output reg         class_tuser,
    output reg         class_tlast,
    output reg  [31:0] m_fb_tdata,
    output reg         m_fb_tvalid,
    input  wire        m_fb_tready,
    output reg         m_fb_tlast,
    input  wire [31:0] s_fb_tdata,
    input  wire        s_fb_tvalid,
    output wire        s_fb_tready,
    input  wire [7:0]  iterations,
    input  wire [31:0] mask,
    input  wire [31:0] threshold,
    output wire        busy,
    output reg         event_output,
    output reg         event_done,
    output reg  [31:0] confidence,
    output reg  [31:0] cycles,
    output reg  [31:0] frames,
    output reg  [31:0] stalls,
    output reg  [31:0] gaps,
    output reg  [31:0] last_output
);
    localparam integer P0 = ((W + 7) / 8) * ((H + 7) / 8);
    localparam integer P1 = ((W + 15) / 16) * ((H + 15) / 16);
    localparam [2:0] LOAD = 3'd0, DATA = 3'd1, LOOP = 3'd2, SEND = 3'd3, DRAIN = 3'd4;

    reg [7:0]  table_mem [0:15];
    reg [7:0]  fault_mem [0:0];
    reg [7:0]  pixels [0:W*H-1];
    reg [31:0] state0 [0:P0-1];
    reg [31:0] state1 [0:P1-1];
    initial begin
        $readmemh({MEM_DIR, "table.hex"}, table_mem);
        $readmemh({MEM_DIR, "fault.hex"}, fault_mem);
    end
    wire [7:0] fault = fault_mem[0];

    reg [2:0]  phase;
    reg [15:0] index;      // pixel of the phase in hand
    reg [15:0] column;
    reg [1:0]  layer;
    reg        scale;
    reg [7:0]  n, n_run;
    reg [1:0]  word;       // expand word of the pixel
    reg [31:0] mask_run, threshold_run;
    reg [31:0] clock;
    reg        first, exiting;

    // A frame begins some cycles after the one before has ended, as in a core.
    reg [2:0] quiet;
    always @(posedge aclk) quiet <= !aresetn ? 3'd0 : (phase != LOAD || class_tvalid) ? 3'd7 : quiet - {2'd0, quiet != 3'd0};
    // Behind the first pixel comes a cycle in which the frame begins.
    reg begins;
    always @(posedge aclk) begins <= aresetn && first && video_tvalid && video_tready;
    assign video_tready = phase == LOAD && !begins && !(first && (class_tvalid || quiet != 3'd0));
    assign busy = phase != LOAD || !first;

    // Data block: layer sizes halve from the image on.
    function [15:0] layer_pixels(input [1:0] j);
        layer_pixels = j == 2'd0 ? ((W + 1) / 2) * ((H + 1) / 2)
                     : j == 2'd1 ? ((W + 3) / 4) * ((H + 3) / 4)
                     : j == 2'd2 ? P0[15:0] : P1[15:0];
    endfunction
    // synthesis of small constants: lanes of one word
    function [31:0] ramp(input [7:0] base, input [7:0] step);
        ramp = {base + 8'd3 * step, base + 8'd2 * step, base + step, base};
    endfunction
    function [31:0] add4(input [31:0] a, input [31:0] b);
        add4 = {a[31:24] + b[31:24], a[23:16] + b[23:16], a[15:8] + b[15:8], a[7:0] + b[7:0]};
    endfunction

    wire [31:0] initial_word = ramp(pixels[index] + {4'd0, layer, 2'd0}, 8'd1);
    wire [31:0] table_word = {table_mem[index[3:0] + 4'd3], table_mem[index[3:0] + 4'd2],
                              table_mem[index[3:0] + 4'd1], table_mem[index[3:0]]};
    wire [31:0] previous = scale ? state1[index] : STREAM != 0 ? s_fb_tdata : state0[index];
    wire [31:0] next_state = add4(add4(previous, table_word), ramp(n, 8'd0));
    wire        fb_free = !m_fb_tvalid || m_fb_tready;
    wire        fb_used = STREAM != 0 && !scale;
    wire        last_word = word == (scale ? 2'd1 : 2'd2);
    wire        slot = phase == LOOP && (!last_word || !fb_used || (s_fb_tvalid && fb_free))
                       && !(fault == 8'd1 && n == 8'd2 && index == 16'd1);
    wire        step = slot && last_word;
    wire        load_step = phase == DATA && (layer != 2'd2 || STREAM == 0 || fb_free);
    assign s_fb_tready = (step && fb_used) || phase == DRAIN;

    // Probes.
    wire        probe_data_valid = load_step;
    wire [31:0] probe_data = initial_word;
    wire [1:0]  probe_data_tag = layer;
    wire        probe_expand_valid = slot;
    wire [23:0] probe_expand = {pixels[index] + 8'd2, pixels[index] + 8'd1, pixels[index]} ^ {3{6'd0, word}};
    wire        probe_state_valid = step && !(fault == 8'd5 && n == 8'd2 && index == 16'd2);
    wire [31:0] probe_state = next_state;
    wire        probe_start = slot && !scale && index == 16'd0 && word == 2'd0;
    wire        probe_total_valid = step && !scale && mask_run[n - 8'd1];
    wire [79:0] probe_total = {{12{next_state[31]}}, next_state[31:24], {12{next_state[23]}}, next_state[23:16],
                               {12{next_state[15]}}, next_state[15:8], {12{next_state[7]}}, next_state[7:0]};

    wire [15:0] loop_pixels = scale ? P1[15:0] : P0[15:0];
    wire        enabled = mask_run[n - 8'd1] && n <= N[7:0];
    wire        class_free = !class_tvalid || class_tready;

    task next_iteration;
        begin
            scale <= 1'b0;
            index <= 16'd0;
            word  <= 2'd0;
            if (n == n_run || exiting) begin
                phase <= STREAM != 0 ? DRAIN : LOAD;
                index <= 16'd0;
                if (STREAM == 0) finish;
            end else begin
                n <= n + 8'd1;
                phase <= LOOP;
            end
        end
    endtask
    task finish;
        begin
            phase <= LOAD;
            index <= 16'd0;
            column <= 16'd0;
            first <= 1'b1;
            frames <= frames + 32'd1;
            event_done <= 1'b1;
        end
    endtask

    always @(posedge aclk) begin
        event_done   <= 1'b0;
        event_output <= 1'b0;
        clock <= clock + 32'd1;
        if (class_tvalid && class_tready) cycles <= clock + 32'd1;
        if (class_tvalid && !class_tready) stalls <= stalls + 32'd1;
        if (phase == LOAD && !first && !video_tvalid) gaps <= gaps + 32'd1;
        if (class_free) class_tvalid <= 1'b0;
        if (fb_free) m_fb_tvalid <= 1'b0;
        if (fault == 8'd2 && class_tvalid && class_tdata[0]) class_tvalid <= 1'b0;
        if (fault == 8'd3 && class_tvalid && !class_tready) class_tdata <= class_tdata + 8'd1;

        case (phase)
            LOAD: if (video_tvalid && video_tready) begin
                pixels[index] <= video_tdata[7:0];
                index <= index + 16'd1;
                first <= 1'b0;
                if (first) begin
                    clock     <= 32'd1;
                    stalls    <= 32'd0;
                    gaps      <= 32'd0;
                    mask_run  <= mask;
                    threshold_run <= threshold;
                    n_run     <= iterations == 8'd0 ? 8'd1 : iterations > N[7:0] ? N[7:0] : iterations;
                    exiting   <= 1'b0;
                    last_output <= 32'd0;
                end
                if (index == W * H - 1) begin
                    phase <= DATA;
                    index <= 16'd0;
                    layer <= 2'd0;
                end
            end
            DATA: if (load_step) begin
                index <= index + 16'd1;
                if (layer == 2'd2) state0[index] <= initial_word;
                if (layer == 2'd3) state1[index] <= initial_word;
                if (STREAM != 0 && layer == 2'd2) begin
                    m_fb_tdata  <= initial_word;
                    m_fb_tvalid <= 1'b1;
                    m_fb_tlast  <= index == P0 - 1;
                end
                if (index == layer_pixels(layer) - 16'd1) begin
                    index <= 16'd0;
                    layer <= layer + 2'd1;
                    if (layer == 2'd3) begin
                        phase <= LOOP;
                        scale <= 1'b0;
                        word  <= 2'd0;
                        n     <= 8'd1;
                    end
                end
            end
            LOOP: if (slot) begin
                word <= last_word ? 2'd0 : word + 2'd1;
                if (last_word) begin
                    index <= index + 16'd1;
                    if (scale) state1[index] <= next_state;
                    else state0[index] <= next_state;
                    if (fb_used) begin
                        m_fb_tdata  <= next_state;
                        m_fb_tvalid <= 1'b1;
                        m_fb_tlast  <= index == P0 - 1;
                    end
                    if (index == loop_pixels - 16'd1) begin
                        index <= 16'd0;
                        scale <= 1'b1;
                        if (scale) begin
                            column <= 16'd0;
                            if (enabled) phase <= SEND;
                            else next_iteration;
                        end
                    end
                end
            end
            SEND: if (class_free) begin
                class_tvalid <= 1'b1;
                class_tdata  <= {6'd0, pixels[index][1:0] + n[1:0]};
                class_tid    <= n;
                class_tuser  <= index == 16'd0;
                class_tlast  <= column == W - 1 && !(fault == 8'd4 && index > 16'd100);
                column       <= column == W - 1 ? 16'd0 : column + 16'd1;
                index        <= index + 16'd1;
                if (index == W * H - 1) begin
                    confidence   <= {24'd0, n} * 32'd100;
                    last_output  <= {24'd0, n};
                    event_output <= 1'b1;
                    if (threshold_run != 32'd0 && {24'd0, n} * 32'd100 >= threshold_run) begin
                        phase <= STREAM != 0 ? DRAIN : LOAD;
                        index <= 16'd0;
                        if (STREAM == 0) finish;
                    end else next_iteration;
                end
            end
            default: if (s_fb_tvalid) begin  // DRAIN
                index <= index + 16'd1;
                if (index == P0 - 1) finish;
            end
        endcase

        if (!aresetn) begin
            phase <= LOAD;
            index <= 16'd0;
            first <= 1'b1;
            class_tvalid <= 1'b0;
            m_fb_tvalid <= 1'b0;
            frames <= 32'd0;
            cycles <= 32'd0;
            stalls <= 32'd0;
            gaps <= 32'd0;
            confidence <= 32'd0;
            last_output <= 32'd0;
        end
    end
endmodule

`default_nettype wire
