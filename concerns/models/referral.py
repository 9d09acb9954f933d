"""Custody: what was asked of which agency, and the named person who accepted it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern


class Referral(models.Model):
    """One concern, put before one agency.

    Sent is not delivered, delivered is not read, an automatic reply is not acceptance: only a named
    person ends the custody (DESIGN section 3). `escalate_at` is the next minute at which somebody
    further up is told; it is null when nothing runs any more.
    """

    class State(models.TextChoices):
        """Where the referral is."""

        OFFERED = "offered", "Waiting for a lead to decide"
        TO_DO = "to_do", "To be done by hand"
        SENT = "sent", "Sent, not yet accepted"
        OPENED = "opened", "Opened by the agency, not yet accepted"
        ACCEPTED = "accepted", "Accepted by a named person"
        RETURNED = "returned", "Returned by the agency"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN_STATES = (State.TO_DO, State.SENT, State.OPENED, State.RETURNED)

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="referrals")
    agency_slug = models.SlugField(max_length=60)
    required = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices)
    reasons = models.JSONField(default=list)
    rule_ids = ArrayField(models.CharField(max_length=40), default=list)
    marks = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    escalation_level = models.PositiveSmallIntegerField(default=0)
    # SHA-256 of the secret in the link that the agency receives; the secret itself is not here.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    link_expires_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    # Who in the council decided to send or to withdraw it, once a lead had to; null: the rules.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Who accepted or returned it, in the agency.
    ended_by_name = models.CharField(max_length=120, blank=True)
    ended_by_role = models.CharField(max_length=120, blank=True)
    ended_by_phone = models.CharField(max_length=30, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_via = models.CharField(
        max_length=6, blank=True, choices=[("link", "Secure link"), ("call", "Recorded call")]
    )
    # The member of staff who recorded it, when it was a call.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-required", "due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("concern", "agency_slug"), name="referral_once_per_agency"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | (~Q(ended_by_name="") & ~Q(ended_by_role="") & Q(ended_at__isnull=False)),
                name="referral_accepted_by_a_named_person",
            ),
        )
        indexes = (
            models.Index(
                fields=("escalate_at",),
                condition=Q(escalate_at__isnull=False),
                name="referral_next_escalation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.concern} to {self.agency_slug}"

    @property
    def is_open(self) -> bool:
        """Whether the council still waits for a named person."""
        return self.state in self.OPEN_STATES


class CallQuerySet(models.QuerySet["Call"]):
    """Calls, and those among them that somebody still has to make."""

    def still_due(self) -> CallQuerySet:
        """Return the calls that are neither made nor needless by now."""
        return self.filter(made_at=None, needless_at=None)


class Call(models.Model):
    """A telephone call: due, or made. A route with only a phone is a call that is due.

    `needless_at`: the agency's named person accepted before anybody had to ring.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="calls")
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    agency_slug = models.SlugField(max_length=60)
    due_at = models.DateTimeField(null=True, blank=True)
    needless_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    number = models.CharField(max_length=30, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    spoke_to = models.CharField(max_length=120, blank=True)
    agency_reference = models.CharField(max_length=60, blank=True)
    outcome = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) | Q(made_at__isnull=False),
                name="call_is_due_or_made",
            ),
        )

    def __str__(self) -> str:
        return f"Call to {self.agency_slug}: {self.concern}"


class AgencyCode(models.Model):
    """A one-time code, sent to the agency's own mailbox, that opens one referral once.

    Link scanners open links; nobody but a reader of the mailbox can type the code. Only its hash
    is kept here; it lives for minutes and for a few tries.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"Code for {self.referral}"
