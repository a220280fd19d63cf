#!/usr/bin/python3
"""Runs commands of the distribution's unmodified openstack, nova and cinder clients, each in a process of its own that is forked from this one.

Starting Python and loading a client costs more than most commands do. Reads a JSON object a line, {"client": ..., "args": [...]}, runs what
/usr/bin/CLIENT runs, and prints a JSON object a line: its exit code and what it wrote.
"""
import json
import logging
import os
import signal
import sys
import tempfile
import time
import traceback

import cinderclient.shell
import keystoneauth1.identity.generic.password  # noqa: F401
import novaclient.shell
import novaclient.v2.shell  # noqa: F401
import openstack.connection  # noqa: F401
import openstackclient.image.client  # noqa: F401
import openstackclient.network.client  # noqa: F401
import openstackclient.shell

# cinderclient writes the log of whatever runs to standard error from its import on.
logging.getLogger().handlers.clear()

MAINS = {'openstack': openstackclient.shell.main, 'nova': novaclient.shell.main, 'cinder': lambda _args: cinderclient.shell.main()}
TIMEOUT_S = 90
SLEEP_AT_MOST_S = 0.1
real_sleep = time.sleep
# The clients wait seconds between two looks at a server.
time.sleep = lambda seconds: real_sleep(min(seconds, SLEEP_AT_MOST_S))


def become(client, args, out, err):
    """In the child: what the client's script does, with its output in these files."""
    signal.alarm(TIMEOUT_S)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    sys.argv = ['/usr/bin/' + client, *args]
    try:
        code = MAINS[client](args)
    except SystemExit as exit:
        code = exit.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def run(client, args):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            become(client, args, out, err)
        _, status = os.waitpid(pid, 0)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
        return {'code': os.waitstatus_to_exitcode(status), 'stdout': said[0], 'stderr': said[1]}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(run(asked['client'], asked['args'])), flush=True)
