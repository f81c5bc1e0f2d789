"""Tables for spreadsheet programs, in which no cell does anything."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

_MARK = "'"  # spreadsheet programs take what follows it as text
_DANGEROUS = frozenset("=+-@|%")


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV that spreadsheet programs read as UTF-8, each cell quoted and guarded."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    """Return a cell that no program takes for a formula, on one line, without signs that turn the writing round.

    Full-width signs count as the plain ones: some programs take them so.
    """
    text = "".join(" " if one in "\t\r\n" else one for one in cell if one in "\t\r\n" or _is_seen(one))
    start = unicodedata.normalize("NFKC", text.lstrip())[:1]
    return _MARK + text if start in _DANGEROUS else text


def _is_seen(letter: str) -> bool:
    """Tell controls and unseen signs, such as those that turn the direction of writing, from letters."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cs"}
