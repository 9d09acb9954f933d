"""Write `.env` for one machine, from `.env.example`: demo mode, with a key of its own."""

import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Copy the example with PORTAL_MODE=demo and a random SECRET_KEY; never overwrite."""
    target = ROOT / ".env"
    if target.exists():
        return
    text = (ROOT / ".env.example").read_text()
    text = text.replace("PORTAL_MODE=production", "PORTAL_MODE=demo")
    text = text.replace("SECRET_KEY=\n", f"SECRET_KEY={secrets.token_urlsafe(60)}\n")
    target.touch(mode=0o600)
    target.write_text(text)


if __name__ == "__main__":
    main()
