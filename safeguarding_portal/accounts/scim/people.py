"""People as the council's directory reports them: who is made, changed and closed.

A person's roles never come from here: groups map to roles (`groups.py`), or a hand gives them.
Whoever is deleted there is closed here; the name stays, the audit trail needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from safeguarding_portal.accounts.leavers import deactivate, reactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import Source, User
from safeguarding_portal.accounts.scim.groups import follow_reported_groups
from safeguarding_portal.accounts.scim.protocol import (
    ENTERPRISE,
    USER,
    Change,
    Comparison,
    ScimError,
    flat,
    text_of,
    truth_of,
)
from safeguarding_portal.audit.services import record

BY = By(Source.SCIM)
# What we keep of a person: attribute -> field, and how long it may be.
_TEXTS = {
    "externalid": ("external_id", 100),
    "username": ("user_name", 254),
    "displayname": ("full_name", 120),
    "name.formatted": ("full_name", 120),
    "title": ("job_title", 120),
}
_NAMES = ("name.givenname", "name.familyname")


def resource(user: User, base: str) -> dict[str, Any]:
    """Return a person as the directory sees them; `base` is the address of SCIM here."""
    location = f"{base}/Users/{user.pk}"
    found: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "id": str(user.pk),
        "userName": user.user_name or user.email,
        "displayName": user.full_name,
        "name": {"formatted": user.full_name},
        "title": user.job_title,
        "active": user.is_active,
        "emails": [{"type": "work", "primary": True, "value": user.email}],
        "meta": {
            "resourceType": "User",
            "created": user.date_joined.isoformat(),
            "location": location,
        },
    }
    if user.external_id:
        found["externalId"] = user.external_id
    if user.manager_id:
        found[ENTERPRISE] = {"manager": {"value": str(user.manager_id)}}
    return found


def found_by(wanted: Comparison | None) -> Q:
    """Return the condition of a filter. Raises `ScimError` for an attribute that is not kept."""
    if wanted is None:
        return Q()
    if wanted.attribute == "active":
        return Q(is_active=truth_of(wanted.value))
    if wanted.attribute == "id":
        return Q(pk=int(wanted.value)) if _is_number(wanted.value) else Q(pk__in=[])
    if wanted.attribute == "username":
        unnamed = Q(user_name="", email__iexact=wanted.value)
        return Q(user_name__iexact=wanted.value) | unnamed
    known = {"externalid": "external_id", "email": "email__iexact"}
    if wanted.attribute not in known:
        raise ScimError(400, f"No filter on {wanted.attribute}.", "invalidFilter")
    return Q(**{known[wanted.attribute]: wanted.value})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


@transaction.atomic
def make_person(body: Mapping[str, Any], now: datetime) -> User:
    """Open an account for a person of the directory; they may report. Raises `ScimError`."""
    said = flat(body)
    email = _address_of(said)
    _check_domain(email)
    name = text_of(said.get("username"), "userName")
    if not name:
        raise ScimError(400, "userName is missing.", "invalidValue")
    taken = User.objects.filter(
        Q(email__iexact=email) | Q(user_name__iexact=name) | Q(external_id=_id_of(said))
    )
    if taken.exists():
        raise ScimError(409, "There is an account for this person already.", "uniqueness")
    user = User.objects.create_user(email, full_name=_name_of(said) or email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("account.made", actor_label=BY.label, object_type="user", object_id=str(user.pk))
    changes = [Change("replace", key, value) for key, value in said.items()]
    return change_person(user.pk, changes, now)


def _id_of(said: Mapping[str, Any]) -> str:
    # An empty id is nobody's: it must not find everybody without one.
    return text_of(said.get("externalid"), "externalId") or "\N{REPLACEMENT CHARACTER}"


@transaction.atomic
def change_person(pk: int, changes: list[Change], now: datetime) -> User:
    """Apply changes to a person, all or none. Raises `ScimError`, `User.DoesNotExist`.

    Closing and opening come last, so that whoever is told of it is found by what is true now.
    """
    user = User.objects.people().select_for_update(of=("self",)).get(pk=pk)
    before = {field: getattr(user, field) for field in _FIELDS}
    active: bool | None = None
    for change in changes:
        if change.attribute == "active":
            active = False if change.op == "remove" else truth_of(change.value)
        else:
            _apply(user, change)
    _apply_names(user, changes)
    changed = [field for field in _FIELDS if getattr(user, field) != before[field]]
    if "email" in changed:
        _check_domain(user.email)
    if changed:
        _refuse_doubles(user)
        user.save(update_fields=changed)
        _record_change(user, changed)
    if "email" in changed:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if active is not None:
        set_active(user.pk, now, active=active)
    user.refresh_from_db()
    return user


_FIELDS = ("external_id", "user_name", "full_name", "job_title", "email", "manager_id")


def set_active(pk: int, now: datetime, *, active: bool) -> None:
    """Close a person's account, or open it again with what its groups give.

    Raises `User.DoesNotExist`, for a machine of the portal too.
    """
    User.objects.people().only("pk").get(pk=pk)
    if not active:
        deactivate(pk, BY, now)
    elif reactivate(pk, BY, now):
        follow_reported_groups([pk], now)


def _apply(user: User, change: Change) -> None:
    value = None if change.op == "remove" else change.value
    if change.attribute in _TEXTS:
        field, longest = _TEXTS[change.attribute]
        text = text_of(value, change.attribute)[:longest]
        # Nobody loses their name because a feed has none.
        if text or field != "full_name":
            setattr(user, field, text)
    elif change.attribute in {"email", "emails"}:
        if value is not None:
            user.email = _address_of({"email": value})
    elif change.attribute in {"manager", "manager.value"}:
        user.manager_id = _manager_of(value)


def _apply_names(user: User, changes: list[Change]) -> None:
    """Take a name in two parts, where the directory sends no whole one."""
    said = {change.attribute: change.value for change in changes if change.op != "remove"}
    whole = {"displayname", "name.formatted"} & set(said)
    if not whole and all(said.get(part) for part in _NAMES):
        user.full_name = _name_of(said)


def _name_of(said: Mapping[str, Any]) -> str:
    whole = said.get("displayname") or said.get("name.formatted")
    parts = " ".join(text_of(said.get(part), part) for part in _NAMES).strip()
    return (text_of(whole, "displayName") or parts)[:120]


def _address_of(said: Mapping[str, Any]) -> str:
    """Return the work address: that of the kind "work", else the first, else the sign-in name."""
    given = said.get("emails", said.get("email"))
    if isinstance(given, dict):
        given = [given]
    if isinstance(given, list):
        rows = [item for item in given if isinstance(item, dict) and item.get("value")]
        work = [item for item in rows if item.get("type") == "work"] or rows
        given = work[0]["value"] if work else None
    address = text_of(given or said.get("username"), "emails").lower()
    try:
        validate_email(address)
    except ValidationError as error:
        words = "A person needs an e-mail address, in emails or as userName."
        raise ScimError(400, words, "invalidValue") from error
    return address


def _check_domain(address: str) -> None:
    """Refuse an address that the directory does not answer for: whoever owns it could come in."""
    domain = address.rpartition("@")[2]
    if domain not in {item.lower() for item in settings.OIDC_TRUSTED_DOMAINS}:
        words = "The address is of a domain that OIDC_TRUSTED_DOMAINS does not name."
        raise ScimError(400, words, "invalidValue")


def _manager_of(value: Any) -> int | None:
    """Return the manager; Entra ID sends the id alone, in an object, or in a list of one."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("value")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _is_number(value):
        raise ScimError(400, "manager must be the id of a person here.", "invalidValue")
    if not User.objects.filter(pk=int(value)).exists():
        raise ScimError(400, "There is no such manager here.", "invalidValue")
    return int(value)


def _refuse_doubles(user: User) -> None:
    same = Q(email__iexact=user.email)
    if user.user_name:
        same |= Q(user_name__iexact=user.user_name)
    if user.external_id:
        same |= Q(external_id=user.external_id)
    if User.objects.filter(same).exclude(pk=user.pk).exists():
        raise ScimError(409, "Another person has this address, name or id.", "uniqueness")
    if user.manager_id == user.pk:
        raise ScimError(400, "Nobody is their own manager.", "invalidValue")


def _record_change(user: User, changed: list[str]) -> None:
    record(
        "person.changed",
        actor_label=BY.label,
        object_type="user",
        object_id=str(user.pk),
        detail={"fields": changed, "manager": user.manager_id},
    )
