"""Find ClamAV's daemon for the tests of files, or install it, or say how to get it. Never skip."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The test file of the industry, put together here so that no scanner minds this source.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def find() -> str | None:
    """Return the path of clamd: `CLAMD`, or the system's."""
    named = os.environ.get("CLAMD")
    if named and os.access(named, os.X_OK):
        return named
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def write_config(folder: Path) -> None:
    """Write a clamd for this machine into a folder: its socket, and one signature, of EICAR.

    For tests and demonstration. Nothing is fetched, and nothing real is found.
    """
    database = folder / "database"
    database.mkdir(parents=True, exist_ok=True)
    (database / "portal.ndb").write_text(f"Portal.Test.Eicar:0:*:{EICAR[2:].hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder / 'clamd.ctl'}\nFixStaleSocket yes\nDatabaseDirectory {database}\n"
        f"TemporaryDirectory {folder}\nForeground yes\nMaxThreads 2\nStreamMaxLength 30M\n"
    )


def url_in(folder: Path) -> str:
    """Return where the clamd of a folder listens."""
    return f"unix://{folder / 'clamd.ctl'}"


def main() -> None:
    """Make sure that there is a scanner. Signatures are not fetched: the tests bring their own."""
    if find():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "clamav-daemon"],
            check=False,
            env=environment,
        )
    if not find():
        sys.exit(
            "The tests of files need ClamAV. Install it with your package manager (on Debian: "
            "apt-get install clamav-daemon), or name it: CLAMD=/path/to/clamd make test"
        )


if __name__ == "__main__":
    main()
