"""Virtual environments in which a test installs what users install."""

import sysconfig
import venv
from pathlib import Path


def new_environment(folder):
    """Make a virtual environment that sees the packages of this one, but not the course's own.

    Nothing has to be downloaded, and what is installed there leaves this one as it is.

    Args:
        folder: Where to make it.

    Returns:
        (folder, site): its folder, and the folder of its packages.
    """
    venv.create(folder, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    # A path that a .pth file names is not searched for further ones, so an editable installation
    # here is not seen there; an ordinary one is hidden by what the test installs.
    (site / "here.pth").write_text(sysconfig.get_path("purelib"))
    return folder, site
