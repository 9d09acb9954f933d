"""What SCIM here can do, which resources there are, and which attributes are kept."""

from __future__ import annotations

from typing import Any

from safeguarding_portal.accounts.scim.protocol import CORE, ENTERPRISE, GROUP, MOST_LISTED, USER


def provider_config(base: str) -> dict[str, Any]:
    """Return the ServiceProviderConfig; `base` is the address of SCIM here."""
    no = {"supported": False}
    return {
        "schemas": [f"{CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": no | {"maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_LISTED},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A key made with: manage.py scim_token new",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base}/ServiceProviderConfig",
        },
    }


RESOURCE_TYPES: list[dict[str, Any]] = [
    {
        "schemas": [f"{CORE}:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "schema": USER,
        "schemaExtensions": [{"schema": ENTERPRISE, "required": False}],
    },
    {
        "schemas": [f"{CORE}:ResourceType"],
        "id": "Group",
        "name": "Group",
        "endpoint": "/Groups",
        "schema": GROUP,
    },
]


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


_VALUE = _attribute("value")
SCHEMAS: list[dict[str, Any]] = [
    {
        "id": USER,
        "name": "User",
        "attributes": [
            _attribute("userName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True, uniqueness="server"),
            _attribute("displayName"),
            _attribute(
                "name",
                "complex",
                subAttributes=[
                    _attribute(name) for name in ("formatted", "givenName", "familyName")
                ],
            ),
            _attribute("title"),
            _attribute("active", "boolean"),
            _attribute(
                "emails", "complex", multiValued=True, subAttributes=[_VALUE, _attribute("type")]
            ),
        ],
    },
    {
        "id": ENTERPRISE,
        "name": "EnterpriseUser",
        "attributes": [_attribute("manager", "complex", subAttributes=[_VALUE])],
    },
    {
        "id": GROUP,
        "name": "Group",
        "attributes": [
            _attribute("displayName", required=True),
            _attribute("externalId", caseExact=True, uniqueness="server"),
            _attribute("members", "complex", multiValued=True, subAttributes=[_VALUE]),
        ],
    },
]
