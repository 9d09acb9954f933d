"""Users, teams and memberships.

There is no superuser and no Django admin: nobody may open a concern by rank alone
(DESIGN section 5). What a person may do follows from memberships that are in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.crypto import salted_hmac


class Directorate(models.Model):
    """A part of the council, such as Housing; leads and editors work for one or for all."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PersonKind(models.TextChoices):
    """What a person is to the council. Policies may ask some kinds and not others to read them."""

    STAFF = "staff", "Member of staff"
    MEMBER = "member", "Member (councillor)"
    CONTRACTOR = "contractor", "Contractor"
    AGENCY_WORKER = "agency_worker", "Agency worker"
    MACHINE = "machine", "Machine of the portal"

    @classmethod
    def of_people(cls) -> list[tuple[str, str]]:
        """Return the kinds that a person can be, with their words: all but machines."""
        return [(kind.value, kind.label) for kind in cls if kind != cls.MACHINE]


class Source(models.TextChoices):
    """Who gave a membership, or closed an account. What a hand did, no feed undoes."""

    HAND = "hand", "By hand"
    GROUPS = "groups", "By a group of the council's directory"
    SCIM = "scim", "By the council's directory"
    FEED = "feed", "By the list of leavers"


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an active person. Without a password they can only sign in another way."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def people(self) -> models.QuerySet[User]:
        """Return everybody but the portal's own machines: they work nowhere, and leave never."""
        return self.exclude(kind=PersonKind.MACHINE)

    def holding(
        self, roles: Iterable[str], now: datetime, where: Q | None = None
    ) -> models.QuerySet[User]:
        """Return the active people who hold one of the roles at `now` (aware), by id.

        `where` narrows which memberships count, to those of a team for one.
        """
        held = Membership.objects.in_force(now).filter(where or Q(), role__in=list(roles))
        return self.filter(is_active=True, pk__in=held.values("user")).order_by("pk")

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by e-mail, whatever the case it was typed in."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A member of staff, a Member, a contractor or an agency worker of the council."""

    email = models.EmailField("email address", unique=True)
    full_name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    directorate = models.ForeignKey(
        Directorate, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    work_phone = models.CharField(max_length=20, blank=True)
    kind = models.CharField(
        max_length=15,
        choices=PersonKind.choices,
        default=PersonKind.STAFF,
        db_default=PersonKind.STAFF,
    )
    # Who must not see a report that names this person: their manager and their deputies.
    manager = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports_to_me"
    )
    deputies = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    # Part of every session's hash: one more ends all sessions of the person.
    session_epoch = models.PositiveIntegerField(default=0, db_default=0)
    date_joined = models.DateTimeField(auto_now_add=True)
    # Since when the account is closed, and by what: what one hand closed, no feed opens again.
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(
        max_length=10, choices=Source.choices, blank=True, default="", db_default=""
    )
    # What the council's own directory calls the person: an id that never changes, a sign-in name.
    external_id = models.CharField(max_length=100, blank=True, default="", db_default="")
    user_name = models.CharField(max_length=254, blank=True, default="", db_default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.UniqueConstraint(
                fields=("external_id",), condition=~Q(external_id=""), name="user_external_id_once"
            ),
            models.UniqueConstraint(
                Lower("user_name"), condition=~Q(user_name=""), name="user_name_once_any_case"
            ),
        )
        indexes = (
            GinIndex(OpClass(Upper("full_name"), "gin_trgm_ops"), name="user_full_name_trgm"),
        )

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Return the name as others should see it."""
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must match: it ends with the password, and with the epoch.

        While nobody has signed out everywhere it is Django's own, so that sessions outlive the
        release that brought the epoch.
        """
        django_hash: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_epoch:
            return django_hash
        salt = "safeguarding_portal.session_epoch"
        value = f"{django_hash}:{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Team(models.Model):
    """The people who triage concerns about children, about adults, or about both."""

    class Group(models.TextChoices):
        """Whose safety the team works for."""

        CHILDREN = "children", "Children"
        ADULTS = "adults", "Adults"
        BOTH = "both", "Children and adults"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=10, choices=Group.choices)
    directorate = models.ForeignKey(
        Directorate, null=True, blank=True, on_delete=models.PROTECT, related_name="teams"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a membership lets a person do. Everybody who signs in may report: that needs no role."""

    LEAD = "lead", "Safeguarding lead"
    TRIAGE_MANAGER = "triage_manager", "Triage manager"
    CORPORATE_LEAD = "corporate_lead", "Corporate safeguarding lead"
    DCS = "dcs", "Director of Children's Services"
    DASS = "dass", "Director of Adult Social Services"
    DIRECTORY_EDITOR = "directory_editor", "Directory editor"
    POLICY_EDITOR = "policy_editor", "Policy editor"
    AUDITOR = "auditor", "Auditor"
    RECORDS_OFFICER = "records_officer", "Records officer"

    @classmethod
    def of_a_team(cls) -> frozenset[str]:
        """Return the roles that exist only in a team (also a constraint of the database)."""
        return frozenset({cls.LEAD, cls.TRIAGE_MANAGER})


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, of which only those in force let anybody do anything."""

    def in_force(self, now: datetime) -> MembershipQuerySet:
        """Return those that have begun and not ended at `now` (aware)."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


class Membership(models.Model):
    """One role of one person, in one team or, with no team, across the council."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.HAND, db_default=Source.HAND
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "team", "role"),
                name="membership_once",
                nulls_distinct=False,
                condition=Q(ends_at=None),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["lead", "triage_manager"]) | Q(team__isnull=False),
                name="membership_lead_has_team",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.team or 'council'})"


class Invitation(models.Model):
    """Leave for one e-mail address to open an account, and what the person may then do.

    It carries no secret: the message that announces it is only a pointer to the sign-up page, and
    who signs up must prove the address with a code. So an outbox row is never a key to the portal.
    """

    email = models.EmailField("email address")
    full_name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    directorate = models.ForeignKey(
        Directorate, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(
        max_length=15,
        choices=PersonKind.choices,
        default=PersonKind.STAFF,
        db_default=PersonKind.STAFF,
    )
    # Empty: may report, like everybody who signs in.
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    # Empty when it was made from the command line, for the first person of an installation.
    invited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_made"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_accepted"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="invitation_open_once",
                condition=Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["lead", "triage_manager"]) | Q(team__isnull=False),
                name="invitation_lead_has_team",
            ),
        )

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class KeptPage(models.Model):
    """One page that somebody sent after their session had ended: encrypted, for 30 minutes.

    Only the browser that sent it holds the random key (we keep its hash), one for all its tabs,
    and only the person who was signed in there gets it back (SETTLED, Design corrections).
    """

    key_hash = models.CharField(max_length=64)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_pages")
    path = models.CharField(max_length=500)
    body = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key_hash", "path"), name="kept_page_once_per_address"),
        )

    def __str__(self) -> str:
        return f"Kept page {self.pk}"


class Absence(models.Model):
    """Days on which a person does not answer, and who stands in for them.

    Whole days in Europe/London, both included. A mistake is cancelled, not deleted: who answered
    for what on a day stays known.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in"
    )
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_on", "pk")
        indexes = (
            models.Index(
                fields=("ends_on",), condition=Q(cancelled_at=None), name="absence_in_force"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("user")), name="absence_deputy_is_another"
            ),
        )

    def __str__(self) -> str:
        return f"Absence {self.pk}"


class SignInCode(models.Model):
    """A code made at the command line for one person, while the sign-in provider is away.

    Only its hash is kept. It works once, for a quarter of an hour, and not after five wrong tries.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_in_codes")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Sign-in code {self.pk}"


class DirectoryToken(models.Model):
    """A key with which the council's directory reports people (SCIM); only its hash is kept.

    Two may be valid at once, so that one is changed for the next without a gap.
    """

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "pk")

    def __str__(self) -> str:
        return self.name


class DirectoryGroup(models.Model):
    """A group of the council's directory as it reports it (SCIM), with those of us who are in it.

    What a group gives is not here: `OIDC_GROUPS` maps groups to roles and teams.
    """

    external_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=254)
    members = models.ManyToManyField(User, blank=True, related_name="directory_groups")

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
