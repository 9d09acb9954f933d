"""Whether every migration is safe while the previous release still serves: part of `make check`.

What would break it (a column dropped or renamed, a NOT NULL without a default of the database, a
table dropped) is an error. An index made on a table that is there already is a warning: on a large
table make it concurrently. Only our own apps: what a package ships is the package's.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

# What the linter cannot see, looked at by a person: why the release before goes on all the same.
REVIEWED = {
    "0020_people_come_and_go": "unique only where filled, in columns new with it",
}
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Lint against the demo's database (the SQL depends on it); 1 when a migration is unsafe."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "safeguarding_portal.settings"
    import django
    from django.apps import apps
    from django.conf import settings
    from django_migration_linter import MigrationLinter

    django.setup()
    logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
    if settings.EMBEDDED:
        from safeguarding_portal import embedded

        embedded.ensure_running()
    ours = [
        app.label
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(ROOT) and ".venv" not in app.path
    ]
    linter = MigrationLinter(
        str(ROOT),
        no_cache=True,
        include_apps=ours,
        ignore_name=list(REVIEWED),
        quiet=["ignore", "ok"],
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return int(linter.has_errors)


if __name__ == "__main__":
    sys.exit(main())
