"""Who is who across concerns: what leads confirmed, what is only possible, and what was said of it.

Nothing here changes what was reported: an `Involvement` stays as it was filed. A `MatchKey` stands
beside it with the details in a form that can be compared.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern, Involvement
from concerns.models.report import Report


class Person(models.Model):
    """One human being, known in more than one report because leads said so.

    It holds no details: those are in the reports. It is never deleted; when what joined it is
    undone it stands for nobody.
    """

    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"Person {self.pk}"


class MatchKey(models.Model):
    """One person as reported in one concern, ready to be compared with others.

    A report names the same person on each of its concerns; `root` is the first of those keys (set
    when the key is matched), and decisions about the person are made there, once. `person` is who
    leads say it is. Personal data: kept and removed with its involvement.
    """

    involvement = models.OneToOneField(
        Involvement, on_delete=models.PROTECT, related_name="match_key"
    )
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="match_keys")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Involvement.Part.choices)
    # The page of the journey that names the person: the same in one report is the same person.
    reported_as = models.CharField(max_length=40)
    root = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="same_in_report"
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="keys"
    )
    words = ArrayField(models.TextField(), default=list)
    # The name in one spelling, for the trigram index that finds candidates.
    name_key = models.TextField(blank=True)
    born = models.DateField(null=True, blank=True)
    born_from = models.DateField(null=True, blank=True)
    born_to = models.DateField(null=True, blank=True)
    street = models.TextField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    home = models.TextField(blank=True)
    nhs = models.CharField(max_length=10, blank=True)
    phones = ArrayField(models.CharField(max_length=20), default=list)
    place = models.TextField(blank=True)
    # What the account says, as a print (`matching.accounts`); on the person at risk only.
    account = ArrayField(models.IntegerField(), default=list)
    created_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            GinIndex(fields=("name_key",), opclasses=("gin_trgm_ops",), name="matchkey_name_trgm"),
            GinIndex(fields=("phones",), name="matchkey_phones"),
            GinIndex(fields=("account",), name="matchkey_account"),
            models.Index(fields=("born",), condition=Q(born__isnull=False), name="matchkey_born"),
            models.Index(fields=("nhs",), condition=~Q(nhs=""), name="matchkey_nhs"),
            models.Index(fields=("home",), condition=~Q(home=""), name="matchkey_home"),
            models.Index(fields=("place",), condition=~Q(place=""), name="matchkey_place"),
            models.Index(fields=("id",), condition=Q(matched_at=None), name="matchkey_waiting"),
            models.Index(fields=("report", "reported_as"), name="matchkey_same_in_report"),
        )

    def __str__(self) -> str:
        return f"{self.reported_as} of {self.concern_id}"


class MatchCandidate(models.Model):
    """Two people of two reports who may be one, and what the leads said of it.

    `left` and `right` are roots, the older first. Score and reasons are those of the moment at
    which the pair was found; the state is that of the newest decision.
    """

    class State(models.TextChoices):
        """What a lead made of it."""

        OPEN = "open", "Not looked at"
        CONFIRMED = "confirmed", "The same person"
        REJECTED = "rejected", "Not the same person"
        PARKED = "parked", "Not sure yet"

    left = models.ForeignKey(MatchKey, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(MatchKey, on_delete=models.PROTECT, related_name="+")
    weight = models.FloatField()
    is_likely = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    weights_version = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-weight", "id")
        constraints = (
            models.UniqueConstraint(fields=("left", "right"), name="matchcandidate_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="matchcandidate_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.left_id} and {self.right_id}: {self.get_state_display()}"


class MatchDecision(models.Model):
    """What one lead said of one pair, and why. Added to, never changed; the newest counts."""

    candidate = models.ForeignKey(
        MatchCandidate, on_delete=models.PROTECT, related_name="decisions"
    )
    state = models.CharField(max_length=10, choices=MatchCandidate.State.choices)
    reason = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.candidate_id}"


class ConcernLink(models.Model):
    """Two concerns that belong together, or may; `first` is the older one.

    Suggested by the rules or made by a lead. A new decision ends the row and begins another, so
    that every reason is kept. That the same person is in two concerns is not written here: it
    follows from the pairs that leads confirmed.
    """

    class Kind(models.TextChoices):
        """What they have in common."""

        HOUSEHOLD = "household", "Same household"
        SIBLINGS = "siblings", "Siblings"
        SETTING = "setting", "Same setting"
        DUPLICATE = "duplicate", "Says the same"
        OTHER = "other", "Linked"

    class State(models.TextChoices):
        """What a lead made of it."""

        SUGGESTED = "suggested", "Not looked at"
        LINKED = "linked", "Linked"
        REJECTED = "rejected", "Not linked"
        PARKED = "parked", "Not sure yet"

    first = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="links_to_later")
    second = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="links_to_earlier")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.TextField()
    # Empty: the rules suggest it.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("first", "second", "kind"),
                condition=Q(ended_at=None),
                name="concernlink_once_in_force",
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="concernlink_ordered"),
            models.CheckConstraint(
                condition=Q(state="suggested") | Q(made_by__isnull=False),
                name="concernlink_decided_by_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("second",), condition=Q(ended_at=None), name="concernlink_by_second"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.first_id} and {self.second_id}"
