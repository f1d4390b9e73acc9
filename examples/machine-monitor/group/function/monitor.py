"""The function between sensor and display: readings come in, alarms and summaries go out.

A pinned function: this module is loaded once, when the core starts, and its globals live as long as the core does.
"""

import json
import logging
import os

import greengrasssdk

from readings import Readings

SUMMARY_TOPIC = 'machine/summary'
ALARM_TOPIC = 'machine/alarm'

logger = logging.getLogger(__name__)
client = greengrasssdk.client('iot-data')


def thresholds(environment):
    """The thresholds among the function's variables: ALARM_CPU=80 is {'cpu': 80.0}."""
    return {name[len('ALARM_'):].lower(): float(value) for name, value in environment.items()
            if name.startswith('ALARM_')}


readings = Readings(window=int(os.environ.get('WINDOW', 20)), summary_every=int(os.environ.get('SUMMARY_EVERY', 5)),
                    thresholds=thresholds(os.environ))


def handler(event, context):
    """Called by the core for each message that a subscription brings here."""
    topic = context.client_context.custom['subject']
    try:
        alarms, summary = readings.add(event)
    except ValueError as error:
        logger.warning('A message on %s is no reading: %s', topic, error)
        return
    for alarm in alarms:
        logger.info('%s is %s its threshold', alarm['quantity'], 'above' if alarm['raised'] else 'back below')
        client.publish(topic=ALARM_TOPIC, payload=json.dumps(alarm))
    if summary is not None:
        client.publish(topic=SUMMARY_TOPIC, payload=json.dumps(summary))
