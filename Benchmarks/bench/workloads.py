"""The workloads and their targets. The columns are what `report.py` knows the units of."""

from .brokers import Mosquitto, MosquittoNoDelay, Nats, Perennial, PerennialCore
from .cases import Case, Group, Target, Workload
from .group import fan_rows, hold_rows, ring_rows, table_rows

OURS, CORE, NODELAY, NATS = "perennial", "perennial-core", "mosquitto-nodelay", "nats-server"
ALL = (Perennial, Mosquitto, MosquittoNoDelay, Nats)
TLS = (Perennial, PerennialCore, Mosquitto, MosquittoNoDelay)
FAN = Group("fan", 51, tuple(fan_rows(50)))
PAIR = Group("pair", 8, tuple(fan_rows(1)))
RING = Group("ring", 200, tuple(ring_rows(200)))
HOLD = Group("hold", 2000, tuple(hold_rows(2000)))
SMALL = Group("small", 8, tuple(hold_rows(8)))
TABLE = {count: Group(f"rows{count}", 2, tuple(table_rows(count))) for count in (10, 1000, 10_000)}
THROUGHPUT = ("rate", "lost", "cpu_us", "broker_cpu", "load_cpu")
PACED = ("rate", "lost", "cpu_us", "p50", "p99", "p999")


def cases(brokers, *load, group=None):
    return tuple(Case(broker.name, broker, load, group) for broker in brokers)


def ratio(measure, other, limit, at_least=True, ours=OURS):
    """Ours against another broker's in the same run."""
    sign = "≥" if at_least else "≤"
    text = f"{ours}: {measure} {sign} {limit:g} × {other}"
    return Target(text, lambda m: m(ours, measure) / m(other, measure), limit, at_least)


def both(measure, other, limit, at_least=True):
    """The broker alone and the core with its group."""
    return tuple(ratio(measure, other, limit, at_least, ours) for ours in (OURS, CORE))


def no_loss(label=OURS):
    return Target(f"{label}: no loss", lambda m: m(label, "lost", max), 0, False)


def at_most(text, label, measure, limit):
    return Target(f"{text} ≤ {limit:g}", lambda m: m(label, measure), limit, False)


def of_labels(text, measure, label, other, limit, at_least=True):
    sign = "≥" if at_least else "≤"
    return Target(f"{text} {sign} {limit:g} ×", lambda m: m(label, measure) / m(other, measure), limit, at_least)


def connects():
    made = []
    for version in ("13", "12"):
        name = f"TLS 1.{version[1]}"
        load = ("connects", "--clients", "8", "--seconds", "1.5", "--version", version)
        made += [Case(f"{OURS} {name}", PerennialCore, load, PAIR), Case(f"{NODELAY} {name}", MosquittoNoDelay, load, PAIR)]
        made += [Case(f"{OURS} {name} resumed", PerennialCore, (*load, "--resume"), PAIR)]
    targets = []
    for name, factor in (("TLS 1.3", 1.8), ("TLS 1.2", 3)):
        targets.append(of_labels(f"{name} rate", "rate", f"{OURS} {name}", f"{NODELAY} {name}", 1))
        targets.append(of_labels(f"{name} resumed", "rate", f"{OURS} {name} resumed", f"{OURS} {name}", factor))
    return Workload("connects", "TLS connects per second, P-256 client certificates", tuple(made),
                    ("rate", "resumed", "cpu_us", "broker_cpu", "load_cpu", "p50", "p99"), tuple(targets))


def a_client(result):
    """Memory of one client, from what a thousand take."""
    before, after = result["before"], result["all"]
    return {"idle_kb": result["idle_kb"], "clients": result["clients"], "answered": result["answered"],
            "private_each": (after["private_kb"] - before["private_kb"]) / result["clients"],
            "pss_each": (after["pss_kb"] - before["pss_kb"]) / result["clients"],
            "all_kb": result["worked"]["pss_kb"]}


def memory():
    plain = ("hold", "--clients", "1000")
    tls = ("hold", "--clients", "0", "--tls-clients", "1000")
    made = tuple(Case(f"{broker.name} plain", broker, plain) for broker in (Perennial, MosquittoNoDelay, Nats))
    made += tuple(Case(f"{broker.name} TLS", broker, tls, HOLD) for broker in (PerennialCore, MosquittoNoDelay))
    # A group of 2,000 devices is no idle core.
    made += (Case(f"{CORE} with 8 devices", PerennialCore, ("hold", "--clients", "0", "--tls-clients", "8"), SMALL),)
    return Workload(
        "memory", "memory: idle, and 1,000 clients with a subscription each", made,
        ("idle_kb", "private_each", "pss_each", "all_kb", "answered"),
        (at_most("idle core, kB PSS", f"{CORE} with 8 devices", "idle_kb", 5000),
         at_most("a plain client, kB private", f"{OURS} plain", "private_each", 1),
         at_most("a TLS device, kB private", f"{CORE} TLS", "private_each", 24)),
        fresh=True, most_rounds=3, derive=a_client)


def crowd():
    made = (Case("3,000 plain", Perennial, ("hold", "--clients", "3000")),
            Case("2,000 TLS", PerennialCore, ("hold", "--clients", "0", "--tls-clients", "2000"), HOLD))
    together = Target("5,000 clients, kB PSS ≤ 131072",
                      lambda m: m("3,000 plain", "all_kb") + m("2,000 TLS", "all_kb"), 131_072, False)
    all_work = Target("clients that work = 5,000",
                      lambda m: m("3,000 plain", "answered") + m("2,000 TLS", "answered"), 5000)
    return Workload("crowd", "5,000 connected clients, 2,000 of them over TLS", made,
                    ("idle_kb", "all_kb", "answered"), (together, all_work), fresh=True, most_rounds=1, derive=a_client)


def table():
    made, targets = [], []
    for kind, topics in (("one topic", lambda count: 1), ("random topics", lambda count: count)):
        for count, group in TABLE.items():
            load = ("fan", "--topic", "rows", "--seconds", "1.5", "--topics", str(topics(count)))
            made.append(Case(f"{count} rows, {kind}", PerennialCore, load, group))
    for count in (10, 10_000):
        load = ("fan", "--topic", "rows", "--seconds", "1.5", "--topics", "10000", "--filters", str(count))
        made.append(Case(f"{count} filters of others, random topics, plain", Perennial, load))
    for count in (1000, 10_000):
        for kind, factor in (("one topic", 1.1), ("random topics", 1.5)):
            targets.append(of_labels(f"{count} rows, {kind}: CPU", "cpu_us", f"{count} rows, {kind}",
                                     f"10 rows, {kind}", factor, False))
    targets.append(of_labels("10000 filters: CPU", "cpu_us", made[-1].label, made[-2].label, 1.5, False))
    return Workload("table", "rows of the subscription table and the cost of a message (1 → 1, over TLS)", tuple(made),
                    THROUGHPUT, tuple(targets))


WORKLOADS = (
    Workload("plain-1-1", "QoS 0, 1 → 1, 100 bytes, plain", cases(ALL, "fan", "--seconds", "1.5"), THROUGHPUT,
             (ratio("rate", NATS, 2), no_loss())),
    Workload("plain-1-50", "QoS 0, 1 → 50, plain", cases(ALL, "fan", "--clients", "50", "--seconds", "1.5"), THROUGHPUT,
             (ratio("rate", NATS, 3), no_loss())),
    Workload("tls-1-50", "QoS 0, 1 → 50, TLS client certificates, saturated",
             cases(TLS, "fan", "--clients", "50", "--seconds", "1.5", group=FAN), THROUGHPUT,
             (*both("rate", "mosquitto", 20), no_loss(), no_loss(CORE))),
    Workload("paced-plain", "QoS 0, 500 msg/s × 50, plain",
             cases(ALL, "fan", "--clients", "50", "--rate", "500", "--seconds", "2"), PACED,
             (ratio("cpu_us", "mosquitto", 0.8, False), ratio("cpu_us", NODELAY, 0.8, False), no_loss())),
    Workload("paced-tls", "QoS 0, 500 msg/s × 50, TLS client certificates",
             cases(TLS, "fan", "--clients", "50", "--rate", "500", "--seconds", "2", group=FAN), PACED,
             (*both("cpu_us", "mosquitto", 0.8, False), *both("cpu_us", NODELAY, 0.8, False), no_loss(), no_loss(CORE))),
    Workload("qos1-plain", "QoS 1, window 20, 1 → 1, plain", cases(ALL, "window", "--seconds", "1.5"), THROUGHPUT,
             (ratio("rate", "mosquitto", 2), ratio("rate", NODELAY, 2), no_loss())),
    Workload("qos1-tls", "QoS 1, window 20, 1 → 1, TLS client certificates",
             cases(TLS, "window", "--seconds", "1.5", group=PAIR), THROUGHPUT,
             (*both("rate", "mosquitto", 2), *both("rate", NODELAY, 2), no_loss(), no_loss(CORE))),
    Workload("latency-plain", "latency at 1,000 msg/s, plain, µs", cases(ALL, "fan", "--rate", "1000", "--seconds", "3"),
             PACED, (ratio("p50", NODELAY, 1, False), ratio("p99", NODELAY, 1, False), no_loss())),
    Workload("latency-tls", "latency at 1,000 msg/s, TLS client certificates, µs",
             cases(TLS, "fan", "--rate", "1000", "--seconds", "3", group=PAIR), PACED,
             (*both("p50", NODELAY, 1, False), *both("p99", NODELAY, 1, False), no_loss(), no_loss(CORE))),
    Workload("devices", "200 group devices at 10 msg/s each through the subscription table, TLS, µs",
             cases((PerennialCore, MosquittoNoDelay), "devices", "--clients", "200", "--rate", "10", "--seconds", "3",
                   group=RING), PACED, (no_loss(CORE), at_most("p99, µs", CORE, "p99", 2000))),
    connects(),
    memory(),
    crowd(),
    table(),
)
