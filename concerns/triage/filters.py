"""The filter of the queue: a URL, with django-filter behind it and the design system's fields.

Words that were typed travel in the URL encrypted: a name must never stand in an address, a log or a
history (house rule 8), and yet a filter is a link.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import django_filters
from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from concerns.access import Scope
from concerns.models import Concern, Referral
from concerns.rules.case import LONDON
from concerns.rules.taxonomy import ADULT, CHILD
from concerns.selectors.search import text_condition
from contacts.selectors import current_directory
from safeguarding_portal.design_system.dates import PARTS
from safeguarding_portal.design_system.forms import (
    DateField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
    TickField,
)

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

Rows = QuerySet[Concern]
Chosen = dict[str, list[str]]
# In the URL: the encrypted form of `text`.
SEALED = "words"
MAX_TEXT = 200
# The views say whether open or closed concerns are listed.
OPEN_STATES = [item for item in Concern.State.choices if item[0] != Concern.State.CLOSED]
PRIORITIES = (
    ("1", "P1 now"),
    ("2", "P2 today"),
    ("3", "P3 next working day"),
    ("4", "P4 no deadline"),
)


def _fernet() -> Fernet:
    derived = hashlib.sha256(f"concerns.triage.filters:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """Return a text for a URL that only this portal can read."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text of a URL; "" when it is not ours, or from before the key was changed."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError):
        return ""


class _Filter(django_filters.Filter):
    """A filter whose form field is one of the design system's."""

    def __init__(self, make: Callable[[], forms.Field], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._make = make

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            self._field = self._make()
        return self._field


def _several(label: str, options: Any, lookup: str, **kwargs: Any) -> _Filter:
    return _Filter(
        lambda: MultiChoiceField(label, options() if callable(options) else options),
        field_name=lookup,
        lookup_expr="in",
        **kwargs,
    )


def category_options() -> list[tuple[str, str]]:
    """Return the worries of children and adults, each slug once."""
    return list({item.slug: (item.slug, item.words) for item in (*ADULT, *CHILD)}.values())


def _agency_options() -> list[tuple[str, str]]:
    return [(slug, agency.name) for slug, agency in current_directory().agencies.items()]


class FilterForm(PortalForm):
    """The form of the filter."""

    title = "Filter the list"


class QueueFilter(django_filters.FilterSet):
    """What the queue can be narrowed by. Build it with `queue_filter`."""

    state = _several("State", OPEN_STATES, "state")
    priority = _several("Priority", PRIORITIES, "priority")
    group = _several("Group", Concern.Group.choices, "group")
    category = _several("Worry", category_options, "categories", method="by_category")
    team = _several("Team", (), "team")
    directorate = _several("Reported from", (), "report__reporter__directorate")
    owner = _several("Owner", (), "owner", method="by_owner")
    agency = _several("Agency", _agency_options, "agency", method="by_nothing")
    route = _several("Where a referral is", Referral.State.choices, "route", method="by_nothing")
    received_from = _Filter(
        lambda: DateField("Reported on or after"), field_name="received_at", method="by_from"
    )
    received_to = _Filter(
        lambda: DateField("Reported on or before"), field_name="received_at", method="by_to"
    )
    overdue = _Filter(lambda: TickField("Overdue only"), method="by_overdue")
    restricted = _Filter(
        lambda: TickField("Restricted, and I am on the access list"), field_name="restricted"
    )
    bundle = _several("Bundle", (), "bundle_items__bundle")
    text = _Filter(
        lambda: TextField("Words, a name or a number", max_chars=MAX_TEXT), method="by_text"
    )

    class Meta:
        model = Concern
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, user: User, now: datetime, scope: Scope) -> None:
        super().__init__(data, queryset=Concern.objects.all())
        self.user, self.now, self.scope = user, now, scope
        self._text: Q | None = None
        for name in ("team", "directorate", "bundle"):
            asked = [value for value in data.getlist(name) if _is_id(value)]
            self.offer(name, [(value, value) for value in asked])
        asked = [value for value in data.getlist("owner") if _is_id(value)]
        self.offer("owner", [*FIXED_OWNERS, *((value, value) for value in asked)])

    def offer(self, name: str, options: list[tuple[str, str]]) -> None:
        """Set the answers of a field that depend on who asks."""
        self.filters[name].field.offer([Option(*option) for option in options])

    def by_category(self, rows: Rows, name: str, value: list[str]) -> Rows:
        """Keep concerns with any of the worries."""
        return rows.filter(Q(categories__overlap=value) | Q(flags__overlap=value))

    def by_owner(self, rows: Rows, name: str, value: list[str]) -> Rows:
        """Keep concerns of any of the owners; "me" and "nobody" are among them."""
        people = [self.user.pk if item == "me" else int(item) for item in value if item != "nobody"]
        wanted = Q(owner__in=people)
        return rows.filter(wanted | Q(owner=None) if "nobody" in value else wanted)

    def by_route(self, rows: Rows, agencies: list[str], states: list[str]) -> Rows:
        """Keep concerns with one referral to any of the agencies that is in any of the states."""
        if not agencies and not states:
            return rows
        referrals = Referral.objects.filter(concern=OuterRef("pk"))
        if agencies:
            referrals = referrals.filter(agency_slug__in=agencies)
        if states:
            referrals = referrals.filter(state__in=states)
        return rows.filter(Exists(referrals))

    def by_nothing(self, rows: Rows, name: str, value: list[str]) -> Rows:
        """Leave the rows: `by_route` looks at the agency and the state of one referral together."""
        return rows

    def by_from(self, rows: Rows, name: str, value: Any) -> Rows:
        """Keep what was received on the day or later, days being those of London."""
        return rows.filter(received_at__gte=_midnight(value))

    def by_to(self, rows: Rows, name: str, value: Any) -> Rows:
        """Keep what was received on the day or earlier."""
        return rows.filter(received_at__lt=_midnight(value + timedelta(days=1)))

    def by_overdue(self, rows: Rows, name: str, value: bool) -> Rows:
        """Keep what is late now."""
        return rows.filter(next_due_at__lt=self.now)

    def by_text(self, rows: Rows, name: str, value: str) -> Rows:
        """Keep what the search box would find."""
        if self._text is None:
            self._text = text_condition(self.user, value, self.now, self.scope)
        return rows.filter(self._text)

    def narrow(self, rows: Rows) -> Rows:
        """Return the rows that fit; an answer that makes no sense narrows nothing."""
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        for name, item in self.filters.items():
            value = cleaned.get(name)
            # A box that is not ticked asks for everything.
            if value not in (None, "", [], False):
                rows = item.filter(rows, value)
        return self.by_route(rows, cleaned.get("agency") or [], cleaned.get("route") or [])


FIXED_OWNERS = (("me", "Me"), ("nobody", "Nobody"))


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 18


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)


def chosen_in(params: QueryDict) -> Chosen:
    """Return what a URL asks for, as it would be typed: the sealed words opened, the rest as is."""
    names = _input_names()
    chosen = {name: values for name, values in params.lists() if name in names and any(values)}
    words = unseal(params.get(SEALED, "")) if params.get(SEALED) else ""
    return {**chosen, "text": [words]} if words else chosen


def _input_names() -> frozenset[str]:
    """Return the names of all inputs but the text, which only comes sealed."""
    dates = {f"{name}_{part}" for name in ("received_from", "received_to") for part in PARTS}
    return frozenset({*QueueFilter.base_filters, *dates} - {"text"})


def url_of(chosen: Mapping[str, list[str]], view: str = "all") -> str:
    """Return the query of a URL that asks for this, beginning with "?"."""
    pairs = [("view", view)] if view != "all" else []
    for name, values in chosen.items():
        key, seal_it = (SEALED, seal) if name == "text" else (name, str)
        pairs += [(key, seal_it(value)) for value in values if value]
    return f"?{urlencode(pairs)}"


def as_querydict(chosen: Mapping[str, list[str]]) -> QueryDict:
    """Return what was chosen as a form is given it."""
    data = QueryDict(mutable=True)
    for name, values in chosen.items():
        data.setlist(name, values)
    return data
