// SPDX-License-Identifier: Apache-2.0
// Order and addresses of the jobs of the loop, as the operand loader takes them: iteration, scale, block, pixel.
//
// After `load` or `take` the next job is valid two cycles later, and ready when the loop has written all that it reads:
// `written` pulses for each pixel of the loop.
// reset     no job
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
    output wire          m_pool_first,    // first and last pixel of a 2x2 pool, weights of this one
    output wire          m_pool_last,
    output wire [1:0]    m_pool_weight,   // log2
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

  localparam [2:0] LAST_L = 3'(L - 1);
  wire [2:0]  coarse  = (l == LAST_L) ? l : l + 3'd1;
  wire [12:0] cw, ch;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(coarse), .entries(MAP_W), .entry(cw));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(coarse), .entries(MAP_H), .entry(ch));
  wire        mixes   = k == '0 && l != LAST_L;
  wire [AW-1:0] cline, own_base, coarse_base;
  wire [5:0]    earlier, last;           // passes: the one before this one; the last one of the coarser scale
  wire [23:0]   earlier_offset, last_offset;
  hwg_scale #(.FACTOR(CF), .IW(13), .OW(AW)) u_cline (.x(cw), .y(cline));
  hwg_select #(.N(L), .W(AW), .IW(3)) u_own_base (.index(l), .entries(BASE), .entry(own_base));
  hwg_select #(.N(L), .W(AW), .IW(3)) u_coarse_base (.index(coarse), .entries(BASE), .entry(coarse_base));
  wire [5:0]    l_passes, coarse_passes;
  hwg_scale #(.FACTOR(K), .IW(3), .OW(6)) u_passes (.x(l), .y(l_passes));
  hwg_scale #(.FACTOR(K), .IW(3), .OW(6)) u_coarse_passes (.x(coarse), .y(coarse_passes));
  assign earlier = l_passes + 6'(k) - 6'd1;
  assign last   = coarse_passes + 6'(K - 1);
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_earlier (.index(earlier), .entries(OFFSET), .entry(earlier_offset));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_last (.index(last), .entries(OFFSET), .entry(last_offset));


  assign m_n = n;
  assign m_l = l;
  assign m_k = k;
  assign m_first = first_pixel && l == '0 && k == '0;

  // Columns of the coarser map.
  wire [12:0] nx = x >> 1;
  wire [12:0] sx = x[0] ? ((nx + 13'd1 < cw) ? nx + 13'd1 : nx) : ((nx != '0) ? nx - 13'd1 : nx);
  wire [12:0] rx = (nx + 13'd1 < cw) ? nx + 13'd1 : nx;
  wire [AW-1:0] nxa, sxa;
  hwg_scale #(.FACTOR(CF), .IW(13), .OW(AW)) u_near (.x(nx), .y(nxa));
  hwg_scale #(.FACTOR(CF), .IW(13), .OW(AW)) u_side (.x(sx), .y(sxa));

  localparam integer CW = $clog2(2 * PIXELS + 2) + 2;
  reg            prep_q, begun_q, first_q;  // first_q: in the first iteration
  reg [AW-1:0]   near_q, other_q;      // row addresses in the coarser map
  reg signed [CW-1:0] since_q;         // pixels written since the iteration in hand began, or since it will
  reg signed [CW-1:0] ahead_q;         // of them in the pass that is read and after it
  localparam integer PXW = $clog2(32'(MAP_W[12:0]) * 32'(MAP_H[12:0]) + 2);
  reg [PXW-1:0]  pixel_q, row_q;       // index in the map; index of the last coarse row that is read
  reg [PXW-1:0]  row_up_q;             // the same for the next even row
  reg [PXW-1:0]  reach_q;              // pixels that the job needs of the pass that is read
  reg [AW-1:0]   nxa_q, sxa_q;         // columns of the coarser map
  reg            free_q;               // before the first iteration nothing but the data block is needed
  wire           below = 13'(y >> 1) + 13'd1 < ch;  // the coarser map has a row below the near one
  wire           below_up = 13'(y >> 1) + 13'd2 < ch;  // and the next row, below the one after
  wire [PXW-1:0] pixel = first_pixel ? '0 : pixel_q + 1'b1;
  wire [PXW-1:0] row   = first_pixel ? ((ch > 13'd1) ? PXW'(cw) : '0) : (x == '0 && !y[0]) ? row_up_q : row_q;
  wire           opens   = m_first && begun_q;  // an iteration, not the first
  wire           initial_state = first_q && !opens;
  // Pixels from the beginning of the iteration before an opening one to the pass that is read.
  wire signed [CW-1:0] pass = (k != '0) ? CW'(earlier_offset)
                            : opens ? CW'(last_offset) : CW'(last_offset) - CW'(PIXELS);

  always @(posedge clk) begin
    if (rst) {prep_q, m_valid, begun_q} <= '0;
    else begin
      prep_q  <= load || take;
      m_valid <= prep_q ? !done : m_valid && !take;
      if (load) begun_q <= 1'b0;
      else if (prep_q) begun_q <= 1'b1;
    end
    if (load) first_q <= 1'b1;
    else if (prep_q) first_q <= initial_state;
    if (load) since_q <= '0;
    else since_q <= since_q + CW'(written) - ((prep_q && opens) ? CW'(PIXELS) : '0);
    ahead_q <= ((prep_q && first_pixel) ? since_q - pass : ahead_q) + CW'(written);
    row_up_q <= below_up ? row_q + PXW'(cw) : row_q;
    if (prep_q) begin
      m_own   <= first_pixel ? own_base : m_own + AW'(CF);
      pixel_q <= pixel;
      row_q   <= row;
      reach_q <= (mixes ? row + PXW'(rx) : pixel) + 1'b1;
      nxa_q   <= nxa;
      sxa_q   <= sxa;
      free_q  <= k == '0 && initial_state;
      if (first_pixel) begin
        near_q  <= coarse_base;
        other_q <= coarse_base;
      end else if (x == '0) begin
        if (y[0]) other_q <= below ? near_q + cline : near_q;
        else begin
          near_q  <= near_q + cline;
          other_q <= near_q;
        end
      end
    end
  end

  wire unused = &{1'b0, last_n, last_pixel, last_pass, earlier_offset, last_offset, rx};
  assign m_taps[0*AW +: AW] = near_q + nxa_q;
  assign m_taps[1*AW +: AW] = near_q + sxa_q;
  assign m_taps[2*AW +: AW] = other_q + nxa_q;
  assign m_taps[3*AW +: AW] = other_q + sxa_q;
  assign m_pooled  = near_q + nxa_q;

  // The data block is waited for as a whole.
  assign m_ready = free_q || ahead_q >= $signed(CW'(reach_q));

  assign m_pool_first  = !x[0] && !y[0];
  assign m_pool_last   = (x[0] || last_x) && (y[0] || last_y);
  assign m_pool_weight = 2'(last_x && !x[0]) + 2'(last_y && !y[0]);
endmodule
`default_nettype wire
