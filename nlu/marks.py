"""Text as typed by someone who leaves out every diacritic."""

import unicodedata


def without_marks(text: str) -> str:
    """`text` without diacritics; case and signs stay.

    >>> without_marks("Bố ĐÁNH em")
    'Bo DANH em'
    """
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return bare.replace("đ", "d").replace("Đ", "D")
