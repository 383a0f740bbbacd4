"""A Python that has imported what each process of a desk imports, and forks one for each that is asked for.

`tests/servers/warm.py` starts it, with one end of a socket as its only argument, and says what a process is to be. The
project's own code, settings and all that depends on either are imported by the process alone, after the fork.
"""

import gc
import importlib
import io
import json
import os
import runpy
import socket
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

# What takes long to import, and needs no settings; tests/servers/test_warm.py checks it. Without gunicorn, which looks
# for its gunicorn.conf.py where it was imported.
LIBRARIES = """
    amqp arabic_reshaper billiard.pool celery celery.app.amqp celery.app.base celery.app.task celery.apps.worker
    celery.bin.celery celery.bin.worker celery.canvas celery.concurrency.prefork celery.result celery.worker
    celery.worker.consumer cryptography.fernet
    django.contrib.messages django.contrib.admin.utils django.core.handlers.wsgi django.core.mail
    django.core.management.base django.core.paginator django.core.serializers.json django.db.backends.postgresql.base
    django.db.backends.sqlite3.base django.db.migrations.executor django.db.models django.forms django.template
    django.test.signals django.urls django.views.generic environs
    kombu.common kombu.transport.filesystem kombu.transport.pyamqp lxml.etree logging.config marshmallow openpyxl
    PIL.Image PIL.ImageDraw PIL.ImageFont PIL.ImageOps psycopg2.extras pypdf
    reportlab.graphics.barcode.code128 reportlab.platypus requests segno sqlparse svglib.svglib
    xhtml2pdf.document xhtml2pdf.xhtml2pdf_reportlab yaml
"""
AT_MOST = 1 << 20  # bytes of a message: an environment is some thousand


def warm_up() -> None:
    for name in LIBRARIES.split():
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # No collection of a process's walks through these, or copies their pages.


def serve(line: socket.socket) -> dict[str, Any]:
    """Returns in the processes alone that it forks, with what is asked of them. Its own end is the socket's."""
    while True:
        said, files, _, _ = socket.recv_fds(line, AT_MOST, 3)
        if not said:
            os._exit(0)
        asked: dict[str, Any] = json.loads(said)
        if "pid" in asked:
            line.send(json.dumps(ended(asked["pid"])).encode())
            continue
        if not (pid := os.fork()):
            line.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if not pid:
            return asked
        line.send(json.dumps(pid).encode())


def ended(pid: int) -> tuple[int, int]:
    """As os.waitpid, which does not wait."""
    try:
        return os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return pid, 0


def become(asked: dict[str, Any]) -> None:
    """Runs a program or a module as Python's own command line does."""
    if asked["session"]:
        os.setsid()
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    if os.environ.get("PYTHONUNBUFFERED"):
        sys.stdout, sys.stderr = unbuffered(1), unbuffered(2)
        vars(sys).update(__stdout__=sys.stdout, __stderr__=sys.stderr)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    program, *arguments = asked["arguments"]
    if program == "-c":
        sys.argv = ["-c", *arguments[1:]]
        sys.path[0] = ""
        sys.modules["__main__"] = main = ModuleType("__main__")
        exec(arguments[0], vars(main))  # noqa: S102
    elif program == "-m":
        program, *arguments = arguments
        sys.argv = [program, *arguments]
        sys.path[0] = str(Path.cwd())
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [program, *arguments]
        path = Path(program).absolute()
        sys.path[0] = str(path.parent)
        main = sys.modules["__main__"] = ModuleType("__main__")
        main.__file__ = str(path)
        exec(compile(path.read_bytes(), path, "exec"), vars(main))  # noqa: S102


def unbuffered(number: int) -> io.TextIOWrapper:
    errors = "backslashreplace" if number == 2 else sys.stdout.errors
    raw: Any = io.FileIO(number, "w", closefd=False)  # As with `python -u`: nothing is between.
    return io.TextIOWrapper(raw, sys.stdout.encoding, errors, line_buffering=True, write_through=True)


if __name__ == "__main__":
    warm_up()
    become(serve(socket.socket(fileno=int(sys.argv[1]))))
