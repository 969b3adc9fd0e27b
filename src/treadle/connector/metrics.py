"""Prometheus metrics of the connector: `GET /metrics` on an address of its own (`metrics` in the configuration)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from treadle import __version__
from treadle.connector.health import VISIBLE_LIMITS_S

_COUNTERS = {
    "associations": ("associations", "DICOM associations that were opened."),
    "rejected": ("associations_rejected", "Associations refused: unknown titles or addresses, no room."),
    "broken": ("associations_broken", "Associations that ended without a release."),
    "refused": ("instances_refused", "Instances answered with an error."),
    "instances": ("instances", "Instances acknowledged."),
    "bytes": ("received_bytes", "Bytes of acknowledged instances."),
    "polls": ("polls", "Rounds of queries that a source answered."),
    "polls_failed": ("polls_failed", "Rounds of queries that failed."),
    "quarantined": ("instances_quarantined", "Instances without usable UIDs."),
    "deidentified": ("instances_deidentified", "Instances de-identified, also more than once."),
    "deid_rejected": ("instances_deid_rejected", "Instances that a de-identification profile rejected."),
    "files": ("files", "Files confirmed by the server."),
    "bytes_sent": ("sent_bytes", "Bytes of confirmed files."),
}
_OUTCOMES = (
    "seen",
    "retrieved",
    "complete",
    "skipped",
    "uploaded",
    "first_try",
    "failed",
    "held",
    "abandoned",
)
_GAUGES = {
    "queue": ("queue_series", "Series waiting for an uploader."),
    "unsent": ("unsent_series", "Series received but not yet settled."),
    "spool_bytes": ("spool_bytes", "Bytes in the spool."),
    "free_bytes": ("spool_free_bytes", "Free bytes on the spool's disk."),
}
_PREFIX = "treadle_connector_"

Facts = Callable[[], Mapping[str, Any]]


class ConnectorCollector(Collector):
    """Reads the present facts at every scrape; `facts` gives the same document as the heartbeat."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def collect(self) -> Iterable[Metric]:
        """All metrics."""
        facts = self._facts()
        devices: Mapping[str, Mapping[str, float]] = facts["devices"]
        yield InfoMetricFamily(f"{_PREFIX}build", "The running release.", {"version": __version__})
        yield from _counters(devices)
        yield _visible(devices)
        yield from _rates(facts["figures"])
        for key, (name, words) in _GAUGES.items():
            yield GaugeMetricFamily(_PREFIX + name, words, facts[key])
        yield GaugeMetricFamily(f"{_PREFIX}held_series", "Series held back.", facts["series"].get("held", 0))
        yield GaugeMetricFamily(f"{_PREFIX}troubles", "Troubles at the moment.", len(facts["errors"]))


def _counters(devices: Mapping[str, Mapping[str, float]]) -> Iterator[Metric]:
    for key, (name, words) in _COUNTERS.items():
        family = CounterMetricFamily(_PREFIX + name, words, labels=["device"])
        for device, counts in devices.items():
            family.add_metric([device], counts.get(key, 0))
        yield family
    series = CounterMetricFamily(
        f"{_PREFIX}series", "Series by what became of them.", labels=["device", "outcome"]
    )
    lost = CounterMetricFamily(
        f"{_PREFIX}misrouted_files", "Files that wait to be sorted, by reason.", labels=["device", "reason"]
    )
    for device, counts in devices.items():
        for outcome in _OUTCOMES:
            series.add_metric([device, outcome], counts.get(f"series_{outcome}", 0))
        for name, count in counts.items():
            if name.startswith("misrouted_"):
                lost.add_metric([device, name.removeprefix("misrouted_")], count)
    yield series
    yield lost


def _visible(devices: Mapping[str, Mapping[str, float]]) -> Metric:
    family = HistogramMetricFamily(
        f"{_PREFIX}seconds_to_visible", "Seconds from the last image to visible.", labels=["device"]
    )
    for device, counts in devices.items():
        buckets = [(str(float(limit)), counts.get(f"visible_le_{limit}", 0)) for limit in VISIBLE_LIMITS_S]
        buckets.append(("+Inf", counts.get("series_uploaded", 0)))
        family.add_metric([device], buckets, counts.get("visible_s", 0))
    return family


def _rates(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        f"{_PREFIX}upload_success_ratio",
        "Share of series uploaded: at the first try, in the end.",
        labels=["device", "window", "kind"],
    )
    for device, windows in figures.items():
        for window in ("24h", "7d"):
            for kind in ("first_try", "final"):
                if (share := windows[window][f"success_{kind}"]) is not None:
                    family.add_metric([device, window, kind], share)
    yield family


def serve_metrics(host: str, port: int, facts: Facts) -> Callable[[], None]:
    """Answer scrapes until the returned function is called; OSError when the address cannot be used."""
    registry = CollectorRegistry()
    registry.register(ConnectorCollector(facts))
    server, thread = start_http_server(port, host, registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(1)

    return stop
