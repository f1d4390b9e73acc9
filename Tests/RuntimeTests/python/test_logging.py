# coding: utf-8
"""What a function says, and where it goes."""

import os
import re
import threading
import unittest

from support import ARN, PYTHON_2, LEVELS, RuntimeTestCase


def source(text):
    """Code with a coding line, for literals that are not ASCII."""
    return u'# coding: utf-8\nfrom __future__ import print_function\n' + text.lstrip(u'\n')


class LoggingTests(RuntimeTestCase):

    def logged(self, code, handler=u'def handler(event, context): pass\n', **options):
        self.worker = self.start(source(code + handler), **options)
        self.endpoint.invoke(ARN, b'{}').wait()
        self.assertEqual(0, self.worker.stop())
        return self.worker

    def test_a_record_goes_to_the_descriptor_of_its_level_with_its_place(self):
        """LOG-06: a record goes to the descriptor of its level, with file and line before the message"""
        worker = self.logged(u'''
import logging
log = logging.getLogger('mine')
log.debug('d %s', 1)
log.info('i')
log.warning('w')
log.error('e')
log.critical('c')
log.log(5, 't')
''')
        self.assertEqual(['index.py:5,d 1'], worker.lines('DEBUG'))
        self.assertIn('index.py:6,i', worker.lines('INFO'))
        self.assertEqual(['index.py:7,w'], worker.lines('WARN'))
        self.assertEqual(['index.py:8,e'], worker.lines('ERROR'))
        self.assertEqual(['index.py:9,c'], worker.lines('FATAL'))
        self.assertEqual(['index.py:10,t'], worker.lines('TRACE'))

    def test_the_start_is_told(self):
        line = self.logged(u'').lines('INFO')[0]
        self.assertTrue(line.startswith('lambda_runtime.py:'), line)
        self.assertTrue(line.endswith(',Running [{}]'.format(ARN)), line)

    def test_basicConfig_of_a_function_changes_nothing(self):
        worker = self.logged(u'''
import logging, sys
logging.basicConfig(stream=sys.stdout, level=logging.ERROR)
logging.getLogger().debug('still here')
''')
        self.assertEqual(['index.py:5,still here'], worker.lines('DEBUG'))
        self.assertEqual(1, len(worker.lines('INFO')))

    def test_LOG_LEVEL_filters_whatever_the_function_sets(self):
        worker = self.logged(u'''
import logging
logging.getLogger().setLevel(logging.DEBUG)
logging.info('no')
logging.warning('yes')
''', environment={'LOG_LEVEL': 'WARN'})
        self.assertNotIn('no', worker.log('INFO'))
        self.assertEqual(['index.py:6,yes'], worker.lines('WARN'))

    def test_a_LOG_LEVEL_that_is_none_is_said_and_everything_logged(self):
        worker = self.logged(u'import logging\nlogging.debug("all")\n', environment={'LOG_LEVEL': 'chatty'})
        self.assertIn('"chatty"', worker.log('WARN'))
        self.assertEqual(['index.py:4,all'], worker.lines('DEBUG'))

    def test_an_exception_is_logged_with_its_traceback(self):
        worker = self.logged(u'''
import logging
try:
    {}['missing']
except KeyError:
    logging.exception('oh')
''')
        log = worker.log('ERROR')
        self.assertTrue(log.startswith('index.py:7,oh\nTraceback (most recent call last):\n'), log)
        self.assertTrue(log.endswith("KeyError: 'missing'\n"), log)

    def test_records_in_any_language_pass(self):
        worker = self.logged(u'''
import logging
logging.info(u'Grüße %s', u'😀')
logging.info('bytes or text: é')
logging.info(u'mixed ü %s', 'é')
logging.info(u'surrogate \\udcff')
''')
        log = worker.log('INFO')
        self.assertIn(u'index.py:4,Grüße 😀', log)
        self.assertIn(u'index.py:5,bytes or text: é', log)
        self.assertIn(u'index.py:6,', log)
        self.assertIn(u'index.py:7,surrogate', log)

    def test_arguments_that_do_not_fit_their_format_are_logged_still(self):
        worker = self.logged(u'import logging\nlogging.info("%d things", "many")\n')
        self.assertIn("'%d things'", worker.log('INFO'))
        self.assertIn('many', worker.log('INFO'))

    def test_standard_output_is_INFO_and_standard_error_is_ERROR(self):
        worker = self.logged(u'''
import sys
print('one')
print('a', 1, None)
print()
sys.stdout.write('two')
sys.stdout.write('three\\n')
sys.stdout.flush()
sys.stdout.writelines(['four\\n', 'five\\n'])
print(u'sechs ü')
print('seven', file=sys.stderr)
sys.stderr.write('eight\\nnine\\n')
assert not sys.stdout.isatty()
assert sys.stdout.fileno() == 1 and sys.stderr.fileno() == 2
''')
        self.assertEqual(['index.py:4,one', 'index.py:5,a 1 None', 'index.py:7,two', 'index.py:8,three',
                          'index.py:10,four', 'index.py:10,five', u'index.py:11,sechs ü'],
                         [line for line in worker.lines('INFO') if 'Running' not in line])
        self.assertEqual(['index.py:12,seven', 'index.py:13,eight', 'nine'], worker.lines('ERROR'))

    @unittest.skipUnless(PYTHON_2, 'the print statement is Python 2')
    def test_a_print_statement_is_one_record(self):
        worker = self.start(b'''
            import sys
            print 'a', 1, None
            print 'waits',
            print 'for its end'
            print >>sys.stderr, 'to', 'error'
            print
            print u'gr\\xfcn'
            print 'cut',
            sys.stdout.write('written')
            def handler(event, context):
                print 'unfinished',
            ''')
        self.endpoint.invoke(ARN, b'{}').wait()
        self.assertEqual(['index.py:3,a 1 None', 'index.py:4,waits for its end', u'index.py:8,gr\xfcn', 'index.py:9,cut',
                          'index.py:10,written', 'index.py:12,unfinished'],
                         [line for line in worker.lines('INFO') if 'Running' not in line])
        self.assertEqual(['index.py:6,to error'], worker.lines('ERROR'))

    @unittest.skipIf(PYTHON_2, 'print is a statement')
    def test_print_keeps_its_options(self):
        worker = self.start('''
            import io, sys
            other = io.StringIO()
            print('x', 'y', sep='-', end='!', file=other, flush=True)
            assert other.getvalue() == 'x-y!', other.getvalue()
            print('x', 'y', sep='-', end='!')
            sys.stdout.buffer.write(b'raw \\xff\\n')
            try:
                print('x', wrong=1)
            except TypeError:
                print('refused', flush=True)
            try:
                sys.stdout.write(b'bytes')
            except TypeError as error:
                print(error)
            def handler(event, context): pass
            ''')
        self.endpoint.invoke(ARN, b'{}').wait()
        self.assertEqual([u'index.py:6,x-y!', u'index.py:7,raw \ufffd', 'index.py:11,refused',
                          'index.py:15,write() argument must be str, not bytes'],
                         [line for line in worker.lines('INFO') if 'Running' not in line])

    def test_without_log_descriptors_records_go_to_output_and_error(self):
        worker = self.logged(u'import logging\nlogging.debug("d")\nlogging.warning("w")\n', levels={})
        self.assertIn('index.py:4,d', worker.lines('INFO'))
        self.assertEqual(['index.py:5,w'], worker.lines('ERROR'))

    def test_a_descriptor_that_is_closed_does_not_break_the_function(self):
        worker = self.logged(u'''
import logging, os
os.close(3)
logging.debug('rescued')
''')
        self.assertEqual(['index.py:5,rescued'], worker.lines('ERROR'))

    def test_an_uncaught_exception_of_a_thread_is_one_record(self):
        worker = self.logged(u'''
import threading
def body():
    raise ValueError('in a thread')
thread = threading.Thread(target=body, name='mine')
thread.start()
thread.join()
''')
        log = worker.log('ERROR')
        self.assertIn("in thread mine", log)
        self.assertIn('ValueError: in a thread', log)
        places = [line for line in log.splitlines() if re.match(r'[\w.]+\.py:\d+,', line)]
        self.assertEqual(1, len(places), log)

    def test_programs_that_a_function_starts_do_not_hold_the_log_open(self):
        worker = self.logged(u'''
import subprocess, os
child = subprocess.Popen(['sh', '-c', 'for fd in 3 4 5 6; do [ -e /proc/self/fd/$fd ] && echo open $fd; done; true'],
                         close_fds=False)
child.wait()
''')
        self.assertNotIn('open', worker.log('INFO'))

    def test_a_forked_child_logs_too(self):
        worker = self.logged(u'''
import logging, os
logging.info('parent')
child = os.fork()
if child == 0:
    logging.info('child')
    print('printed')
    os._exit(0)
os.waitpid(child, 0)
''')
        self.assertIn('index.py:7,child', worker.lines('INFO'))
        self.assertIn('index.py:8,printed', worker.lines('INFO'))


class PipeTests(RuntimeTestCase):
    """Through a pipe, as the core reads it, and not a file."""

    CODE = source(u'''
import logging, threading
def say(number):
    for turn in range(6):
        logging.info('%s', '<' + str(number) * 100000 + '>')
        logging.info('%s', '<' + str(number) * 10 + '>')
def handler(event, context):
    threads = [threading.Thread(target=say, args=(number,)) for number in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
''')

    def test_long_lines_of_many_threads_stay_whole(self):
        read_end, write_end = os.pipe()
        received = []

        def read():
            while True:
                data = os.read(read_end, 65536)
                if not data:
                    return
                received.append(data)

        reader = threading.Thread(target=read)
        reader.start()
        os.dup2(write_end, 60)
        if not PYTHON_2:
            os.set_inheritable(60, True)
        os.close(write_end)
        try:
            worker = self.start(self.CODE, levels=dict(LEVELS, INFO=60))
        finally:
            os.close(60)
        result = self.endpoint.invoke(ARN, b'{}').wait(20)
        self.assertEqual(('', b'null'), (result.error, result.payload))
        worker.stop()
        reader.join()
        os.close(read_end)
        lines = b''.join(received).decode().splitlines()
        self.assertEqual(1 + 4 * 12, len(lines))
        for line in lines[1:]:
            text = line.partition(',')[2]
            self.assertIn(len(text), (12, 100002))
            self.assertEqual(('<', '>'), (text[0], text[-1]))
            self.assertEqual(1, len(set(text[1:-1])))


if __name__ == '__main__':
    unittest.main()
