"""Writes to policies, one transaction each, with an audit event in the same transaction."""
