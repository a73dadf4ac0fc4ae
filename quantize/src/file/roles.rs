//! The layers of a model file: names, shapes, and where each sits in the model.

use super::Document;
use crate::model::{Block, Layer, Model, Requant};
use hwgen_network::{Description, Normalisation};

/// Where a named layer sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `data.{j}`.
    Data(usize),
    /// `iter.{set}.{l}.{k}.expand`.
    Expand([usize; 3]),
    /// `iter.{set}.{l}.{k}.depthwise`.
    Depthwise([usize; 3]),
    /// `iter.{set}.{l}.{k}.project`.
    Project([usize; 3]),
    /// `affine.{n}.{l}`.
    Affine([usize; 2]),
    /// `head.{n}.{l}`, by the position of output `n + 1` in the description's list.
    Head([usize; 2]),
}

/// All layers of `description`, with their names.
pub fn roles(description: &Description) -> Vec<(String, Role)> {
    let d = description;
    let mut roles: Vec<(String, Role)> = (0..d.data_layers()).map(|j| (format!("data.{j}"), Role::Data(j))).collect();
    for set in 0..d.set_count() {
        for l in 0..d.scales as usize {
            for k in 0..d.blocks as usize {
                let name = |part| format!("iter.{set}.{l}.{k}.{part}");
                roles.push((name("expand"), Role::Expand([set, l, k])));
                roles.push((name("depthwise"), Role::Depthwise([set, l, k])));
                roles.push((name("project"), Role::Project([set, l, k])));
            }
        }
    }
    for l in 0..d.scales as usize {
        roles.extend((0..d.iterations as usize).map(|n| (format!("affine.{n}.{l}"), Role::Affine([n, l]))));
        let outputs = d.outputs.iter().enumerate();
        roles.extend(outputs.map(|(o, output)| (format!("head.{}.{l}", output - 1), Role::Head([o, l]))));
    }
    roles
}

impl Role {
    /// `[outputs]` of an affine row, `[outputs, inputs, kernel, kernel]` of a convolution.
    pub fn shape(self, d: &Description) -> Vec<usize> {
        let (width, classes) = (d.width as usize, d.classes as usize);
        match self {
            Self::Data(j) => vec![width, d.data_inputs(j), 3, 3],
            Self::Expand([_, l, k]) => vec![d.block_hidden(l, k), d.block_inputs(l, k), 1, 1],
            Self::Depthwise([_, l, k]) => vec![d.block_hidden(l, k), 1, 3, 3],
            Self::Project([_, l, k]) => vec![width, d.block_hidden(l, k), 1, 1],
            Self::Affine(_) => vec![width],
            Self::Head(_) => vec![classes, width, 3, 3],
        }
    }

    /// Whether `b` may differ from 0.
    pub fn biased(self, d: &Description) -> bool {
        match self {
            Self::Data(_) | Self::Affine(_) | Self::Head(_) => true,
            Self::Expand(_) | Self::Depthwise(_) | Self::Project(_) => d.normalisation == Normalisation::Convolutions,
        }
    }

    /// Whether it is a convolution.
    pub fn weighted(self) -> bool {
        !matches!(self, Self::Affine(_))
    }

    /// The convolution.
    pub fn layer(self, model: &Model) -> Option<&Layer> {
        Some(match self {
            Self::Data(j) => &model.data[j],
            Self::Expand([set, l, k]) => &model.blocks[set][l][k].expand,
            Self::Depthwise([set, l, k]) => &model.blocks[set][l][k].depthwise,
            Self::Project([set, l, k]) => &model.blocks[set][l][k].project,
            Self::Affine(_) => return None,
            Self::Head([o, l]) => &model.heads[o][l],
        })
    }

    /// The convolution, for writing.
    pub fn layer_mut(self, model: &mut Model) -> Option<&mut Layer> {
        Some(match self {
            Self::Data(j) => &mut model.data[j],
            Self::Expand([set, l, k]) => &mut model.blocks[set][l][k].expand,
            Self::Depthwise([set, l, k]) => &mut model.blocks[set][l][k].depthwise,
            Self::Project([set, l, k]) => &mut model.blocks[set][l][k].project,
            Self::Affine(_) => return None,
            Self::Head([o, l]) => &mut model.heads[o][l],
        })
    }

    /// The requantisation.
    pub fn requant(self, model: &Model) -> &Requant {
        match (self, self.layer(model)) {
            (_, Some(layer)) => &layer.requant,
            (Self::Affine([n, l]), None) => &model.affine[n][l],
            (_, None) => unreachable!("every other role is a convolution"),
        }
    }

    /// The requantisation, for writing.
    pub fn requant_mut(self, model: &mut Model) -> &mut Requant {
        if let Self::Affine([n, l]) = self {
            return &mut model.affine[n][l];
        }
        &mut self.layer_mut(model).expect("every other role is a convolution").requant
    }
}

/// The model of a document, with empty tensors.
pub fn skeleton(document: &Document) -> Model {
    let d = &document.description;
    let requant = || Requant { mul: vec![], bias: vec![], shift: 0, lo: 0, hi: 0 };
    let layer = |role: Role| {
        let shape = role.shape(d);
        let (outputs, inputs, taps) = (shape[0], shape[1], shape[2] * shape[3]);
        Layer { outputs, inputs, taps, weights: vec![], requant: requant(), acc_bits: 0 }
    };
    let block = |at| Block {
        expand: layer(Role::Expand(at)),
        depthwise: layer(Role::Depthwise(at)),
        project: layer(Role::Project(at)),
    };
    let scales = d.scales as usize;
    let blocks = |set, l| (0..d.blocks as usize).map(|k| block([set, l, k])).collect();
    Model {
        description: d.clone(),
        bits: document.bits,
        mid_shift: document.mid_shift,
        confidence_shift: document.confidence_shift,
        data: (0..d.data_layers()).map(|j| layer(Role::Data(j))).collect(),
        blocks: (0..d.set_count()).map(|set| (0..scales).map(|l| blocks(set, l)).collect()).collect(),
        affine: (0..d.iterations).map(|_| (0..scales).map(|_| requant()).collect()).collect(),
        heads: (0..d.outputs.len()).map(|o| (0..scales).map(|l| layer(Role::Head([o, l]))).collect()).collect(),
    }
}
