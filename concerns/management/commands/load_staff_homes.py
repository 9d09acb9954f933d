"""`manage.py load_staff_homes FILE`: where staff live, to notice reads of one's own home."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from concerns.models import StaffHome
from concerns.services.curiosity_facts import home_hash
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record

COLUMNS = {"email", "address"}


class Command(BaseCommand):
    """Keeps a keyed hash of each home, never the address; the file can be destroyed afterwards."""

    help = "Take the homes of staff from a CSV file with the columns email and address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", help="CSV in UTF-8: email, address (with house number)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace what is known with the file; say how many rows named nobody or no home."""
        try:
            with Path(options["file"]).open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        if not rows or not set(rows[0]) >= COLUMNS:
            raise CommandError("The file needs a first line with the columns email and address.")
        people = {person.email.lower(): person for person in User.objects.all()}
        found = {
            people[email].pk: hashed
            for row in rows
            if (email := (row["email"] or "").strip().lower()) in people
            and (hashed := home_hash(row["address"] or ""))
        }
        # A wrong file must not end the notice of reads of one's own home.
        if not found:
            raise CommandError("No row names a member of staff and a home. Nothing is changed.")
        with transaction.atomic():
            StaffHome.objects.all().delete()
            StaffHome.objects.bulk_create(
                StaffHome(user_id=pk, home_hash=hashed) for pk, hashed in found.items()
            )
            record("staff_homes.loaded", actor_label="command line", detail={"homes": len(found)})
        self.stdout.write(f"{len(found)} homes are known; {len(rows) - len(found)} rows are not.")
