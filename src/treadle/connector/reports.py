"""Delivers storage commitment reports: N-EVENT-REPORT on a new association, in the role of the provider."""

from __future__ import annotations

from ssl import SSLContext

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.sop_class import StorageCommitmentPushModel  # type: ignore[attr-defined]

from treadle.connector.answers import keep_answers
from treadle.connector.client_tls import client_context
from treadle.connector.config import ConnectorConfig, DeviceConfig, TlsConfig
from treadle.dicom import quiet  # noqa: F401 - must be set before anything is written

WELL_KNOWN_INSTANCE = "1.2.840.10008.1.20.1.1"
_TIMEOUT_S = 30.0


class Reporter:
    """Calls devices as `ae_title`."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._ae_title = config.ae_title.strip()
        self._tls = config.tls

    def report(self, device: DeviceConfig, information: Dataset, kind: int) -> None:
        """Deliver one report; OSError when the device does not take it."""
        target = device.commitment
        if target is None:
            raise OSError("no storage commitment configured")
        ae = AE(self._ae_title)
        ae.connection_timeout = ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = _TIMEOUT_S
        ae.add_requested_context(StorageCommitmentPushModel)
        association = ae.associate(
            target.host,
            target.port,
            ae_title=target.ae_title or device.ae_title,
            ext_neg=[_provider_role()],
            tls_args=(_context(self._tls), target.host) if target.tls else None,
        )
        if not association.is_established:
            raise OSError(f"no association with {target.host}:{target.port}")
        keep_answers(association)
        try:
            status, _ = association.send_n_event_report(
                information, kind, StorageCommitmentPushModel, WELL_KNOWN_INSTANCE
            )
        except (ValueError, RuntimeError) as error:
            raise OSError(str(error)) from error
        finally:
            association.release()
        if "Status" not in status:
            raise OSError("the device did not answer the report")
        if status.Status != 0x0000:
            raise OSError(f"the device answered the report with status 0x{status.Status:04X}")


def _provider_role() -> SCP_SCU_RoleSelectionNegotiation:
    role = SCP_SCU_RoleSelectionNegotiation()
    role.sop_class_uid = StorageCommitmentPushModel
    role.scu_role, role.scp_role = False, True
    return role


def _context(tls: TlsConfig | None) -> SSLContext:
    if tls is None:
        raise OSError("storage_commitment.tls needs the certificate of listen.tls")
    return client_context(ca=tls.ca, cert=tls.cert, key=tls.key)
