"""What is wrong with the spool folder, in words for staff."""

import errno

from django.conf import settings

from orders.steps import NotYet

_HINTS = {
    errno.ESTALE: "its network share was replaced; mount it again",
    errno.ENOSPC: "its disk is full; make room",
    errno.EDQUOT: "its disk quota is used up; make room",
    errno.EROFS: "it is mounted read-only",
    errno.EACCES: "the desk's user may not; give it the right to read and write there",
}


def trouble(error: OSError) -> NotYet:
    where = f"The spool folder {settings.SPOOL_DIR}"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        reason = f"{where} is not there: is its disk or share mounted, was it renamed? Put it back, and slips go on."
    else:
        reason = f"{where} can't be used: {_HINTS.get(error.errno or 0, error.strerror)}."
    return NotYet(reason, code=f"errno {error.errno}")
