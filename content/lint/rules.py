"""The table of rules, and the one call that runs them all."""

from collections.abc import Callable, Iterator
from pathlib import Path

from content.errors import Problem
from content.lint.helplines import numbers
from content.lint.learning import measures, paths
from content.lint.length import lengths
from content.lint.links import links
from content.lint.review import reviews
from content.lint.speech import forbidden_words
from content.lint.translations import translations
from content.tree import Tree, read_tree

Rule = Callable[[Tree], Iterator[Problem]]

RULES: tuple[Rule, ...] = (lengths, forbidden_words, numbers, links, paths, measures, translations, reviews)


def lint(root: Path) -> tuple[Problem, ...]:
    """Check every file below `root`, broken ones included, in the order of file and line."""
    return check_tree(read_tree(root))


def check_tree(tree: Tree) -> tuple[Problem, ...]:
    """Check what has been read: what could not be loaded, then every rule on the rest."""
    found = {*tree.problems, *(problem for rule in RULES for problem in rule(tree))}
    return tuple(sorted(found, key=lambda it: (it.place.file, it.place.line, it.code, it.message)))
