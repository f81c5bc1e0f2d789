"""House rules that no linter knows: the size of modules and functions, and words that may stand in no file."""

import ast
import subprocess
import sys
from pathlib import Path

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_TEST_MODULE = 650  # a list of what must hold, read one by one
LONGEST_TEST_FUNCTION = 80  # a whole journey
# In pieces, so that this file does not break its own rule.
FORBIDDEN = tuple(
    "".join(pieces)
    for pieces in (("py", "pi.org"), ("python", "hosted"), ("TO", "DO:"), ("FIX", "ME"), ("mark.", "skip"))
)


def main() -> int:
    """Print what breaks a rule; returns the exit code."""
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    problems: list[str] = []
    for name in listed.splitlines():
        path = Path(name)
        if not path.is_file() or path.suffix in {".png", ".npz", ".lock"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        problems += [f"{name}: holds {word}" for word in FORBIDDEN if word in text]
        if path.suffix == ".py" and "migrations" not in path.parts:
            problems += _sizes(name, text)
    print("\n".join(problems) or "house rules kept")
    return 1 if problems else 0


def _sizes(name: str, text: str) -> list[str]:
    is_test = name.startswith("tests/")
    longest = LONGEST_TEST_MODULE if is_test else LONGEST_MODULE
    longest_function = LONGEST_TEST_FUNCTION if is_test else LONGEST_FUNCTION
    lines = text.count("\n")
    found = [f"{name}: {lines} lines, at most {longest}"] if lines > longest else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            if length > longest_function:
                found.append(f"{name}:{node.lineno} {node.name}: {length} lines, at most {longest_function}")
    return found


if __name__ == "__main__":
    sys.exit(main())
