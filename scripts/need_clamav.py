"""Find ClamAV's daemon for the tests of files, or install it, or say how to get it. Never skip."""

import os
import shutil
import subprocess
import sys


def find() -> str | None:
    """Return the path of clamd: `CLAMD`, or the system's."""
    named = os.environ.get("CLAMD")
    if named and os.access(named, os.X_OK):
        return named
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


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
