"""The request as a page behind sign-in gets it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from safeguarding_portal.accounts.models import User


class PersonRequest(HttpRequest):
    """A request of a signed-in person; `SignInMiddleware` lets no other through."""

    user: User
    htmx: HtmxDetails
