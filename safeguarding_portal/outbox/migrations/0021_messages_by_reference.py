"""Messages found by the reference that they tell of: disposal has to find every one."""

from django.db import migrations


class Migration(migrations.Migration):
    # Built beside the writes of the release that still serves.
    atomic = False
    dependencies = [("outbox", "0020_disposal_may_remove")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS message_by_reference "
            "ON outbox_message ((context->>'reference'));",
            "DROP INDEX IF EXISTS message_by_reference;",
        )
    ]
