"""The ledger of custody: what happened to each referral, gaps that were found, daily statements.

Rows are only added: the database refuses to change or remove them (migration 0040).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern
from concerns.models.referral import Referral


class LegEvent(models.Model):
    """One thing that happened on the way of one referral, from offered to accepted.

    Kinds that change `Referral.state` are written by the database itself, in the statement that
    changes the state (a trigger of migration 0040), so that no code can change one without the
    other; `concerns.services.legs.state_told_by` reads the state back out of them. The other kinds
    are notes on the way: a message was sent, delivered, delayed, came back, was answered by a
    machine. None of those ever ends custody.
    """

    class Kind(models.TextChoices):
        """What happened."""

        OFFERED = "offered", "Waiting for a lead to decide"
        TO_DO = "to_do", "To be done by hand"
        QUEUED = "queued", "On its way"
        SENT = "sent", "Message sent"
        DELIVERED = "delivered", "Message delivered"
        DELAYED = "delayed", "Message delayed, still being tried"
        FAILED = "failed", "Message not delivered"
        AUTO_REPLY = "auto_reply", "Automatic reply, which accepts nothing"
        REPLY = "reply", "E-mail reply, which accepts nothing: read it in the mailbox"
        CODE_SENT = "code_sent", "Code asked for"
        CODE_WRONG = "code_wrong", "Wrong code typed"
        OPENED = "opened", "Opened with the code"
        DOWNLOADED = "downloaded", "Referral pack downloaded"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # The colleague who recorded it, or what did: "agency", "outbox", "rules".
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=20, blank=True)
    # What shows it: "message:<id>", "receipt:7", "code:3", "call:12".
    evidence = models.CharField(max_length=60, blank=True)
    # The named person of the agency, for an acceptance or a return.
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("referral", "kind", "evidence"),
                condition=~Q(evidence="")
                & Q(kind__in=("sent", "delivered", "delayed", "failed", "auto_reply", "reply")),
                name="leg_event_told_once",
            ),
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | ~Q(actor_label=""), name="leg_event_has_a_doer"
            ),
            models.CheckConstraint(
                condition=~Q(kind="accepted") | (~Q(name="") & ~Q(role="")),
                name="leg_event_accepted_by_a_named_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.referral}"


class CustodyGap(models.Model):
    """Something that nobody holds, from when it was first seen until it is mended.

    `key` says what of the concern it is about ("referral:12"). `last_paged_at` is when a manager
    was last told; they are told again each hour while it lasts.
    """

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=60)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="gaps")
    found_at = models.DateTimeField()
    last_paged_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    mended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("found_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "key"), condition=Q(mended_at=None), name="gap_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.concern}"


class DailyStatement(models.Model):
    """What the council held at the end of one day, chained to the day before by SHA-256.

    `numbers` and `references` are what `hash` covers, with the day and the previous hash; whoever
    changes one day must change every later one, and the audit chain will seal the last.
    """

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    numbers = models.JSONField()
    # State -> references. Closed concerns are listed on the day they were closed.
    references = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"Statement of {self.day}"
