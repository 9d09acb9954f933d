"""Whatever is sent to a page of policies, it answers in words and never breaks."""

from __future__ import annotations

from datetime import datetime

import pytest

from policies.forms import (
    ConfirmForm,
    ImportForm,
    NewDocumentForm,
    PublishForm,
    RetireForm,
    ReturnForm,
    SectionForm,
    SettingsForm,
    SourceForm,
    SubmitForm,
)
from policies.models import Document
from policies.services import drafts
from safeguarding_portal.accounts.models import User
from tests.policies.conftest import client_of, seen

pytestmark = pytest.mark.django_db
GARBAGE = [
    "\x00",
    "x" * 200_000,
    "🙂" * 300,
    "-1",
    "99999999999999999999",
    "' OR 1=1",
    "\u202e",
    " ",
]
FORMS = {
    "confirm": ConfirmForm({}),
    "import": ImportForm({}),
    "new": NewDocumentForm({}),
    "publish": PublishForm({}),
    "retire": RetireForm({}, documents={}),
    "return": ReturnForm({}),
    "section": SectionForm({}),
    "settings": SettingsForm({}, people={}, directorates={}, sources={}),
    "source": SourceForm({}),
    "submit": SubmitForm({}),
}
PATHS = {
    "confirm": "corporate-safeguarding-policy/confirm/",
    "import": "desk/document/kinds-of-harm/import/",
    "new": "desk/new/",
    "retire": "desk/document/acting-on-a-concern/retire/",
    "return": "desk/version/{pk}/return/",
    "section": "desk/version/{pk}/section/neglect/",
    "settings": "desk/document/kinds-of-harm/settings/",
    "source": "desk/sources/prevent/",
    "submit": "desk/version/{pk}/submit/",
    "publish": "desk/version/{approved}/publish/",
}


@pytest.mark.parametrize("page", PATHS)
def test_garbage_in_every_field_is_answered_in_words(
    page: str, loaded: None, editor: User, approver: User, now: datetime
) -> None:
    draft = drafts.start_draft(Document.objects.get(slug="kinds-of-harm").pk, editor, now)
    other = drafts.start_draft(Document.objects.get(slug="national-guidance").pk, editor, now)
    drafts.submit_for_review(other.pk, drafts.ForReview("x", False), editor, now)
    drafts.approve(other.pk, seen(other), approver, now)
    path = f"/policies/{PATHS[page].format(pk=draft.pk, approved=other.pk)}"
    names = FORMS[page].input_names()
    client = client_of(editor)
    for text in GARBAGE:
        answer = client.post(path, {**dict.fromkeys(names, text), "version": text, "look": "1"})
        assert answer.status_code in {302, 422, 200}, (text[:10], answer.status_code)
        for name in names:
            assert client.post(path, {name: [text, text]}).status_code in {302, 422}
