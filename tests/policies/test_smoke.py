import pytest
from django.test import Client
from tests.factories import make_user
from tests.policies.conftest import client_of
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("p", ["/", "/policies/", "/policies/to-confirm/", "/policies/corporate-safeguarding-policy/", "/policies/corporate-safeguarding-policy/confirm/","/policies/corporate-safeguarding-policy/versions/","/policies/corporate-safeguarding-policy/versions/1/","/policies/corporate-safeguarding-policy/versions/1/changes/","/policies/corporate-safeguarding-policy/section/section-6-1/","/policies/national-guidance/","/policies/desk/","/policies/desk/document/kinds-of-harm/","/policies/desk/document/kinds-of-harm/settings/","/policies/desk/document/kinds-of-harm/import/","/policies/desk/document/kinds-of-harm/retire/","/policies/desk/new/","/policies/desk/sources/prevent/","/policies/confirmations/","/policies/confirmations/export/?document=corporate-safeguarding-policy","/policies/as-kept/policies-2/","/search/","/search/?q=neglect","/search/?q=police", "/search/?q=zzzz", "/search/?q="])
def test_pages(p, loaded, editor):
    a = client_of(editor).get(p)
    assert a.status_code == (422 if p.endswith("q=") else 200), p
