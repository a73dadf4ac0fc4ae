// SPDX-License-Identifier: Apache-2.0
// hwg_axil: the rules of AXI4-Lite; every write reaches the register bus once with its own address, data and mask; SLVERR
// exactly where the bus does not know the address; an answer within two cycles; nothing waits for ever.
`default_nettype none
module proof (
    input wire        clk,
    input wire        rst,
    input wire [7:0]  awaddr,
    input wire        awvalid,
    input wire [31:0] wdata,
    input wire [3:0]  wstrb,
    input wire        wvalid,
    input wire        bready,
    input wire [7:0]  araddr,
    input wire        arvalid,
    input wire        rready,
    input wire        write_known,
    input wire [31:0] read_data,
    input wire        read_known
);
  wire        awready, wready, bvalid, arready, rvalid, write, begun;
  wire [1:0]  bresp, rresp;
  wire [31:0] rdata, write_data, write_mask;
  wire [7:0]  write_addr, read_addr;
  hwg_axil u_dut (
      .clk(clk), .rst(rst), .s_axil_awaddr(awaddr), .s_axil_awvalid(awvalid), .s_axil_awready(awready),
      .s_axil_wdata(wdata), .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_bresp(bresp),
      .s_axil_bvalid(bvalid), .s_axil_bready(bready), .s_axil_araddr(araddr), .s_axil_arvalid(arvalid),
      .s_axil_arready(arready), .s_axil_rdata(rdata), .s_axil_rresp(rresp), .s_axil_rvalid(rvalid),
      .s_axil_rready(rready), .write(write), .write_addr(write_addr), .write_data(write_data),
      .write_mask(write_mask), .write_known(write_known), .read_addr(read_addr), .read_data(read_data),
      .read_known(read_known));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_axi_lite #(.MAX(1)) u_rules (
      .clk(clk), .rst(rst), .awaddr(awaddr), .awvalid(awvalid), .awready(awready), .wdata(wdata), .wstrb(wstrb),
      .wvalid(wvalid), .wready(wready), .bresp(bresp), .bvalid(bvalid), .bready(bready), .araddr(araddr),
      .arvalid(arvalid), .arready(arready), .rdata(rdata), .rresp(rresp), .rvalid(rvalid), .rready(rready));

  // What the answers must be.
  reg        write_ok_q, read_ok_q;
  reg [31:0] word_q;
  reg [3:0]  write_waits_q, read_waits_q;
  wire aw = awvalid && awready, w = wvalid && wready, ar = arvalid && arready;
  always @(posedge clk) begin
    if (write) write_ok_q <= write_known;
    if (ar) {read_ok_q, word_q} <= {read_known, read_data};
    write_waits_q <= (rst || bvalid || !(awvalid && wvalid)) ? '0 : write_waits_q + 4'd1;
    read_waits_q  <= (rst || rvalid || !arvalid) ? '0 : read_waits_q + 4'd1;
  end
  integer i;
  reg masked;
  always @* begin
    masked = 1'b1;
    for (i = 0; i < 32; i = i + 1) if (write_mask[i] != wstrb[i/8]) masked = 1'b0;
  end
  always @* if (begun) begin
    one_write: assert (write == aw && write == w);
    if (write) as_asked: assert (write_addr == awaddr && write_data == wdata && masked);
    if (ar) read_asked: assert (read_addr == araddr);
    if (bvalid) write_error: assert (bresp == (write_ok_q ? 2'b00 : 2'b10));
    if (rvalid) read_error: assert (rresp == (read_ok_q ? 2'b00 : 2'b10) && rdata == (read_ok_q ? word_q : 32'd0));
    soon: assert (rst || (write_waits_q < 4'd2 && read_waits_q < 4'd2));
    both: cover (bvalid && bready && rvalid && rready && bresp[1] && !rresp[1]);
  end
endmodule
`default_nettype wire
