"""Files stay small and functions short; the limits are those of the style guide."""

import ast
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE = 800
MAX_FUNCTION = 80
MAX_POSITIONAL = 5


def python_files() -> list[Path]:
    return sorted((ROOT / "src").rglob("*.py")) + sorted((ROOT / "tools").glob("*.py"))


def rust_files() -> list[Path]:
    return sorted(path for path in (ROOT / "rust").glob("*/src/**/*.rs") if "tests" not in path.parts)


def product_lines(path: Path) -> list[str]:
    """The lines of a source file without its trailing Rust test module."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if line == "#[cfg(test)]" and number + 1 < len(lines) and lines[number + 1].endswith("{"):
            return lines[:number]
    return lines


def test_files() -> None:
    sizes = {path: len(product_lines(path)) for path in python_files() + rust_files()}
    assert len(sizes) > 50
    too_long = {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > MAX_FILE}
    assert not too_long
    assert statistics.median(sizes.values()) <= 300


def test_python_functions() -> None:
    wrong = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                wrong.append(f"{where}: {length} lines")
            positional = [
                a.arg for a in node.args.posonlyargs + node.args.args if a.arg not in ("self", "cls")
            ]
            if len(positional) > MAX_POSITIONAL and node.name != "__init__":
                wrong.append(f"{where}: {len(positional)} positional parameters")
    assert not wrong, "\n".join(wrong)


def test_rust_functions() -> None:
    wrong = []
    start = re.compile(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:const |unsafe |extern \"C\" )*fn (\w+)")
    for path in rust_files():
        lines = product_lines(path)
        for number, line in enumerate(lines):
            match = start.match(line)
            if not match:
                continue
            end = next((n for n in range(number, len(lines)) if lines[n] == f"{match[1]}}}"), number)
            if end - number + 1 > MAX_FUNCTION:
                wrong.append(f"{path.relative_to(ROOT)}:{number + 1} {match[2]}: {end - number + 1} lines")
    assert not wrong, "\n".join(wrong)


def test_modules_say_what_they_are() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    silent += [str(path.relative_to(ROOT)) for path in rust_files() if not path.read_text().startswith("//!")]
    assert not silent


def test_no_vague_module_names() -> None:
    vague = re.compile(r"^(utils?|misc|helpers?|common|.*utils?)$")
    found = [str(p.relative_to(ROOT)) for p in python_files() + rust_files() if vague.match(p.stem)]
    assert not found
