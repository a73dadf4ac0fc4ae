//! The instances: one section a unit, in the order of the data.

use std::fmt::Write;

use super::super::pack::vector;
use super::super::tables::Tables;
use super::feedback;
use crate::design::Design;
use crate::folding::lcm;
use crate::latency::{CLASS_WORDS, DATA_LAG, PATCHES};
use crate::mapping::{LUT_RAM_WORDS, MOST_LUT_RAM_WORDS, Products, SmallMemory};
use crate::widths::RequantWidths;

/// Text of all sections.
pub fn units(design: &Design, tables: &Tables) -> String {
    let mut text = String::new();
    text.push_str(&control(design));
    text.push_str(&input(design));
    text.push_str(&loader(design));
    text.push_str(&expand(design, tables));
    text.push_str(STORE);
    text.push_str(&line_ring(design));
    text.push_str(&feedback::unit(design));
    text.push_str(&depthwise(design));
    text.push_str(&project(design, tables));
    text.push_str(&classify(design));
    text.push_str(&output(design, tables));
    text
}

fn requant(widths: &RequantWidths, depth: usize) -> String {
    format!(".ACCW({}), .RDEPTH({depth}), .BW({}), .PW({})", widths.acc, widths.bias, widths.product)
}

/// What an array's products are made of, and those of its requantisation.
fn products(array: Products, requant: Products) -> String {
    format!(".PAIRS({}), {}", u8::from(array == Products::Pair), single_products(array, requant))
}

/// The same where no two products share an operand.
fn single_products(array: Products, requant: Products) -> String {
    format!(".SOFT({}), .RSOFT({})", u8::from(array == Products::Lut), u8::from(requant == Products::Lut))
}

fn control(design: &Design) -> String {
    let registers = feedback::Registers::of(design);
    format!(
        "  // ---------------------------------------------------------------- control and registers
  wire        clk = aclk;
  wire        begins, ends, free, drop, begin_frame, in_frame, frame_abort, frame_error, frame_dropped;
  wire        loop_end, margin_valid, class_offered, class_end, draining;
  wire [31:0] margin;
  wire [63:0] iterations, outputs;
  // The units hear of a frame's begin and end a cycle late: both go everywhere.
  reg         reset_q, rst, load, over, gap_q;
  always @(posedge clk) begin
    reset_q <= !aresetn;
    rst     <= !aresetn || ends;
    load    <= begins;
    over    <= ends;
    gap_q   <= in_frame && s_axis_video_tready && !s_axis_video_tvalid;
  end
  wire        reg_write, write_known, read_known;
  wire [7:0]  write_addr, read_addr;
  wire [31:0] write_data, write_mask, read_data;
{base}  hwg_axil u_axil (
      .clk(clk), .rst(reset_q),
      .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
      .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid),
      .s_axil_wready(s_axil_wready), .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid),
      .s_axil_bready(s_axil_bready), .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid),
      .s_axil_arready(s_axil_arready), .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp),
      .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
      .write(reg_write), .write_addr(write_addr), .write_data(write_data), .write_mask(write_mask),
      .write_known({write_known}), .read_addr(read_addr), .read_data({read_data}), .read_known({read_known}));
  wire unused_prot = &{{1'b0, s_axil_awprot, s_axil_arprot}};
  hwg_control #(.N(N), .OUTPUTS(OUTPUTS), .VERSION(VERSION), .HASH(CONFIG_HASH)) u_control (
      .clk(clk), .rst(reset_q), .write(reg_write), .write_addr(write_addr), .write_data(write_data),
      .write_mask(write_mask), .write_known(write_known), .read_addr(read_addr), .read_data(read_data),
      .read_known(read_known), .irq(irq), .begin_frame(begin_frame), .frame_abort(frame_abort),
      .frame_error(frame_error), .frame_dropped(frame_dropped), .input_gap(gap_q), .free(free), .drop(drop),
      .draining(draining), .bus_error({bus_error}), .loop_end(loop_end), .margin_valid(margin_valid && !over),
      .margin(margin), .load(begins), .clear(ends), .iterations(iterations), .outputs(outputs),
      .class_valid(class_offered && !over), .class_ready(m_axis_class_tready), .class_first(m_axis_class_tuser),
      .class_end(class_end), .class_id(m_axis_class_tid));

",
        write_known = registers.write_known,
        read_data = registers.read_data,
        read_known = registers.read_known,
        base = registers.unit,
        bus_error = registers.bus_error,
    )
}

/// The `LUT_DEPTH` of a memory: that of a block RAM lets the tiny ones be LUT RAM all the same.
fn lut_depth(design: &Design, memory: SmallMemory) -> usize {
    if design.mapping.lut_memories.has(memory) { MOST_LUT_RAM_WORDS } else { LUT_RAM_WORDS }
}

fn input(design: &Design) -> String {
    let symmetric = usize::from(design.plan.net.pixels == hwgen_network::PixelDomain::Symmetric);
    let lines = lut_depth(design, SmallMemory::PatchLines);
    format!(
        "  // ---------------------------------------------------------------- image to patches of the first convolution
  wire          pixel_valid, pixel_ready, patch_valid, patch_ready;
  wire [23:0]   pixel;
  wire [27*PB-1:0] patch;
  hwg_video_in #(.W(W), .H(H)) u_video_in (
      .clk(clk), .rst(reset_q), .s_valid(s_axis_video_tvalid), .s_ready(s_axis_video_tready),
      .s_data(s_axis_video_tdata), .s_user(s_axis_video_tuser), .s_last(s_axis_video_tlast), .clear(ends),
      .free(free && !over), .drop(drop), .begin_frame(begin_frame), .m_valid(pixel_valid), .m_ready(pixel_ready), .m_data(pixel), .in_frame(in_frame),
      .frame_abort(frame_abort), .error(frame_error), .dropped(frame_dropped));
  hwg_patch #(.W(W), .H(H), .SYMMETRIC({symmetric}), .PW(PB), .DEPTH({PATCHES}), .LUT_DEPTH({lines})) u_patch (
      .clk(clk), .rst(rst), .load(load), .s_valid(pixel_valid), .s_ready(pixel_ready), .s_data(pixel),
      .m_valid(patch_valid), .m_ready(patch_ready), .m_data(patch));

"
    )
}

fn loader(design: &Design) -> String {
    let plan = &design.plan;
    let net = &plan.net;
    let pooled = usize::from(plan.pool_words() > 0);
    let pool_words = plan.pool_words().max(1);
    let pool_base = if net.scales > 1 { "STATE_BASE[SAW +: SAW]" } else { "0" };
    format!(
        "  // ---------------------------------------------------------------- operands of the expand array
  wire               line_we, line_re, state_re, fb_re, fb_take, fb_ready, data_written, loop_written, slot_free, u_re;
  wire [LAW-1:0]     line_waddr, line_addr;
  wire [SAW-1:0]     state_addr;
  wire [IE*YB-1:0]   line_wdata, line_data;
  wire [IE*AS-1:0]   state_data, fb_data, residual_data;
  wire [J-1:0]       data_layer;  // one bit for each
  wire [2:0]         job_layer, job_l, job_k;
  wire [5:0]         job_n;
  wire               job_start, job_is_data, job_first, job_done, residual_ready, residual_re;
  wire [UAW-1:0]     u_addr;
  wire [IE*EA-1:0]   u_data;
  wire [RESAW-1:0]   residual_addr;
  hwg_loader #(
      .L(L), .K(K), .N(N), .J(J), .DATA_W(DATA_W), .DATA_H(DATA_H), .LINE_SLOTS(LINE_SLOTS),
      .LINE_BASE(LINE_BASE), .LINE_DELTA(LINE_DELTA), .LAG({DATA_LAG}), .MAP_W(MAP_W), .MAP_H(MAP_H), .STATE_BASE(STATE_BASE),
      .PASS_OFFSET(PASS_OFFSET), .PIXELS({pixels}), .IE(IE), .CF(CF), .NW0({nw0}), .PW(PB), .SB(YB), .AS(AS), .EA(EA),
      .SLOTS(OPERAND_SLOTS), .SLOT(OPERAND_SLOT), .POOLED({pooled}), .POOL_BASE(32'({pool_base})),
      .POOL_WORDS({pool_words}), .RESIDUALS(RESIDUALS), .STREAM(STREAM), .OPERANDS_LUT_DEPTH({operands}),
      .RESIDUALS_LUT_DEPTH({residuals}), .LAW(LAW), .SAW(SAW)) u_loader (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .patch_valid(patch_valid), .patch_ready(patch_ready),
      .patch(patch), .line_re(line_re), .line_addr(line_addr), .line_data(line_data), .state_re(state_re),
      .state_addr(state_addr), .state_data(state_data), .fb_ready(fb_ready), .fb_take(fb_take), .fb_re(fb_re),
      .fb_data(fb_data), .data_written(data_written), .data_layer(data_layer), .loop_written(loop_written),
      .slot_free(slot_free), .job_done(job_done), .job_start(job_start), .job_is_data(job_is_data),
      .job_layer(job_layer), .job_l(job_l), .job_k(job_k), .job_n(job_n), .job_first(job_first), .u_re(u_re),
      .u_addr(u_addr), .u_data(u_data), .residual_ready(residual_ready), .residual_re(residual_re),
      .residual_addr(residual_addr), .residual_data(residual_data));

",
        operands = lut_depth(design, SmallMemory::Operands),
        residuals = lut_depth(design, SmallMemory::Residuals),
        pixels = plan.iteration_pixels(),
        nw0 = plan.patch_words,
    )
}

fn expand(design: &Design, tables: &Tables) -> String {
    let plan = &design.plan;
    let fold = &plan.folding;
    let beats = fold.arrays.expand.beats();
    let yb = tables.lane_bits;
    let entries = &tables.expand;
    let mut out = String::from("  // ---------------------------------------------------------------- expand unit\n");
    let mut table = |name: &str, width: usize, values: Vec<i64>| {
        let _ =
            writeln!(out, "  localparam [{}:0] EXPAND_{name} = {};", values.len() * width - 1, vector(values, width));
    };
    table("GROUPS", 16, entries.iter().map(|e| e.job.groups as i64 - 1).collect());
    table("PERIOD", 16, entries.iter().map(|e| e.job.period as i64 - 1).collect());
    table("WORDS", 16, entries.iter().map(|e| e.job.words as i64 - 1).collect());
    table("DIGIT", 16, entries.iter().map(|e| e.digit_words as i64 - 1).collect());
    table("WBASE", 24, entries.iter().map(|e| e.weight_base as i64).collect());
    table("RBASE", 24, entries.iter().map(|e| e.requant_base as i64).collect());
    table("SHIFT", 5, entries.iter().map(|e| i64::from(e.requant.shift)).collect());
    table("LO", yb + 1, entries.iter().map(|e| i64::from(e.requant.lo)).collect());
    table("HI", yb + 1, entries.iter().map(|e| i64::from(e.requant.hi)).collect());
    let digits = usize::from(plan.data_digits.iter().any(|&count| count > 1));
    let _ = write!(
        out,
        "  wire               ring_space, ring_start, ring_valid, ring_done, data_fb_space, data_fb_start;
  wire [RIW-1:0]     ring_index;
  wire [D*YB-1:0]    ring_data;
  wire               data_valid, data_last, expand_probe, iteration_start;
  wire [IE*YB-1:0]   data_word;
  wire [2:0]         expand_probe_layer;
  wire [F*YB-1:0]    expand_probe_data;
  hwg_expand #(
      .L(L), .K(K), .J(J), .X({x}), .OE({oe}), .IE(IE), .Q({q}), .EA(EA), .WW({ww}), {requant}, .DIGITS({digits}),
      {products}, .DEPTH({depth}), .YB(YB), .GROUPS(EXPAND_GROUPS), .PERIOD(EXPAND_PERIOD), .WORDS(EXPAND_WORDS),
      .DIGIT(EXPAND_DIGIT), .WBASE(EXPAND_WBASE), .RBASE(EXPAND_RBASE), .SHIFT(EXPAND_SHIFT), .LO(EXPAND_LO),
      .HI(EXPAND_HI), .SET_OF(SET_OF), .SLOTS(OPERAND_SLOTS), .SLOT(OPERAND_SLOT), .D(D), .LCM({lcm}), .IW(RIW), .F(F),
      .CF(CF), .STREAM(STREAM), .MEM(MEM_DIR)) u_expand (
      .clk(clk), .rst(rst), .job_start(job_start), .job_is_data(job_is_data), .job_layer(job_layer), .job_l(job_l),
      .job_k(job_k), .job_n(job_n), .job_first(job_first), .job_done(job_done), .slot_free(slot_free), .u_re(u_re),
      .u_addr(u_addr), .u_data(u_data), .ring_space(ring_space), .ring_start(ring_start), .ring_valid(ring_valid),
      .ring_index(ring_index), .ring_data(ring_data), .ring_done(ring_done), .fb_space(data_fb_space),
      .fb_start(data_fb_start), .word_valid(data_valid), .word_last(data_last), .word_layer(data_layer),
      .word_data(data_word), .probe_valid(expand_probe), .probe_layer(expand_probe_layer),
      .probe_data(expand_probe_data), .probe_start(iteration_start));
  assign data_written = data_valid && data_last;
  wire unused_expand = &{{1'b0, expand_probe, expand_probe_layer, expand_probe_data, iteration_start}};

",
        x = entries.len(),
        oe = fold.arrays.expand.rows,
        q = fold.arrays.expand.drain,
        ww = plan.bits.expand,
        products = products(design.mapping.arrays.expand, design.mapping.requant.expand),
        requant = requant(&design.widths.arrays.expand, tables.expand_constants(beats)),
        depth = tables.expand_depth(),
        lcm = lcm(fold.arrays.expand.drain, fold.arrays.depthwise.rows),
    );
    out
}

const STORE: &str = "\
  // ---------------------------------------------------------------- feature maps on chip
  wire               loop_valid, loop_first, loop_last, loop_map_first, loop_to_stream, loop_it_last;
  wire [2:0]         loop_l;
  wire [IE*AS-1:0]   loop_word;
  hwg_store #(
      .L(L), .J(J), .IE(IE), .CF(CF), .SB(YB), .AS(AS), .LINE_SLOTS(LINE_SLOTS), .LAW(LAW), .LINE_BASE(LINE_BASE),
      .SAW(SAW), .STATE_BASE(STATE_BASE), .STATE_WORDS(STATE_WORDS), .STREAM(STREAM)) u_store (
      .clk(clk), .load(load), .data_valid(data_valid), .data_layer(data_layer), .data_word(data_word),
      .loop_valid(loop_valid), .loop_first(loop_first && loop_map_first), .loop_l(loop_l), .loop_word(loop_word),
      .line_we(line_we), .line_waddr(line_waddr), .line_wdata(line_wdata), .state_re(state_re), .state_addr(state_addr),
      .state_data(state_data));
  assign loop_written = loop_valid && loop_last;

";

/// The memories of the data block's lines and of the depthwise ring, or the one that has both.
fn line_ring(design: &Design) -> String {
    let memories = if design.mapping.shared_lines {
        "  // The data block is over when the loop writes its first word.
  hwg_shared_ram #(.A_WIDTH(IE * YB), .A_DEPTH(LINE_WORDS), .B_WIDTH(D * YB), .B_DEPTH(RING_SLOTS * RING_SLOT)) u_line_ring (
      .clk(clk), .a_we(line_we), .a_waddr(line_waddr), .a_wdata(line_wdata), .a_re(line_re), .a_raddr(line_addr),
      .a_rdata(line_data), .b_we(ring_we), .b_waddr(ring_waddr), .b_wdata(ring_wdata), .b_re(ring_re),
      .b_raddr(ring_raddr), .b_rdata(ring_rdata));
"
    } else {
        "  hwg_ram #(.WIDTH(IE * YB), .DEPTH(LINE_WORDS)) u_lines (
      .clk(clk), .we(line_we), .waddr(line_waddr), .wdata(line_wdata), .re(line_re), .raddr(line_addr), .rdata(line_data));
  hwg_ram #(.WIDTH(D * YB), .DEPTH(RING_SLOTS * RING_SLOT)) u_ring (
      .clk(clk), .we(ring_we), .waddr(ring_waddr), .wdata(ring_wdata), .re(ring_re), .raddr(ring_raddr), .rdata(ring_rdata));
"
    };
    format!(
        "  // ---------------------------------------------------------------- lines of the data block, ring of the loop
  wire               ring_we, ring_re;
  wire [RAW-1:0]     ring_waddr, ring_raddr;
  wire [D*YB-1:0]    ring_wdata, ring_rdata;
{memories}
"
    )
}

fn depthwise(design: &Design) -> String {
    let plan = &design.plan;
    let fold = &plan.folding;
    let flat: Vec<_> = design.model.blocks.iter().flatten().flatten().collect();
    let passes: Vec<usize> = plan.depthwise_groups.iter().flatten().copied().collect();
    let beats = fold.arrays.depthwise.beats();
    let sets = plan.net.set_count();
    let (weights, set_weights) = super::super::tables::bases(passes.iter().map(|groups| groups * 9));
    let (constants, set_constants) = super::super::tables::bases(passes.iter().map(|groups| groups * beats));
    let hi_bits = plan.bits.act_depthwise as usize + 1;
    let vector_lanes = fold.vector_lanes();
    let i64s = |values: &[usize]| -> Vec<i64> { values.iter().map(|&v| v as i64).collect() };
    format!(
        "  // ---------------------------------------------------------------- depthwise unit
  wire               v_space, v_start, v_valid, v_done;
  wire [VIW-1:0]     v_index;
  wire [V*AD-1:0]    v_data;
  hwg_depthwise #(
      .L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .SETS(SETS), .RING_SLOTS(RING_SLOTS),
      .RING_SLOT(RING_SLOT), .RING_DELTA(RING_DELTA), .D(D), .Q({q}), .AX(YB), .AY(AD), .WW({ww}), {requant}, .DEPTH({depth}),
      {products}, .GROUPS({groups}),
      .WBASE({wbase}),
      .RBASE({rbase}),
      .SET_WBASE({set_w}),
      .SET_RBASE({set_r}),
      .SET_OF(SET_OF),
      .SHIFT({shift}),
      .HI({hi}),
      .V(V), .LCM({lcm}), .IW(RIW), .VW(VIW), .MEM(MEM_DIR)) u_depthwise (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .ring_space(ring_space), .ring_start(ring_start),
      .ring_valid(ring_valid), .ring_index(ring_index), .ring_data(ring_data), .ring_done(ring_done),
      .mem_we(ring_we), .mem_waddr(ring_waddr), .mem_wdata(ring_wdata), .mem_re(ring_re), .mem_raddr(ring_raddr),
      .mem_rdata(ring_rdata), .v_space(v_space), .v_start(v_start), .v_valid(v_valid), .v_index(v_index), .v_data(v_data), .v_done(v_done));

",
        q = fold.arrays.depthwise.drain,
        ww = plan.bits.depthwise,
        products = single_products(design.mapping.arrays.depthwise, design.mapping.requant.depthwise),
        requant = requant(&design.widths.arrays.depthwise, sets * set_constants),
        depth = sets * set_weights,
        groups = vector(passes.iter().map(|&groups| groups as i64 - 1), 16),
        wbase = vector(i64s(&weights), 24),
        rbase = vector(i64s(&constants), 24),
        set_w = vector((0..sets).map(|set| (set * set_weights) as i64), 24),
        set_r = vector((0..sets).map(|set| (set * set_constants) as i64), 24),
        shift = vector(flat.iter().map(|b| i64::from(b.depthwise.requant.shift)), 5),
        hi = vector(flat.iter().map(|b| i64::from(b.depthwise.requant.hi)), hi_bits),
        lcm = lcm(fold.arrays.depthwise.drain, vector_lanes),
    )
}

fn project(design: &Design, tables: &Tables) -> String {
    let (plan, model) = (&design.plan, &design.model);
    let fold = &plan.folding;
    let flat: Vec<_> = model.blocks.iter().flatten().flatten().collect();
    let jobs: Vec<_> = plan.project_jobs.iter().flatten().copied().collect();
    let sets = plan.net.set_count();
    let (weights, set_weights) = super::super::tables::bases(jobs.iter().map(|job| job.groups * job.words));
    let row = tables.affine_row;
    let set_constants = row * jobs.len();
    let affine_rows = (plan.net.iterations * plan.net.scales) as usize + usize::from(plan.net.blocks > 1);
    format!(
        "  // ---------------------------------------------------------------- project unit, residual, batch norm
  wire               class_space, class_start, class_valid, class_first, class_last, project_probe;
  wire [CI*AS-1:0]   class_word;
  wire [F*AS-1:0]    project_probe_data;
  hwg_project #(
      .L(L), .K(K), .MAP_W(MAP_W), .MAP_H(MAP_H), .N(N), .SETS(SETS), .F(F), .PO({po}), .PI({pi}), .Q({q}), .AY(AD),
      .AS(AS), .WW({ww}), {requant}, {products},
      .VECTORS_LUT_DEPTH({vectors}), .CONSTANTS_LUT_DEPTH({constants}), .DEPTH({depth}), .ADEPTH({adepth}), .ABW({abw}), .APW({apw}), .AROW({row}),
      .ASHIFT(5'd{ashift}), .MID_SHIFT(3'd{mid}), .GROUPS({groups}),
      .PERIOD({period}),
      .WORDS({words}),
      .WBASE({wbase}),
      .RBASE({rbase}),
      .SET_WBASE({set_w}),
      .SET_RBASE({set_r}),
      .SET_OF(SET_OF),
      .SHIFT({shift}),
      .V(V), .V_SLOTS({vector_slots}), .V_SLOT(VECTOR_SLOT), .VW(VIW), .IE(IE), .CF(CF), .CI(CI), .CFC(CFC),
      .RESIDUALS(RESIDUALS), .STREAM(STREAM), .MEM(MEM_DIR)) u_project (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .outputs(outputs), .v_space(v_space), .v_start(v_start),
      .v_valid(v_valid), .v_index(v_index), .v_data(v_data), .v_done(v_done), .residual_ready(residual_ready),
      .residual_re(residual_re), .residual_addr(residual_addr), .residual_data(residual_data),
      .fb_space(loop_fb_space), .fb_start(loop_fb_start), .word_valid(loop_valid), .word_first(loop_first),
      .word_last(loop_last), .word_l(loop_l), .word_map_first(loop_map_first), .word_to_stream(loop_to_stream),
      .word_it_last(loop_it_last), .word_data(loop_word), .frame_last(loop_end), .class_space(class_space),
      .class_start(class_start), .class_valid(class_valid), .class_first(class_first), .class_last(class_last),
      .class_data(class_word), .probe_valid(project_probe), .probe_data(project_probe_data));
  wire unused_project = &{{1'b0, class_first, project_probe, project_probe_data}};

",
        vectors = lut_depth(design, SmallMemory::Vectors),
        constants = lut_depth(design, SmallMemory::Constants),
        vector_slots = plan.vector_slots,
        po = fold.arrays.project.rows,
        pi = fold.arrays.project.lanes,
        q = fold.arrays.project.drain,
        ww = plan.bits.project,
        products = products(design.mapping.arrays.project, design.mapping.requant.project),
        requant = requant(&design.widths.arrays.project, sets * set_constants),
        depth = sets * set_weights,
        adepth = affine_rows * row,
        abw = design.widths.affine.bias,
        apw = design.widths.affine.product,
        ashift = model.affine[0][0].shift,
        mid = model.mid_shift,
        groups = jobs[0].groups - 1,
        period = vector(jobs.iter().map(|job| job.period as i64 - 1), 16),
        words = vector(jobs.iter().map(|job| job.words as i64 - 1), 16),
        wbase = vector(weights.iter().map(|&base| base as i64), 24),
        rbase = vector((0..jobs.len()).map(|pass| (pass * row) as i64), 24),
        set_w = vector((0..sets).map(|set| (set * set_weights) as i64), 24),
        set_r = vector((0..sets).map(|set| (set * set_constants) as i64), 24),
        shift = vector(flat.iter().map(|b| i64::from(b.project.requant.shift)), 5),
    )
}

fn classify(design: &Design) -> String {
    let (plan, model) = (&design.plan, &design.model);
    let (fold, job) = (&plan.folding, &plan.classify_job);
    let widths = &design.widths.arrays.classify;
    format!(
        "  // ---------------------------------------------------------------- classification unit
  wire               logits_blocked, coarse_free, output_issued, output_done, logit_valid;
  wire [25:0]        fine_free;
  wire [GAW-1:0]     logit_addr;
  wire [C*LB-1:0]    logit_data;
  hwg_classify #(
      .L(L), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .RING_SLOTS(QUEUE_SLOTS), .CFC(CFC), .RING_DELTA(QUEUE_DELTA),
      .C(C), .CO({co}), .CI(CI), .AS(AS), .WW({ww}), .ACCW({acc}), .HEADS({heads}), .WSTRIDE({wstride}), .RSTRIDE({rstride}),
      .BW({bw}), .PW({pw}), .LB(LB), .GROUPS({groups}), .PERIOD({period}), .HEAD_OF(HEAD_OF),
      {products}, .CONSTANTS_LUT_DEPTH({constants}),
      .SHIFT({shift}),
      .LOGIT_BASE(LOGIT_BASE), .GAW(GAW), .MEM(MEM_DIR)) u_classify (
      .clk(clk), .rst(rst), .load(load), .outputs(outputs), .ring_space(class_space), .ring_start(class_start),
      .ring_valid(class_valid), .ring_last(class_last), .ring_data(class_word), .blocked(logits_blocked),
      .fine_free(fine_free), .coarse_free(coarse_free), .output_issued(output_issued), .logit_valid(logit_valid),
      .logit_addr(logit_addr), .logit_data(logit_data), .output_done(output_done));

",
        co = fold.arrays.classify.rows,
        ww = plan.bits.head,
        acc = widths.acc,
        products = products(design.mapping.arrays.classify, design.mapping.requant.classify),
        constants = lut_depth(design, SmallMemory::Constants),
        heads = model.heads.len(),
        wstride = job.groups * job.words,
        rstride = job.groups * fold.arrays.classify.rows,
        bw = widths.bias,
        pw = widths.product,
        groups = job.groups - 1,
        period = job.period - 1,
        shift = vector(model.heads.iter().flatten().map(|layer| i64::from(layer.requant.shift)), 5),
    )
}

fn output(design: &Design, tables: &Tables) -> String {
    format!(
        "  // ---------------------------------------------------------------- logits to classes
  wire               row_done, t_re, total_probe;
  wire [2:0]         rows_freed;
  wire [TAW-1:0]     t_addr;
  wire [C*TB-1:0]    t_data, total_probe_data;
  hwg_logit_sum #(
      .L(L), .MAP_W(MAP_W), .MAP_H(MAP_H), .LOGIT_BASE(LOGIT_BASE), .U_BASE(UP_BASE), .LOGIT_WORDS(LOGIT_WORDS),
      .U_WORDS({up_words}), .C(C), .LB(LB), .TB(TB), .ROWS(TOTAL_ROWS), .MAPS_LUT_DEPTH({maps}),
      .SUMS_LUT_DEPTH({sums}), .MARGIN_SHIFT({margin})) u_logit_sum (
      .clk(clk), .rst(rst), .output_issued(output_issued), .output_done(output_done), .logit_valid(logit_valid),
      .logit_addr(logit_addr), .logit_data(logit_data), .blocked(logits_blocked), .fine_free(fine_free),
      .coarse_free(coarse_free), .row_done(row_done), .rows_freed(rows_freed), .t_re(t_re), .t_addr(t_addr),
      .t_data(t_data), .margin_valid(margin_valid), .margin(margin), .probe_valid(total_probe),
      .probe_data(total_probe_data));
  hwg_upsample #(
      .W(W), .H(H), .W0(W0), .H0(H0), .N(N), .C(C), .TB(TB), .ROWS(TOTAL_ROWS), .FIFO({CLASS_WORDS})) u_upsample (
      .clk(clk), .rst(rst), .load(load), .outputs(outputs), .row_done(row_done), .rows_freed(rows_freed), .t_re(t_re),
      .t_addr(t_addr), .t_data(t_data), .m_valid(class_offered), .m_ready(m_axis_class_tready && !ends && !over),
      .m_data(m_axis_class_tdata), .m_id(m_axis_class_tid), .m_user(m_axis_class_tuser),
      .m_last(m_axis_class_tlast), .m_end(class_end));
  // the end of a frame, by stop or early exit too, holds back what later outputs have ready
  assign m_axis_class_tvalid = class_offered && !ends && !over;
  wire unused_total = &{{1'b0, total_probe, total_probe_data}};

",
        margin = design.model.confidence_shift,
        up_words = tables.up_words,
        maps = lut_depth(design, SmallMemory::Maps),
        sums = lut_depth(design, SmallMemory::Sums),
    )
}
