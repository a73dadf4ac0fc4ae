// SPDX-License-Identifier: Apache-2.0
// What memories have to know of an ECP5.
`default_nettype none
package hwg_tech;
  // 1: a deep memory is block RAMs whose words stand side by side, chosen among after the blocks' output registers.
  localparam integer WIDE_BLOCKS = 1;
endpackage
`default_nettype wire
