"""The table of rules, and the one call that runs them all."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from content.errors import Problem
from content.lint.helplines import directory, numbers
from content.lint.learning import measures, paths
from content.lint.length import lengths
from content.lint.links import links
from content.lint.pictures import pictures
from content.lint.review import reviews
from content.lint.speech import forbidden_words
from content.lint.translations import translations
from content.tree import Tree, read_tree

Rule = Callable[[Tree], Iterator[Problem]]

FILE_RULES: tuple[Rule, ...] = (lengths, forbidden_words, numbers, directory, reviews)
"""Rules that look at one file at a time, with the directory of helplines beside it."""
TREE_RULES: tuple[Rule, ...] = (links, paths, measures, translations, pictures)
"""Rules about what belongs together."""
RULES = FILE_RULES + TREE_RULES


def lint(root: Path) -> tuple[Problem, ...]:
    """Check every file below `root`, broken ones included, in the order of file and line."""
    return check_tree(read_tree(root))


def check_tree(tree: Tree) -> tuple[Problem, ...]:
    """Check what has been read: what could not be loaded, then every rule on the rest."""
    return in_order([*tree.problems, *(problem for rule in RULES for problem in rule(tree))])


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by file and line, each once."""
    return tuple(sorted(set(problems), key=lambda it: (it.place.file, it.place.line, it.code, it.message)))
