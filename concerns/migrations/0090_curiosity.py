"""Reads that look like curiosity, and their reviews: what was found about a day stays."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0081_marks_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CuriosityCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="CuriosityFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("score", models.PositiveSmallIntegerField()),
                ("rules_version", models.CharField(max_length=20)),
                ("found_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("rang_on", models.DateField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("right", "It was right: the reader needed it for their work"),
                            ("explained", "It was not needed, and there is a good explanation"),
                            ("advised", "It was a mistake: the reader's manager advises them"),
                            (
                                "breach",
                                "Referred to HR and to information governance as a personal data breach",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-score", "due_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="CuriosityReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signal", models.SlugField(max_length=20)),
                ("points", models.PositiveSmallIntegerField()),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="concerns.concern",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reasons",
                        to="concerns.curiosityfinding",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ReaderDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("reads", models.PositiveIntegerField(default=0)),
                ("searches", models.PositiveIntegerField(default=0)),
                ("records", models.PositiveIntegerField(default=0)),
                ("taken_out", models.PositiveIntegerField(default=0)),
                (
                    "concerns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                ("terms", models.JSONField(default=dict)),
                ("signals", models.JSONField(default=dict)),
                (
                    "reader",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaffHome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("home_hash", models.CharField(max_length=64)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_home",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="curiosityfinding",
            index=models.Index(
                condition=models.Q(("reviewed_at", None)), fields=["due_at"], name="finding_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="curiosityfinding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reviewed_at", None)),
                fields=("reader", "day"),
                name="finding_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="curiosityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_at", None),
                    models.Q(
                        ("reviewer__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="finding_review_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="curiosityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewer", None),
                    models.Q(("reviewer", models.F("reader")), _negated=True),
                    _connector="OR",
                ),
                name="finding_reviewed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="curiosityreason",
            constraint=models.UniqueConstraint(
                fields=("finding", "signal", "concern"), name="reason_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="readerday",
            index=models.Index(fields=["day"], name="readerday_by_day"),
        ),
        migrations.AddConstraint(
            model_name="readerday",
            constraint=models.UniqueConstraint(fields=("reader", "day"), name="readerday_once"),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER concerns_curiosityfinding_kept BEFORE DELETE "
            "ON concerns_curiosityfinding FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();"
            "CREATE TRIGGER concerns_curiosityfinding_reviewed BEFORE UPDATE "
            "ON concerns_curiosityfinding FOR EACH ROW WHEN (OLD.reviewed_at IS NOT NULL) "
            "EXECUTE FUNCTION concerns_refuse_change();",
            "DROP TRIGGER concerns_curiosityfinding_reviewed ON concerns_curiosityfinding;"
            "DROP TRIGGER concerns_curiosityfinding_kept ON concerns_curiosityfinding;",
        ),
    ]
