"""What the security document names is there, and no requirement of the standard is left out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
DOCUMENT = ROOT / "docs" / "security.md"
STATUSES = {"met", "n/a", "council", "open"}
# The level of each requirement of OWASP ASVS 5.0.0, section by section, in the standard's order.
LEVELS = """
V1.1 22 V1.2 1111122223 V1.3 112222222223 V1.4 222 V1.5 123
V2.1 122 V2.2 112 V2.3 12223 V2.4 23
V3.1 3 V3.2 113 V3.3 12223 V3.4 11222233 V3.5 11122333 V3.6 3 V3.7 22333
V4.1 12233 V4.2 23333 V4.3 22 V4.4 1222
V5.1 2 V5.2 112333 V5.3 113 V5.4 222
V6.1 122 V6.2 111111112222 V6.3 11223333 V6.4 112233 V6.5 22222333 V6.6 2223 V6.7 33 V6.8 2222
V7.1 222 V7.2 1111 V7.3 22 V7.4 11222 V7.5 223 V7.6 22
V8.1 1233 V8.2 1123 V8.3 133 V8.4 23
V9.1 111 V9.2 1222
V10.1 22 V10.2 223 V10.3 22223 V10.4 1111122222233333 V10.5 22222 V10.6 22 V10.7 222
V11.1 2233 V11.2 22233 V11.3 11233 V11.4 1222 V11.5 23 V11.6 23 V11.7 33
V12.1 12233 V12.2 11 V12.3 22223
V13.1 2333 V13.2 222223 V13.3 2233 V13.4 1222233
V14.1 22 V14.2 12223333 V14.3 122
V15.1 12233 V15.2 12233 V15.3 1222222 V15.4 3333
V16.1 2 V16.2 22222 V16.3 2222 V16.4 222 V16.5 2223
V17.1 23 V17.2 22223333 V17.3 22
"""
AT_LEVEL_3 = {"V8", "V14", "V16"}


def levels() -> dict[str, int]:
    """Return the level of each requirement."""
    words = LEVELS.split()
    sections = zip(words[::2], words[1::2], strict=True)
    return {
        f"{section}.{number}": int(level)
        for section, found in sections
        for number, level in enumerate(found, start=1)
    }


def rows() -> list[list[str]]:
    """Return the cells of each row about requirements."""
    lines = DOCUMENT.read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if re.fullmatch(r"V\d+\.\d+\.\d+(, V\d+\.\d+\.\d+)*", row[0])]


@cache
def names_of_tests() -> frozenset[str]:
    """Return the name of every test."""
    files = (ROOT / "tests").rglob("test_*.py")
    return frozenset(
        name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())
    )


def exists(named: str) -> bool:
    """Whether a test, a setting, a command, a target of make, a path or a table is there."""
    if named.startswith("test_"):
        return named in names_of_tests()
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", named):
        return (
            hasattr(settings, named)
            or f'"{named}"' in (ROOT / "safeguarding_portal" / "settings.py").read_text()
        )
    if named.startswith("manage.py "):
        return named.split()[1] in get_commands()
    if named.startswith("python -c "):
        compile(named.removeprefix("python -c ").strip("'"), named, "exec")
        return True
    if named.startswith("make "):
        return f"\n{named.split()[1]}:" in (ROOT / "Makefile").read_text()
    return (ROOT / named).exists()


def test_the_standard_is_whole() -> None:
    found = list(levels().values())
    assert [found.count(level) for level in (1, 2, 3)] == [70, 183, 92]


def test_every_requirement_of_the_level_has_one_row_and_no_other_has() -> None:
    named = [one for row in rows() for one in row[0].split(", ")]
    wanted = {
        one for one, level in levels().items() if level <= 2 or one.split(".")[0] in AT_LEVEL_3
    }
    assert len(named) == len(set(named))
    assert set(named) == wanted


def test_every_row_has_a_status_and_evidence() -> None:
    for row in rows():
        assert len(row) == 4, row
        assert row[2] in STATUSES, row
        assert row[3], row


# What is no name of ours: a function of a library, a table of the database.
OTHERS = {"reverse", "secrets", "os.urandom", "audit_event"}


# Of the sections before those that explain the access table and the fuzz by example.
EVIDENCE = DOCUMENT.read_text().split("\n## Access table\n")[0]


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([^`\n]+)`", EVIDENCE))))
def test_what_the_document_names_exists(named: str) -> None:
    assert named in OTHERS or exists(named)
