//! `component.xml`: the core in IP-XACT (IEEE 1685-2014), for tools that put designs together.
//!
//! Owns: the document and its order. Leaves alone: the ports (`ports.rs`) and the register map, which it repeats.

mod buses;
mod registers;
mod xml;

use super::ports::{Direction, Port, ports};
use crate::design::Design;
use xml::Xml;

/// Where the schema has its home; no program looks there.
const NAMESPACE: &str = "http://www.accellera.org/XMLSchema/IPXACT/1685-2014";

/// What the document says beside the design.
pub struct Facts<'a> {
    /// Configuration hash, that of register HASH.
    pub hash: u32,
    /// Paths of the core's Verilog files, in order.
    pub sources: Vec<&'a str>,
    /// Paths of its memory files.
    pub memories: Vec<&'a str>,
}

/// Bytes of the document.
pub fn component(design: &Design, facts: &Facts) -> Vec<u8> {
    let ports = ports(design);
    let schema = format!("{NAMESPACE} {NAMESPACE}/index.xsd");
    let attributes = [
        ("xmlns:ipxact", NAMESPACE),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", &schema),
    ];
    xml::document("component", &attributes, |x| {
        x.text("vendor", "hwgen");
        x.text("library", "itnet");
        x.text("name", design.name());
        x.text("version", env!("CARGO_PKG_VERSION"));
        buses::interfaces(x, &ports);
        buses::address_spaces(x, &ports);
        registers::memory_map(x, design, facts.hash);
        x.inside("model", |x| model(x, &ports));
        x.inside("fileSets", |x| file_sets(x, facts));
        x.text("description", description(design));
        x.inside("parameters", |x| parameters(x, design));
    })
}

fn description(design: &Design) -> String {
    let net = &design.plan.net;
    format!(
        "ItNet of {} iterations for images of {}x{} pixels in {} classes, {} multipliers",
        net.iterations,
        net.image.width,
        net.image.height,
        net.classes,
        design.plan.folding.total()
    )
}

fn model(x: &mut Xml, ports: &[Port]) {
    x.inside("views", |x| {
        x.inside("view", |x| {
            x.text("name", "rtl");
            x.text("envIdentifier", "systemVerilog:*Simulation:");
            x.text("envIdentifier", "systemVerilog:*Synthesis:");
            x.text("componentInstantiationRef", "rtl");
        });
    });
    x.inside("instantiations", |x| {
        x.inside("componentInstantiation", |x| {
            x.text("name", "rtl");
            x.text("language", "systemVerilog");
            x.text("moduleName", "itnet_top");
            x.inside("moduleParameters", |x| {
                x.with("moduleParameter", &[("dataType", "string"), ("type", "string")], |x| {
                    x.text("name", "MEM_DIR");
                    x.text("description", "Folder of the memory files, with the slash");
                    x.text("value", "\"mem/\"");
                });
            });
            for set in ["rtl", "memories"] {
                x.inside("fileSetRef", |x| x.text("localName", set));
            }
        });
    });
    x.inside("ports", |x| {
        for Port { name, direction, width } in ports {
            x.inside("port", |x| {
                x.text("name", name);
                x.inside("wire", |x| {
                    x.text("direction", if *direction == Direction::Input { "in" } else { "out" });
                    if *width > 1 {
                        x.inside("vectors", |x| {
                            x.inside("vector", |x| {
                                x.text("left", (width - 1).to_string());
                                x.text("right", "0");
                            });
                        });
                    }
                });
            });
        }
    });
}

fn file_sets(x: &mut Xml, facts: &Facts) {
    let sets: [(&str, Vec<&str>); 3] = [
        ("rtl", facts.sources.clone()),
        ("memories", facts.memories.clone()),
        ("software", vec!["itnet_regs.h", "itnet.h", "itnet.c", "itnet_core.h"]),
    ];
    for (name, files) in sets {
        x.inside("fileSet", |x| {
            x.text("name", name);
            for path in files {
                x.inside("file", |x| {
                    x.text("name", path);
                    match name {
                        "rtl" => x.text("fileType", "systemVerilogSource"),
                        "memories" => x.with("fileType", &[("user", "readmemh")], |x| x.content("user")),
                        _ => x.text("fileType", "cSource"),
                    }
                    if path.ends_with('h') && name == "software" {
                        x.text("isIncludeFile", "true");
                    }
                });
            }
        });
    }
}

fn parameters(x: &mut Xml, design: &Design) {
    let net = &design.plan.net;
    let numbers = [
        ("ITERATIONS", net.iterations),
        ("CLASSES", net.classes),
        ("IMAGE_WIDTH", net.image.width),
        ("IMAGE_HEIGHT", net.image.height),
    ];
    for (name, value) in numbers {
        x.with("parameter", &[("resolve", "immediate"), ("type", "int")], |x| {
            x.text("name", name);
            x.text("value", value.to_string());
        });
    }
}
