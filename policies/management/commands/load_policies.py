"""`manage.py load_policies`: keep the shipped version of the policies as a published one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from policies.models import PolicyVersion
from policies.selectors import current_policies


class Command(BaseCommand):
    """Load the shipped policies; a version that is there already stays as it is."""

    help = "Publish the policies and guidance that ship with the portal."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load."""
        document = current_policies()
        PolicyVersion.objects.get_or_create(
            slug=document["version"],
            defaults={
                "document": document,
                "published_at": datetime.fromisoformat(document["published_at"]),
            },
        )
        if options["verbosity"]:
            self.stdout.write("The policies are loaded.")
