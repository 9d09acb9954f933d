"""A mark on a body map never changes and never goes; what was wrong is struck out beside it."""

from django.db import migrations

FROZEN = ("concerns_bodymark", "concerns_struckmark")


def trigger(table: str) -> migrations.RunSQL:
    """Refuse changes to the rows of a table."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("concerns", "0080_body_map")]

    operations = [trigger(table) for table in FROZEN]
