"""Custody in a browser: the agency's person with the pack, the lead's ledger, the manager's sum."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from concerns.models import Referral
from concerns.services.legs import note_outcomes
from concerns.services.reconcile import check_custody
from concerns.services.statement import write_statement
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.receipts import NewReceipt, take_receipt
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.browser.test_triage import JO, file, mail
from tests.factories import give_role, make_concern, make_user
from tests.services import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 320, "height": 800}, "java_script_enabled": False},
        {"viewport": {"width": 1280, "height": 800}},
    ],
    ids=["without JavaScript at 320px", "with JavaScript"],
)
def test_the_agencys_person_takes_the_pack_and_accepts_or_returns(
    visit: Visit, people: People, sink: SmtpSink, options: dict[str, object]
) -> None:
    has_scripts = "java_script_enabled" not in options
    file(people)
    link = re.search(r"http://testserver(/a/\S+)", mail(sink, "safeguarding referral"))
    assert link
    page = visit(None, link.group(1), **options)
    press(page, "button:has-text('Send a code')")
    code = re.search(r"\b(\d{6})\b", mail(sink, "Your code"))
    assert code
    page.fill("[name=code]", code.group(1))
    press(page, "button:has-text('Open the referral')")
    for form, begins in (("PDF", b"%PDF"), ("JSON", b"{")):
        with page.expect_download() as download:
            page.click(f"main a:has-text('{form}') >> nth=0")
        assert download.value.path().read_bytes().startswith(begins)
    press(page, "main a:has-text('Return it')")
    page.fill("[name=reason]", "The child lives in Solihull.")
    page.fill("[name=instead]", "Solihull's front door")
    for name, value in (JO | {"phone": "12"}).items():
        page.fill(f"[name={name}]", value)
    press(page, "main button")
    assert "Enter a UK phone number" in page.inner_text(".govuk-error-summary")
    if has_scripts:
        check_page(page)
    page.fill("[name=phone]", JO["phone"])
    press(page, "main button")
    if has_scripts:
        check_page(page)
    assert "Jo Worker returned this referral" in page.inner_text("main")
    press(page, "main a:has-text('Accept this referral')")
    for name, value in JO.items():
        page.fill(f"[name={name}]", value)
    press(page, "main button")
    assert "Accepted by a named person: Jo Worker" in page.inner_text("main")
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(wide)
    Referral.objects.update(link_expires_at=timezone.now() - timedelta(minutes=1))
    page.reload()
    assert "This link is too old" in page.inner_text("h1")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_ledger_the_messages_and_the_sum_have_no_axe_violation(
    visit: Visit, people: People, sink: SmtpSink, width: int
) -> None:
    concern = file(people)
    mail(sink, "safeguarding referral")
    now = timezone.now()
    message = Message.objects.get(kind="referral")
    for kind in ("auto_reply", "delayed", "failed"):
        take_receipt(NewReceipt("mailbox", kind, kind, (message.provider_id,)), now)
    note_outcomes(now)
    page = visit(people["child_lead"], viewport={"width": width, "height": 800})
    page.goto(f"/concerns/{concern.reference}/")
    press(page, "text=Referrals and calls")
    check_page(page)
    assert "Automatic reply, which accepts nothing" in page.inner_text("main")
    press(page, "text=Messages sent")
    check_page(page)
    assert "Not delivered" in page.inner_text("main table")
    page.goto(f"/concerns/{concern.reference}/")
    press(page, "main a:has-text('Record as done') >> nth=0")
    check_page(page)
    manager = make_user(full_name="Morgan Manager")
    team = Team.objects.get(pk=concern.team_id)
    give_role(manager, Role.TRIAGE_MANAGER, team)
    page = visit(manager, "/custody/", viewport={"width": width, "height": 800})
    check_page(page)
    assert "It balances" in page.inner_text("main")
    gap = make_concern(team, next_due_at=None)
    make_concern(team, next_due_at=None, restricted=True)
    check_custody(now)
    write_statement(now)
    page.reload()
    check_page(page)
    press(page, "text=Daily statements")
    check_page(page)
    press(page, "main li a")
    check_page(page)
    press(page, f"text={gap.reference}")
    check_page(page)
