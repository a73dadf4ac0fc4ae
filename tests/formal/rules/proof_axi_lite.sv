// SPDX-License-Identifier: Apache-2.0
// Rules of an AXI4-Lite slave, with a master that keeps its own: offers stay; a write is answered once, after both its
// address and its data; a read is answered once; nothing is answered that was not asked. OKAY and SLVERR only.
`default_nettype none
module proof_axi_lite #(
    parameter integer MAX = 3  // transactions of a kind under way
) (
    input wire        clk,
    input wire        rst,
    input wire [7:0]  awaddr,
    input wire        awvalid,
    input wire        awready,
    input wire [31:0] wdata,
    input wire [3:0]  wstrb,
    input wire        wvalid,
    input wire        wready,
    input wire [1:0]  bresp,
    input wire        bvalid,
    input wire        bready,
    input wire [7:0]  araddr,
    input wire        arvalid,
    input wire        arready,
    input wire [31:0] rdata,
    input wire [1:0]  rresp,
    input wire        rvalid,
    input wire        rready
);
  proof_stream #(.WIDTH(8), .ASSUME(1)) u_aw (.clk(clk), .rst(rst), .valid(awvalid), .ready(awready), .data(awaddr));
  proof_stream #(.WIDTH(36), .ASSUME(1)) u_w (
      .clk(clk), .rst(rst), .valid(wvalid), .ready(wready), .data({wdata, wstrb}));
  proof_stream #(.WIDTH(8), .ASSUME(1)) u_ar (.clk(clk), .rst(rst), .valid(arvalid), .ready(arready), .data(araddr));
  proof_stream #(.WIDTH(2)) u_b (.clk(clk), .rst(rst), .valid(bvalid), .ready(bready), .data(bresp));
  proof_stream #(.WIDTH(34)) u_r (.clk(clk), .rst(rst), .valid(rvalid), .ready(rready), .data({rdata, rresp}));

  reg [3:0] aw_q, w_q, r_q;  // accepted and not answered
  initial {aw_q, w_q, r_q} = '0;
  wire answered = bvalid && bready;
  always @(posedge clk) begin
    aw_q <= rst ? '0 : aw_q + 4'(awvalid && awready) - 4'(answered);
    w_q  <= rst ? '0 : w_q + 4'(wvalid && wready) - 4'(answered);
    r_q  <= rst ? '0 : r_q + 4'(arvalid && arready) - 4'(rvalid && rready);
  end
  reg begun_q;
  initial begun_q = 1'b0;
  always @(posedge clk) begun_q <= 1'b1;
  always @* if (begun_q) begin
    if (bvalid && !rst) b_asked: assert (aw_q != '0 && w_q != '0 && !bresp[0]);
    if (rvalid && !rst) r_asked: assert (r_q != '0 && !rresp[0]);
    few: assert (aw_q <= 4'(MAX) && w_q <= 4'(MAX) && r_q <= 4'(MAX));
    if (rst) silent: assert (!(awready && awvalid) && !(wready && wvalid) && !(arready && arvalid));
  end
endmodule
`default_nettype wire
