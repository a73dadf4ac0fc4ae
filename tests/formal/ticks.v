// For proofs with several clocks: the clock of a flip-flop says whether it ticks in a step of the solver. Inputs of the
// harness as clocks then tick as the solver likes, together or one after the other.
(* techmap_celltype = "$dff" *)
module ticking_dff (CLK, D, Q);
  parameter WIDTH = 1;
  parameter CLK_POLARITY = 1'b1;
  input CLK;
  input [WIDTH-1:0] D;
  output [WIDTH-1:0] Q;
  wire _TECHMAP_FAIL_ = !CLK_POLARITY;
  \$ff #(.WIDTH(WIDTH)) _TECHMAP_REPLACE_ (.D(CLK ? D : Q), .Q(Q));
endmodule
