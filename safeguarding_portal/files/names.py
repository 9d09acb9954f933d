"""The name under which a file is kept and given out: never a path, never a trick."""

from __future__ import annotations

import unicodedata

from safeguarding_portal.files.box.kinds import Kind

LONGEST = 100


def clean_name(typed: str, kind: Kind) -> str:
    """Return the name without folders, control and direction signs, with the ending of its kind.

    Directions (a right-to-left override makes "gpj.exe" read as "exe.jpg") and everything else that
    is not printed is left out. An empty rest becomes "file".
    """
    last = typed.replace("\\", "/").rpartition("/")[2]
    printed = "".join(
        " " if unicodedata.category(sign)[0] == "Z" else sign
        for sign in unicodedata.normalize("NFC", last)
        if unicodedata.category(sign)[0] != "C"
    )
    words = " ".join(printed.translate(str.maketrans("", "", '<>:"|?*')).split())
    stem, dot, ending = words.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 5:
        stem = words
    return f"{stem.strip('. ')[:LONGEST].strip('. ') or 'file'}.{kind.extension}"
