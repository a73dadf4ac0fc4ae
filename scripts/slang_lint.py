#!/usr/bin/env python3
"""slang on Verilog sources, through pyslang: slang_lint.py TOP[,TOP]… FILE… Exit status 1 if it says anything at all.

Beside slang's own warnings it finds narrowing casts that Yosys 0.23 would read at the width of their operand. In
`{1'b1, P'(wide) - 1'b1}` the difference has P bits (IEEE 1800-2017, 6.24.1 and 11.6.1); that Yosys gives it as many as
`wide` has. A difference alone on the right of an assignment is cut to the same bits by both.
"""

import sys

from pyslang import ast, driver

KIND, BINARY, UNARY = ast.ExpressionKind, ast.BinaryOperator, ast.UnaryOperator
# Operators whose operands take the width of the whole expression (IEEE 1800-2017, table 11-21).
TRANSPARENT = {
    BINARY.Add,
    BINARY.Subtract,
    BINARY.Multiply,
    BINARY.BinaryAnd,
    BINARY.BinaryOr,
    BINARY.BinaryXor,
    BINARY.BinaryXnor,
}
SHIFTS = {BINARY.LogicalShiftLeft, BINARY.LogicalShiftRight, BINARY.ArithmeticShiftLeft, BINARY.ArithmeticShiftRight}
SAME_WIDTH_UNARY = {UNARY.Plus, UNARY.Minus, UNARY.BitwiseNot}


def sized_together(expression: ast.Expression) -> list[ast.Expression]:
    """The operands that share the width of `expression`; none for a leaf."""
    match expression.kind:
        case KIND.BinaryOp if expression.op in TRANSPARENT:
            return [expression.left, expression.right]
        case KIND.BinaryOp if expression.op in SHIFTS:
            return [expression.left]
        case KIND.UnaryOp if expression.op in SAME_WIDTH_UNARY:
            return [expression.operand]
        case KIND.ConditionalOp:
            return [expression.left, expression.right]
        case KIND.Conversion if expression.isImplicit:
            return [expression.operand]
    return []


def sized_alone(expression: ast.Expression) -> list[ast.Expression]:
    """The operands of `expression` whose width nothing around them sets."""
    match expression.kind:
        case KIND.Concatenation:
            return list(expression.operands)
        case KIND.Replication:
            return [expression.concat]
        case KIND.BinaryOp if expression.op in SHIFTS:
            right = expression.op in (BINARY.LogicalShiftRight, BINARY.ArithmeticShiftRight)
            return [expression.left, expression.right] if right else [expression.right]
        case KIND.BinaryOp if expression.op not in TRANSPARENT:
            return [expression.left, expression.right]
        case KIND.UnaryOp if expression.op not in SAME_WIDTH_UNARY:
            return [expression.operand]
        case KIND.Conversion if not expression.isImplicit:
            return [expression.operand]
        case KIND.ElementSelect:
            return [expression.selector]
        case KIND.RangeSelect:
            return [expression.left, expression.right]
        case KIND.Call:
            return list(expression.arguments)
        case KIND.ConditionalOp:
            return [condition.expr for condition in expression.conditions]
    return []


def is_constant(expression: ast.Expression) -> bool:
    """Whether no signal is read: Yosys folds such casts first, at their own width."""
    signals = []

    def look(node: object) -> None:
        if isinstance(node, ast.NamedValueExpression) and node.symbol.kind != ast.SymbolKind.Parameter:
            signals.append(node)

    expression.visit(look)
    return not signals


def narrowing_casts(expression: ast.Expression, width: int, inside: bool = False) -> list[ast.Expression]:
    """Casts below operators of `expression` (`inside`: it is itself below one) from more than `width` bits to fewer."""
    found = []
    inside = inside or expression.kind != KIND.Conversion
    for operand in sized_together(expression):
        if operand.kind == KIND.Conversion and not operand.isImplicit:
            source = operand.operand.type.bitWidth
            if inside and source > operand.type.bitWidth and source > width and not is_constant(operand.operand):
                found.append(operand)
        else:
            found += narrowing_casts(operand, width, inside)
    return found


def main() -> int:
    tops, files = sys.argv[1].split(","), sys.argv[2:]
    slang = driver.Driver()
    slang.addStandardArgs()
    quoted = " ".join(f'"{file}"' for file in files)
    roots = " ".join(f"--top {top}" for top in tops)
    if not slang.parseCommandLine(f"slang -Werror {roots} {quoted}"):
        return 1
    if not slang.processOptions() or not slang.parseAllSources():
        return 1
    compilation = slang.createCompilation()
    slang.reportCompilation(compilation, True)
    slang.runAnalysis(compilation)
    said = set()

    def look(node: object) -> None:
        if not isinstance(node, ast.Expression):
            return
        for alone in sized_alone(node):
            for cast in narrowing_casts(alone, alone.type.bitWidth):
                start = cast.sourceRange.start
                said.add(
                    f"{slang.sourceManager.getFileName(start)}:{slang.sourceManager.getLineNumber(start)}: "
                    f"{cast.operand.type.bitWidth} bits cast to {cast.type.bitWidth} inside an operator whose width "
                    "nothing sets: Yosys 0.23 keeps them all; give the cast a name"
                )

    compilation.getRoot().visit(look)
    for line in sorted(said):
        print(line)
    return 0 if slang.reportDiagnostics(True) and not said else 1


sys.exit(main())
