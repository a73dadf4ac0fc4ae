// SPDX-License-Identifier: Apache-2.0
// The register map, for the modules that decode it. Generated from registers.yaml (cargo xtask registers).
//
// The same in every core: two of them fit into one design.
`default_nettype none
package hwg_reg_pkg;
  localparam [7:0] ID = 8'h00;
  localparam [31:0] ID_RESET = 32'h4974_4e74;
  localparam [7:0] VERSION = 8'h04;
  localparam integer VERSION_PATCH_LOW = 0;
  localparam integer VERSION_PATCH_HIGH = 7;
  localparam integer VERSION_MINOR_LOW = 8;
  localparam integer VERSION_MINOR_HIGH = 15;
  localparam integer VERSION_MAJOR_LOW = 16;
  localparam integer VERSION_MAJOR_HIGH = 23;
  localparam [7:0] HASH = 8'h08;
  localparam [7:0] CONTROL = 8'h0c;
  localparam integer CONTROL_ENABLE = 0;
  localparam integer CONTROL_STOP = 1;
  localparam integer CONTROL_SOFT_RESET = 2;
  localparam integer CONTROL_DROP = 3;
  localparam [7:0] STATUS = 8'h10;
  localparam integer STATUS_BUSY = 0;
  localparam integer STATUS_SIZE_ERROR = 1;
  localparam integer STATUS_STOPPED_EARLY = 2;
  localparam integer STATUS_BUS_ERROR = 3;
  localparam integer STATUS_OUTPUT_SENT = 4;
  localparam integer STATUS_FRAME_DONE = 5;
  localparam integer STATUS_DROPPED = 6;
  localparam [7:0] ITERATIONS = 8'h14;
  localparam [7:0] MASK_LOW = 8'h18;
  localparam [7:0] THRESHOLD = 8'h1c;
  localparam [7:0] CONFIDENCE = 8'h20;
  localparam [7:0] CYCLES = 8'h24;
  localparam [7:0] FRAMES = 8'h28;
  localparam [7:0] GAPS = 8'h2c;
  localparam [7:0] STALLS = 8'h30;
  localparam [7:0] LAST_OUTPUT = 8'h34;
  localparam [7:0] MASK_HIGH = 8'h38;
  localparam [7:0] BASE_LOW = 8'h3c;
  localparam integer BASE_LOW_PAGE_LOW = 12;
  localparam integer BASE_LOW_PAGE_HIGH = 31;
  localparam [7:0] BASE_HIGH = 8'h40;
  localparam [7:0] INT_ENABLE = 8'h44;
  localparam [7:0] THRESHOLD_OUTPUT = 8'h48;
  localparam integer THRESHOLD_OUTPUT_OUTPUT_LOW = 0;
  localparam integer THRESHOLD_OUTPUT_OUTPUT_HIGH = 6;
endpackage
`default_nettype wire
