// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite slave to a simple register bus; answers SLVERR where the register file does not know the address.
//
// One write and one read at a time; a write is taken when address and data are both there. Reset synchronous.
`default_nettype none
module hwg_axil (
    input  wire        clk,
    input  wire        rst,
    input  wire [7:0]  s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output reg  [1:0]  s_axil_bresp,
    output reg         s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [7:0]  s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output reg  [31:0] s_axil_rdata,
    output reg  [1:0]  s_axil_rresp,
    output reg         s_axil_rvalid,
    input  wire        s_axil_rready,
    // register bus: write strobe with address, data and byte mask; read address with data in the same cycle
    output wire        write,
    output wire [7:0]  write_addr,
    output wire [31:0] write_data,
    output wire [31:0] write_mask,
    input  wire        write_known,
    output wire [7:0]  read_addr,
    input  wire [31:0] read_data,
    input  wire        read_known
);
  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  assign write      = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid && !rst;
  assign write_addr = s_axil_awaddr;
  assign write_data = s_axil_wdata;
  assign write_mask = {{8{s_axil_wstrb[3]}}, {8{s_axil_wstrb[2]}}, {8{s_axil_wstrb[1]}}, {8{s_axil_wstrb[0]}}};
  assign s_axil_awready = write;
  assign s_axil_wready  = write;
  assign read_addr      = s_axil_araddr;
  assign s_axil_arready = !s_axil_rvalid && !rst;
  wire read = s_axil_arvalid && s_axil_arready;

  always @(posedge clk) begin
    if (rst) begin
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
    end else begin
      s_axil_bvalid <= write || (s_axil_bvalid && !s_axil_bready);
      s_axil_rvalid <= read || (s_axil_rvalid && !s_axil_rready);
    end
    if (write) s_axil_bresp <= write_known ? OKAY : SLVERR;
    if (read) begin
      s_axil_rresp <= read_known ? OKAY : SLVERR;
      s_axil_rdata <= read_known ? read_data : 32'd0;
    end
  end
endmodule
`default_nettype wire
