"""A person asks for what is held about them, and what is wrong in it: the work of records officers.

Items keep a copy of the words as they were gathered, and what was held back of them and why: the
evidence of what was answered. Concerns are never changed by any of it.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern, Involvement
from concerns.models.report import Report
from concerns.rules import access_requests as rules

USER = settings.AUTH_USER_MODEL
EXEMPTIONS = [(row.slug, row.words) for row in rules.EXEMPTIONS]


class AccessRequest(models.Model):
    """One request under article 15, from the day of receipt until it is answered.

    `due_on` follows from the clock of `concerns.rules.access_requests`; it is null while that
    stands. Dates are days in Europe/London.
    """

    reference = models.CharField(max_length=12, unique=True)
    state = models.CharField(
        max_length=10, choices=list(rules.STATES.items()), default=rules.RECEIVED
    )
    received_on = models.DateField()
    received_how = models.CharField(max_length=200)
    # Who asks, and for others: what shows that they may.
    requester = models.CharField(max_length=14, choices=list(rules.REQUESTERS.items()))
    requester_name = models.CharField(max_length=200)
    requester_contact = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    # The person about whom it is asked.
    name = models.CharField(max_length=200)
    aliases = models.TextField(blank=True)
    born = models.DateField(null=True, blank=True)
    address = models.TextField(blank=True)
    nhs = models.CharField(max_length=20, blank=True)
    phones = models.CharField(max_length=200, blank=True)
    # The person's account here, where they are a colleague: what they did is theirs too.
    staff = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="access_requests"
    )
    about = models.TextField(blank=True)
    identity_asked_on = models.DateField(null=True, blank=True)
    identity_checked_on = models.DateField(null=True, blank=True)
    identity_how = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    extended_on = models.DateField(null=True, blank=True)
    extended_ground = models.CharField(max_length=10, blank=True)
    extended_why = models.TextField(blank=True)
    # Why changes of the record since the redaction were left out.
    changes_left_out = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    # Empty when whoever handled it is named in what was found: somebody else takes it.
    officer = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="access_requests_held"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refused_because = models.CharField(max_length=14, blank=True)
    # How it was handed over, or why it was refused or withdrawn.
    ended_words = models.TextField(blank=True)

    class Meta:
        ordering = (models.F("due_on").asc(nulls_last=True), "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=sorted(rules.OPEN), ended_at=None)
                | (~Q(state__in=sorted(rules.OPEN)) & Q(ended_at__isnull=False)),
                name="accessrequest_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refused_because="") & ~Q(ended_words=""),
                name="accessrequest_refused_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in rules.OPEN


class AccessPause(models.Model):
    """Days on which the clock stands, because the person was asked what they mean."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="pauses")
    question = models.TextField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("asked_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("request",), condition=Q(answered_on=None), name="accesspause_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"Question on {self.request}"


class AccessGathering(models.Model):
    """One run of the worker for a request: looking for the person, collecting, comparing.

    The row is the promise; a worker claims it, and one that died is taken again.
    """

    class Kind(models.TextChoices):
        """What is done."""

        SEARCH = "search", "Looking for the person"
        COLLECT = "collect", "Collecting what is theirs"
        COMPARE = "compare", "Looking for changes of the record"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="gatherings")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=1)
    found = models.PositiveIntegerField(default=0)
    # Of a comparison: what changed in the record since, as [{title, what}].
    changes = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("id",), condition=Q(done_at=None), name="accessgathering_waiting"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("request",), condition=Q(done_at=None), name="accessgathering_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.request}"


class AccessCandidate(models.Model):
    """Somebody in one concern who may be the person who asks; an officer says yes or no, and why.

    Without an involvement, only the name stands in the words of the concern. Rows with one `group`
    are one person of one report, and are decided together.
    """

    class State(models.TextChoices):
        """What an officer made of it."""

        OPEN = "open", "Not looked at"
        CONFIRMED = "confirmed", "This person"
        DROPPED = "dropped", "Somebody else"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="candidates")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="+")
    involvement = models.ForeignKey(
        Involvement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group = models.CharField(max_length=60)
    weight = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-weight", "group", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("request", "concern", "involvement"),
                name="accesscandidate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False) & ~Q(reason=""),
                name="accesscandidate_decided_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.request}"


class AccessLeave(models.Model):
    """Leave for one officer to read, for one request, what was gathered from one concern.

    It opens no page of the concern, and ends with the request.
    """

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="leaves")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="access_leaves")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    # When those who work the concern were told (the worker does it).
    announced_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("granted_at", "id")
        indexes = (
            models.Index(
                fields=("id",), condition=Q(announced_at=None), name="accessleave_unannounced"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("request", "concern", "user"),
                condition=Q(ended_at=None),
                name="accessleave_once_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} reads {self.concern} for {self.request}"


class AccessItem(models.Model):
    """One piece of what is held, as it was when it was gathered, and what becomes of it.

    `key` is stable, so that gathering again finds the same item. `released` holds the words that
    were agreed to be handed over; the words that were taken out are not in it.
    """

    class Decision(models.TextChoices):
        """What an officer made of it."""

        OPEN = "open", "Not looked at"
        GIVE = "give", "Given, without the words taken out"
        WITHHOLD = "withhold", "Withheld"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="items")
    source = models.SlugField(max_length=30)
    key = models.CharField(max_length=80)
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=200)
    at = models.DateTimeField(null=True, blank=True)
    text = models.TextField()
    gathered_at = models.DateTimeField()
    # No longer in the record when it was gathered last.
    gone_at = models.DateTimeField(null=True, blank=True)
    suggested = models.CharField(max_length=14, blank=True, choices=EXEMPTIONS)
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.OPEN)
    exemption = models.CharField(max_length=14, blank=True, choices=EXEMPTIONS)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    released = models.TextField(blank=True)

    class Meta:
        ordering = ("report", "concern", "at", "id")
        constraints = (
            models.UniqueConstraint(fields=("request", "key"), name="accessitem_once"),
            models.CheckConstraint(
                condition=~Q(decision="withhold") | ~Q(exemption="") & ~Q(reason=""),
                name="accessitem_withheld_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} of {self.request}"


class AccessRedaction(models.Model):
    """Words that are taken out of one item wherever they stand in it, and why.

    A suggestion counts until an officer drops it.
    """

    item = models.ForeignKey(AccessItem, on_delete=models.PROTECT, related_name="redactions")
    words = models.TextField()
    exemption = models.CharField(max_length=14, choices=EXEMPTIONS)
    reason = models.TextField(blank=True)
    # Empty: suggested by the portal.
    made_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    dropped_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"Words taken out of {self.item_id}"


class AccessCheck(models.Model):
    """A second pair of eyes: who asked, who looked, what they said. One waits at a time."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="checks")
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    checker = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("request",), condition=Q(answered_at=None), name="accesscheck_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(checker=None) | ~Q(checker=models.F("asked_by")),
                name="accesscheck_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(agreed=False) | ~Q(words=""), name="accesscheck_returned_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"Check of {self.request}"


class AccessComplaint(models.Model):
    """A complaint about how a person's data are used or were asked for (DPA 2018 section 164A)."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="complaints")
    received_on = models.DateField()
    text = models.TextField()
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    acknowledge_by = models.DateField()
    acknowledged_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("received_on", "id")

    def __str__(self) -> str:
        return f"Complaint about {self.request}"


class DataRight(models.Model):
    """A person says that a record is wrong (art. 16), asks to restrict it (18), or objects (21).

    What was filed stays as it was: a correction, or the person's own statement, stands beside it.
    """

    class Kind(models.TextChoices):
        """Which right."""

        RECTIFY = "rectify", "Something is wrong or missing"
        RESTRICT = "restrict", "Stop using it while it is checked"
        OBJECT = "object", "They object to its use"

    class Decision(models.TextChoices):
        """What came of it."""

        WAITING = "waiting", "Not decided"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Not agreed"
        BOTH = "both", "Both views stand"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="data_rights")
    request = models.ForeignKey(
        AccessRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="data_rights"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked_by = models.CharField(max_length=200)
    received_on = models.DateField()
    due_on = models.DateField()
    # What is wrong, and what should stand there: the person's words.
    what = models.TextField()
    statement = models.TextField(blank=True)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.WAITING)
    reason = models.TextField(blank=True)
    correction = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # A restriction that has ended.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)
    agencies_told = ArrayField(models.SlugField(max_length=60), default=list)

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decision="waiting")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
                name="dataright_decided_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.concern}"

    @property
    def restricts(self) -> bool:
        """Whether the record must not be used meanwhile, except to protect somebody."""
        return (
            self.kind == self.Kind.RESTRICT
            and self.decision == self.Decision.AGREED
            and self.ended_at is None
        )
