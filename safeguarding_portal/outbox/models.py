"""One row for every message that the portal ever promised to send."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A message and how far it got. Rows are never deleted (database trigger).

    A worker claims a row (QUEUED to SENDING, with `claim_id` and `claimed_at`), talks to the
    outside with no transaction open, and writes the outcome only if its claim still stands. SENDING
    past the lease means that a worker died: the row is taken again, and its stable Message-ID lets
    the reader recognise a repeat.
    """

    class Channel(models.TextChoices):
        """How it travels."""

        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"
        WEBHOOK = "webhook", "Webhook"

    class Status(models.TextChoices):
        """How far it got. SENT is not delivered, delivered is not read, read is not accepted."""

        QUEUED = "QUEUED", "Waiting to be sent"
        SENDING = "SENDING", "Being sent"
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Not delivered"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    kind = models.SlugField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    # As the directory has it. Where it really goes is decided at the moment of sending.
    recipient = models.CharField(max_length=254)
    agency_slug = models.SlugField(max_length=60, blank=True)
    template = models.SlugField(max_length=40)
    # Reference, urgency, link: never a name or a story (`services.CONTEXT_KEYS`).
    context = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, unique=True)
    priority = models.PositiveSmallIntegerField(default=4)
    # What it belongs to, for whoever asks later. The outbox never looks there itself.
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=90, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claim_id = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # When a delivery report said that it reached the mailbox or the phone.
    delivered_at = models.DateTimeField(null=True)
    # When whoever owns the subject took note that it was sent.
    sent_noted_at = models.DateTimeField(null=True)
    # When whoever owns the subject has acted on the failure.
    outcome_handled_at = models.DateTimeField(null=True)
    sent_to = models.CharField(max_length=254, blank=True)
    provider = models.CharField(max_length=10, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    # Of the last failed try, in words without personal data.
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("priority", "next_attempt_at"),
                condition=Q(status="QUEUED"),
                name="message_due",
            ),
            models.Index(
                fields=("claimed_at",), condition=Q(status="SENDING"), name="message_sending"
            ),
            models.Index(
                fields=("subject_type", "id"),
                condition=Q(status="FAILED", outcome_handled_at=None),
                name="message_failed_unhandled",
            ),
            models.Index(fields=("subject_type", "subject_id"), name="message_by_subject"),
            models.Index(
                fields=("subject_type", "id"),
                condition=Q(sent_at__isnull=False, sent_noted_at=None),
                name="message_sent_unnoted",
            ),
            models.Index(
                fields=("provider_id",), condition=~Q(provider_id=""), name="message_by_provider"
            ),
        )
        # A row cannot say one thing and hold another, whatever code writes it.
        constraints = (
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=4), name="message_priority_is_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(status="SENDING", claim_id__isnull=False, claimed_at__isnull=False)
                | (~Q(status="SENDING") & Q(claim_id=None, claimed_at=None)),
                name="message_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(status="SENT", sent_at__isnull=False, provider__gt="", sent_to__gt="")
                # What was sent and came back has failed, and still says when it was sent.
                | Q(status="FAILED")
                | (Q(status__in=("QUEUED", "SENDING")) & Q(sent_at=None)),
                name="message_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status="FAILED", failed_at__isnull=False, last_error__gt="")
                | (~Q(status="FAILED") & Q(failed_at=None)),
                name="message_failed_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Receipt(models.Model):
    """What the outside reported about a message after we had handed it over. Only added to.

    It is recognised by our own id (in the Message-ID, or Notify's `reference`), or by the
    provider's id; `ids` holds all that it named. A receipt that comes before we have written that
    the message was sent, or before the provider's id is saved, waits with `applied_at` null and is
    matched again each minute.
    """

    class Kind(models.TextChoices):
        """What was reported. None of them is an acceptance."""

        DELIVERED = "delivered", "Delivered"
        DELAYED = "delayed", "Delayed, the provider still tries"
        FAILED = "failed", "Not delivered"
        AUTO_REPLY = "auto_reply", "Automatic reply"
        REPLY = "reply", "Reply by e-mail"

    class Source(models.TextChoices):
        """How it came in."""

        MAILBOX = "mailbox", "Mailbox"
        NOTIFY = "notify", "GOV.UK Notify"
        WEBHOOK = "webhook", "Signed webhook"

    source = models.CharField(max_length=8, choices=Source.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # A report that comes twice (a retry, a replay) is one: its digest or nonce.
    dedupe_key = models.CharField(max_length=100, unique=True)
    ids = ArrayField(models.CharField(max_length=100), default=list)
    # The status code of the report ("5.1.1", "permanent-failure"); never its text.
    code = models.CharField(max_length=40, blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="receipts"
    )
    applied_at = models.DateTimeField(null=True)
    # When whoever owns the message's subject took note of it.
    noted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("id",), condition=Q(applied_at=None), name="receipt_waiting"),
            models.Index(
                fields=("id",),
                condition=Q(applied_at__isnull=False, noted_at=None),
                name="receipt_unnoted",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(message__isnull=False),
                name="receipt_applied_to_a_message",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
