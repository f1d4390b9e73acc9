#!/usr/bin/env python3
"""Device two: shows the alarms and summaries that the function publishes, one line each."""

import json
import sys
import time

from device import Device, parser, run

UNITS = {'cpu': ' %', 'memory': ' %', 'temperature': ' °C', 'load': ''}
SUMMARY_TOPIC = 'machine/summary'
ALARM_TOPIC = 'machine/alarm'


def amount(name, value):
    return f'{value:.{2 if name == "load" else 0}f}{UNITS.get(name, "")}'


def alarm_line(alarm):
    name = alarm['quantity']
    value, threshold = amount(name, alarm['value']), amount(name, alarm['threshold'])
    if alarm['raised']:
        return 'ALARM  ', f'{name} is at {value}, above {threshold}'
    return 'calm   ', f'{name} is back at {value}, the threshold is {threshold}'


def summary_line(summary):
    parts = []
    for name in ('load', 'cpu', 'memory', 'temperature'):
        if name in summary:
            values = summary[name]
            parts.append(f'{name} {amount(name, values["last"])} (avg {amount(name, values["average"])}, '
                         f'max {amount(name, values["maximum"])})')
    return 'summary', f'{summary["readings"]:2d} readings · ' + ' · '.join(parts)


def line(topic, payload, colours=False):
    """A message as a person reads it; ValueError for one that is none of the function's."""
    try:
        message = json.loads(payload)
        kind, text = alarm_line(message) if topic == ALARM_TOPIC else summary_line(message)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f'{type(error).__name__}: {error}')
    if colours:
        kind = {'ALARM  ': '\033[1;31m', 'calm   ': '\033[32m'}.get(kind, '\033[2m') + kind + '\033[0m'
    return f'{kind}  {text}'


def main():
    options = parser('display', __doc__).parse_args()
    colours = sys.stdout.isatty()

    def show(topic, payload):
        print(time.strftime('%H:%M:%S'), line(topic, payload, colours), flush=True)

    with Device(options, subscribe=[SUMMARY_TOPIC, ALARM_TOPIC], receive=show) as device:
        device.stop.wait()


if __name__ == '__main__':
    run(main)
