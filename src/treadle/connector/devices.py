"""The devices as they are configured now: reading the file again replaces them all at once."""

from __future__ import annotations

from treadle.connector.config import ConnectorConfig, DeviceConfig


class Devices:
    """What holds for each device; safe to use from several threads."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config

    def get(self, device_id: str) -> DeviceConfig:
        """What holds for this device; the defaults for one that is no longer configured."""
        return self._config.device(device_id)

    def all(self) -> tuple[DeviceConfig, ...]:
        """Every device; without any, the one that stands for all senders."""
        return self._config.devices or (self._config.defaults,)

    def replace(self, config: ConnectorConfig) -> None:
        """From now on those of this configuration."""
        self._config = config
