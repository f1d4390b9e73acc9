"""Two devices on mosquitto's clients, which know nothing of this project."""

import queue
import subprocess
import threading
import time

from .group import READINGS, READINGS_PER_SUMMARY
from .places import Failure

PATIENCE = 90  # seconds; an emulated processor beside other work is slow
REFUSAL = 10  # seconds; a device that is served is done in a fraction of one
REFUSED_TOPIC = "machine/nobody-asked"


class Device:
    """A device's key, certificate and group CA, and where it connects."""

    def __init__(self, name, port, certificate, key, authority):
        self.name = name
        self.options = [
            "-h", "localhost", "-p", str(port), "-V", "mqttv311", "-i", name, "--cafile", str(authority),
            "--cert", str(certificate), "--key", str(key),
        ]

    def publish(self, topic, payloads):
        """Publishes each payload at QoS 1 on one connection; true if the client says it went."""
        command = ["mosquitto_pub", *self.options, "-q", "1", "-t", topic, "-l"]
        text = "".join(f"{payload}\n" for payload in payloads)
        result = subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE)
        return result.returncode == 0, result.stderr

    def is_refused(self):
        """Whether the client does not get through; some of its versions try again for ever, and are ended."""
        command = ["mosquitto_pub", *self.options, "-q", "1", "-t", READINGS, "-m", "{}"]
        try:
            return subprocess.run(command, capture_output=True, timeout=REFUSAL).returncode != 0
        except subprocess.TimeoutExpired:
            return True


class Listener:
    """A connected subscriber; its messages come as (topic, payload)."""

    def __init__(self, device, topic_filter):
        command = ["stdbuf", "-oL", "mosquitto_sub", *device.options, "-d", "-q", "1", "-t", topic_filter,
                   "-F", "message %t %p"]
        self.messages = queue.Queue()
        self.subscribed = threading.Event()
        self.said = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        if not self.subscribed.wait(PATIENCE):
            self.end()
            raise Failure(f"device {device.name} could not subscribe: {' | '.join(self.said[-5:])}")

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.startswith("message "):
                _, topic, payload = line.rstrip("\n").split(" ", 2)
                self.messages.put((topic, payload))
            elif line.startswith("Subscribed"):
                self.subscribed.set()

    def next(self, what):
        try:
            return self.messages.get(timeout=PATIENCE)
        except queue.Empty:
            raise Failure(f"no message came to the display: {what}; it said {' | '.join(self.said[-5:])}") from None

    def end(self):
        self.process.terminate()
        self.process.wait()


def exchange(sensor, display, expected_topic, count):
    """Sees readings of one device arrive at the other, an unsubscribed topic not; returns seconds to the first one."""

    def readings():
        sent, said = sensor.publish(READINGS, ['{"cpu": 12.5, "memory": 40.25}'] * count)
        if not sent:
            raise Failure(f"the sensor could not publish: {said}")

    listener = Listener(display, "#")
    try:
        begun = time.monotonic()
        readings()
        topic, payload = listener.next("what the sensor's readings lead to")
        took = time.monotonic() - begun
        if topic != expected_topic or "12.5" not in payload:
            raise Failure(f"the display was to get {expected_topic} about 12.5, and got {topic} {payload}")
        for _ in range(count - 1 if count < READINGS_PER_SUMMARY else 0):
            listener.next("the rest of the readings")
        sensor.publish(REFUSED_TOPIC, ["nobody is to see this"])
        # A second round behind it: when that has come, the first message would have come too.
        readings()
        topic, payload = listener.next("the second round")
        if topic != expected_topic:
            raise Failure(f"a topic without a subscription was delivered: {topic} {payload}")
        return took
    finally:
        listener.end()
