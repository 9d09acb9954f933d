#!/usr/bin/env python
"""Entry point for every management command of the portal."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command against the settings of this checkout."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
