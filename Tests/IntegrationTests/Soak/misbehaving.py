"""A function that does what its event says, mostly what no function should. Answers {"did": ..., "n": ...} if it can."""
import ctypes
import json
import os
import random
import signal
import socket
import sys
import threading
import time

MARK = os.environ['SOAK_MARK']
IS_CONTAINER = os.environ['SOAK_CONTAINER'] == 'yes'
IS_BOUNDED = os.environ['SOAK_BOUNDED'] == 'yes'
kept = []


def connect():
    """A connection to the core."""
    path = os.environ.get('IPC_SOCK_FILE')
    if path and random.random() < 0.5:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        return connection
    return socket.create_connection(('127.0.0.1', int(os.environ['GG_DAEMON_PORT'])))


def raises():
    raise ValueError('as told')


def exits():
    sys.exit(3)


def segfaults():
    ctypes.string_at(0)


def aborts():
    os.abort()


def exits_in_thread():
    threading.Thread(target=os._exit, args=(5,)).start()
    time.sleep(1000)


def hangs():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)


def spins():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def stops():
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000)


def kills_its_group():
    os.kill(0, signal.SIGKILL)
    time.sleep(1000)


def leaves_daemon(clean):
    """The double fork of a daemon; a clean one keeps nothing of ours: no descriptor, no session, no variable."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            if clean:
                os.closerange(0, 256)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                os.execve('/bin/sleep', [MARK, '100000'], {})
            os.execv('/bin/sleep', [MARK, '100000'])
        os._exit(0)
    os.wait()


def daemonizes():
    leaves_daemon(False)


def daemonizes_cleanly():
    leaves_daemon(True)


def leaves_children():
    for _ in range(5):
        if os.fork() == 0:
            os.execv('/bin/sleep', [MARK, '100000'])


def hoards():
    """To the limit of its memory; without one it leaks a little."""
    kept.append(bytearray(1 << 20))
    while IS_BOUNDED:
        kept.append(bytearray(1 << 20))


def litters():
    """Descriptors of all kinds, never closed, and in a container, whose folders are its own, files."""
    for _ in range(20):
        kept.append(open('/dev/null'))
        kept.extend(os.fdopen(end, 'rb' if index == 0 else 'wb') for index, end in enumerate(os.pipe()))
        kept.append(socket.socket())
    if IS_CONTAINER:
        for folder in ('/tmp', '/dev/shm'):
            with open('%s/%s-%s' % (folder, MARK, random.random()), 'wb') as file:
                file.write(b'x' * 50000)


def closes():
    """All it was given; what takes their places reads nothing, so that a later call does not log into a socket of its own."""
    os.closerange(0, 7)
    for _ in range(7):
        os.open('/dev/null', os.O_RDWR)


def floods():
    for _ in range(40):
        sys.stdout.write('x' * 5000 + '\n')
        sys.stderr.write('\0\xff' * 1000)


def babbles():
    """Garbage for the core: no HTTP, wrong and right tokens, requests cut short, connections that are left open."""
    token = os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']
    arn = os.environ['MY_FUNCTION_ARN']
    work = '/2016-11-01/functions/' + arn
    head = ' HTTP/1.1\r\nHost: localhost\r\nAuthorization: '
    for text in [
        os.urandom(300), b'\0' * 70000, b'GET / HTTP/9.9\r\n\r\n', b'POST ' + b'a' * 20000,
        ('GET ' + work + '/work' + head + 'wrong\r\n\r\n').encode(),
        ('POST ' + work + '/work/00000000-0000-0000-0000-000000000000' + head + token
         + '\r\nContent-Length: 99999999999999999999\r\n\r\n').encode(),
        ('POST ' + work + head + token + '\r\nX-Amz-Invocation-Type: Event\r\nContent-Length: 5000000\r\n\r\nxx').encode(),
        ('POST ' + work + head + token + '\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n').encode(),
        ('PUT ' + work + '/initialized' + head + token + '\r\nContent-Length: 3\r\n\r\n\xff{[').encode('latin-1'),
    ]:
        connection = connect()
        try:
            connection.sendall(text)
        except socket.error:
            pass
        if random.random() < 0.2 and len(kept) < 200:
            kept.append(connection)
        else:
            connection.close()


def answers_too_much():
    return 'x' * 7000000


def works():
    print('works as it should')


def function_handler(event, context):
    answer = globals()[event['do']]()
    return {'did': event['do'], 'n': event['n'], 'answer': answer}
