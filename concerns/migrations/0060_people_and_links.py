"""People across concerns: what may be compared, what may be one, and what leads said of it.

History is kept by the database: a decision is never changed, and nothing here is ever deleted.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = {
    "concerns_matchdecision": "UPDATE OR DELETE",
    "concerns_matchcandidate": "DELETE",
    "concerns_matchkey": "DELETE",
    "concerns_concernlink": "DELETE",
    "concerns_person": "DELETE",
}


def trigger(table: str, events: str) -> migrations.RunSQL:
    """Refuse the events on every row of the table, by the function of 0002."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0051_what_was_said_is_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchCandidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weight", models.FloatField()),
                ("is_likely", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
                ("weights_version", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not looked at"),
                            ("confirmed", "The same person"),
                            ("rejected", "Not the same person"),
                            ("parked", "Not sure yet"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-weight", "id"),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MatchDecision",
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
                            ("open", "Not looked at"),
                            ("confirmed", "The same person"),
                            ("rejected", "Not the same person"),
                            ("parked", "Not sure yet"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="concerns.matchcandidate",
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
            name="MatchKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("subject", "Person at risk"),
                            ("alleged", "Person who may have caused harm"),
                            ("household", "Lives there or could be affected"),
                            ("informant", "Told the reporter"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reported_as", models.CharField(max_length=40)),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("name_key", models.TextField(blank=True)),
                ("born", models.DateField(blank=True, null=True)),
                ("born_from", models.DateField(blank=True, null=True)),
                ("born_to", models.DateField(blank=True, null=True)),
                ("street", models.TextField(blank=True)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("home", models.TextField(blank=True)),
                ("nhs", models.CharField(blank=True, max_length=10)),
                (
                    "phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("place", models.TextField(blank=True)),
                (
                    "account",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("matched_at", models.DateTimeField(blank=True, null=True)),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_keys",
                        to="concerns.concern",
                    ),
                ),
                (
                    "involvement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_key",
                        to="concerns.involvement",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="concerns.report",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="same_in_report",
                        to="concerns.matchkey",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="concerns.person",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="left",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="concerns.matchkey",
            ),
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="right",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="concerns.matchkey",
            ),
        ),
        migrations.CreateModel(
            name="ConcernLink",
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
                            ("household", "Same household"),
                            ("siblings", "Siblings"),
                            ("setting", "Same setting"),
                            ("duplicate", "Says the same"),
                            ("other", "Linked"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("suggested", "Not looked at"),
                            ("linked", "Linked"),
                            ("rejected", "Not linked"),
                            ("parked", "Not sure yet"),
                        ],
                        max_length=10,
                    ),
                ),
                ("why", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links_to_later",
                        to="concerns.concern",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links_to_earlier",
                        to="concerns.concern",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["second"],
                        name="concernlink_by_second",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("first", "second", "kind"),
                        name="concernlink_once_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="concernlink_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "suggested"), ("made_by__isnull", False), _connector="OR"
                        ),
                        name="concernlink_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.UniqueConstraint(
                fields=("left", "right"), name="matchcandidate_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(("left__lt", models.F("right"))), name="matchcandidate_ordered"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_key"], name="matchkey_name_trgm", opclasses=("gin_trgm_ops",)
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["phones"], name="matchkey_phones"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["account"], name="matchkey_account"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(
                condition=models.Q(("born__isnull", False)), fields=["born"], name="matchkey_born"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(
                condition=models.Q(("nhs", ""), _negated=True), fields=["nhs"], name="matchkey_nhs"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(
                condition=models.Q(("home", ""), _negated=True),
                fields=["home"],
                name="matchkey_home",
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(
                condition=models.Q(("place", ""), _negated=True),
                fields=["place"],
                name="matchkey_place",
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(
                condition=models.Q(("matched_at", None)), fields=["id"], name="matchkey_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="matchkey",
            index=models.Index(fields=["report", "reported_as"], name="matchkey_same_in_report"),
        ),
        *(trigger(table, events) for table, events in KEPT.items()),
    ]
