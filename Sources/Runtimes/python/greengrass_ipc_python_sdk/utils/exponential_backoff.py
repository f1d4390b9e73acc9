"""Trying again, at growing distances, until it works or has taken too long."""

import os
import time


class RetryTimeoutException(Exception):
    """What was tried did not succeed within its attempts or its time."""


def retry(time_unit=0.001, multiplier=50, backoff_coefficient=2, max_delay=500, max_attempts=10,
          expiration_duration=3000, enable_jitter=True, retriable=None):
    """A decorator. The defaults are the core's: 50 ms, doubling up to 500 ms, 10 attempts or 3 s in all.

    `time_unit` is in seconds; `multiplier` (the first delay), `max_delay` and `expiration_duration` count such units.
    With jitter a delay is between half of itself and the whole. `retriable` tells for an exception whether to go on;
    one that is not comes through unchanged. RetryTimeoutException ends the attempts.
    """
    def decorate(function):
        def trying(*arguments, **named):
            first_failure = None  # what is tried may be a wait for hours: only the time after it failed counts
            delay = multiplier
            attempt = 1
            while True:
                try:
                    return function(*arguments, **named)
                except Exception as error:
                    if retriable is not None and not retriable(error):
                        raise
                    if first_failure is None:
                        first_failure = _now()
                    pause = min(delay, max_delay) * time_unit
                    if enable_jitter:
                        pause *= 0.5 + ord(os.urandom(1)) / 510.0
                    if attempt >= max_attempts or _now() + pause - first_failure > expiration_duration * time_unit:
                        raise RetryTimeoutException('Gave up after {} attempts: {}'.format(attempt, error))
                    time.sleep(pause)
                    attempt += 1
                    delay *= backoff_coefficient
        return trying
    return decorate


_now = getattr(time, 'monotonic', time.time)
