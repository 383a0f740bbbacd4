"""`bin/manage COMMAND`: any management command, in the environment of the first look that is running."""

import os
import sys
from pathlib import Path

from shop.quickstart.local_desk import ROOT
from shop.quickstart.running import environment_of


def enter(folder: Path) -> str:
    """Makes this process's SHOP_… variables those of the first look with this folder; returns what to tell."""
    found = environment_of(folder)
    if found is None:
        return f"No bin/quickstart is running with {folder}: the settings are those of .env and of the environment."
    for name in [name for name in os.environ if name.startswith("SHOP_")]:
        del os.environ[name]
    os.environ |= found | {"SHOP_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "shop.settings"}
    return ""


def main() -> None:
    folder = Path(os.environ.get("SHOP_VAR_DIR") or ROOT / "var").absolute()
    try:
        words = enter(folder)
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}. Run bin/manage as the user who runs bin/quickstart.")
    if words:
        print(words, file=sys.stderr)
    sys.argv[0] = "bin/manage"
    from manage import main as run

    run()


if __name__ == "__main__":
    main()
