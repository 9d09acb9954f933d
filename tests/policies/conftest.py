"""Fixtures of the policies' tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from policies import selectors
from policies.models import Document, DocumentVersion
from policies.services import drafts
from policies.services.load import load_shipped
from policies.services.publish import publish
from policies.text.sections import SectionText
from safeguarding_portal.accounts.models import Role, User
from tests.factories import give_role, make_user


@pytest.fixture(autouse=True)
def _fresh_policies() -> Iterator[None]:
    """Read the policies anew for each test."""
    selectors._kept_state.cache_clear()
    yield
    selectors._kept_state.cache_clear()


@pytest.fixture
def now(db: None) -> datetime:
    """Return the present, a little before what the pages call now."""
    return timezone.now() - timedelta(seconds=5)


@pytest.fixture
def loaded(now: datetime) -> None:
    """Publish what ships."""
    load_shipped(now)


@pytest.fixture
def editor(db: None) -> User:
    """Return a policy editor."""
    user = make_user(full_name="Farah Editor")
    give_role(user, Role.POLICY_EDITOR)
    return user


@pytest.fixture
def approver(db: None) -> User:
    """Return the corporate lead, who may approve what others wrote."""
    user = make_user(full_name="Helen Approver")
    give_role(user, Role.CORPORATE_LEAD)
    return user


def client_of(user: User) -> Client:
    """Return a signed-in browser."""
    client = Client()
    client.force_login(user)
    return client


def seen(version: DocumentVersion) -> str:
    """Return the mark of the text that a reviewer has before them."""
    version.refresh_from_db()
    return drafts.review_mark_of(version)


def publish_text(
    document: Document,
    texts: list[SectionText],
    editor: User,
    approver: User,
    at: datetime,
    *,
    meaning: bool = True,
    starts_at: datetime | None = None,
) -> DocumentVersion:
    """Take a text the whole way from draft to published."""
    version = drafts.replace_text(document.pk, texts, False, "", editor, at)
    drafts.submit_for_review(version.pk, drafts.ForReview("A change", meaning), editor, at)
    drafts.approve(version.pk, seen(version), approver, at)
    review_by = timezone.localdate(starts_at or at) + timedelta(days=365)
    return publish(version.pk, starts_at, review_by, editor, at)
