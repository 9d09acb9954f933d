"""Every address of the portal. Which of them are public is listed in `public.py`."""

from django.urls import include, path

from concerns.status import status
from safeguarding_portal import health, views
from safeguarding_portal.search.views import search

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("more/", views.more, name="more"),
    path("status/", status, name="status"),
    path("", include("contacts.urls")),
    path("accounts/", include("safeguarding_portal.accounts.urls")),
    path("accounts/", include("safeguarding_portal.accounts.sign_in_urls")),
    path("scim/v2/", include("safeguarding_portal.accounts.scim.urls")),
    path("search/", search, name="search"),
    path("policies/", include("policies.urls")),
    path("receipts/", include("safeguarding_portal.outbox.urls")),
    path("", include("concerns.urls")),
]

handler400 = "safeguarding_portal.views.bad_request"
handler403 = "safeguarding_portal.views.permission_denied"
handler404 = "safeguarding_portal.views.page_not_found"
handler429 = "safeguarding_portal.views.too_many_requests"
handler500 = "safeguarding_portal.views.server_error"
