"""The ways in which code is broken on purpose: what `_mutants.py` tries."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

ROOT = Path(__file__).parents[1]
Key = tuple[str, int, str, str]
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}


@dataclass(frozen=True)
class Mutant:
    """One change: where, from what, to what, and the whole module with it."""

    module: str
    line: int
    was: str
    became: str
    source: str

    @property
    def key(self) -> Key:
        """What tells it from the others, as long as nothing is added above it."""
        return self.module, self.line, self.was, self.became


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """The node broken in each way that is known for its kind."""
    match node:
        case ast.BinOp() | ast.BoolOp() if type(node.op) in SWAPPED:
            yield like(node, op=SWAPPED[type(node.op)]())
        case ast.Compare():
            for place, op in enumerate(node.ops):
                ops = [*node.ops[:place], SWAPPED[type(op)](), *node.ops[place + 1 :]]
                yield like(node, ops=ops)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.If() | ast.IfExp():
            yield like(node, test=ast.UnaryOp(op=ast.Not(), operand=node.test))
        case ast.comprehension(ifs=[_, *_]):
            for place in range(len(node.ifs)):
                yield like(node, ifs=[*node.ifs[:place], *node.ifs[place + 1 :]])
        case ast.Constant() | ast.Call():
            yield from changed_value(node)
        case ast.stmt():
            yield from changed_statement(node)


def changed_value(node: ast.AST) -> Iterator[ast.AST]:
    """A number one higher, in its last digit where it is written as text; a truth turned round."""
    match node:
        case ast.Call(func=ast.Name(id="Decimal" | "Fraction"), args=[ast.Constant(str(text))]):
            yield like(node, args=[ast.Constant(one_digit_more(text))])
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)


def changed_statement(node: ast.AST) -> Iterator[ast.AST]:
    """A statement left out, or giving nothing."""
    match node:
        case ast.Return(value=ast.Constant(None)):
            return
        case ast.Return(value=ast.expr()):
            yield like(node, value=ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Break() | ast.Continue():
            yield SWAPPED[type(node)]()


def like(node: ast.AST, **fields: object) -> ast.AST:
    """A copy with other fields."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def one_digit_more(text: str) -> str:
    """A number with its last digit one higher."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return str(number + Decimal(1).scaleb(int(number.as_tuple().exponent)))


def skipped(tree: ast.Module) -> set[int]:
    """Nodes that no test can notice: annotations, docstrings, decorators of frozen values."""
    out: set[int] = set()
    for node in ast.walk(tree):
        hidden: list[ast.AST | None] = []
        match node:
            case ast.AnnAssign():
                hidden = [node.annotation]
            case ast.arg():
                hidden = [node.annotation]
            case ast.FunctionDef():
                hidden = [node.returns, *node.decorator_list]
            case ast.ClassDef():
                hidden = [*node.decorator_list]
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                hidden = [node]
        for one in hidden:
            out |= {id(part) for part in ast.walk(one)} if one else set()
    return out


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    hidden = skipped(tree)
    for parent in list(ast.walk(tree)):
        for name, value in list(ast.iter_fields(parent)):
            for place, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST) or id(node) in hidden:
                    continue
                for other in changed(node):
                    if isinstance(value, list):
                        value[place] = other
                    else:
                        setattr(parent, name, other)
                    yield Mutant(
                        module=module,
                        line=getattr(node, "lineno", getattr(parent, "lineno", 0)),
                        was=shown(node),
                        became=shown(other),
                        source=ast.unparse(ast.fix_missing_locations(tree)),
                    )
                    if isinstance(value, list):
                        value[place] = node
                    else:
                        setattr(parent, name, node)


def shown(node: ast.AST) -> str:
    """A change in one short line."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"[:90]
    if isinstance(node, ast.comprehension):
        return f"for {ast.unparse(node.target)}{''.join(f' if {ast.unparse(i)}' for i in node.ifs)}"
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())[:90]
