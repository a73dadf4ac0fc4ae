// SPDX-License-Identifier: Apache-2.0
// What the modules of a core have in common: widths, layouts of packed parameters, pipeline depths. Nothing in
// it depends on a configuration, so that two cores fit into one design.
`default_nettype none
package hwg_pkg;
  // ---------------------------------------------------------------- where the state goes between iterations
  localparam integer ONCHIP = 0;
  localparam integer STREAM = 1;  // scale 0: out and back on AXI4-Streams
  localparam integer DRAM   = 2;  // scale 0: through a FIFO behind an AXI4 master

  // ---------------------------------------------------------------- bits of common fields
  localparam integer SET_BITS     = 6;   // a weight set
  localparam integer OPERAND_BITS = 9;   // an operand of the expand array

  // ---------------------------------------------------------------- an array, as a packed parameter
  localparam integer ROWS_AT            = 0;   // 16 bits: outputs a cycle
  localparam integer LANES_AT           = 16;  // 16 bits: inputs a cycle
  localparam integer DRAIN_AT           = 32;  // 16 bits: results requantised a cycle; divides the rows
  localparam integer WEIGHT_BITS_AT     = 48;  // 8 bits
  localparam integer ACC_BITS_AT        = 56;  // 8 bits: an accumulator
  localparam integer BIAS_BITS_AT       = 64;  // 8 bits: an offset of requantisation
  localparam integer PAIRS_AT           = 72;  // 1 bit: rows share multipliers in twos
  localparam integer MUL_IN_LUTS_AT     = 73;  // 1 bit: products of adders in LUTs
  localparam integer REQUANT_IN_LUTS_AT = 74;  // 1 bit: the same for requantisation
  localparam integer PIXELS_AT          = 75;  // 4 bits: pixels a cycle, all on the same weights
  localparam integer ARRAY_BITS         = 79;
  // the smallest one: defaults of modules
  localparam [ARRAY_BITS-1:0] SMALL_ARRAY = {4'd1, 3'd0, 8'd8, 8'd20, 8'd4, 16'd1, 16'd1, 16'd1};

  // ---------------------------------------------------------------- a kind of job, as an entry of a packed table
  localparam integer GROUPS_AT    = 0;    // 16 bits: groups of output channels, less one
  localparam integer PERIOD_AT    = 16;   // 16 bits: cycles of a group, less one
  localparam integer WORDS_AT     = 32;   // 16 bits: words issued in a group, less one
  localparam integer DIGIT_AT     = 48;   // 16 bits: those of one digit of the weights, less one
  localparam integer WEIGHTS_AT   = 64;   // 24 bits: first word in the weight memory
  localparam integer CONSTANTS_AT = 88;   // 24 bits: first word in the memory of requantisation
  localparam integer SHIFT_AT     = 112;  // 5 bits
  localparam integer LO_AT        = 117;  // 20 bits, signed: the clamp
  localparam integer HI_AT        = 137;  // 20 bits, signed
  localparam integer JOB_BITS     = 157;
  // one group of one word: defaults of modules
  localparam [JOB_BITS-1:0] SMALL_JOB = {20'd127, 20'd0, 5'd8, 48'd0, 64'd0};

  // ---------------------------------------------------------------- sizes that no configuration changes
  localparam integer OPERAND_SLOTS = 4;   // input vectors in flight
  localparam integer DATA_LAG      = 4;   // jobs to spare between a data-block layer and the next
  localparam integer PATCHES       = 16;  // patches that wait for the array
  localparam integer TOTAL_ROWS    = 4;   // rows of logit sums
  localparam integer CLASS_WORDS   = 16;  // class words in flight at most
  localparam integer FEEDBACK_OUT  = 16;  // pixels that the outgoing feedback FIFO books
  localparam integer BURST_BEATS   = 16;  // of a burst in DRAM at most
  localparam integer WRITE_BEATS   = 32;  // that wait for their burst
  localparam integer READ_BEATS    = 64;  // of the prefetch buffer
  localparam integer WRITE_BURSTS  = 4;   // without a response

  // ---------------------------------------------------------------- cycles
  localparam integer MEMORY_CYCLES  = 2;  // from an address to the word (hwg_ram, hwg_rom)
  localparam integer REQUANT_CYCLES = 6;  // from an accumulator to the result (hwg_requant)
  localparam integer LOOKUP_CYCLES  = 3;  // from a pass to its job (hwg_job_lookup)
endpackage
`default_nettype wire
