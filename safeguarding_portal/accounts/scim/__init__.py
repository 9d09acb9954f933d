"""SCIM 2.0: the council's directory reports who comes, changes and leaves (RFC 7643, RFC 7644)."""
