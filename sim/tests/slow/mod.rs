//! docs/arithmetic.md once more: one plain loop nest for each operator, 64-bit integers, no sharing with the golden
//! model but the model's integers. Slow on purpose.

use hwgen_network::{PixelDomain, Size};
use hwgen_quantize::{Layer, Model, Range, Requant};
use hwgen_sim::golden::{At, Tensor};
use std::collections::BTreeMap;

/// A feature map; reads outside of it are the caller's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    pub h: usize,
    pub w: usize,
    pub c: usize,
    pub v: Vec<i64>,
}

impl Map {
    fn new(h: usize, w: usize, c: usize, mut value: impl FnMut(usize, usize, usize) -> i64) -> Self {
        let mut v = Vec::new();
        for y in 0..h {
            for x in 0..w {
                for channel in 0..c {
                    v.push(value(y, x, channel));
                }
            }
        }
        Self { h, w, c, v }
    }

    fn at(&self, y: usize, x: usize, c: usize) -> i64 {
        assert!(y < self.h && x < self.w && c < self.c);
        self.v[(y * self.w + x) * self.c + c]
    }

    fn clamped(&self, y: i64, x: i64, c: usize) -> i64 {
        self.at(y.clamp(0, self.h as i64 - 1) as usize, x.clamp(0, self.w as i64 - 1) as usize, c)
    }

    fn or_zero(&self, y: i64, x: i64, c: usize) -> i64 {
        if y < 0 || x < 0 || y >= self.h as i64 || x >= self.w as i64 { 0 } else { self.at(y as usize, x as usize, c) }
    }
}

fn requant(v: i64, r: &Requant, c: usize) -> i64 {
    let sum = i128::from(v) * i128::from(r.mul[c]) + i128::from(r.bias[c]) + (1i128 << (r.shift - 1));
    let shifted = sum.div_euclid(1i128 << r.shift) as i64;
    shifted.clamp(i64::from(r.lo), i64::from(r.hi))
}

fn conv(input: &Map, layer: &Layer, stride: usize, depthwise: bool) -> Map {
    let (h, w) = (input.h.div_ceil(stride), input.w.div_ceil(stride));
    let (kernel, pad) = if layer.taps == 9 { (3, 1) } else { (1, 0) };
    Map::new(h, w, layer.outputs, |y, x, o| {
        let mut acc = 0;
        for i in 0..layer.inputs {
            for ky in 0..kernel {
                for kx in 0..kernel {
                    let weight = layer.weights[(o * layer.inputs + i) * layer.taps + ky * kernel + kx];
                    let (sy, sx) = ((y * stride + ky) as i64 - pad, (x * stride + kx) as i64 - pad);
                    acc += i64::from(weight) * input.or_zero(sy, sx, if depthwise { o } else { i });
                }
            }
        }
        let limit = 1i64 << (layer.acc_bits - 1);
        assert!((-limit..limit).contains(&acc), "accumulator width");
        requant(acc, &layer.requant, o)
    })
}

fn up2(coarse: &Map, h: usize, w: usize) -> Map {
    let other = |fine: i64| if fine % 2 == 0 { fine / 2 - 1 } else { fine / 2 + 1 };
    Map::new(h, w, coarse.c, |y, x, c| {
        let (y, x) = (y as i64, x as i64);
        let sum = 9 * coarse.clamped(y / 2, x / 2, c)
            + 3 * coarse.clamped(y / 2, other(x), c)
            + 3 * coarse.clamped(other(y), x / 2, c)
            + coarse.clamped(other(y), other(x), c);
        (sum + 8).div_euclid(16)
    })
}

fn pool2(fine: &Map, h: usize, w: usize) -> Map {
    Map::new(h, w, fine.c, |y, x, c| {
        let (y, x) = (2 * y as i64, 2 * x as i64);
        let sum = fine.clamped(y, x, c)
            + fine.clamped(y, x + 1, c)
            + fine.clamped(y + 1, x, c)
            + fine.clamped(y + 1, x + 1, c);
        (sum + 2).div_euclid(4)
    })
}

fn concat(parts: &[Map]) -> Map {
    let channels = parts.iter().map(|p| p.c).sum();
    Map::new(parts[0].h, parts[0].w, channels, |y, x, mut c| {
        for part in parts {
            if c < part.c {
                return part.at(y, x, c);
            }
            c -= part.c;
        }
        unreachable!()
    })
}

fn up8(total: &Map, y: usize, x: usize, c: usize) -> i64 {
    let split = |fine: usize| ((fine as i64 - 4).div_euclid(8), (fine as i64 - 4).rem_euclid(8));
    let ((iy, jy), (ix, jx)) = (split(y), split(x));
    let mut sum = 0;
    for (dy, wy) in [(0, 16 - (2 * jy + 1)), (1, 2 * jy + 1)] {
        for (dx, wx) in [(0, 16 - (2 * jx + 1)), (1, 2 * jx + 1)] {
            sum += wy * wx * total.clamped(iy + dy, ix + dx, c);
        }
    }
    sum
}

/// Everything that the golden model shows, and what it returns.
pub struct Slow {
    pub tensors: BTreeMap<Tensor, Map>,
    pub maps: Vec<(u32, Vec<u8>)>,
    pub confidences: Vec<u32>,
}

pub fn run(model: &Model, image: &[u8], iterations: usize, mask: u64) -> Slow {
    let d = &model.description;
    let Size { width, height } = d.image;
    let mut out = Slow { tensors: BTreeMap::new(), maps: vec![], confidences: vec![] };
    let mut map = Map::new(height as usize, width as usize, 3, |y, x, c| {
        let byte = i64::from(image[(y * width as usize + x) * 3 + c]);
        if d.pixels == PixelDomain::Unit { byte } else { 2 * byte - 255 }
    });
    out.tensors.insert(Tensor::Input, map.clone());
    let mut states = vec![];
    for (j, layer) in model.data.iter().enumerate() {
        map = conv(&map, layer, 2, false);
        out.tensors.insert(Tensor::Data { j }, map.clone());
        if j >= 2 {
            states.push(map.clone());
        }
    }
    for n in 0..iterations.clamp(1, d.iterations as usize) {
        states = iterate(model, n, &states, &mut out);
        if let Some(o) = d.outputs.iter().position(|&o| o as usize == n + 1).filter(|_| (mask >> n) % 2 == 1) {
            output(model, n, o, &states, &mut out);
        }
    }
    out
}

fn iterate(model: &Model, n: usize, states: &[Map], out: &mut Slow) -> Vec<Map> {
    let d = &model.description;
    let one_scale = |l: usize| {
        let mut own = states[l].clone();
        for k in 0..d.blocks as usize {
            let at = At { n, l, k };
            let block = &model.blocks[d.set_of(n)][l][k];
            let mut parts = vec![own.clone()];
            if k == 0 && d.has_coarser(l) {
                parts.push(up2(&states[l + 1], own.h, own.w));
            }
            if k == 0 && d.has_finer(l) {
                parts.push(pool2(&states[l - 1], own.h, own.w));
            }
            let concat = concat(&parts);
            let expand = conv(&concat, &block.expand, 1, false);
            let depthwise = conv(&expand, &block.depthwise, 1, true);
            let project = conv(&depthwise, &block.project, 1, false);
            let Range { lo, hi } = model.bits.residual_range();
            let factor = if k == 0 { 4 } else { 4 << model.mid_shift };
            let residual = Map::new(own.h, own.w, own.c, |y, x, c| {
                (project.at(y, x, c) + factor * own.at(y, x, c)).clamp(i64::from(lo), i64::from(hi))
            });
            let last = k + 1 == d.blocks as usize;
            let affine = &model.affine[n][l];
            let between = Requant {
                mul: vec![1 << (affine.shift - 2 - model.mid_shift); own.c],
                bias: vec![0; own.c],
                ..affine.clone()
            };
            let affine = if last { affine } else { &between };
            let state = Map::new(own.h, own.w, own.c, |y, x, c| requant(residual.at(y, x, c), affine, c));
            own = state.clone();
            out.tensors.insert(Tensor::Concat(at), concat);
            out.tensors.insert(Tensor::Expand(at), expand);
            out.tensors.insert(Tensor::Depthwise(at), depthwise);
            out.tensors.insert(Tensor::Project(at), project);
            out.tensors.insert(Tensor::Residual(at), residual);
            out.tensors.insert(Tensor::State(at), state);
        }
        own
    };
    (0..states.len()).map(one_scale).collect()
}

fn output(model: &Model, n: usize, o: usize, states: &[Map], out: &mut Slow) {
    let logits: Vec<Map> = states.iter().zip(&model.heads[o]).map(|(s, head)| conv(s, head, 1, false)).collect();
    let mut total = logits[0].clone();
    for (l, map) in logits.iter().enumerate().skip(1) {
        let mut map = map.clone();
        for target in (0..l).rev() {
            map = up2(&map, states[target].h, states[target].w);
        }
        for (sum, v) in total.v.iter_mut().zip(&map.v) {
            *sum += v;
        }
    }
    let mut margin = 0u64;
    for pixel in total.v.chunks(total.c) {
        let mut sorted = pixel.to_vec();
        sorted.sort_unstable();
        if sorted.len() > 1 {
            margin += (sorted[sorted.len() - 1] - sorted[sorted.len() - 2]) as u64;
        }
    }
    out.confidences.push((margin >> model.confidence_shift).min(u64::from(u32::MAX)) as u32);
    let Size { width, height } = model.description.image;
    let mut classes = vec![];
    for y in 0..height as usize {
        for x in 0..width as usize {
            let values: Vec<i64> = (0..total.c).map(|c| up8(&total, y, x, c)).collect();
            let best = values.iter().copied().max().unwrap();
            classes.push(values.iter().position(|&v| v == best).unwrap() as u8);
        }
    }
    out.maps.push((n as u32 + 1, classes));
    for (l, logits) in logits.into_iter().enumerate() {
        out.tensors.insert(Tensor::Logits { n, l }, logits);
    }
    out.tensors.insert(Tensor::Total { n }, total);
}
