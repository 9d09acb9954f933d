"""From a row to the words that are sent: `templates/messages/<template>.txt`.

The first line of a template is the subject. The link in the row is a path; the address of the
portal comes from the settings of the process that sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Engine, Template
from django.template.base import VariableNode
from django.template.exceptions import TemplateDoesNotExist

from safeguarding_portal.outbox.errors import PermanentSendError
from safeguarding_portal.outbox.models import Message


@dataclass(frozen=True)
class Rendered:
    """Subject and plain-text body."""

    subject: str
    body: str


def render(message: Message) -> Rendered:
    """Return the words of a message.

    Raises `PermanentSendError` when there are none, or when the row lacks something they need: a
    referral without its link would look delivered and be of no use.
    """
    context = full_context(message)
    try:
        template = message_template(message.template)
    except TemplateDoesNotExist as error:
        raise PermanentSendError("There are no words for this kind of message.") from error
    missing = sorted(template_keys(template) - context.keys())
    if missing:
        raise PermanentSendError(f"The words need what the message lacks: {', '.join(missing)}.")
    # Plain text: nothing is escaped, and no mail reader takes it for HTML.
    text = template.render(Context(context, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return Rendered(" ".join(subject.split()), body.strip() + "\n")


def full_context(message: Message) -> dict[str, str]:
    """Return what the message carries, its link as a whole address."""
    context: dict[str, str] = dict(message.context)
    if "link" in context:
        context["link"] = settings.PORTAL_URL + context["link"]
    return context


def message_template(name: str) -> Template:
    """Return the template of a kind of message. Raises `TemplateDoesNotExist`."""
    return Engine.get_default().get_template(f"messages/{name}.txt")


def template_keys(template: Template) -> frozenset[str]:
    """Return the names of the values that the words use."""
    return frozenset(
        str(node.filter_expression.var)
        for node in template.nodelist.get_nodes_by_type(VariableNode)
        if isinstance(node, VariableNode)
    )
