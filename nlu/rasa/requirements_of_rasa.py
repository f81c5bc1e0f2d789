"""Prints what Rasa needs, as it says for Python 3.10. Run by the Python that Rasa was put into without dependencies.

Read for another Python, Rasa's own pins of numpy, scipy, scikit-learn and dask would vanish.
"""

from importlib import import_module
from importlib.metadata import requires

# pip's own copy: nothing but pip and Rasa is installed when this runs.
Requirement = import_module("pip._vendor.packaging.requirements").Requirement

INSTALLED = ("rasa", "rasa-sdk")
FOR = {"python_version": "3.10", "python_full_version": "3.10.13", "extra": ""}
# Rasa asks for less than 3.6, of which there is no wheel for 3.11; it only draws with it.
INSTEAD = {"matplotlib": "==3.6.3"}

for distribution in INSTALLED:
    for needed in map(Requirement, requires(distribution) or ()):
        if needed.name in INSTALLED or (needed.marker is not None and not needed.marker.evaluate(FOR)):
            continue
        extras = "[" + ",".join(sorted(needed.extras)) + "]" if needed.extras else ""
        print(f"{needed.name}{extras}{INSTEAD.get(needed.name, needed.specifier)}")  # noqa: T201
