// SPDX-License-Identifier: Apache-2.0
// Order and addresses of the jobs of the loop, as the operand loader takes them: iteration, scale, block, pixel.
//
// After `take` the next job is valid three cycles later, after `load` five, and ready when the loop has written all that it
// reads: `written` pulses for each pixel of the loop. What a map has of its own is looked up while the one before it is in
// hand, and the columns of a pixel while the pixel before it is.
// reset     no job; limits: a load three cycles or more after another, unless there was a reset
`default_nettype none
module hwg_iter_seq #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 64,
    parameter integer AW = 12,
    parameter [L*13-1:0] MAP_W = '0,
    parameter [L*13-1:0] MAP_H = '0,
    parameter [L*AW-1:0] BASE  = '0,      // word address of each scale's map
    parameter [L*K*24-1:0] OFFSET = '0,   // pixels written in an iteration before pass (l, k)
    parameter integer PIXELS = 1,         // pixels written in an iteration
    parameter integer CF = 1
) (
    input  wire          clk,
    input  wire          rst,
    input  wire          load,
    input  wire [63:0]   mask,
    input  wire          take,
    input  wire          written,
    output reg           m_valid,
    output wire [5:0]    m_n,
    output wire [2:0]    m_l,
    output wire [2:0]    m_k,
    output wire          m_first,         // first job of an iteration
    output reg  [AW-1:0] m_own,           // address of the pixel
    output wire [4*AW-1:0] m_taps,        // coarser scale: near, side in x, side in y, far
    output wire [AW-1:0] m_pooled,        // address of the pooled pixel that this one adds to
    output wire          m_ready,
    output wire          m_odd,           // column and row of the pixel: odd, first or last of them
    output wire          m_left,
    output wire          m_right,
    output wire          m_odd_row,
    output wire          m_bottom,
    output wire          done
);
  wire [5:0] n;
  wire [2:0] l, k;
  wire [12:0] x, y;
  wire first_pixel, last_n, last_x, last_y, last_pixel, last_pass;
  hwg_walk #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H)) u_walk (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .step(take), .n(n), .last_n(last_n), .l(l), .k(k), .x(x), .y(y),
      .first_pixel(first_pixel), .last_x(last_x), .last_y(last_y), .last_pixel(last_pixel), .last_pass(last_pass),
      .done(done));

  // ---------------------------------------------------------------- of the scale and block that come next
  localparam [2:0] LAST_L = 3'(L - 1);
  localparam integer CW = $clog2(2 * PIXELS + 2) + 2;
  reg  [1:0]  load_q;                    // cycles after load
  wire        last_k  = k == 3'(K - 1);
  wire [2:0]  ahead_l = load_q[0] ? 3'd0 : !last_k ? l : (l == LAST_L) ? 3'd0 : l + 3'd1;
  wire [2:0]  ahead_k = (load_q[0] || last_k) ? 3'd0 : k + 3'd1;
  wire        ahead_mixes = ahead_k == '0 && ahead_l != LAST_L;
  wire [2:0]  coarse  = (ahead_l == LAST_L) ? ahead_l : ahead_l + 3'd1;
  wire [12:0] cw, ch;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(coarse), .entries(MAP_W), .entry(cw));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(coarse), .entries(MAP_H), .entry(ch));
  wire [AW-1:0] cline, own_base, coarse_base;
  wire [5:0]    earlier, last;           // passes: the one before; the last one of the coarser scale
  wire [23:0]   earlier_offset, last_offset;
  hwg_const_mul #(.FACTOR(CF), .IW(13), .OW(AW)) u_cline (.x(cw), .y(cline));
  hwg_select #(.N(L), .W(AW), .IW(3)) u_own_base (.index(ahead_l), .entries(BASE), .entry(own_base));
  hwg_select #(.N(L), .W(AW), .IW(3)) u_coarse_base (.index(coarse), .entries(BASE), .entry(coarse_base));
  wire [5:0]    l_passes, coarse_passes;
  hwg_const_mul #(.FACTOR(K), .IW(3), .OW(6)) u_passes (.x(ahead_l), .y(l_passes));
  hwg_const_mul #(.FACTOR(K), .IW(3), .OW(6)) u_coarse_passes (.x(coarse), .y(coarse_passes));
  assign earlier = l_passes + 6'(ahead_k) - 6'd1;
  assign last    = coarse_passes + 6'(K - 1);
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_earlier (.index(earlier), .entries(OFFSET), .entry(earlier_offset));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_last (.index(last), .entries(OFFSET), .entry(last_offset));
  // Pixels from the beginning of the iteration (of the one before an opening iteration) to the pass that is read; negative.
  wire signed [CW-1:0] pass_opening = CW'(0) - CW'(last_offset);
  wire signed [CW-1:0] pass_other   = (ahead_k != '0) ? CW'(0) - CW'(earlier_offset) : CW'(PIXELS) - CW'(last_offset);

  localparam integer PXW = $clog2(32'(MAP_W[12:0]) * 32'(MAP_H[12:0]) + 2);
  localparam integer CONSTANTS = 2 + 4 * PXW + 13 + 3 * AW + 4 * CW;
  reg  [CONSTANTS-1:0] ahead_q, map_q;   // of the next map, of the one in hand
  wire                 mixes, first_map;
  wire [PXW-1:0]       first_row, first_reach, right_end, line;  // coarse pixels: last row read by row 0, pixels of it
                                                               // that pixel 0 needs, last column, a row
  wire [12:0]          last_row;
  wire [AW-1:0]        line_words, own_first, coarse_first;
  wire signed [CW-1:0] opening, other, opening_more, other_more;  // the last two: plus a pixel that comes at once
  assign {mixes, first_map, first_row, first_reach, right_end, line, last_row, line_words, own_first, coarse_first, opening,
          other, opening_more, other_more} = map_q;
  // Sized by themselves: a cast inside a sum inside a concatenation keeps its operand's width in Yosys 0.23.
  wire [PXW-1:0] coarse_width = PXW'(cw);
  wire [PXW-1:0] row_zero     = (ch > 13'd1) ? coarse_width : '0;
  wire [PXW-1:0] reach_zero   = !ahead_mixes ? PXW'(1) : row_zero + ((cw > 13'd1) ? PXW'(2) : PXW'(1));
  always @(posedge clk) begin
    ahead_q <= {ahead_mixes, ahead_l == '0 && ahead_k == '0, row_zero, reach_zero, coarse_width - 1'b1, coarse_width,
                ch - 13'd1, cline, own_base, coarse_base, pass_opening, pass_other, pass_opening + CW'(1),
                pass_other + CW'(1)};
    if (load_q[1] || (take && last_pixel)) map_q <= ahead_q;
  end

  assign m_n = n;
  assign m_l = l;
  assign m_k = k;
  assign m_first = first_pixel && first_map;

  // ---------------------------------------------------------------- of the pixel
  reg            prep_q, looked_q, begun_q, first_q;  // looked_q: after prep_q; first_q: in the first iteration
  reg [AW-1:0]   near_q, other_q;      // row addresses in the coarser map
  reg signed [CW-1:0] since_q;         // pixels written since the iteration in hand began, or since it will
  reg signed [CW-1:0] ahead_of_q;      // of them in the pass that is read and after it
  reg [PXW-1:0]  pixel_q;              // index in the map, plus two: what the next pixel needs where nothing mixes
  reg [PXW-1:0]  row_q;                // index of the last coarse row that is read
  reg [PXW-1:0]  row_up_q;             // the same for the next even row
  reg [PXW-1:0]  reach_q;              // pixels that the job needs of the pass that is read
  reg [AW-1:0]   nxa_q, sxa_q;         // columns of the coarser map
  reg            free_q;               // before the first iteration nothing but the data block is needed
  // Columns of the next pixel: near, side in x, right of the near one, as words; the last one also as pixels, plus one.
  reg [AW-1:0]   next_near_q, next_side_q, next_right_q;
  reg [PXW-1:0]  next_reach_q;
  reg            row_opens_q;          // the next pixel opens an even row
  wire           at_end = next_reach_q > right_end;  // the right column is the last one
  wire [AW-1:0]  right_words = at_end ? next_right_q : next_right_q + AW'(CF);
  wire [PXW-1:0] right_reach = at_end ? next_reach_q : next_reach_q + 1'b1;
  wire           below = 13'(y >> 1) < last_row;          // the coarser map has a row below the near one
  wire           below_up = 13'(y >> 1) + 13'd1 < last_row;  // and the next row, below the one after
  wire [PXW-1:0] row = row_opens_q ? row_up_q : row_q;
  wire           opens   = m_first && begun_q;  // an iteration, not the first
  wire           initial_state = first_q && !opens;
  wire           prep_first = prep_q && first_pixel;

  wire signed [CW-1:0] addend = !prep_first ? $signed({{(CW-1){1'b0}}, written})
                              : opens ? (written ? opening_more : opening) : written ? other_more : other;

  always @(posedge clk) begin
    if (rst) {load_q, prep_q, looked_q, m_valid, begun_q} <= '0;
    else begin
      load_q <= {load_q[0], load};
      prep_q  <= load_q[1] || take;
      looked_q <= prep_q && !load;
      m_valid <= !load && (looked_q ? !done : m_valid && !take);
      if (load) begun_q <= 1'b0;
      else if (prep_q) begun_q <= 1'b1;
    end
    if (load) first_q <= 1'b1;
    else if (prep_q) first_q <= initial_state;
    if (load) since_q <= '0;
    else since_q <= since_q + ((prep_q && opens) ? (written ? CW'(1 - PIXELS) : CW'(-PIXELS)) : CW'(written));
    ahead_of_q <= (prep_first ? since_q : ahead_of_q) + addend;
    row_up_q <= below_up ? row_q + line : row_q;
    if (prep_q) begin
      m_own   <= first_pixel ? own_first : m_own + AW'(CF);
      pixel_q <= first_pixel ? PXW'(2) : pixel_q + 1'b1;
      row_q   <= first_pixel ? first_row : row;
      reach_q <= first_pixel ? first_reach : mixes ? row + next_reach_q : pixel_q;
      nxa_q   <= first_pixel ? '0 : next_near_q;
      sxa_q   <= first_pixel ? '0 : next_side_q;
      free_q  <= k == '0 && initial_state;
      if (first_pixel) begin
        near_q  <= coarse_first;
        other_q <= coarse_first;
      end else if (x == '0) begin
        if (y[0]) other_q <= below ? near_q + line_words : near_q;
        else begin
          near_q  <= near_q + line_words;
          other_q <= near_q;
        end
      end
      row_opens_q <= last_x && y[0];
      if (last_x || first_pixel) begin
        next_near_q  <= '0;
        next_side_q  <= (last_x || right_end == '0) ? '0 : AW'(CF);
        next_right_q <= (right_end == '0) ? '0 : AW'(CF);
        next_reach_q <= (right_end == '0) ? PXW'(1) : PXW'(2);
      end else if (x[0]) begin
        next_near_q  <= next_near_q + AW'(CF);
        next_side_q  <= next_near_q;
        next_right_q <= right_words;
        next_reach_q <= right_reach;
      end else next_side_q <= next_right_q;
    end
  end

  wire unused = &{1'b0, last_n, last_pass, earlier_offset, last_offset};
  assign m_taps[0*AW +: AW] = near_q + nxa_q;
  assign m_taps[1*AW +: AW] = near_q + sxa_q;
  assign m_taps[2*AW +: AW] = other_q + nxa_q;
  assign m_taps[3*AW +: AW] = other_q + sxa_q;
  assign m_pooled  = near_q + nxa_q;

  // The data block is waited for as a whole.
  // Looked at a cycle ahead, with a pixel that is written then.
  wire signed [CW-1:0] reach = $signed(CW'(reach_q));
  reg            ready_q;
  always @(posedge clk) ready_q <= free_q || (written ? ahead_of_q >= reach - CW'(1) : ahead_of_q >= reach);
  assign m_ready = ready_q;

  assign {m_odd, m_left, m_right, m_odd_row, m_bottom} = {x[0], x == '0, last_x, y[0], last_y};
endmodule
`default_nettype wire
