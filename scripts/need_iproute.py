"""Find `ip`, with which root makes network namespaces, or install it, or say what comes instead."""

import os
import shutil
import subprocess


def main() -> None:
    """Make sure that root has it; anybody else cannot make namespaces anyway."""
    if os.geteuid() != 0 or shutil.which("ip"):
        return
    if shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "iproute2"], check=False)
    if not shutil.which("ip"):
        print("No iproute2: hosts in tests will be addresses of the loopback, not namespaces.")


if __name__ == "__main__":
    main()
