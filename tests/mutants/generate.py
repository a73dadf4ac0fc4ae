"""Mutants of a module: small faults, found in its syntax tree.

A mutant is switched where both forms of its text can stand side by side and a number chosen at run time says which one
counts: then one build of a core holds all of them. Texts that the elaboration needs (widths, parameters, conditions of
generate blocks) and functions, which parameters call, are left alone.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pyslang import syntax

KIND = syntax.SyntaxKind
# Binary operators and what is put in their place.
SWAPS = {
    KIND.AddExpression: "-",
    KIND.SubtractExpression: "+",
    KIND.LogicalAndExpression: "||",
    KIND.LogicalOrExpression: "&&",
    KIND.EqualityExpression: "!=",
    KIND.InequalityExpression: "==",
    KIND.LessThanExpression: "<=",
    KIND.LessThanEqualExpression: "<",
    KIND.GreaterThanExpression: ">=",
    KIND.GreaterThanEqualExpression: ">",
    KIND.BinaryAndExpression: "|",
    KIND.BinaryOrExpression: "&",
    KIND.BinaryXorExpression: "|",
}
# Below these, everything is fixed when the design is elaborated, or is no hardware.
FIXED = {
    KIND.ParameterDeclaration,
    KIND.ParameterPortList,
    KIND.ParameterValueAssignment,
    KIND.VariableDimension,
    KIND.SimpleRangeSelect,
    KIND.FunctionDeclaration,
    KIND.EventControlWithExpression,
    KIND.LoopGenerate,
    KIND.IfGenerate,
    KIND.CaseGenerate,
    KIND.ForLoopStatement,
    KIND.InitialBlock,
    KIND.StandardCaseItem,
    KIND.MultipleConcatenationExpression,
    KIND.ImmediateAssertStatement,
    KIND.GenvarDeclaration,
}
# Of those, the parts that are hardware again.
BODIES = {
    KIND.LoopGenerate: ("block",),
    KIND.IfGenerate: ("block", "elseClause"),
    KIND.CaseGenerate: (),
    KIND.ForLoopStatement: ("statement",),
    KIND.StandardCaseItem: ("clause",),
    KIND.MultipleConcatenationExpression: ("concatenation",),
}


@dataclass(frozen=True)
class Mutant:
    name: str  # module:line:operator, and a number where a line has several
    module: str
    line: int
    operator: str
    start: int  # bytes of the file
    end: int
    before: str
    after: str
    is_statement: bool

    def alone(self, text: bytes) -> bytes:
        """The module with this fault."""
        return text[: self.start] + self.after.encode() + text[self.end :]


def plain(text: str) -> str:
    """In one line, without comments."""
    return " ".join(re.sub(r"//[^\n]*", "", text).split())


def more_by_one(literal: str) -> str | None:
    """The next value of a sized or plain literal; none for other forms."""
    if re.fullmatch(r"\d+", literal):
        return str(int(literal) + 1)
    if literal == "'0":
        return "'1"
    if literal == "'1":
        return "'0"
    match = re.fullmatch(r"(\d+)'(s?)([bdh])([0-9a-fA-F_]+)", literal)
    if not match:
        return None
    width, sign, base, digits = match.groups()
    value = (int(digits.replace("_", ""), {"b": 2, "d": 10, "h": 16}[base]) + 1) % (1 << int(width))
    return f"{width}'{sign}{base}{value:{ {'b': 'b', 'd': 'd', 'h': 'x'}[base] }}"


class Finder:
    def __init__(self, module: str, text: bytes):
        self.module, self.text = module, text
        self.found: list[tuple[int, int, str, str, bool]] = []

    def source(self, node) -> str:
        return plain(self.text[node.sourceRange.start.offset : node.sourceRange.end.offset].decode())

    def add(self, node, operator: str, after: str, statement: bool = False) -> None:
        self.found.append((node.sourceRange.start.offset, node.sourceRange.end.offset, operator, after, statement))

    def walk(self, node, port: bool = False) -> None:
        """Looks below `node`; in a `port` connection, which may be an output, places stay as they are."""
        if not isinstance(node, syntax.SyntaxNode):
            return
        kind = node.kind
        if kind in FIXED:
            for name in BODIES.get(kind, ()):
                if (body := getattr(node, name, None)) is not None:
                    self.walk(body, port)
            return
        if kind == KIND.Declarator and str(node.name).strip().startswith("unused"):
            return
        self.look(node, kind, port)
        port = port or kind == KIND.NamedPortConnection
        if kind in (KIND.NonblockingAssignmentExpression, KIND.AssignmentExpression):
            self.walk(node.right, port)
        elif kind == KIND.CastExpression:
            self.walk(node.right, port)
        elif kind in (KIND.AscendingRangeSelect, KIND.DescendingRangeSelect):
            if not port:
                self.walk(node.left, port)
        elif kind == KIND.BitSelect and port:
            return
        else:
            for child in node:
                self.walk(child, port)

    def look(self, node, kind, port: bool) -> None:
        if kind in SWAPS:
            left, right, operator = self.source(node.left), self.source(node.right), str(node.operatorToken).strip()
            self.add(node, f"{operator}→{SWAPS[kind]}", f"({left}) {SWAPS[kind]} ({right})")
            if kind == KIND.LogicalAndExpression:
                self.add(node, "&&→left", f"!(!({left}))")
                self.add(node, "&&→right", f"!(!({right}))")
        elif kind in (KIND.ConditionalExpression, KIND.ConditionalStatement):
            self.add(node.predicate, "condition→not", f"!({self.source(node.predicate)})")
            self.add(node.predicate, "condition→1", "1'b1")
            self.add(node.predicate, "condition→0", "1'b0")
            if kind == KIND.ConditionalExpression:
                condition, left, right = map(self.source, (node.predicate, node.left, node.right))
                self.add(node, "arms swapped", f"({condition}) ? ({right}) : ({left})")
        elif kind in (KIND.IntegerLiteralExpression, KIND.IntegerVectorExpression, KIND.UnbasedUnsizedLiteralExpression):
            if after := more_by_one(self.source(node)):
                self.add(node, "constant", after)
        elif kind == KIND.ExpressionStatement and node.expr.kind == KIND.NonblockingAssignmentExpression:
            self.add(node, "deleted", ";", True)
        elif kind == KIND.CastExpression:
            inner = re.fullmatch(r"(.+?)'\(\$signed\((.*)\)\)", self.source(node))
            if inner and inner[2].count("(") == inner[2].count(")"):
                self.add(node, "unsigned", f"$signed({inner[1]}'({inner[2]}))")
        elif kind in (KIND.AscendingRangeSelect, KIND.DescendingRangeSelect) and not port:
            self.add(node.left, "select", f"({self.source(node.left)}) + 1")


def module_mutants(path: Path, wanted: int) -> list[Mutant]:
    """`wanted` mutants of a file, or as many as there are: always the same ones, at most two of one line first."""
    text, module = path.read_bytes(), path.stem
    finder = Finder(module, text)
    finder.walk(syntax.SyntaxTree.fromFile(str(path)).root)
    named: dict[str, int] = {}
    mutants = []
    for start, end, operator, after, statement in sorted(finder.found):
        line = text.count(b"\n", 0, start) + 1
        name = f"{module}:{line}:{operator}"
        named[name] = named.get(name, 0) + 1
        name += f":{named[name]}" if named[name] > 1 else ""
        before = plain(text[start:end].decode())
        mutants.append(Mutant(name, module, line, operator, start, end, before, after, statement))
    order = {}
    seen: dict[tuple[str, str, str], int] = {}
    for mutant in mutants:
        what = (mutant.operator, mutant.before, mutant.after)
        seen[what] = seen.get(what, 0) + 1
        order[mutant.name] = hashlib.sha256(repr((module, *what, seen[what])).encode()).hexdigest()
    mutants.sort(key=lambda mutant: order[mutant.name])
    chosen, lines = [], {}
    for mutant in mutants:
        if lines.get(mutant.line, 0) < 2 and len(chosen) < wanted:
            lines[mutant.line] = lines.get(mutant.line, 0) + 1
            chosen.append(mutant)
    return sorted(chosen, key=lambda mutant: (mutant.start, -mutant.end, mutant.name))


SWITCH = "hwg_pkg::mutant[0]"


def switched(text: bytes, mutants: list[tuple[int, Mutant]]) -> bytes:
    """The module with all of the numbered faults, each there when the switch has its number; the same lines as before."""

    def render(start: int, end: int, inside: list[tuple[int, Mutant]]) -> bytes:
        out, at = b"", start
        while inside:
            number, first = inside[0]
            here = [pair for pair in inside[1:] if pair[1].end <= first.end]
            inside = [pair for pair in inside[1:] if pair[1].end > first.end]
            own = render(first.start, first.end, here)
            out += text[at : first.start]
            if first.is_statement:
                out += b"begin if (%s != %d) " % (SWITCH.encode(), number) + own + b" end"
            else:
                out += b"(%s == %d ? (%s) : (" % (SWITCH.encode(), number, first.after.encode()) + own + b"))"
            at = first.end
        return out + text[at:end]

    mutants = sorted(mutants, key=lambda pair: (pair[1].start, -pair[1].end, pair[1].name))
    return render(0, len(text), mutants)
