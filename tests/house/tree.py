"""The tree as git knows it, new files included."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(*patterns: str) -> list[Path]:
    """Relative to the project's folder; git's patterns, where * also crosses folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(Path(name) for name in set(listed.split("\0")) if name and (ROOT / name).exists())


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(errors="replace")


def function_lengths(path: Path) -> Iterator[tuple[str, int]]:
    """Place and lines of each function, from `def` to its end without the docstring."""
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words = node.body[0] if ast.get_docstring(node) else None
            docstring = (words.end_lineno or 0) - words.lineno + 1 if words else 0
            yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1 - docstring
