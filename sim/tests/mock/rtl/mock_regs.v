// SPDX-License-Identifier: Apache-2.0
// Registers of the mock core: the AXI4-Lite map of docs (id, control, status, settings, counters).
// One transfer at a time; a write is taken when address and data are both there.
`default_nettype none

module mock_regs #(
    parameter integer N    = 3,
    parameter [31:0]  MASK = 32'd7
) (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [7:0]  s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output reg         s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [7:0]  s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output reg  [31:0] s_axil_rdata,
    output reg  [1:0]  s_axil_rresp,
    output reg         s_axil_rvalid,
    input  wire        s_axil_rready,
    output wire        irq,
    output reg  [7:0]  iterations,
    output reg  [31:0] mask,
    output reg  [31:0] threshold,
    input  wire        busy,
    input  wire        event_output,
    input  wire        event_done,
    input  wire [31:0] confidence,
    input  wire [31:0] cycles,
    input  wire [31:0] frames,
    input  wire [31:0] stalls,
    input  wire [31:0] gaps,
    input  wire [31:0] last_output
);
    reg [6:0] sticky;
    reg [6:0] enable;
    reg       wrong;

    wire take = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
    assign s_axil_awready = take;
    assign s_axil_wready  = take;
    assign s_axil_bresp   = wrong ? 2'b10 : 2'b00;
    assign s_axil_arready = s_axil_arvalid && !s_axil_rvalid;
    assign irq = |(({sticky[6:1], busy}) & enable);

    always @(posedge aclk) begin
        if (take) begin
            wrong <= 1'b0;
            case (s_axil_awaddr)
                8'h0C: ;
                8'h10: sticky <= sticky & ~s_axil_wdata[6:0];
                8'h14: iterations <= s_axil_wdata[7:0];
                8'h18: mask <= s_axil_wdata;
                8'h1C: threshold <= s_axil_wdata;
                8'h48: ;  // one threshold stands for all
                8'h44: enable <= s_axil_wdata[6:0];
                default: wrong <= 1'b1;
            endcase
        end
        if (event_output) sticky[4] <= 1'b1;
        if (event_done) sticky[5] <= 1'b1;
        if (take) s_axil_bvalid <= 1'b1;
        else if (s_axil_bready) s_axil_bvalid <= 1'b0;

        if (s_axil_arvalid && s_axil_arready) begin
            s_axil_rvalid <= 1'b1;
            s_axil_rresp  <= 2'b00;
            case (s_axil_araddr)
                8'h00: s_axil_rdata <= 32'h49744E74;
                8'h08: s_axil_rdata <= 32'h12345678;
                8'h0C: s_axil_rdata <= 32'd1;
                8'h10: s_axil_rdata <= {25'd0, sticky[6:1], busy};
                8'h14: s_axil_rdata <= {24'd0, iterations};
                8'h18: s_axil_rdata <= mask;
                8'h1C: s_axil_rdata <= threshold;
                8'h20: s_axil_rdata <= confidence;
                8'h24: s_axil_rdata <= cycles;
                8'h28: s_axil_rdata <= frames;
                8'h2C: s_axil_rdata <= gaps;
                8'h30: s_axil_rdata <= stalls;
                8'h34: s_axil_rdata <= last_output;
                8'h44: s_axil_rdata <= {25'd0, enable};
                8'h48: s_axil_rdata <= 32'd0;
                default: begin
                    s_axil_rdata <= 32'd0;
                    s_axil_rresp <= 2'b10;
                end
            endcase
        end else if (s_axil_rready) s_axil_rvalid <= 1'b0;

        if (!aresetn) begin
            s_axil_bvalid <= 1'b0;
            s_axil_rvalid <= 1'b0;
            sticky        <= 7'd0;
            enable        <= 7'd0;
            iterations    <= N[7:0];
            mask          <= MASK;
            threshold     <= 32'd0;
        end
    end
endmodule

`default_nettype wire
