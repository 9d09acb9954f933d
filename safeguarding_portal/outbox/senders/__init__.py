"""One module per way out. Each has `send(message, address) -> str`, the provider's id.

Each raises `TransientSendError` or `PermanentSendError`, and nothing else, for what can go wrong
outside.
"""
