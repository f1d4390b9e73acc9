# coding: utf-8
"""Compiled code that a deployment made: what compiles it, and the worker that takes it."""

import glob
import json
import os
import shutil
import struct
import subprocess
import sys
import unittest

from support import PYTHON_2, RUNTIME, RuntimeTestCase, Worker

TAKES = sys.version_info >= (3, 7)
CODE = '''
    import inner
    from greengrass_runtime import worker
    def handler(event, context):
        return [inner.WORD, worker.__doc__.split()[0]]
    '''
INNER = 'WORD = "source"\n'


class CompiledWorker(Worker):
    """A worker with a folder of compiled code, in which a text of each module was replaced."""

    spoil = None

    def command(self, handler):
        folder = self.directory + '.compiled'
        if not PYTHON_2:
            unpack(folder, compiled(self.directory))
        if self.spoil:
            self.spoil(folder)
        return Worker.command(self, handler) + ['--bytecode=' + folder]


def compiled(package, files=2000, size=1 << 25, seconds=60):
    """[(path, content)] of what `ahead.py` says, which ends as it should."""
    said = subprocess.check_output(
        [sys.executable, '-I', '-B', '-S', '-W', 'ignore', os.path.join(RUNTIME, 'greengrass_runtime', 'ahead.py'), RUNTIME,
         package, str(seconds), str(files), str(size)])
    found = []
    at = 0
    while True:
        path, content = struct.unpack('>II', said[at:at + 8])
        at += 8
        if path == 0:
            assert content == 0 and at == len(said)
            return found
        found.append((said[at:at + path].decode('utf-8'), said[at + path:at + path + content]))
        at += path + content


def unpack(folder, files):
    for path, content in files:
        place = os.path.join(folder, path)
        if not os.path.isdir(os.path.dirname(place)):
            os.makedirs(os.path.dirname(place))
        with open(place, 'wb') as file:
            file.write(content)


def each(folder, name, change):
    """Changes the compiled files of a module."""
    paths = glob.glob(os.path.join(folder, '*', '__pycache__', name + '.*')) + glob.glob(
        os.path.join(folder, '*', '*', '__pycache__', name + '.*'))
    assert paths or not TAKES
    for path in paths:
        with open(path, 'rb') as file:
            content = file.read()
        with open(path, 'wb') as file:
            file.write(change(content))


class BytecodeTests(RuntimeTestCase):

    def answer(self, spoil, **options):
        class Spoiled(CompiledWorker):
            pass

        Spoiled.spoil = staticmethod(spoil) if spoil else None
        self.worker_class = Spoiled
        result, self.worker = self.run_one(CODE, files={'inner.py': INNER}, **options)
        self.assertEqual('', result.error)
        return result.payload

    def first_word(self):
        with open(os.path.join(RUNTIME, 'greengrass_runtime', 'worker.py')) as file:
            return file.read().strip('"').split()[0]

    def test_modules_of_package_and_runtime_come_from_the_folder(self):
        word = self.first_word()

        def replace(folder):
            each(folder, 'inner', lambda content: content.replace(b'source', b'folder'))
            each(folder, 'worker', lambda content: content.replace(
                word.encode() + b' ', b'X' * len(word) + b' '))

        expected = ['folder', 'X' * len(word)] if TAKES else ['source', word]
        self.assertEqual(expected, json.loads(self.answer(replace).decode()))
        self.assertEqual([], glob.glob(os.path.join(self.worker.directory, '__pycache__')) if TAKES else [])

    def test_files_that_are_none_of_this_python_are_passed_over(self):
        for change in (lambda content: b'', lambda content: content[:10], lambda content: b'x' * len(content)):
            def damage(folder):
                each(folder, 'inner', change)
                each(folder, 'worker', change)
            self.assertIn(b'source', self.answer(damage))
            self.assertEqual('', self.worker.log('ERROR') + self.worker.log('FATAL'))

    def test_without_the_folder_everything_is_compiled(self):
        self.assertIn(b'source', self.answer(shutil.rmtree if TAKES else None))

    def test_compiled_code_of_another_source_is_passed_over(self):
        def other(folder):
            # Eight bytes that tell the source: time and size, or a hash.
            for name in ('inner', 'worker'):
                each(folder, name, lambda content: content[:8] + bytes(bytearray(8)) + content[16:].replace(b'source', b'folder'))
        self.assertIn(b'source', self.answer(other))

    def test_a_module_that_does_not_compile_says_so_as_without_it(self):
        self.worker_class = CompiledWorker
        worker = self.start('import inner\ndef handler(event, context): pass\n', files={'inner.py': 'a b\n'})
        self.assertNotEqual(0, worker.wait())
        text = worker.log('FATAL')
        self.assertIn('SyntaxError', text)
        self.assertNotIn('During handling', text)
        self.assertNotIn('bytecode.py', text)
        self.assertNotIn('importlib', text)


@unittest.skipIf(PYTHON_2, 'Python 2 is not asked to compile')
class AheadTests(RuntimeTestCase):

    def setUp(self):
        RuntimeTestCase.setUp(self)
        for name in ('top.py', 'inner/more.py', 'inner/__pycache__/left.py', 'grün.py'):
            path = os.path.join(self.directory, 'package', name)
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            with open(path, 'w') as file:
                file.write('x = 1\n')
        self.package = os.path.join(self.directory, 'package')

    def names(self, **options):
        return [path for path, _ in compiled(self.package, **options) if path.startswith('lambda/')]

    def test_the_top_comes_first(self):
        tag = sys.implementation.cache_tag
        expected = ['lambda/__pycache__/grün.' + tag + '.pyc', 'lambda/__pycache__/top.' + tag + '.pyc',
                    'lambda/inner/__pycache__/more.' + tag + '.pyc']
        self.assertEqual(expected if TAKES else [], self.names())

    def test_the_bounds_hold(self):
        self.assertEqual(min(3, len(compiled(self.package))), len(compiled(self.package, files=3)))
        self.assertTrue(sum(len(content) for _, content in compiled(self.package, size=5000)) <= 5000)
        self.assertEqual([], compiled(self.package, seconds=-1))
