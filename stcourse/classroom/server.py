"""What a learner's server does otherwise than Jupyter's: a full disk told, the server spared."""

import errno
import shutil

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from tornado.web import HTTPError

FULL = (
    "Your disk is full, and this was not saved. Delete files that you don't need (right click in "
    "the list on the left), then save again."
)
OPTIONS = [
    f"--ServerApp.contents_manager_class={__name__}.Files",
    f"--AsyncMappingKernelManager.kernel_manager_class={__name__}.Kernels",
]
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Files(AsyncLargeFileManager):
    """Files of a learner; where the disk is full, one sentence says what to do."""

    async def save(self, model, path=""):
        """Save a file.

        Raises:
            HTTPError: If it can't be saved; the message is shown to the learner.
        """
        try:
            return await super().save(model, path)
        except HTTPError as error:
            if getattr(error.__cause__, "errno", None) in NO_ROOM:
                raise HTTPError(507, FULL) from error
            raise


class Kernels(ServerKernelManager):
    """Kernels that the system ends before the server, where a learner holds too much memory."""

    async def _async_pre_start_kernel(self, **more):
        command, more = await super()._async_pre_start_kernel(**more)
        first = ["choom", "--adjust", "500", "--"] if shutil.which("choom") else []
        return [*first, *command], more
