"""`manage.py who_to_call AGENCY --at ISO [--json]`: the portal's answer, with its reasons."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.directory import Answer, DirectoryGapError, UnknownAgencyError
from contacts.selectors import current_directory


class Command(BaseCommand):
    """Say whom to call for an agency at one minute. Needs no database."""

    help = "Say whom to call for an agency at one minute, and why."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the agency and, optionally, the moment."""
        parser.add_argument("agency", help="for example childrens-social-care")
        parser.add_argument("--at", help="ISO 8601 with a time zone; now if not given")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer, or fail with a clear error."""
        at = parse_moment(options["at"])
        try:
            answer = current_directory(at).who_to_call(options["agency"], at)
        except (UnknownAgencyError, DirectoryGapError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(answer), indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"Call {answer.line.name}: {answer.number}, {answer.until_words}.")
        for reason in answer.why:
            self.stdout.write(f"- {reason}")


def parse_moment(text: str | None) -> datetime:
    """Read `--at`; raise `CommandError` in plain words for what is not an aware ISO time."""
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"'{text}' is not a time. Write it as 2026-11-27T16:20+00:00.") from None
    if moment.tzinfo is None:
        raise CommandError(
            f"'{text}' has no time zone. Write it as 2026-11-27T16:20+00:00, or with Z."
        )
    return moment


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer in the shape that scripts outside the portal rely on."""
    return {
        "agency": answer.agency.slug,
        "line": answer.line.slug,
        "line_name": answer.line.name,
        "number": answer.number,
        "open": answer.is_open,
        "until": answer.until.isoformat() if answer.until else None,
        "until_words": answer.until_words,
        "why": list(answer.why),
        "fallbacks": [
            {"line": line.slug, "name": line.name, "number": line.number}
            for line in answer.fallbacks
        ],
        "own_line_open": answer.own_line_open,
    }
