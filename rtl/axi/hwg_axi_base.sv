// SPDX-License-Identifier: Apache-2.0
// Registers BASE_LOW and BASE_HIGH, the base address of the feedback FIFO in DRAM: aligned to 4 KiB, so the low bits read 0.
//
// A frame keeps the address that was written before it began (`load`). Reset synchronous, to address 0.
`default_nettype none
module hwg_axi_base (
    input  wire        clk,
    input  wire        rst,
    // register bus
    input  wire        write,
    input  wire [7:0]  write_addr,
    input  wire [31:0] write_data,
    input  wire [31:0] write_mask,
    output wire        write_known,
    input  wire [7:0]  read_addr,
    output wire [31:0] read_data,
    output wire        read_known,
    input  wire        load,
    output reg  [63:0] base          // of the frame in hand
);
  reg  [63:12] base_q;
  wire [31:0]  low = {base_q[31:12], 12'd0};
  wire [31:0]  merged_low  = (low & ~write_mask) | (write_data & write_mask);
  wire [31:0]  merged_high = (base_q[63:32] & ~write_mask) | (write_data & write_mask);
  assign write_known = write_addr == hwg_reg_pkg::BASE_LOW || write_addr == hwg_reg_pkg::BASE_HIGH;
  assign read_known  = read_addr == hwg_reg_pkg::BASE_LOW || read_addr == hwg_reg_pkg::BASE_HIGH;
  assign read_data   = (read_addr == hwg_reg_pkg::BASE_LOW) ? low : base_q[63:32];
  wire unused = &{1'b0, merged_low[11:0]};
  always @(posedge clk)
    if (rst) begin
      base_q <= '0;
      base   <= '0;
    end else begin
      if (write && write_addr == hwg_reg_pkg::BASE_LOW) base_q[31:12] <= merged_low[31:12];
      if (write && write_addr == hwg_reg_pkg::BASE_HIGH) base_q[63:32] <= merged_high;
      if (load) base <= {base_q, 12'd0};
    end
endmodule
`default_nettype wire
