'use strict';

// As misbehaving.py.

const childProcess = require('child_process');
const fs = require('fs');
const net = require('net');

const mark = process.env.SOAK_MARK;
const isContainer = process.env.SOAK_CONTAINER === 'yes';
const isBounded = process.env.SOAK_BOUNDED === 'yes';
const kept = [];
const forever = () => new Promise(() => setInterval(() => {}, 1000));

const behaviours = {
    works: () => console.log('works as it should'),
    raises: () => { throw new TypeError('as told'); },
    exits: () => process.exit(3),
    aborts: () => process.abort(),
    throws_uncaught: () => {
        setTimeout(() => { throw new Error('nobody catches me'); }, 1);
        return forever();
    },
    hangs: () => {
        process.on('SIGTERM', () => {});
        return forever();
    },
    spins: () => { for (;;) kept.length = 0; },
    stops: () => {
        process.kill(process.pid, 'SIGSTOP');
        return forever();
    },
    daemonizes: () => {
        const child = childProcess.spawn('/bin/sleep', ['100000'], { argv0: mark, detached: true, stdio: 'inherit' });
        child.unref();
    },
    daemonizes_cleanly: () => {
        const child = childProcess.spawn(
            '/bin/sleep', ['100000'], { argv0: mark, detached: true, stdio: 'ignore', env: {} });
        child.unref();
    },
    hoards: () => {
        do kept.push(Buffer.alloc(1 << 20, 1)); while (isBounded);
    },
    litters: () => {
        for (let count = 0; count < 20; count++) fs.openSync('/dev/null', 'r');
        if (!isContainer) return;
        for (const folder of ['/tmp', '/dev/shm']) fs.writeFileSync(`${folder}/${mark}-${Math.random()}`, 'x'.repeat(50000));
    },
    floods: () => {
        for (let count = 0; count < 40; count++) console.log('x'.repeat(5000));
    },
    babbles: () => new Promise((resolve) => {
        const socket = net.connect(Number(process.env.GG_DAEMON_PORT), '127.0.0.1');
        socket.on('error', resolve);
        socket.on('close', resolve);
        socket.write('POST /2016-11-01/functions/x HTTP/1.1\r\nContent-Length: 9\r\n\r\n', () => socket.destroy());
    }),
};

exports.handler = async (event) => {
    await behaviours[event.do]();
    return { did: event.do, n: event.n };
};
