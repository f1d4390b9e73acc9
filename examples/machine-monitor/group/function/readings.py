"""What the function makes of readings: a window of them, summaries, alarms. It knows nothing of messages."""

from collections import deque

# An alarm ends this far below its threshold, so that a value that dances on it does not ring at each step.
HYSTERESIS = 0.9


class Readings(object):
    """A window of readings. Each is a dict of numbers by quantity: {'cpu': 12.5, 'memory': 40.1}."""

    def __init__(self, window=20, summary_every=5, thresholds=None):
        """`thresholds` holds, by quantity, the value above which it is an alarm."""
        self._window = deque(maxlen=window)
        self._summary_every = summary_every
        self._thresholds = dict(thresholds or {})
        self._since_summary = 0
        self._ringing = set()

    def add(self, reading):
        """Takes a reading and returns (alarms, summary): a list, empty unless a threshold was crossed, and a dict or None.

        ValueError for what is no reading; the window is as it was then.
        """
        values = _numbers(reading)
        self._window.append(values)
        self._since_summary += 1
        alarms = [alarm for alarm in (self._crossing(name, values[name]) for name in sorted(values)) if alarm]
        if self._since_summary < self._summary_every:
            return alarms, None
        self._since_summary = 0
        return alarms, self._summary()

    def _crossing(self, name, value):
        threshold = self._thresholds.get(name)
        if threshold is None:
            return None
        if name not in self._ringing and value > threshold:
            self._ringing.add(name)
        elif name in self._ringing and value < threshold * HYSTERESIS:
            self._ringing.remove(name)
        else:
            return None
        return {'quantity': name, 'value': value, 'threshold': threshold, 'raised': name in self._ringing}

    def _summary(self):
        names = sorted(set(name for values in self._window for name in values))
        summary = {'readings': len(self._window)}
        for name in names:
            column = [values[name] for values in self._window if name in values]
            summary[name] = {
                'last': column[-1], 'minimum': min(column), 'maximum': max(column),
                'average': round(sum(column) / float(len(column)), 2),
            }
        return summary


def _numbers(reading):
    if not isinstance(reading, dict):
        raise ValueError('a reading is a JSON object, not {}'.format(type(reading).__name__))
    values = {}
    for name, value in reading.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            raise ValueError('the reading of "{}" is not a number: {!r}'.format(name, value))
        values[name] = value
    if not values:
        raise ValueError('a reading without a quantity')
    return values
