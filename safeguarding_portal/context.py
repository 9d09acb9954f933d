"""What every template may use (being written)."""

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Name of the portal and its mode."""
    return {"portal_name": "Safeguarding portal"}
