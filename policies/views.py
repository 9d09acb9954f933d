"""Reading policies."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.selectors import current_policies, policy_document


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """List the documents in force."""
    return render(request, "policies/list.html", {"documents": current_policies()["documents"]})


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one document, each section under an address of its own."""
    found = policy_document(slug)
    if found is None:
        raise Http404
    return render(request, "policies/document.html", {"document": found})
