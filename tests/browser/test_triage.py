"""A lead's morning and the agency's person, in two browsers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from concerns.models import Concern, Draft, Referral
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, changed
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.services import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]
JO = {"name": "Jo Worker", "role": "Social worker", "phone": "0121 496 0100"}


def file(people: People, answers: dict[str, dict[str, list[str]]] = CHILD) -> Concern:
    """File a report as the reporter."""
    now = timezone.now()
    draft = Draft.objects.create(
        owner=people["reporter"], answers=answers, expires_at=now + timedelta(days=30)
    )
    return submit_report(draft.pk, people["reporter"], now).concerns.get()


def mail(sink: SmtpSink, words: str) -> str:
    """Deliver what waits and return the newest mail whose subject has these words."""
    for pk in Message.objects.filter(status="QUEUED").values_list("pk", flat=True):
        deliver_message(pk, timezone.now())
    found = [message for message in sink.messages if words in str(message["Subject"])]
    return str(found[-1].get_payload())


@pytest.mark.parametrize("width", [320, 1280])
def test_a_lead_takes_records_and_closes_without_an_axe_violation(
    visit: Visit, people: People, width: int
) -> None:
    concern = file(people)
    page = visit(people["child_lead"], viewport={"width": width, "height": 800})
    page.goto("/concerns/")
    check_page(page)
    press(page, f"text={concern.reference}")
    check_page(page)
    press(page, "text=I take this")
    assert "You have taken this concern" in page.inner_text("main")
    press(page, "text=Record a call")
    press(page, "main button:has-text('Save')")
    check_page(page)
    page.check("[name=agency] >> nth=0")
    page.fill("[name=spoke_to]", "Jo Worker")
    page.fill("[name=outcome]", "Told them")
    press(page, "main button:has-text('Save')")
    assert "The call is recorded" in page.inner_text("main")
    press(page, "text=Record an acceptance")
    press(page, "main button:has-text('Save')")
    check_page(page)
    for name, value in JO.items():
        page.fill(f"[name={name}]", value)
    press(page, "main button:has-text('Save')")
    assert Referral.objects.get(agency_slug="childrens-social-care").state == "accepted"
    press(page, "main a:has-text('Record that it is done')")
    page.fill("[name=note]", "Reported on 101")
    press(page, "main button:has-text('Save')")
    press(page, "main a:has-text('Close')")
    page.check("[value=accepted_by_agency]")
    page.fill("[name=words]", "The Trust has it.")
    press(page, "main button:has-text('Save')")
    concern.refresh_from_db()
    assert concern.state == "closed"
    check_page(page)


def test_the_agencys_person_opens_with_a_code_and_accepts(
    visit: Visit, people: People, sink: SmtpSink
) -> None:
    concern = file(people)
    link = re.search(r"http://testserver(/a/\S+)", mail(sink, "safeguarding referral"))
    assert link
    page = visit(None, link.group(1))
    check_page(page)
    assert "Robin" not in page.inner_text("body")
    press(page, "button:has-text('Send a code')")
    check_page(page)
    code = re.search(r"\b(\d{6})\b", mail(sink, "Your code"))
    assert code
    page.fill("[name=code]", "wrong")
    press(page, "button:has-text('Open the referral')")
    check_page(page)
    page.fill("[name=code]", code.group(1))
    press(page, "button:has-text('Open the referral')")
    check_page(page)
    assert "Robin has a mark on the arm." in page.inner_text("main")
    press(page, "main a:has-text('Accept this referral')")
    press(page, "main button")
    check_page(page)
    for name, value in JO.items():
        page.fill(f"[name={name}]", value)
    press(page, "main button")
    check_page(page)
    referral = concern.referrals.get(agency_slug="childrens-social-care")
    assert (referral.state, referral.ended_by_name) == ("accepted", "Jo Worker")
    # Another browser with the same link has to type a code of its own.
    assert "Robin" not in visit(None, link.group(1)).inner_text("body")


def test_an_excluded_lead_and_an_outsider_find_no_such_page(visit: Visit, people: People) -> None:
    concern = file(people, changed(ADULT))
    page = visit(people["child_lead"])
    page.goto(f"/concerns/{concern.reference}/")
    assert page.locator("h1").inner_text() == "Page not found"
    check_page(page)
    page = visit(people["adult_lead"], f"/concerns/{concern.reference}/")
    check_page(page)


@pytest.mark.parametrize(
    "path", ["/get-help-now/", "/accounts/login/", "/accessibility/", "/privacy/", "/a/none/"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_public_pages_have_no_axe_violation(visit: Visit, path: str, width: int) -> None:
    check_page(visit(None, path, viewport={"width": width, "height": 800}))


def test_signing_in_with_a_wrong_password_says_so(visit: Visit, people: People) -> None:
    page = visit(None, "/accounts/login/")
    page.fill("[name=login]", people["reporter"].email)
    page.fill("[name=password]", "not this one")
    press(page, "main button[type=submit]")
    check_page(page)
    assert page.locator(".govuk-error-summary").is_visible()
