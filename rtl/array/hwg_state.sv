// SPDX-License-Identifier: Apache-2.0
// State unit: what the project unit gives, added to the block's own input, through the batch norm of the iteration; the
// pixel leaves in words.
//
//   beats -> + own input -> affine -> pixel -+-> words of IE lanes: state memory or feedback
//                                            +-> words of CI lanes: ring of the classification unit
//
// latency   a pixel's last beat at cycle i -> probe_valid at cycle i+9; reset clears valid bits, empties hwg_residual
`default_nettype none
module hwg_state #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 4,
    parameter integer F = 4,               // channels of a state
    parameter integer AS = 8,              // bits of one
    parameter integer RB = AS + 4,         // bits of the residual sum
    parameter integer DRAIN = 1,           // channels a beat
    parameter integer P = 1,               // pixels, side by side in every channel
    parameter integer BEATS = 4,           // of a pixel
    parameter integer IE = 1,
    parameter integer CI = 1,
    parameter integer RESIDUALS = 64,      // words of the residual memory
    parameter integer BIAS_BITS = 32,      // an offset of the affine map
    parameter [4:0] SHIFT = 5'd1,
    parameter [2:0] MID_SHIFT = 3'd0,
    parameter integer IN_LUTS = 0,         // 1: products of adders in LUTs
    parameter integer RAW = $clog2(RESIDUALS),
    parameter         MEM_DIR = "mem/"
) (
    input  wire                     clk,
    input  wire                     rst,
    // beats of the project unit
    input  wire                     s_valid,
    input  wire                     s_first,
    input  wire                     s_last,
    input  wire [DRAIN*P*RB-1:0]    s_data,
    input  wire [$clog2(N*L+1)-1:0] s_map,
    input  wire                     s_later,         // a block after the first
    input  wire [7:0]               s_pixel,         // scale, first of its map, to classify, to the feedback, last
                                                     // of the scale in this iteration, last of the frame
    // residual memory
    input  wire                     residual_ready,
    output wire                     residual_re,
    output wire [RAW-1:0]           residual_addr,
    input  wire [IE*P*AS-1:0]       residual_data,
    // state words
    output wire                     word_valid,
    output wire                     word_first,
    output wire                     word_last,
    output wire [2:0]               word_l,
    output wire                     word_map_first,  // first pixel of a map
    output wire                     word_to_stream,
    output wire                     word_it_last,    // last pixel of the scale in this iteration
    output wire [IE*P*AS-1:0]       word_data,
    output wire                     frame_last,      // with the last word of the frame
    // words for the ring of the classification unit
    output wire                     class_valid,
    output wire                     class_first,
    output wire                     class_last,
    output wire [CI*P*AS-1:0]       class_data,
    // for observers: each pixel that leaves
    output wire                     probe_valid,
    output wire [F*P*AS-1:0]        probe_data
);
  localparam integer WORDS   = (F + IE - 1) / IE;
  localparam integer DEPTH   = (N * L + ((K > 1) ? 1 : 0)) * BEATS;  // words of the affine map's constants
  localparam integer EW      = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer MW      = $clog2(N * L + 1);

  wire [DRAIN*P*AS-1:0] own;
  hwg_residual #(.LANES(F), .WL(IE), .WORDS(WORDS), .LW(P * AS), .Q(DRAIN), .DEPTH(RESIDUALS)) u_residual (
      .clk(clk), .rst(rst), .stored(residual_ready), .re(residual_re), .addr(residual_addr), .data(residual_data),
      .beat(s_valid), .first(s_first), .lanes(own));
  // A beat waits a cycle: lanes of the own input are chosen before they are added, and the first constants found.
  reg                o_valid, o_first, o_last, o_later, r_last;
  reg [DRAIN*P*RB-1:0] o_data;
  reg [DRAIN*P*AS-1:0] o_own;
  reg [EW-1:0]       o_base, at_q;
  reg [7:0]          o_pixel, r_pixel;
  wire [EW-1:0]      base;
  wire [EW-1:0]      at = o_first ? o_base : at_q + 1'b1;  // where the constants of a beat are
  hwg_const_mul #(.FACTOR(BEATS), .IW(MW), .OW(EW)) u_base (.x(s_map), .y(base));
  always @(posedge clk) begin
    o_valid <= !rst && s_valid;
    {o_first, o_last, o_later, o_data, o_own, o_base, o_pixel} <= {s_first, s_last, s_later, s_data, own, base, s_pixel};
    if (o_valid) begin
      {r_last, r_pixel} <= {o_last, o_pixel};
      at_q <= at;
    end
  end
  wire                r_valid;
  wire [DRAIN*P*RB-1:0] r_data;
  hwg_residual_add #(.LANES(DRAIN * P), .AS(AS), .RB(RB), .MID_SHIFT(MID_SHIFT)) u_add (
      .clk(clk), .rst(rst), .s_valid(o_valid), .s_later(o_later), .s_data(o_data), .s_own(o_own), .m_valid(r_valid),
      .m_data(r_data));

  localparam signed [AS:0] S_LO = -(1 <<< (AS - 1));
  localparam signed [AS:0] S_HI = (1 <<< (AS - 1)) - 1;
  wire                n_valid, n_last;
  wire [DRAIN*P*AS-1:0] n_data;
  wire [7:0]          n_pixel, p_pixel, w_pixel, c_pixel;
  hwg_requant #(.LANES(DRAIN), .PIXELS(P), .VW(RB), .BW(BIAS_BITS), .YW(AS), .SIDE(9), .MUL_IN_LUTS(IN_LUTS), .DEPTH(DEPTH),
                .FILE({MEM_DIR, "affine.hex"})) u_affine (
      .clk(clk), .rst(rst), .c_re(o_valid), .c_addr(at), .s_valid(r_valid), .s_data(r_data), .s_shift(SHIFT), .s_lo(S_LO),
      .s_hi(S_HI), .s_side({r_pixel, r_last}), .m_valid(n_valid), .m_data(n_data), .m_side({n_pixel, n_last}));
  hwg_pixel_pack #(.Q(DRAIN), .LANES(F), .LW(P * AS), .SIDE(8)) u_pixel (
      .clk(clk), .rst(rst), .s_valid(n_valid), .s_last(n_last), .s_data(n_data), .s_side(n_pixel),
      .m_valid(probe_valid), .m_data(probe_data), .m_side(p_pixel));

  hwg_slicer #(.LANES(F), .WL(IE), .WORDS(WORDS), .LW(P * AS), .SIDE(8)) u_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid), .s_data(probe_data), .s_side(p_pixel), .m_valid(word_valid),
      .m_first(word_first), .m_last(word_last), .m_data(word_data), .m_side(w_pixel));
  hwg_slicer #(.LANES(F), .WL(CI), .WORDS((F + CI - 1) / CI), .LW(P * AS), .SIDE(8)) u_class_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid && p_pixel[3]), .s_data(probe_data), .s_side(p_pixel),
      .m_valid(class_valid), .m_first(class_first), .m_last(class_last), .m_data(class_data), .m_side(c_pixel));
  assign word_l         = w_pixel[7:5];
  assign word_map_first = w_pixel[4];
  assign word_to_stream = w_pixel[2];
  assign word_it_last   = w_pixel[1];
  assign frame_last     = word_valid && word_last && w_pixel[0];
  wire unused_pixel = &{1'b0, w_pixel, c_pixel};
endmodule
`default_nettype wire
