"""The pages of allauth that the portal has, under allauth's own names; the others do not exist.

There is no page to change one's e-mail address: an address is given by invitation, and records
name the person. Where allauth would lead there, it leads to the change of password.
"""

from allauth.account import views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from safeguarding_portal.accounts.local_passwords import with_passwords
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.views_provider import callback, sign_in, sign_in_code, start
from safeguarding_portal.accounts.views_sign_in import reauthenticate

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("council/", start, name="provider_start"),
    path("council/back/", callback, name="provider_callback"),
    path("code/", sign_in_code, name="sign_in_code"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", with_passwords(views.signup), name="account_signup"),
    path("reauthenticate/", reauthenticate, name="account_reauthenticate"),
    path(
        "confirm-email/",
        with_passwords(views.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path(
        "email/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="account_email",
    ),
    path(
        "password/change/",
        with_passwords(fresh_sign_in_required(reads=True)(views.password_change)),
        name="account_change_password",
    ),
    path(
        "password/set/",
        with_passwords(fresh_sign_in_required(reads=True)(views.password_set)),
        name="account_set_password",
    ),
    path(
        "passkey/",
        with_passwords(login_not_required(passkey_views.login_webauthn)),
        name="mfa_login_webauthn",
    ),
    path("password/reset/", with_passwords(views.password_reset), name="account_reset_password"),
    path(
        "password/reset/confirm/",
        with_passwords(views.confirm_password_reset_code),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/complete/",
        with_passwords(views.complete_password_reset),
        name="account_complete_password_reset",
    ),
    path(
        "password/reset/done/",
        with_passwords(views.password_reset_from_key_done),
        name="account_password_reset_completed",
    ),
]
