"""What was said to and by the reporter never changes; cover, bells and disagreements are kept.

The index serves the sweep that looks for concerns which closed lately: open ones are few, closed
ones are many.
"""

from django.db import migrations

FROZEN = ("concerns_correspondence", "concerns_ladderversion")
KEPT = (
    "concerns_bell",
    "concerns_bellwarning",
    "concerns_contest",
    "concerns_conteststage",
    "concerns_coverwarning",
    "concerns_dutyturn",
    "accounts_absence",
)


def trigger(table: str, events: str) -> migrations.RunSQL:
    """Refuse the events on every row of the table."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_absence"),
        ("concerns", "0050_ladders_and_the_reporter"),
    ]

    operations = [
        *(trigger(table, "UPDATE OR DELETE") for table in FROZEN),
        *(trigger(table, "DELETE") for table in KEPT),
        migrations.RunSQL(
            "CREATE INDEX concern_closed_lately ON concerns_concern (closed_at) "
            "WHERE closed_at IS NOT NULL;",
            "DROP INDEX concern_closed_lately;",
        ),
    ]
