"""How allauth behaves here: no open sign-up, and every message is an outbox row."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from safeguarding_portal.accounts.models import Invitation, Membership
from safeguarding_portal.accounts.selectors import open_invitation
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

NOT_INVITED = "Ask your safeguarding team for an invitation: this address has none"


class AccountAdapter(DefaultAccountAdapter):
    """Lets in whoever was invited, or has an address in an allowed domain; nobody else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Show the sign-up page; the address decides whether it goes on."""
        return True

    def clean_email(self, email: str) -> str:
        """Refuse an address without an invitation, outside the allowed domains."""
        cleaned = super().clean_email(email).lower()
        domain = cleaned.rpartition("@")[2]
        allowed = domain in settings.ACCOUNT_ALLOWED_DOMAINS
        if not allowed and open_invitation(cleaned, timezone.now()) is None:
            raise ValidationError(NOT_INVITED)
        return str(cleaned)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Give an invited person, whose address is now proved, what the invitation says."""
        confirmed = bool(super().confirm_email(request, email_address))
        invitation = open_invitation(email_address.email, timezone.now())
        if confirmed and invitation is not None:
            _accept(invitation, email_address.user)
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise the message in the outbox. It carries a code at the most, never a link."""
        kind = template_prefix.rpartition("/")[2]
        code = context.get("code")
        with transaction.atomic():
            enqueue_many(
                [
                    NewMessage(
                        kind="account",
                        channel="email",
                        recipient=email,
                        template="account_code" if code else "account_notice",
                        context={"code": str(code)} if code else {},
                        dedupe_key=f"account:{kind}:{get_random_string(20)}",
                        priority=1,
                        subject_type="account",
                    )
                ]
            )


@transaction.atomic
def _accept(invitation: Invitation, user: Any) -> None:
    """Use an invitation up, once."""
    now = timezone.now()
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        accepted_at=now, accepted_by=user
    )
    if not used:
        return
    user.full_name = user.full_name or invitation.full_name
    user.job_title, user.directorate = invitation.job_title, invitation.directorate
    user.save(update_fields=["full_name", "job_title", "directorate"])
    if invitation.role:
        Membership.objects.create(user=user, role=invitation.role, team=invitation.team)
