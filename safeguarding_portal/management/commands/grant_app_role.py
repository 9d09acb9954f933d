"""`manage.py grant_app_role`: what the role that runs the portal may do, after each migration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    """Rows, never tables; history is read and added to, and no message is removed."""

    help = "Grant the portal's database role what it needs, and no more."

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant as the owner; where one role does both, there is nothing to do."""
        owner, app = connections["owner"], settings.DATABASE_APP_ROLE
        if owner.settings_dict["USER"] == connections["default"].settings_dict["USER"]:
            self.stderr.write("One database role does everything: set DATABASE_OWNER_URL.")
            return
        role = owner.ops.quote_name(app)
        with owner.cursor() as cursor:
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
            )
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {role}")
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_seal FROM {role}")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION audit_settled_until() TO {role}")
            cursor.execute(
                f"GRANT EXECUTE ON FUNCTION concerns_remove_synthetic(timestamptz) TO {role}"
            )
            cursor.execute(f"REVOKE DELETE, TRUNCATE ON outbox_message FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON concerns_disposalpart FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON concerns_disposalrecord FROM {role}")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION concerns_dispose(bigint) TO {role}")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION concerns_forget_samples() TO {role}")
