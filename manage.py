#!/usr/bin/env python
"""Entry point for every management command of the portal."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from safeguarding_portal import embedded

# These need no database, so they start none.
WITHOUT_SERVERS = {"who_to_call", "assess", "help", "makemigrations", "collectstatic", "check"}


def main() -> None:
    """Run one command; in demo mode join the embedded servers, or start them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_SERVERS and settings.EMBEDDED:
        embedded.ensure_running()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
