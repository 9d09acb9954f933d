"""Schedules, what they come to, legal holds, batches of disposal and the record that stays."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0090_curiosity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisposalBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for another person"),
                            ("refused", "Not agreed"),
                            ("approved", "Approved"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("dispose_after", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.TextField(blank=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="DisposalItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("disposed", "Disposed of"),
                            ("kept", "Kept"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                (
                    "kept_because",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("files_left", models.JSONField(blank=True, default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="concerns.disposalbatch",
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disposal_items",
                        to="concerns.concern",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DisposalPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("column_name", models.CharField(max_length=63)),
                ("refers_to", models.CharField(max_length=63)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("remove", "Its rows go with what they belong to"),
                            ("unlink", "Its rows stay and no longer name it"),
                            ("handled", "The function handles it by itself"),
                            ("stays", "It stays, and never belongs to a record that goes"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ("table_name", "column_name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table_name", "column_name"), name="disposal_part_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisposalRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=16, unique=True)),
                ("report_reference", models.CharField(blank=True, db_index=True, max_length=12)),
                ("row_id", models.CharField(max_length=40)),
                ("schedule_version", models.CharField(max_length=30)),
                ("disposed_at", models.DateTimeField()),
                ("counts", models.JSONField()),
                ("content", models.TextField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="concerns.disposalbatch",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("concern", "One concern"),
                            ("report", "One report, with all its concerns"),
                            ("person", "One person, in every concern that leads know them from"),
                            ("inquiry", "Every concern that fits a filter"),
                        ],
                        max_length=8,
                    ),
                ),
                ("received_from", models.DateField(blank=True, null=True)),
                ("received_to", models.DateField(blank=True, null=True)),
                (
                    "group",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("child", "Child"),
                            ("adult_at_risk", "Adult at risk"),
                            ("neither", "Neither"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.TextField(blank=True)),
                (
                    "concern",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="concerns.concern",
                    ),
                ),
                (
                    "involvement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="concerns.involvement",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="concerns.report",
                    ),
                ),
            ],
            options={
                "ordering": ("-placed_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                (
                    "concern",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="retention",
                        serialize=False,
                        to="concerns.concern",
                    ),
                ),
                ("concern_version", models.PositiveIntegerField()),
                ("schedule_version", models.CharField(max_length=30)),
                ("row_id", models.CharField(blank=True, max_length=40)),
                ("until", models.DateField(null=True)),
                ("because", models.TextField()),
                ("worked_out_at", models.DateTimeField()),
                ("keep_until", models.DateField(blank=True, null=True)),
                ("keep_reason", models.TextField(blank=True)),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(null=True)),
                (
                    "kept_by",
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
                "ordering": ("due_on", "concern"),
            },
        ),
        migrations.CreateModel(
            name="RetentionSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rows", models.JSONField()),
                ("why", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for another person"),
                            ("published", "Published"),
                            ("refused", "Not agreed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.AddIndex(
            model_name="disposalbatch",
            index=models.Index(
                condition=models.Q(("state", "approved")),
                fields=["dispose_after"],
                name="disposal_to_do",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None),
                    models.Q(("answered_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="disposal_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "done"]), _negated=True),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("dispose_after__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="disposal_approved_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="disposalitem",
            index=models.Index(
                condition=models.Q(("files_left", {}), _negated=True),
                fields=["id"],
                name="disposal_files_left",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("concern",),
                name="disposal_item_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalitem",
            constraint=models.UniqueConstraint(
                fields=("batch", "reference"), name="disposal_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("concern__isnull", False),
                        ("involvement", None),
                        ("kind", "concern"),
                        ("report", None),
                    ),
                    models.Q(
                        ("concern", None),
                        ("involvement", None),
                        ("kind", "report"),
                        ("report__isnull", False),
                    ),
                    models.Q(
                        ("concern", None),
                        ("involvement__isnull", False),
                        ("kind", "person"),
                        ("report", None),
                    ),
                    models.Q(
                        ("concern", None),
                        ("involvement", None),
                        ("kind", "inquiry"),
                        ("report", None),
                    ),
                    _connector="OR",
                ),
                name="hold_is_on_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lift_reason", ""), ("lifted_at", None), ("lifted_by", None)),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hold_lifted_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="retention",
            index=models.Index(
                condition=models.Q(("due_on__isnull", False)),
                fields=["due_on", "concern"],
                name="retention_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keep_until", None), ("kept_at", None), ("kept_by", None)),
                    models.Q(
                        ("keep_until__isnull", False),
                        ("kept_by__isnull", False),
                        models.Q(("keep_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="retention_kept_longer_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionschedule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("state",),
                name="schedule_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("answered_by", models.F("made_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="schedule_answered_by_another",
            ),
        ),
    ]
