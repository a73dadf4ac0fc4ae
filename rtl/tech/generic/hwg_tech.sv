// SPDX-License-Identifier: Apache-2.0
// What memories have to know of a family of devices: of none in particular. Each folder beside this one has the same
// files for a family; synthesis for it reads those instead.
`default_nettype none
package hwg_tech;
  // 1: a deep memory is block RAMs whose words stand side by side, chosen among after the blocks' output registers.
  localparam integer WIDE_BLOCKS = 0;
endpackage
`default_nettype wire
