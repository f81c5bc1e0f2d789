"""Holds what the files say now; of a file that is broken, what it said when it last could be read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from content.errors import Problem
from content.library import Content
from content.lint.rules import FILE_RULES, TREE_RULES, in_order
from content.tree import Tree, join, paths, read_part

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One state of the folder."""

    version: str
    """Differs whenever a file does."""
    tree: Tree
    """Every file that can be read, and of the others the last good version."""
    content: Content
    problems: tuple[Problem, ...]
    """Everything to mend, as the linter says it, in the order of file and line."""
    broken: Mapping[str, bool]
    """The files that cannot be loaded now, and whether a last good version stands in for them."""


@dataclass(slots=True, kw_only=True)
class _Held:
    stamp: _Stamp
    now: Tree
    good: Tree | None
    """What the file said when it last could be read; None where it never could."""


@dataclass(slots=True)
class Shelf:
    """Reads a folder again and again, and only what has changed of it."""

    root: Path
    _stamps: dict[str, _Stamp] | None = None
    _before: dict[str, _Stamp] | None = None
    _held: dict[str, _Held] = field(default_factory=dict)
    _linted: dict[str, tuple[Tree, Tree, tuple[Problem, ...]]] = field(default_factory=dict)

    def has_changed(self) -> bool:
        """Tell whether files differ from what was read, and are as they were when this was last asked.

        An editor empties a file before it writes it: what is still moving is left for the next time.
        """
        before, self._before = self._before, self._now()
        return before == self._before != self._stamps

    def look(self) -> View | None:
        """Read what has changed since the last look; None when nothing has."""
        stamps = self._now()
        if stamps == self._stamps:
            return None
        self._stamps = stamps
        self._held = {path: self._hold(path, stamp) for path, stamp in stamps.items()}
        now = join(self.root, [held.now for held in self._held.values()])
        tree = join(self.root, [held.good or held.now for held in self._held.values()])
        return View(
            version=hashlib.sha256(repr(sorted(stamps.items())).encode()).hexdigest()[:12],
            tree=tree,
            content=Content.of(tree),
            problems=in_order([*now.problems, *self._lint(tree)]),
            broken={
                f"{self.root.name}/{path}": held.good is not None
                for path, held in self._held.items()
                if held.now.problems
            },
        )

    def _now(self) -> dict[str, _Stamp]:
        return {path: stamp for path in paths(self.root) if (stamp := _stamp(self.root / path)) is not None}

    def _hold(self, path: str, stamp: _Stamp) -> _Held:
        held = self._held.get(path)
        if held is not None and held.stamp == stamp:
            return held
        now = read_part(self.root, path)
        good = now if not now.problems else held.good if held else None
        return _Held(stamp=stamp, now=now, good=good)

    def _lint(self, tree: Tree) -> list[Problem]:
        """Check the files that changed, and what belongs together; lengths and words of the rest are known."""
        found = [problem for rule in TREE_RULES for problem in rule(tree)]
        directory = self._held.get("directory.yml")
        beside = (directory.good or directory.now) if directory else Tree()
        for path, held in self._held.items():
            part = held.good or held.now
            before = self._linted.get(path)
            if before is None or before[0] is not part or before[1] is not beside:
                whole = replace(part, helplines=tree.helplines, problems=beside.problems)
                problems = tuple(problem for rule in FILE_RULES for problem in rule(whole))
                self._linted[path] = (part, beside, problems)
            # What is said of a last good version would point at lines that are there no more.
            if not held.now.problems:
                found.extend(self._linted[path][2])
        return found


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None  # gone between listing and looking; the next look sees what has become of it
    return status.st_mtime_ns, status.st_size
