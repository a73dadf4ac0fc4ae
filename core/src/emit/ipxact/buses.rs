//! Bus interfaces: which ports belong together follows from their names, `s_axil_wdata` is WDATA of `s_axil`.

use super::super::ports::Port;
use super::registers::MAP;
use super::xml::Xml;

/// The address space of the AXI4 master.
const SPACE: &str = "feedback";
/// Bits of its addresses.
const SPACE_BITS: usize = 64;

/// A bus of Arm's AMBA 4, by the name and the version of its definition.
struct Bus {
    name: &'static str,
    version: &'static str,
}

/// The bus of an interface.
fn bus(interface: &str) -> Bus {
    match interface {
        "s_axil" => Bus { name: "AXI4-Lite", version: "r0p0_0" },
        "m_axi_fb" => Bus { name: "AXI4", version: "r0p0_0" },
        _ => Bus { name: "AXI4Stream", version: "r0p0_1" },
    }
}

/// The attributes that name a definition of Arm's.
fn definition<'a>(name: &'a str, version: &'a str) -> [(&'a str, &'a str); 4] {
    [("vendor", "amba.com"), ("library", "AMBA4"), ("name", name), ("version", version)]
}

/// Interface and signal of a port; none for clock, reset and interrupt.
fn split(port: &Port) -> Option<(&'static str, &'static str)> {
    port.name.rsplit_once('_').filter(|(interface, _)| interface.starts_with("s_") || interface.starts_with("m_"))
}

/// The interfaces in the order of the ports.
fn names(ports: &[Port]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (interface, _) in ports.iter().filter_map(split) {
        if !names.contains(&interface) {
            names.push(interface);
        }
    }
    names
}

/// Every interface of the core.
pub fn interfaces(x: &mut Xml, ports: &[Port]) {
    x.inside("busInterfaces", |x| {
        for name in names(ports) {
            x.inside("busInterface", |x| interface(x, name, ports));
        }
    });
}

fn interface(x: &mut Xml, name: &str, ports: &[Port]) {
    let Bus { name: bus, version } = bus(name);
    let abstraction = format!("{bus}_rtl");
    x.text("name", name);
    x.empty("busType", &definition(bus, version));
    x.inside("abstractionTypes", |x| {
        x.inside("abstractionType", |x| {
            x.empty("abstractionRef", &definition(&abstraction, version));
            x.inside("portMaps", |x| {
                map(x, "ACLK", "aclk");
                map(x, "ARESETn", "aresetn");
                for port in ports {
                    if let Some((_, signal)) = split(port).filter(|(interface, _)| *interface == name) {
                        map(x, &signal.to_uppercase(), port.name);
                    }
                }
            });
        });
    });
    match name {
        "s_axil" => x.inside("slave", |x| {
            x.empty("memoryMapRef", &[("memoryMapRef", MAP)]);
            x.inside("fileSetRefGroup", |x| {
                x.inside("fileSetRef", |x| x.text("localName", "software"));
            });
        }),
        "m_axi_fb" => x.inside("master", |x| {
            x.with("addressSpaceRef", &[("addressSpaceRef", SPACE)], |x| x.text("baseAddress", "0"));
        }),
        _ if name.starts_with("m_") => x.empty("master", &[]),
        _ => x.empty("slave", &[]),
    }
}

fn map(x: &mut Xml, logical: &str, physical: &str) {
    x.inside("portMap", |x| {
        x.inside("logicalPort", |x| x.text("name", logical));
        x.inside("physicalPort", |x| x.text("name", physical));
    });
}

/// What the AXI4 master reaches, where there is one.
pub fn address_spaces(x: &mut Xml, ports: &[Port]) {
    let Some(data) = ports.iter().find(|port| port.name == "m_axi_fb_wdata") else { return };
    x.inside("addressSpaces", |x| {
        x.inside("addressSpace", |x| {
            x.text("name", SPACE);
            x.text("description", "The region at BASE_HIGH, BASE_LOW holds the state of scale 0 between iterations");
            x.text("range", format!("2 ** {SPACE_BITS}"));
            x.text("width", data.width.to_string());
            x.text("addressUnitBits", "8");
        });
    });
}
