"""What an idle pinned function costs the core and its supervisor."""

import statistics

from .core import Function
from .starts import verdict

FUNCTIONS = 40


class Idle:
    def __init__(self, core):
        self.core = core
        self.without = []
        self.with_functions = []

    def measure(self):
        for count, results in ((0, self.without), (FUNCTIONS, self.with_functions)):
            functions = [Function(f"Idle{number:02}", "executable", "echo", "native", arguments="nowhere")
                         for number in range(count)]
            self.core.deploy_functions(functions, [])
            self.core.start()
            try:
                for function in functions:
                    self.core.wait_until_ready(function.name)
                results.append(self.core.memory())
            finally:
                self.core.stop()

    def report(self):
        each = {}
        yield f"## Memory of an idle pinned function ({FUNCTIONS} of them)\n"
        yield "| | without functions, kB | with them, kB | a function, kB |"
        yield "|---|---|---|---|"
        titles = {"core": "core", "supervisor": "supervisor", "inits": "process 1 of each container"}
        for part, title in titles.items():
            before = statistics.median(result[part] for result in self.without)
            after = statistics.median(result[part] for result in self.with_functions)
            each[part] = (after - before) / FUNCTIONS
            yield f"| {title} | {before:,.0f} | {after:,.0f} | {each[part]:.1f} |"
        yield ""
        yield verdict("core and supervisor: at most 64 kB", each["core"] + each["supervisor"], 64)
        yield verdict("process 1 counted too: at most 64 kB", sum(each.values()), 64)
        yield ""
