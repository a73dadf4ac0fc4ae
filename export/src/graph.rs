//! Building a graph: typed values, operators that know the shape of their result, constants stored once.
//!
//! Owns: names, element types and shapes. Leaves alone: what is computed (`operators`, `network`).

use crate::proto::{
    AttributeProto, Dimension, GraphProto, NodeProto, TensorProto, TensorShapeProto, TensorType, TypeProto,
    ValueInfoProto,
};
use std::collections::BTreeMap;

/// Element types, by ONNX's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `uint8`.
    U8 = 2,
    /// `int8`.
    I8 = 3,
    /// `int32`.
    I32 = 6,
    /// `int64`.
    I64 = 7,
    /// `bool`.
    Bool = 9,
    /// `uint32`.
    U32 = 12,
}

impl Element {
    /// ONNX's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::Bool => "bool",
            Self::U32 => "uint32",
        }
    }
}

/// A named tensor of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Name.
    pub name: String,
    /// Element type.
    pub element: Element,
    /// Shape, outermost first; empty for a scalar.
    pub shape: Vec<usize>,
}

impl Value {
    /// A value that something outside the current scope gives.
    pub fn new(name: impl Into<String>, element: Element, shape: &[usize]) -> Self {
        Self { name: name.into(), element, shape: shape.to_vec() }
    }

    /// Name, type and shape as ONNX has them.
    fn info(&self) -> ValueInfoProto {
        let dim = self.shape.iter().map(|&d| Dimension { dim_value: Some(d as i64) }).collect();
        let tensor_type = TensorType { elem_type: Some(self.element as i32), shape: Some(TensorShapeProto { dim }) };
        ValueInfoProto { name: Some(self.name.clone()), r#type: Some(TypeProto { tensor_type: Some(tensor_type) }) }
    }
}

/// An attribute's value.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// One integer.
    Int(i64),
    /// Several.
    Ints(Vec<i64>),
    /// A body.
    Graph(GraphProto),
}

/// The nodes of one graph or body, with what they compute.
#[derive(Debug, Default)]
struct Scope {
    nodes: Vec<NodeProto>,
    values: Vec<ValueInfoProto>,
}

/// A graph in the making.
#[derive(Debug, Default)]
pub struct Builder {
    scope: Scope,
    outer: Vec<Scope>,
    constants: BTreeMap<String, (Value, TensorProto)>,
    label: String,
    count: u64,
    nodes: usize,
}

impl Builder {
    /// Nodes so far, those of bodies included.
    pub const fn nodes(&self) -> usize {
        self.nodes
    }

    /// Names of the next nodes begin with this.
    pub fn label(&mut self, label: impl Into<String>) {
        self.label = label.into();
        self.count = 0;
    }

    /// A name for the next node.
    pub fn fresh(&mut self, operator: &str) -> String {
        self.count += 1;
        format!("{}/{operator}_{}", self.label, self.count)
    }

    /// Adds a node with one result, whose shape the caller knows.
    pub fn op(
        &mut self,
        operator: &str,
        inputs: &[&Value],
        attributes: &[(&str, Attribute)],
        element: Element,
        shape: Vec<usize>,
    ) -> Value {
        let name = self.fresh(operator);
        let value = Value { name: name.clone(), element, shape };
        let inputs = inputs.iter().map(|v| v.name.clone()).collect();
        self.push(operator, name, inputs, attributes, std::slice::from_ref(&value));
        value
    }

    /// Adds a node.
    pub fn push(
        &mut self,
        operator: &str,
        name: String,
        input: Vec<String>,
        attributes: &[(&str, Attribute)],
        outputs: &[Value],
    ) {
        self.nodes += 1;
        self.scope.values.extend(outputs.iter().map(Value::info));
        self.scope.nodes.push(NodeProto {
            input,
            output: outputs.iter().map(|v| v.name.clone()).collect(),
            name: Some(name),
            op_type: Some(operator.to_owned()),
            attribute: attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
        });
    }

    /// Gives the value that the last node computed a name of its own.
    pub fn name(&mut self, value: Value, name: impl Into<String>) -> Value {
        let renamed = Value { name: name.into(), ..value };
        let node = self.scope.nodes.last_mut().filter(|node| node.output == [value.name]);
        node.expect("only the last node's result gets a name").output = vec![renamed.name.clone()];
        *self.scope.values.last_mut().expect("every node has a result") = renamed.info();
        renamed
    }

    /// Begins the body of a loop; constants still belong to the whole graph.
    pub fn enter(&mut self) {
        self.outer.push(std::mem::take(&mut self.scope));
    }

    /// Ends the body of a loop.
    pub fn leave(&mut self, name: &str, inputs: &[Value], outputs: &[Value]) -> GraphProto {
        let outer = self.outer.pop().expect("every leave has its enter");
        let body = std::mem::replace(&mut self.scope, outer);
        graph(body, name, inputs, outputs)
    }

    /// The whole graph.
    pub fn finish(self, name: &str, inputs: &[Value], outputs: &[Value]) -> GraphProto {
        let initializer = self.constants.into_values().map(|(_, tensor)| tensor).collect();
        GraphProto { initializer, ..graph(self.scope, name, inputs, outputs) }
    }

    /// A constant of bytes. The first one of a name stays.
    pub fn bytes(&mut self, name: &str, shape: &[usize], values: &[u8]) -> Value {
        self.constant(name, Element::U8, shape, || values.to_vec())
    }

    /// A constant of 32-bit integers.
    pub fn int32(&mut self, name: &str, shape: &[usize], values: &[i32]) -> Value {
        self.constant(name, Element::I32, shape, || values.iter().flat_map(|v| v.to_le_bytes()).collect())
    }

    /// A constant of 64-bit integers.
    pub fn int64(&mut self, name: &str, shape: &[usize], values: &[i64]) -> Value {
        self.constant(name, Element::I64, shape, || values.iter().flat_map(|v| v.to_le_bytes()).collect())
    }

    /// A number as a 32-bit scalar.
    pub fn scalar32(&mut self, value: i32) -> Value {
        self.int32(&format!("int32({value})"), &[], &[value])
    }

    /// A number as a 64-bit scalar.
    pub fn scalar64(&mut self, value: i64) -> Value {
        self.int64(&format!("int64({value})"), &[], &[value])
    }

    fn constant(&mut self, name: &str, element: Element, shape: &[usize], bytes: impl FnOnce() -> Vec<u8>) -> Value {
        let make = || {
            let tensor = TensorProto {
                dims: shape.iter().map(|&d| d as i64).collect(),
                data_type: Some(element as i32),
                name: Some(name.to_owned()),
                raw_data: Some(bytes()),
            };
            (Value::new(name, element, shape), tensor)
        };
        self.constants.entry(name.to_owned()).or_insert_with(make).0.clone()
    }
}

fn graph(scope: Scope, name: &str, inputs: &[Value], outputs: &[Value]) -> GraphProto {
    let is_output = |info: &ValueInfoProto| outputs.iter().any(|o| Some(&o.name) == info.name.as_ref());
    GraphProto {
        node: scope.nodes,
        name: Some(name.to_owned()),
        initializer: vec![],
        input: inputs.iter().map(Value::info).collect(),
        output: outputs.iter().map(Value::info).collect(),
        value_info: scope.values.into_iter().filter(|info| !is_output(info)).collect(),
    }
}

fn attribute(name: &str, value: &Attribute) -> AttributeProto {
    let named = AttributeProto { name: Some(name.to_owned()), ..AttributeProto::default() };
    match value {
        Attribute::Int(i) => AttributeProto { i: Some(*i), r#type: Some(AttributeProto::INT), ..named },
        Attribute::Ints(ints) => AttributeProto { ints: ints.clone(), r#type: Some(AttributeProto::INTS), ..named },
        Attribute::Graph(g) => AttributeProto { g: Some(g.clone()), r#type: Some(AttributeProto::GRAPH), ..named },
    }
}
