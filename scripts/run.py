"""Start everything on one machine under one supervisor, and leave nothing behind at the end."""

import os
import subprocess
import sys
from pathlib import Path

from honcho.manager import Manager

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")

from django.conf import settings  # noqa: E402

from safeguarding_portal import embedded  # noqa: E402
from scripts import need_clamav  # noqa: E402


def add_scanner(manager: Manager) -> str:
    """Run clamd with one signature, of the industry's test file; return where, "" without one."""
    folder = ROOT / "var" / "clamd"
    path = need_clamav.find()
    if path is None:
        print("  No clamd on this machine: files that are sent will wait for their check.\n")
        return ""
    need_clamav.write_config(folder)
    # Everything else goes on if it ends: files then wait, as they do in life.
    command = f"{path} --config-file={folder / 'clamd.conf'} || exec sleep 2147483647"
    manager.add_process("scanner", command, quiet=True)
    return need_clamav.url_in(folder)


def main() -> int:
    """Run what the Procfile names until one ends or Ctrl-C is pressed."""
    port = os.environ.get("PORT", "8000")
    os.environ["PORTAL_URL"] = os.environ.get("PORTAL_URL", f"http://127.0.0.1:{port}")
    if settings.EMBEDDED:
        embedded.ensure_running()
    print(f"\n  The portal is at http://127.0.0.1:{port}\n", flush=True)
    subprocess.run([sys.executable, "manage.py", "demo_people", "--show"], cwd=ROOT, check=True)
    environment = {**os.environ, "PORT": port, "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    manager = Manager()
    if settings.IS_DEMO and not settings.CLAMD_URL:
        environment["CLAMD_URL"] = add_scanner(manager)
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, _, command = line.partition(":")
        if command:
            manager.add_process(name, f"exec {command.strip()}", env=environment, cwd=str(ROOT))
    manager.loop()
    return manager.returncode or 0


if __name__ == "__main__":
    sys.exit(main())
