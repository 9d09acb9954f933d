"""What no browser of ours would send, and how often it is tried: `make fuzz` tries longer."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

# In the suite a look for each form and parser; `make fuzz` raises it.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
LONG = "x" * 200_000
SAMPLES = (
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff x", "\u202e\u05d0\u05d1", "\u0660\u0663"),
    *(
        "\U0001f469\u200d\U0001f467",
        "\ufeff",
        "\u200b",
        "\x1b[31m",
        "\r\n",
        "\\",
        "%",
        "{}",
        "{{x}}",
    ),
    *("-1", "0", "1", "9" * 30, "1e9", "NaN", "inf", "\u00b2", "1.5", "true", "null", "None"),
    *("31", "30/02/2026", "2026-02-30", "0000-00-00", "29 February 2025", "25:61", "24:00", "99"),
    *("10000-01-01", "0001-01-01", "9999-12-31", "'; DROP TABLE x; --", "<script>", "../../x"),
    *("a@b", "x@example.org\nBcc: y@example.org", "+44 121 496 0123", "0121 496 0123 ext 4"),
    *("javascript:alert(1)", "https://example.org/", "00000000-0000-4000-8000-000000000000", LONG),
)
# Forms and CSV get what HTTP can carry; a lone surrogate cannot be written in UTF-8 but in JSON.
texts = st.sampled_from(SAMPLES) | st.text(max_size=40)


def mutated(*seeds: bytes) -> st.SearchStrategy[bytes]:
    """Return bytes that begin as a good file, with pieces cut out, doubled or replaced."""
    cut = st.tuples(
        st.floats(0, 1),
        st.integers(0, 60),
        st.binary(max_size=12) | st.sampled_from([b"\x00", b"\xff\xfe", b"\r\n\r\n", b"--"]),
    )

    def change(seed: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
        for where, length, put in cuts:
            at = int(where * len(seed))
            seed = seed[:at] + put + seed[at + length :]
        return seed

    return st.builds(change, st.sampled_from(seeds), st.lists(cut, max_size=6)) | st.binary()


def lines(columns: tuple[str, ...], *more: str) -> st.SearchStrategy[str]:
    """Return a table as CSV, mostly with the columns it should have, and odd cells."""
    cell = st.sampled_from([text for text in SAMPLES if len(text) < 100]) | st.sampled_from(
        [*more, "yes", "no"]
    )
    row = st.lists(cell, min_size=1, max_size=len(columns) + 1).map(",".join)
    head = st.just(",".join(columns)) | row
    return st.builds(lambda first, rest: "\n".join([first, *rest]), head, st.lists(row, max_size=5))
