"""Receipts, and what they say on a message. Old rows fit the looser constraint as they are."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What was reported stays as it was reported; only what we did with it is added.
KEPT = """
CREATE FUNCTION outbox_refuse_other_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.source, NEW.kind, NEW.dedupe_key, NEW.ids, NEW.code,
        NEW.happened_at, NEW.received_at) IS NOT DISTINCT FROM (OLD.source, OLD.kind,
        OLD.dedupe_key, OLD.ids, OLD.code, OLD.happened_at, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: reports are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER outbox_receipt_kept BEFORE UPDATE OR DELETE ON outbox_receipt
    FOR EACH ROW EXECUTE FUNCTION outbox_refuse_other_report();
"""
LET_GO = """
DROP TRIGGER outbox_receipt_kept ON outbox_receipt;
DROP FUNCTION outbox_refuse_other_report();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_messages_are_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("mailbox", "Mailbox"),
                            ("notify", "GOV.UK Notify"),
                            ("webhook", "Signed webhook"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "Delivered"),
                            ("delayed", "Delayed, the provider still tries"),
                            ("failed", "Not delivered"),
                            ("auto_reply", "Automatic reply"),
                            ("reply", "Reply by e-mail"),
                        ],
                        max_length=10,
                    ),
                ),
                ("dedupe_key", models.CharField(max_length=100, unique=True)),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("happened_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("noted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_sent_says_when_and_how",
        ),
        migrations.AddField(
            model_name="message",
            name="delivered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="sent_noted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False), ("sent_noted_at", None)),
                fields=["subject_type", "id"],
                name="message_sent_unnoted",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="message_by_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("provider__gt", ""),
                        ("sent_at__isnull", False),
                        ("sent_to__gt", ""),
                        ("status", "SENT"),
                    ),
                    ("status", "FAILED"),
                    models.Q(("status__in", ("QUEUED", "SENDING")), ("sent_at", None)),
                    _connector="OR",
                ),
                name="message_sent_says_when",
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="outbox.message",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                condition=models.Q(("applied_at", None)), fields=["id"], name="receipt_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                condition=models.Q(("applied_at__isnull", False), ("noted_at", None)),
                fields=["id"],
                name="receipt_unnoted",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("applied_at", None), ("message__isnull", False), _connector="OR"
                ),
                name="receipt_applied_to_a_message",
            ),
        ),
        migrations.RunSQL(KEPT, LET_GO),
    ]
