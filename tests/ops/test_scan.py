"""The web scanner's report is judged, not believed: what it must not find fails the run."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.scan import FEWEST_PAGES, judge


def report_of(*levels: int, pages: int = FEWEST_PAGES, name: str = "SQL Injection") -> Any:
    """Return a report of the scanner with a finding of each level."""
    found = [{"level": at, "method": "GET", "path": "/x", "info": "said"} for at in levels]
    return {
        "vulnerabilities": {name: found},
        "anomalies": {},
        "infos": {"crawled_pages_nbr": pages},
    }


@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_finding_of_medium_or_above_fails(level: int) -> None:
    assert len(judge("signed out", report_of(0, 1, level))) == 1


def test_lower_findings_are_printed_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge("signed out", report_of(0, 1)) == []
    assert "low 1, information 1" in capsys.readouterr().out


def test_an_error_of_the_server_fails_whatever_its_level() -> None:
    assert judge("signed out", report_of(1, name="Internal Server Error"))


def test_a_scan_that_saw_next_to_nothing_fails() -> None:
    assert judge("signed out", report_of(pages=FEWEST_PAGES - 1))
