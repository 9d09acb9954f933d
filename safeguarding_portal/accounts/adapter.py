"""How allauth behaves here: no open sign-up, no shared lock-out, every message an outbox row."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from safeguarding_portal.accounts.devices import device_of, remember_device
from safeguarding_portal.accounts.factors import has_factor, notice
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.second_factor import Method, ask_always, mark_strong
from safeguarding_portal.accounts.selectors import open_invitation
from safeguarding_portal.accounts.services import accept_invitation
from safeguarding_portal.accounts.sign_ins import has_signed_in
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

# Wrong passwords that one browser may type for one person who has signed in with it before.
KNOWN_DEVICE_RATE = {"login_failed_known_device": "5/5m/key"}
# What allauth wants to say, and the text we send. A kind that is not here is a fault of ours.
_TEMPLATES = {
    "password_reset_code": "account_code",
    "email_confirmation": "account_code",
    "email_confirmation_signup": "account_code",
    "account_already_exists": "account_exists",
    "password_reset": "account_notice",
    "password_changed": "account_notice",
    "password_set": "account_notice",
}
# allauth asks for the second factor before anybody is signed in. Here it is asked for behind the
# door, by `gates.py`, so that a report can be made without it (decision 0050).
_NOT_OUR_STAGES = frozenset({"allauth.mfa.stages.AuthenticateStage"})


class AccountAdapter(DefaultAccountAdapter):
    """Lets in whoever was invited, or has an address in an allowed domain; nobody else."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Enter the email address and password of your account",
        "too_many_login_attempts": (
            "There were too many tries with this account. Wait 5 minutes, or reset your password"
        ),
        "enter_current_password": "Enter the password that you use now",
        "incorrect_password": "Enter the password of your account",
        "incorrect_code": "Enter the code from our latest email",
        "rate_limited": "Wait 10 seconds before you ask for another code",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Show the sign-up page to everybody: the address decides whether it goes on."""
        return True

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before the password is looked at; raise `ValidationError` beyond the limit.

        A browser in which this person has signed in before is counted by itself. So neither
        strangers who guess at the account nor a flood from the council's one address lock its
        owner out, and the flood itself is still stopped (SETTLED; ACCOUNT_RATE_LIMITS).
        """
        email = str(credentials.get("email", "")).lower()
        device = device_of(request)
        if not device.knows(email):
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_known_device",
            config=KNOWN_DEVICE_RATE,
            key=f"{device.name}:{email}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password; the address is not recorded, it may be anybody's."""
        with transaction.atomic():
            record("account.sign_in_failed", actor_label="visitor")

    def get_login_stages(self) -> list[str]:
        """Leave the second factor to the gates, which stand behind sign-in."""
        return [stage for stage in super().get_login_stages() if stage not in _NOT_OUR_STAGES]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser, record the sign-in, and go where the person wanted to go.

        A browser that this person never used before is told to them, once they have one to compare
        it with.
        """
        response: HttpResponse = super().post_login(request, user, **kwargs)
        method = note_strength(request, user)
        is_new = not device_of(request).knows(user.email) and has_signed_in(user)
        browser = remember_device(request, response, user.pk, user.email)
        with transaction.atomic():
            detail = {"method": method, "browser": browser, "is_new": is_new}
            record("account.signed_in", actor=user, detail=detail)
            if is_new:
                record("account.new_browser", actor=user, detail={"browser": browser})
                enqueue_many([notice(user, "account_new_device")])
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Set the password and record it, in one transaction."""
        with transaction.atomic():
            super().set_password(user, password)
            record("account.password_set", actor=user)

    def save_user(
        self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True
    ) -> User:
        """Keep the name, the job and the number besides what allauth keeps."""
        for name in ("full_name", "job_title", "work_phone"):
            setattr(user, name, form.cleaned_data.get(name, ""))
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Give an invited person, whose address is now proved, what the invitation says."""
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            accept_invitation(email_address.user, timezone.now())
        return confirmed

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an account that somebody tried to open it again; nobody else.

        The page looks the same for an address that is not invited: whether somebody works with the
        portal is nobody's to find out there. And no stranger makes us write to strangers.
        """
        if User.objects.filter(email__iexact=email).exists():
            super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise the message in the outbox. It carries a code at the most, never a link.

        Raises `KeyError` for a kind of message that the portal has no words for.
        """
        kind = template_prefix.rpartition("/")[2]
        code = context.get("code")
        with transaction.atomic():
            enqueue_many(
                [
                    NewMessage(
                        kind="account",
                        channel="email",
                        recipient=email,
                        template=_TEMPLATES[kind],
                        context={"code": str(code)} if code else {},
                        dedupe_key=f"account:{kind}:{get_random_string(20)}",
                        priority=1,
                        subject_type="account",
                    )
                ]
            )


def note_strength(request: HttpRequest, user: User) -> str:
    """Mark a session that a passkey or a strong provider opened; note that one with less is asked.

    Only here, when this person is signed in: what the provider said of somebody whom we refused
    says nothing of whoever else is signed in. Returns how they did it, for the audit event.
    """
    if not get_authentication_records(request, user):
        # After signing up or choosing a new password: with the code that was emailed.
        record_authentication(request, user, method="code")
    last = get_authentication_records(request, user)[-1]
    if last.get("passwordless"):
        mark_strong(request, Method.PASSKEY)
    claims = getattr(request, "provider_claims", None)
    if last.get("method") == "socialaccount" and claims is not None and claims.is_strong:
        mark_strong(request, Method.PROVIDER)
    if has_factor(user):
        ask_always(request)
    return str(last.get("type") or last.get("method", ""))


def may_open_account(email: str) -> bool:
    """Whether this address may open an account now: it is invited, or of an allowed domain."""
    domain = email.rpartition("@")[2].lower()
    if domain in {allowed.lower() for allowed in settings.ACCOUNT_ALLOWED_DOMAINS}:
        return True
    return open_invitation(email, timezone.now()) is not None
