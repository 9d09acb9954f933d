"""Accounts of machines: they file and read as a person does, and belong to nobody.

A machine has no password and no role. It is left out wherever people are looked for, asked or
counted; only the portal itself can sign it in.
"""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from safeguarding_portal.accounts import idle
from safeguarding_portal.accounts.models import PersonKind, User


def machine(address: str, name: str) -> User:
    """Return the account of a machine, made on first use.

    Raises `ValueError` when the address belongs to a person: a machine never acts as somebody.
    """
    values = {"full_name": name, "kind": PersonKind.MACHINE, "password": make_password(None)}
    user, _ = User.objects.get_or_create(email=address.lower(), defaults=values)
    if not is_machine(user):
        raise ValueError("This address belongs to a person: name another for the machine.")
    return user


def is_machine(user: User) -> bool:
    """Whether this account belongs to no person."""
    return user.kind == PersonKind.MACHINE


def machine_cookies(user: User) -> dict[str, str]:
    """Sign a machine in; return the cookies of its session, at whose screen nobody is missed."""
    if not is_machine(user):
        raise ValueError("Only a machine is signed in without proof.")
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.set_expiry(600)
    request.session.save()
    key = str(request.session.session_key)
    return {settings.SESSION_COOKIE_NAME: key, idle.cookie_name(): idle.cookie_value(key)}
