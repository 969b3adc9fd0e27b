"""What one sender, or all of them together, may take from this machine."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Hard limits of the receiver; crossing one ends in a reject, an abort or a refusal, never in a crash."""

    max_pdu: int = 131072
    max_request: int = MIB // 2
    max_command: int = 65536
    max_associations: int = 20
    max_per_peer: int = 20
    max_instance: int = 32 * GIB
    max_commitment: int = 32 * MIB
    min_free: int = 10 * GIB
    artim_s: float = 30.0
    idle_s: float = 60.0
    min_rate: int = 4096  # bytes a second, of a message that takes longer than idle_s
