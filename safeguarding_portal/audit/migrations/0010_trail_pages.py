"""What the auditors' pages need: an index by person and time, one over seals, checks and exports.

Built while the portal is in use: nothing waits for the indexes.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

KEPT = """
CREATE TRIGGER {table}_kept BEFORE {events} ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""


def kept(table: str, events: str) -> migrations.RunSQL:
    """Refuse the events on every row of the table."""
    return migrations.RunSQL(
        KEPT.format(table=table, events=events), f"DROP TRIGGER {table}_kept ON {table};"
    )


def person(**options: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY cannot run in a transaction.
    atomic = False

    dependencies = [
        ("audit", "0003_seals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(fields=["actor", "recorded_at", "id"], name="event_by_actor_time"),
        ),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY seal_by_last_event "
            "ON audit_seal ((event_ids[cardinality(event_ids)]));",
            "DROP INDEX CONCURRENTLY seal_by_last_event;",
        ),
        migrations.CreateModel(
            name="TrailCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_by", person(null=True)),
                ("asked_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("events", models.BigIntegerField(default=0)),
                ("seals", models.BigIntegerField(default=0)),
                ("unsealed", models.BigIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
                ("findings_count", models.PositiveIntegerField(default=0)),
            ],
            options={"ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="TrailExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_by", person()),
                ("asked_at", models.DateTimeField()),
                (
                    "form",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("csv", "Table (CSV)"),
                            ("json", "Data (JSON)"),
                            (
                                "evidence",
                                "Signed evidence (JSON), which can be checked without the portal",
                            ),
                            ("pdf", "Signed evidence to read and print (PDF)"),
                        ],
                    ),
                ),
                ("reason", models.TextField()),
                ("chosen", models.JSONField()),
                ("until_id", models.BigIntegerField()),
                ("events", models.BigIntegerField()),
            ],
            options={"ordering": ("-id",)},
        ),
        kept("audit_trailcheck", "DELETE"),
        kept("audit_trailexport", "UPDATE OR DELETE"),
    ]
