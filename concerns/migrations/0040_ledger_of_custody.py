"""The ledger of custody: what happened to each referral, gaps, daily statements; bells of clocks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitation_keptpage"),
        ("concerns", "0030_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustodyGap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=60)),
                ("found_at", models.DateTimeField()),
                ("last_paged_at", models.DateTimeField(null=True)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("mended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("found_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="DailyStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("numbers", models.JSONField()),
                ("references", models.JSONField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ("-day",),
            },
        ),
        migrations.CreateModel(
            name="LegEvent",
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
                            ("offered", "Waiting for a lead to decide"),
                            ("to_do", "To be done by hand"),
                            ("queued", "On its way"),
                            ("sent", "Message sent"),
                            ("delivered", "Message delivered"),
                            ("delayed", "Message delayed, still being tried"),
                            ("failed", "Message not delivered"),
                            ("auto_reply", "Automatic reply, which accepts nothing"),
                            (
                                "reply",
                                "E-mail reply, which accepts nothing: read it in the mailbox",
                            ),
                            ("code_sent", "Code asked for"),
                            ("code_wrong", "Wrong code typed"),
                            ("opened", "Opened with the code"),
                            ("downloaded", "Referral pack downloaded"),
                            ("accepted", "Accepted"),
                            ("returned", "Returned"),
                            ("done", "Done"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("actor_label", models.CharField(blank=True, max_length=20)),
                ("evidence", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("role", models.CharField(blank=True, max_length=120)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="clock",
            name="done_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="clock",
            name="rang_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="ring_level",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="clock",
            name="warned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("met_at", None)), fields=["due_at"], name="clock_running"
            ),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("state", "closed")),
                fields=["id"],
                name="concern_closed_in_silence",
            ),
        ),
        migrations.AddField(
            model_name="custodygap",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gaps",
                to="concerns.concern",
            ),
        ),
        migrations.AddField(
            model_name="legevent",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="legevent",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger",
                to="concerns.referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="custodygap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mended_at", None)),
                fields=("kind", "key"),
                name="gap_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="legevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("evidence", ""), _negated=True),
                    ("kind__in", ("sent", "delivered", "delayed", "failed", "auto_reply", "reply")),
                ),
                fields=("referral", "kind", "evidence"),
                name="leg_event_told_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="legevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("actor__isnull", False),
                    models.Q(("actor_label", ""), _negated=True),
                    _connector="OR",
                ),
                name="leg_event_has_a_doer",
            ),
        ),
        migrations.AddConstraint(
            model_name="legevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "accepted"), _negated=True),
                    models.Q(
                        models.Q(("name", ""), _negated=True), models.Q(("role", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="leg_event_accepted_by_a_named_person",
            ),
        ),
    ]
