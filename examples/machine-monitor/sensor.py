#!/usr/bin/env python3
"""Device one: reads load, processor use, memory and temperature of the machine it runs on, and publishes them."""

import glob
import json
import os

from device import Device, parser, run

TOPIC = 'machine/readings'


class Machine:
    """The machine's quantities. `root` stands before /proc and /sys; tests give one of their own."""

    def __init__(self, root='/'):
        self._proc = os.path.join(root, 'proc')
        self._sys = os.path.join(root, 'sys')
        self._previous = self._processor_times()

    def read(self):
        """Numbers by quantity; one that the machine does not tell is left out."""
        values = {'load': self._load(), 'cpu': self._processor_use(), 'memory': self._memory(),
                  'temperature': self._temperature()}
        return {name: round(value, 2) for name, value in values.items() if value is not None}

    def _lines(self, *path):
        try:
            with open(os.path.join(*path), encoding='ascii', errors='replace') as file:
                return file.read().splitlines()
        except OSError:
            return []

    def _load(self):
        """The average number of runnable processes over a minute (proc(5), loadavg)."""
        lines = self._lines(self._proc, 'loadavg')
        return float(lines[0].split()[0]) if lines else None

    def _processor_times(self):
        lines = self._lines(self._proc, 'stat')
        if not lines or not lines[0].startswith('cpu '):
            return None
        times = [int(word) for word in lines[0].split()[1:9]]  # guest time is part of user time
        return sum(times), times[3] + times[4]  # idle and waiting for disks

    def _processor_use(self):
        """Percent of the processors' time that was used since the last reading."""
        before, now = self._previous, self._processor_times()
        self._previous = now
        if before is None or now is None or now[0] <= before[0]:
            return None
        return max(0.0, 100.0 * (1 - (now[1] - before[1]) / (now[0] - before[0])))

    def _memory(self):
        """Percent of the memory that is not available to new programs."""
        sizes = {}
        for line in self._lines(self._proc, 'meminfo'):
            name, _, rest = line.partition(':')
            if rest.split():
                sizes[name] = int(rest.split()[0])
        if not sizes.get('MemTotal') or 'MemAvailable' not in sizes:
            return None
        return 100.0 * (1 - sizes['MemAvailable'] / sizes['MemTotal'])

    def _temperature(self):
        """Degrees Celsius of the hottest thermal zone; many virtual machines have none."""
        found = []
        for path in glob.glob(os.path.join(glob.escape(self._sys), 'class/thermal/thermal_zone*/temp')):
            try:
                found.append(int(self._lines(path)[0]) / 1000)
            except (ValueError, IndexError):
                continue  # a zone whose sensor is off gives an error or nothing
        return max(found) if found else None


def main():
    options = parser('sensor', __doc__)
    options.add_argument('--interval', type=float, default=1.0, metavar='SECONDS',
                         help='time between readings (default: %(default)s)')
    options = options.parse_args()
    machine = Machine()
    with Device(options) as device:
        while not device.stop.wait(options.interval):
            device.publish(TOPIC, json.dumps(machine.read()))


if __name__ == '__main__':
    run(main)
