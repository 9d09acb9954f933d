"""Which guidance opens in place on which page: page -> topics of `policies/topics.py`.

The text itself is in policies, where editors keep it.
"""

from __future__ import annotations

PAGE_TOPICS: dict[str, tuple[str, ...]] = {
    "danger": ("danger",),
    "danger-call": ("danger",),
    "call": ("danger", "report-it"),
    "person": ("who-is-a-child",),
    "unborn": ("who-is-a-child",),
    "care-leaver": ("adult-at-risk",),
    "where": ("where",),
    "needs": ("adult-at-risk",),
    "worry": (),  # every kind of harm, beside its answer
    "what-happened": ("writing-it-down", "report-it"),
    "when": ("writing-it-down",),
    "injuries": ("injuries",),
    "basics": ("self-neglect",),
    "missing": ("missing-person",),
    "online": ("online-harm",),
    "fgm": ("fgm", "fgm-duty"),
    "fgm-job": ("fgm-duty",),
    "slavery": ("modern-slavery",),
    "dash": ("domestic-abuse-checklist",),
    "family-warning": ("family-warning",),
    "prevent": ("prevent-duty",),
    "harm-by": ("position-of-trust",),
    "harm-by-work": ("position-of-trust",),
    "harm-by-staff": ("who-sees", "position-of-trust"),
    "household": ("think-family",),
    "affected": ("think-family",),
    "police": ("police",),
    "consent": ("consent",),
    "override": ("consent",),
    "capacity": ("capacity",),
    "wishes": ("wishes",),
    "family-consent": ("early-help",),
    "safe-contact": ("safe-contact",),
    "done": ("report-it",),
    "worker": ("social-worker",),
    "told-by": ("report-it",),
    "safety": ("danger",),
    "who-sees": ("who-sees",),
    "files": ("online-harm",),
    "about-you": ("report-it",),
    "more": ("wishes",),
    "check": ("report-it", "consent"),
}
