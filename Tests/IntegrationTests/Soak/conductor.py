"""Invokes the misbehaving functions in random order, a dozen at a time, and compares each answer with what such a function
has to have for its caller. Publishes what it has come to; the event says how many, from which seed, which behaviours."""
import json
import os
import random
import re
import threading

import greengrasssdk

THREADS = 12
REPORT_EVERY = 25
iot = greengrasssdk.client('iot-data')
ARN = os.environ['SOAK_ARN']

TIMEOUT = ('Unhandled', 'Task timed out after')
SIGKILL = ('Unhandled', 'was ended by SIGKILL')
# What a behaviour is answered with: the kind of error and what its message has; None is the event itself.
OUTCOMES = {
    'works': None, 'daemonizes': None, 'daemonizes_cleanly': None, 'leaves_children': None, 'litters': None,
    'floods': None, 'babbles': None, 'closes': None, 'raises': ('Handled', 'as told'), 'exits': ('Unhandled', 'exited with code 3'),
    'segfaults': ('Unhandled', 'was ended by SIGSEGV'), 'aborts': ('Unhandled', 'was ended by SIGABRT'),
    'exits_in_thread': ('Unhandled', 'exited with code 5'), 'throws_uncaught': ('Unhandled', 'nobody catches me'),
    'hangs': TIMEOUT, 'spins': TIMEOUT, 'stops': TIMEOUT, 'kills_its_group': SIGKILL,
    'hoards': None, 'answers_too_much': ('Handled', ''),
    'import': ('Unhandled', 'not_installed_anywhere'),
}
# How often, of a thousand, by runtime. Half is well; what hangs holds a worker until its timeout.
BAD = {
    'c': dict(raises=40, exits=60, segfaults=60, aborts=60, exits_in_thread=60, hangs=12, stops=8, kills_its_group=40,
              daemonizes=30, daemonizes_cleanly=30, hoards=40, litters=40, floods=30, closes=30),
    'python': dict(raises=60, exits=50, segfaults=30, aborts=30, exits_in_thread=50, hangs=12, spins=3, stops=5,
                   kills_its_group=30, daemonizes=30, daemonizes_cleanly=30, leaves_children=20, hoards=40, litters=40,
                   floods=30, closes=20, babbles=50, answers_too_much=3),
    'node': dict(raises=60, exits=40, aborts=20, throws_uncaught=40, hangs=10, spins=3, stops=5, daemonizes=40,
                 daemonizes_cleanly=40, hoards=30, litters=40, floods=30, babbles=60),
}
RUNTIMES = (('c', 55), ('python', 30), ('node', 15))


def weighted(choice, pairs):
    at = choice.random() * sum(weight for _, weight in pairs)
    for name, weight in pairs:
        at -= weight
        if at < 0:
            return name
    return pairs[-1][0]


def plan(seed, count, places):
    """What to call: (function, behaviour, number)."""
    choice = random.Random(seed)
    for number in range(count):
        runtime = weighted(choice, RUNTIMES)
        place = choice.choice(places)
        if choice.random() < 0.002:
            yield 'broken-' + place, 'import', number
            continue
        bad = sorted(BAD[runtime].items())
        yield runtime + '-' + place, weighted(choice, bad + [('works', 1000 - sum(BAD[runtime].values()))]), number


def expected(function, behaviour):
    if behaviour == 'hoards' and function.endswith('contained') and os.environ['SOAK_BOUNDED'] == 'yes':
        return 'Unhandled', 'it had used up its memory'
    return OUTCOMES[behaviour]


def call(client, function, behaviour, number):
    """What is wrong with the answer, or None."""
    event = '%s %d' % (behaviour, number)
    payload = event if function.startswith('c-') else json.dumps({'do': behaviour, 'n': number})
    try:
        answer = client.invoke(FunctionName=ARN % function, InvocationType='RequestResponse', Payload=payload.encode())
    except Exception as error:
        return '%s %s: %r' % (function, event, error)
    kind = answer['FunctionError'] or ''
    body = answer['Payload'] if kind else answer['Payload'].read()
    body = body.decode('utf-8', 'replace')
    wanted = expected(function, behaviour)
    if wanted is None:
        right = kind == '' and str(number) in body
    else:
        right = wanted[0] == kind and wanted[1] in body
    return None if right else '%s %s: %s %s' % (function, event, kind or 'answered', body[:400])


class Run(object):
    def __init__(self, event):
        self.calls = plan(event['seed'], event['count'], event['places'])
        self.total = event['count']
        self.lock = threading.Lock()
        self.done = 0
        self.counts = {}

    def next(self):
        with self.lock:
            return next(self.calls, None)

    def finished(self, function, behaviour, problem):
        with self.lock:
            self.done += 1
            self.counts[behaviour] = self.counts.get(behaviour, 0) + 1
            done = self.done
        if problem:
            iot.publish(topic='soak/problem', payload=problem)
        if done % REPORT_EVERY == 0 or done == self.total:
            counts = self.counts if done == self.total else {}
            iot.publish(topic='soak/progress', payload=json.dumps({'done': done, 'counts': counts}, sort_keys=True))

    def work(self):
        client = greengrasssdk.client('lambda')
        for function, behaviour, number in iter(self.next, None):
            self.finished(function, behaviour, call(client, function, behaviour, number))


def function_handler(event, context):
    if 'end' in event:
        # The function's workers are ended one after the other by what they handle.
        greengrasssdk.client('lambda').invoke(
            FunctionName=ARN % event['end'], InvocationType='RequestResponse',
            Payload=('exits 0' if event['end'].startswith('c-') else json.dumps({'do': 'exits', 'n': 0})).encode())
        iot.publish(topic='soak/ended', payload=event['end'])
        return
    run = Run(event)
    for _ in range(THREADS):
        threading.Thread(target=run.work).start()
