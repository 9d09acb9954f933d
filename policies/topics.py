"""Where a section opens in place: the topics that a policy editor may tie a section to.

A page asks for a topic, never for a document or an anchor, so that the council's own text takes
the place of the shipped one without a change of code. Kinds of harm are topics too, under the
slugs of the taxonomy (`concerns/rules/taxonomy.py`; a test of the journey holds the two together).
"""

from __future__ import annotations

# (slug, words for the editor)
PAGE_TOPICS: tuple[tuple[str, str], ...] = (
    ("danger", "Someone is in danger now"),
    ("who-is-a-child", "Who is a child, and age not known"),
    ("adult-at-risk", "Who is an adult at risk"),
    ("report-it", "Reporting, and promising no secrecy"),
    ("where", "Which council's area"),
    ("writing-it-down", "Writing down what was seen and said"),
    ("injuries", "Injuries"),
    ("self-neglect", "Self-neglect, and what is missing today"),
    ("missing-person", "Someone is missing"),
    ("online-harm", "Harm online, and images"),
    ("fgm-duty", "The personal duty to report FGM"),
    ("modern-slavery", "Modern slavery and the national referral mechanism"),
    ("domestic-abuse-checklist", "Domestic abuse, DASH and MARAC"),
    ("family-warning", "Forced marriage and honour-based abuse: do not contact the family"),
    ("prevent-duty", "Radicalisation and Prevent"),
    ("position-of-trust", "Worries about somebody who works with children or adults"),
    ("think-family", "Others in the household"),
    ("police", "A crime may have happened"),
    ("consent", "Agreement, and sharing without it"),
    ("capacity", "Whether somebody can decide"),
    ("wishes", "What the adult wants, and who speaks for them"),
    ("early-help", "Early help for families"),
    ("safe-contact", "Reaching somebody safely"),
    ("social-worker", "A social worker who knows the person"),
    ("who-sees", "Who sees a report"),
)
HARM_TOPICS: tuple[tuple[str, str], ...] = tuple(
    (slug, f"Kind of harm: {words}")
    for slug, words in (
        ("physical", "physical"),
        ("domestic_abuse", "domestic abuse"),
        ("sexual", "sexual"),
        ("psychological", "psychological"),
        ("financial", "financial or material"),
        ("slavery", "modern slavery and trafficking"),
        ("discriminatory", "discriminatory"),
        ("organisational", "organisational"),
        ("neglect", "neglect"),
        ("self_neglect", "self-neglect"),
        ("sexual_exploitation", "sexual exploitation of adults"),
        ("emotional", "emotional"),
        ("cse", "child sexual exploitation"),
        ("cce", "child criminal exploitation"),
        ("gangs", "gangs"),
        ("missing", "missing"),
        ("fgm", "female genital mutilation"),
        ("faith", "faith or belief"),
        ("radicalisation", "radicalisation"),
        ("online", "online"),
        ("forced_marriage", "forced marriage"),
        ("honour", "honour-based"),
        ("self_harm", "self-harm"),
        ("young_carer", "young carers"),
        ("unaccompanied", "unaccompanied children"),
        ("private_fostering", "private fostering"),
        ("support", "needs help, not harmed"),
        ("cuckooing", "cuckooing"),
        ("hate", "hate"),
        ("other", "something else"),
        ("unknown", "not sure"),
    )
)
TOPICS: dict[str, str] = dict((*PAGE_TOPICS, *HARM_TOPICS))
