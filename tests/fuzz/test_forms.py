"""Every form of the portal, with what no browser of ours would send: words, and never a fault."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from allauth.core.context import request_context
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.forms.forms import DeclarativeFieldsMetaclass
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from concerns.assurance.forms import TrailForm
from concerns.files.forms import ShareForm
from concerns.journey.answers import Answers
from concerns.journey.questions import StepForm
from concerns.journey.steps import QUESTIONS, about
from concerns.triage.forms_queue import AssignForm, BundleForm
from safeguarding_portal.accounts.forms import EmailCodeForm, ReauthenticateForm, ResetCodeForm
from safeguarding_portal.accounts.forms_factors import (
    AppForm,
    PasskeyProofForm,
    PasswordProofForm,
    SecondFactorForm,
)
from safeguarding_portal.accounts.models import User
from tests.answers import family
from tests.architecture import access_table
from tests.architecture.access_table import addresses, asked, browser_of, taken_back
from tests.architecture.conftest import world
from tests.architecture.people import ROLES
from tests.architecture.world_base import AT, World
from tests.fuzz.odd import FUZZ, texts

__all__ = ["world"]
ROOMS = ("safeguarding_portal", "concerns", "contacts", "policies")
# Names under which a field's parts are sent.
ENDINGS = ("", "_day", "_month", "_year", "_0", "_1")
# What an error must never show: the inside of the program.
INSIDE = re.compile(r"Traceback|object at 0x|<class |NoneType|Exception|\w+Error\b|invalid literal")
Made = Callable[[QueryDict, MultiValueDict[str, Any]], BaseForm]
OPTIONS = [("1", "One"), ("2", "Two")]


def _request(person: User) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user, request.session = person, SessionStore()
    return request


def by_hand(world: World) -> dict[type[BaseForm], Made]:
    """Return how forms are made whose pages the sweep cannot reach: at a moment of sign-in."""
    who = world.people.owner
    answers = Answers(family(), AT.date())
    return {
        ReauthenticateForm: lambda data, _: ReauthenticateForm(data, user=who),
        EmailCodeForm: lambda data, _: EmailCodeForm(data, code="ABC123", user=who),
        ResetCodeForm: lambda data, _: ResetCodeForm(data, code="ABC123"),
        SecondFactorForm: lambda data, _: SecondFactorForm(data, user=who),
        AppForm: lambda data, _: AppForm(data, user=who),
        PasskeyProofForm: lambda data, _: PasskeyProofForm(data, user=who),
        PasswordProofForm: lambda data, _: PasswordProofForm(data, request=_request(who)),
        TrailForm: lambda data, _: TrailForm(data, today=AT.date()),
        AssignForm: lambda data, _: AssignForm(OPTIONS, data=data),
        BundleForm: lambda data, _: BundleForm(OPTIONS, data=data),
        ShareForm: lambda data, _: ShareForm(OPTIONS, data=data),
        StepForm: lambda data, _: StepForm(
            QUESTIONS["person"], about(answers, "person.1", dict(data.lists())), dict(data.lists())
        ),
    }


def form_classes() -> Iterator[type[BaseForm]]:
    """Yield every form of ours, wherever it is written, but those that others are made from."""
    for room in ROOMS:
        for item in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations" not in item.name and not item.name.endswith(("wsgi", "__main__")):
                importlib.import_module(item.name)
    found, waiting = set(), [BaseForm]
    while waiting:
        waiting += (children := waiting.pop().__subclasses__())
        found |= set(children)
    yield from (item for item in found if item.__module__.partition(".")[0] in ROOMS)


CLASSES = sorted(form_classes(), key=lambda item: (item.__module__, item.__name__))


# What a page with a form answers to nothing.
TAKEN = {"200", "422"}


@pytest.fixture(scope="module")
def as_made(world: World) -> dict[type[BaseForm], Made]:
    """Return how each form is made by its page, with other data: who may opens every page."""
    made = by_hand(world)

    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(value, MultiValueDict) for value in (*args, *kwargs.values())):
            made.setdefault(cls, lambda data, files: again(cls, args, kwargs, data, files))
        return type.__call__(cls, *args, **kwargs)

    said = access_table.committed()
    pages = addresses(world)
    with patch.object(DeclarativeFieldsMetaclass, "__call__", make, create=True), taken_back():
        browsers = {role: browser_of(world, role) for role in ROLES}
        for address in pages:
            takes = [role for role in ROLES if said[role].get((address.name, "POST")) in TAKEN]
            if takes and set(CLASSES) - made.keys():
                asked(browsers[takes[-1]], address.path, "POST")
    return made


def again(cls: Any, args: Any, kwargs: Any, data: QueryDict, files: Any) -> BaseForm:
    """Make a form as it was made, with other data and files."""

    def other(value: Any) -> Any:
        if isinstance(value, QueryDict):
            return data
        return files if isinstance(value, MultiValueDict) else value

    made: BaseForm = cls(*map(other, args), **{name: other(it) for name, it in kwargs.items()})
    return made


def odd_data(draw: st.DataObject, form: BaseForm) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """Return odd text for the fields of a form, and choices that it offers, twice or not at all."""
    data, files = QueryDict(mutable=True), MultiValueDict[str, Any]()
    for name, field in form.fields.items():
        offered = [str(value) for value, _ in getattr(field, "choices", [])][:50]
        value = st.sampled_from(offered) | texts if offered else texts
        for ending in ENDINGS:
            values = draw.draw(st.lists(value, max_size=2))
            if values:
                data.setlist(form.add_prefix(name) + ending, values)
        if field.widget.needs_multipart_form:
            content = draw.draw(st.binary(max_size=200))
            files.appendlist(name, SimpleUploadedFile(draw.draw(texts)[:90] or "x", content))
    return data, files


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_a_form_answers_anything_in_words(
    cls: type[BaseForm], as_made: dict[type[BaseForm], Made], world: World
) -> None:
    make = as_made.get(cls, cls)
    try:
        with request_context(_request(world.people.owner)):
            plain = make(QueryDict(), MultiValueDict())
    except (TypeError, KeyError) as error:
        # Only there to be inherited from: those who do are looked at.
        if cls.__subclasses__():
            return
        pytest.fail(
            f"{cls.__name__}{inspect.signature(cls)} cannot be made with data alone ({error}): let "
            "the world of tests/architecture open its page, or say here how it is made"
        )

    @FUZZ
    @given(draw=st.data())
    def look(draw: st.DataObject) -> None:
        data, files = odd_data(draw, plain)
        # Tries are counted, and each example is a first one.
        cache.clear()
        with taken_back(), request_context(_request(world.people.owner)):
            form = make(data, files)
            form.is_valid()
            said = str(form.errors.as_text())
        for typed in data.values():
            said = said.replace(str(typed), "")
        assert not INSIDE.search(said), said[:500]

    look()
