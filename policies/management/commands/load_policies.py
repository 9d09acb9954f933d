"""`manage.py load_policies`: publish the policies and guidance that ship with the portal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from policies.services.load import load_shipped


class Command(BaseCommand):
    """Load the shipped documents; one that is there already stays as it is."""

    help = "Publish the policies and guidance that ship with the portal."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load."""
        loaded = load_shipped(timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"Policies loaded: {len(loaded)}; the others were there.")
