"""Handing the referral pack to an agency's person: PDF or JSON, every download an event."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string

from concerns.models import LegEvent, Referral
from concerns.selectors.body_map import body_map_of
from concerns.selectors.pack import referral_pack
from concerns.services.legs import note_on_leg
from safeguarding_portal.audit.services import record
from safeguarding_portal.documents import pdf_of_typed

PDF, JSON = "pdf", "json"
TEMPLATE = "agency/referral_pack.typ"
CONTENT_TYPES = {PDF: "application/pdf", JSON: "application/json"}


def download_pack(referral: Referral, form: str, now: datetime) -> bytes:
    """Return the pack in one of the forms; that it was taken is written before it is given.

    The caller has checked that this browser typed the code. Raises `KeyError` for another form.
    """
    pack = referral_pack(referral, now)
    content = {
        PDF: lambda: pdf_of_typed(TEMPLATE, {**pack, "figures": _figures(referral)}, now),
        JSON: lambda: _as_json(pack),
    }[form]()
    with transaction.atomic():
        note_on_leg(referral, LegEvent.Kind.DOWNLOADED, now, evidence=form)
        record(
            "leg.downloaded",
            actor_label="agency",
            concern_id=referral.concern_id,
            report_id=referral.concern.report_id,
            object_type="referral",
            object_id=str(referral.pk),
            detail={"agency": referral.agency_slug, "form": form},
        )
    return content


def _as_json(pack: dict[str, object]) -> bytes:
    return json.dumps(pack, ensure_ascii=False, indent=2).encode()


def _figures(referral: Referral) -> list[dict[str, str]]:
    """Return the drawings of the body map as SVG, each with what it shows in words."""
    return [
        {
            "title": view.title,
            "svg": render_to_string("components/body_map/_figure.html", {"view": view}),
            "alt": view.words,
        }
        for view in body_map_of(referral.concern).views
    ]
