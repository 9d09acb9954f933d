"""`manage.py assess FACTS.json --at ISO`: what the rules say of a report, as JSON."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from concerns.clockface import working_hours
from concerns.rules import Assessment, FactsError, assess, facts_from_dict, schema
from contacts.management.commands.who_to_call import as_json, parse_moment
from contacts.selectors import current_directory


class Command(BaseCommand):
    """Assess the facts of one report. Needs no database."""

    help = "Say what the rules decide for the facts in a JSON file ('-' reads standard input)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the moment of receipt, or the wish for the schema."""
        parser.add_argument("facts", nargs="?", help="a JSON file, or - for standard input")
        parser.add_argument("--at", help="receipt, ISO 8601 with a time zone; now if not given")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of FACTS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the assessment, or fail naming each wrong field."""
        if options["schema"]:
            self._print(schema())
            return
        if not options["facts"]:
            raise CommandError("Name a JSON file with facts, or use --schema to see what they are.")
        at = parse_moment(options["at"])
        try:
            facts = facts_from_dict(_read(options["facts"]))
        except FactsError as error:
            raise CommandError(f"The facts have wrong fields:\n{error}") from error
        assessment = assess(facts, at, working_hours(current_directory(at)))
        self._print(with_numbers(assessment, at))

    def _print(self, data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))


def _read(name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"Cannot read {name}: {error}") from error
    except json.JSONDecodeError as error:
        raise CommandError(f"{name} is not JSON: {error}") from error


def with_numbers(assessment: Assessment, at: datetime) -> dict[str, Any]:
    """Return the assessment with the number to call at `at` for each call that it names."""
    directory = current_directory(at)
    data = assessment.to_dict()
    first = data["first_call"]
    calls = [first["agency"], *first["then"]]
    answers = {
        slug: as_json(directory.who_to_call(slug, at))
        for slug in calls
        if slug in directory.agencies
    }
    data["first_call"] = first | answers.get(first["agency"], {})
    data["first_call"]["then"] = [answers.get(slug, {"agency": slug}) for slug in first["then"]]
    data["at"] = at.isoformat()
    return data
