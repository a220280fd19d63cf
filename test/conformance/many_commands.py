#!/usr/bin/python3
"""Runs many commands of the distribution's unmodified openstack and nova clients in one process: starting Python costs more than a command.

Reads a JSON list of command lines (lists of words, the first of which names the client) and prints one JSON object a line for each: its exit
code and what it wrote. A line that begins with "until WORD" is repeated until the output has the word. Stops at the first that fails.
"""
import contextlib
import io
import json
import sys
import time

from novaclient.shell import OpenStackComputeShell
from openstackclient.shell import OpenStackShell

SLEEP_AT_MOST_S = 0.1
LOOKS = 300
real_sleep = time.sleep
# The clients wait five seconds between two looks at a server.
time.sleep = lambda seconds: real_sleep(min(seconds, SLEEP_AT_MOST_S))


def run(client, words):
    if client == 'openstack':
        return OpenStackShell().run(words) or 0
    OpenStackComputeShell().main(words)
    return 0


def capture(client, words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run(client, words)
        except SystemExit as exit:
            code = exit.code or 0
        except Exception as error:
            print(error, file=sys.stderr)
            code = 1
    return {'code': code, 'stdout': out.getvalue(), 'stderr': err.getvalue()}


def until(word, client, words):
    for _ in range(LOOKS):
        said = capture(client, words)
        if said['code'] or word in said['stdout']:
            return said
    return {**said, 'code': 1, 'stderr': word + ' did not come'}


for line in json.load(sys.stdin):
    said = until(line[1], line[2], line[3:]) if line[0] == 'until' else capture(line[0], line[1:])
    print(json.dumps(said), flush=True)
    if said['code']:
        break
