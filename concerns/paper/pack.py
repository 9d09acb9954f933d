"""The outage pack as PDF: what to do, the phone sheet, and each form with its own reference."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from concerns.models import PaperBatch
from concerns.paper.sheet import parts_with
from contacts.poster import sheet
from safeguarding_portal.documents import pdf

TEMPLATE = "paper/pack.typ"


def pack_pdf(batch: PaperBatch, now: datetime) -> bytes:
    """Return the pack with the forms that are still out, and the numbers as they are `now`."""
    address = f"{settings.PORTAL_URL}{reverse('concerns:paper:enter')}"
    numbers = sheet("", now)
    danger = numbers.first[0].numbers[0].number
    data = {
        "sheet": asdict(numbers),
        "danger": danger,
        "place": batch.place,
        "holder": str(batch.holder),
        "enter": address.partition("://")[2].rstrip("/"),
        "references": [form.reference for form in batch.forms.all() if form.is_out],
        "parts": [asdict(part) for part in parts_with(danger)],
    }
    return pdf(TEMPLATE, data, now)
