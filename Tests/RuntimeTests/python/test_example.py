# coding: utf-8
"""The example of `make run`: what its function makes of readings, and its devices of the machine and of messages."""

import json
import os
import sys
import unittest

from support import ARN, PYTHON_2, RuntimeTestCase
from test_sdk import SDKS

EXAMPLE = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..', 'examples', 'machine-monitor'))
FUNCTION = os.path.join(EXAMPLE, 'group', 'function')
sys.path[:0] = [FUNCTION, EXAMPLE]
from readings import Readings  # noqa: E402

if not PYTHON_2:
    import display  # noqa: E402
    import sensor  # noqa: E402


class ReadingsTests(unittest.TestCase):

    def test_a_summary_comes_every_so_many_readings_and_looks_back_over_the_window(self):
        readings = Readings(window=3, summary_every=2)
        summaries = [readings.add({'cpu': value})[1] for value in (1, 2, 3, 6.5)]
        self.assertEqual([None, None], summaries[::2])
        self.assertEqual({'readings': 2, 'cpu': {'last': 2, 'minimum': 1, 'maximum': 2, 'average': 1.5}}, summaries[1])
        self.assertEqual({'readings': 3, 'cpu': {'last': 6.5, 'minimum': 2, 'maximum': 6.5, 'average': 3.83}},
                         summaries[3])

    def test_an_alarm_rings_once_and_ends_well_below_its_threshold(self):
        readings = Readings(thresholds={'cpu': 80})
        alarms = [readings.add({'cpu': value, 'load': 99})[0] for value in (80, 80.1, 95, 79, 72, 71.9, 50, 81)]
        self.assertEqual([0, 1, 0, 0, 0, 1, 0, 1], [len(alarm) for alarm in alarms])
        self.assertEqual({'quantity': 'cpu', 'value': 80.1, 'threshold': 80, 'raised': True}, alarms[1][0])
        self.assertEqual((71.9, False), (alarms[5][0]['value'], alarms[5][0]['raised']))

    def test_a_quantity_may_be_missing_from_some_readings(self):
        readings = Readings(summary_every=2)
        readings.add({'cpu': 1})
        summary = readings.add({'load': 2})[1]
        self.assertEqual((1, 2), (summary['cpu']['last'], summary['load']['last']))

    def test_what_is_no_reading_is_refused_and_changes_nothing(self):
        readings = Readings(summary_every=1)
        for reading in (None, [], {}, 'cpu', {'cpu': '1'}, {'cpu': True}, {'cpu': None}, {'cpu': float('nan')}):
            self.assertRaises(ValueError, readings.add, reading)
        self.assertEqual(1, readings.add({'cpu': 1})[1]['readings'])


class FunctionTests(RuntimeTestCase):

    def test_readings_come_in_alarms_and_summaries_go_out(self):
        """MSG-08: a message invokes the handler with its topic"""
        files = {}
        for name in ('monitor.py', 'readings.py'):
            with open(os.path.join(FUNCTION, name), 'rb') as file:
                files[name] = file.read()
        self.assertTrue(SDKS, 'PERENNIAL_TEST_SDKS names no SDK: run scripts/test-python-runtime')
        worker = self.start(b'', handler='monitor.handler', files=files, search_path=SDKS[max(SDKS)],
                            environment={'SUMMARY_EVERY': '3', 'ALARM_CPU': '80', 'LOG_LEVEL': 'INFO'})
        context = {'custom': {'subject': 'machine/readings'}}
        for payload in (b'{"cpu": 90}', b'"odd"', b'{"cpu": 10}', b'{"cpu": 20}'):
            self.assertEqual('', self.endpoint.invoke(ARN, payload, context, 'Event').wait().error)
        self.assertEqual(['machine/alarm', 'machine/alarm', 'machine/summary'],
                         [publication.topic for publication in self.endpoint.publications])
        raised, ended, summary = [json.loads(publication.payload.decode()) for publication in self.endpoint.publications]
        self.assertEqual((True, False), (raised['raised'], ended['raised']))
        self.assertEqual(40, summary['cpu']['average'])
        self.assertIn('A message on machine/readings is no reading', worker.log('WARN'))
        self.assertEqual(0, worker.stop())


@unittest.skipIf(PYTHON_2, 'the devices are Python 3')
class DeviceTests(RuntimeTestCase):

    def machine(self, **files):
        for name, content in files.items():
            path = os.path.join(self.directory, name.replace('__', '/'))
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            with open(path, 'w') as file:
                file.write(content)
        return sensor.Machine(self.directory)

    def test_the_sensor_reads_what_the_kernel_tells(self):
        machine = self.machine(
            proc__loadavg='0.52 0.58 0.59 1/257 4321\n', proc__stat='cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1\n',
            proc__meminfo='MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n',
            sys__class__thermal__thermal_zone0__temp='41500\n', sys__class__thermal__thermal_zone1__temp='\n')
        self.machine(proc__stat='cpu  140 0 110 740 110 0 0 0 50 0\n')
        self.assertEqual({'load': 0.52, 'cpu': 50.0, 'memory': 75.0, 'temperature': 41.5}, machine.read())

    def test_what_the_kernel_does_not_tell_is_left_out(self):
        self.assertEqual({}, self.machine(proc__stat='none\n').read())
        self.assertEqual({'load': 1.0}, self.machine(proc__loadavg='1.00 0 0 1/2 3', proc__stat='').read())

    def test_the_display_shows_a_line_for_a_message(self):
        alarm = {'quantity': 'temperature', 'value': 81.5, 'threshold': 75, 'raised': True}
        self.assertEqual(u'ALARM    temperature is at 82 °C, above 75 °C',
                         display.line('machine/alarm', json.dumps(alarm).encode()))
        alarm['raised'] = False
        self.assertIn('is back at', display.line('machine/alarm', json.dumps(alarm)))
        values = {'last': 1.5, 'minimum': 1, 'maximum': 3, 'average': 2}
        self.assertEqual('summary   5 readings · load 1.50 (avg 2.00, max 3.00) · cpu 2 % (avg 2 %, max 3 %)',
                         display.line('machine/summary', json.dumps({'readings': 5, 'cpu': values, 'load': values})))
        for payload in (b'', b'1', b'[]', b'{}', b'{"readings": 1, "cpu": 5}'):
            self.assertRaises(ValueError, display.line, 'machine/summary', payload)


if __name__ == '__main__':
    unittest.main()
