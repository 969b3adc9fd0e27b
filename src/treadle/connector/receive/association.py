"""One association from request to release: the hot path (PS3.8; PS3.7 sections 9.1.1 and 9.1.5)."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC

from treadle.connector.receive import command as dimse
from treadle.connector.receive import pdu
from treadle.connector.receive.commitments import keep_request
from treadle.connector.receive.errors import (
    INVALID_PARAMETER,
    UNEXPECTED_PDU,
    AbortError,
    PeerGoneError,
    RejectError,
)
from treadle.connector.receive.folder import Folder
from treadle.connector.receive.landing import InstanceTooLargeError, Landing, OutOfSpaceError, file_meta
from treadle.connector.receive.messages import Messages
from treadle.connector.receive.pdu import ContextAnswer
from treadle.connector.receive.policy import COMMITMENT, VERIFICATION, answer_contexts, answer_roles
from treadle.connector.receive.site import Site
from treadle.connector.receive.stage import Stage
from treadle.connector.receive.wire import Wire


@dataclass
class Tally:
    """What one association has done so far."""

    device: str = ""
    calling: str = ""
    instances: int = 0
    bytes: int = 0
    refused: int = 0
    end: str = "open"


class Association:
    """Serves one connection; `run` returns when it is over, however it ended."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        address: str,
        site: Site,
        secure: bool = False,
        on_established: Callable[[], None] | None = None,
    ) -> None:
        limits = site.limits
        self.tally = Tally()
        self.busy = False
        self._site = site
        self._address = address
        self._wire = Wire(sock, max_pdu=limits.max_pdu, max_request=limits.max_request)
        self._messages = Messages(self._wire, limits)
        self._contexts: dict[int, ContextAnswer] = {}
        self._peer_max = 0
        self._stage = Stage()
        self._secure = secure
        self._on_established = on_established
        self._seat: int | None = None

    def run(self) -> None:
        """Serve the peer until it releases, breaks the protocol or goes away."""
        try:
            folder = self._establish()
            while self._serve_message(folder):
                self._site.raise_if_stopping()
            self.tally.end = "released"
        except RejectError as no:
            self.tally.end = f"rejected: {no}"
            self._last_word(pdu.associate_rj(result=no.result, source=no.source, reason=no.reason))
        except AbortError as bad:
            self.tally.end = f"aborted: {bad}"
            self._last_word(pdu.abort(source=bad.source, reason=bad.reason))
        except PeerGoneError as gone:
            self.tally.end = str(gone)
        finally:
            if self._seat is not None:
                self._site.seats.give_back(self._seat)

    def _last_word(self, data: bytes) -> None:
        try:
            self._wire.send(data)
        except PeerGoneError:
            return

    def _establish(self) -> Folder:
        limits = self._site.limits
        self._wire.set_timeout(limits.artim_s, in_total=True)
        kind, start, end = self._wire.next_pdu()
        if kind != pdu.ASSOCIATE_RQ:
            raise AbortError("expected an association request", reason=UNEXPECTED_PDU)
        request = pdu.parse_associate_rq(bytes(self._wire.view[start:end]))
        self.tally.calling = request.calling
        peer = self._site.policy.peer_of(request, address=self._address, secure=self._secure)
        self.tally.device = peer.device
        self._seat = self._site.seats.take(self._address)
        if self._seat is None:
            raise RejectError("too many associations", result=2, source=3, reason=2)
        folder = self._folder()
        answers = answer_contexts(request, commitment=peer.commitment)
        self._contexts = {answer.id: answer for answer in answers if answer.result == 0}
        self._peer_max = request.max_pdu
        roles = answer_roles(request)
        self._wire.send(pdu.associate_ac(request, answers=answers, roles=roles, max_pdu=limits.max_pdu))
        self._wire.set_timeout(limits.idle_s)
        if self._on_established is not None:
            self._on_established()
        return folder

    def _folder(self) -> Folder:
        try:
            folder = self._site.folder(self.tally.device)
            is_full = folder.free_bytes() < self._site.limits.min_free
        except OSError as error:
            raise RejectError(f"spool: {error.strerror}", result=2, source=3, reason=2) from error
        if is_full:
            raise RejectError("disk nearly full", result=2, source=3, reason=2)
        return folder

    def _serve_message(self, folder: Folder) -> bool:
        message = self._messages.command()
        if message is None:
            self._wire.send(pdu.release_rp())
            return False
        self.busy = True
        context_id, command = message
        context = self._contexts.get(context_id)
        if context is None:
            raise AbortError("presentation context was not accepted", reason=INVALID_PARAMETER)
        status, landing = self._act(command, context=context, folder=folder)
        try:
            if status is not None:
                answer = dimse.response(command, status=status)
                self._wire.send(dimse.data_tf(context_id, answer, max_pdu=self._peer_max))
        finally:
            if landing is not None:
                self._count(landing)
        self.busy = False
        return True

    def _count(self, landing: Landing) -> None:
        try:
            landing.publish()
        except OSError as error:
            # Nothing is lost: a durable part file is found and handed on when this process is replaced.
            raise AbortError(f"spool: {error.strerror}") from error
        finally:
            landing.close()
        self.tally.instances += 1
        self.tally.bytes += landing.size

    def _act(
        self, command: dimse.Command, *, context: ContextAnswer, folder: Folder
    ) -> tuple[int | None, Landing | None]:
        """The status to answer (None: no answer) and the instance that is now durable."""
        verification = context.abstract_syntax == VERIFICATION
        if command.field == dimse.C_STORE_RQ and command.has_data_set and not verification:
            return self._store(command, context=context, folder=folder)
        if command.field == dimse.N_ACTION_RQ and context.abstract_syntax == COMMITMENT:
            return self._note_commitment(command, context=context, folder=folder), None
        if command.has_data_set:
            for _ in self._messages.data(context.id):
                pass
        if command.field & dimse.RESPONSE:
            raise AbortError("unexpected response", reason=UNEXPECTED_PDU)
        return _status_without_storage(command, verification=verification), None

    def _note_commitment(self, command: dimse.Command, *, context: ContextAnswer, folder: Folder) -> int:
        fragments = self._messages.data(context.id) if command.has_data_set else iter(())
        if folder.free_bytes() < self._site.limits.min_free:
            for _ in fragments:
                pass
            return dimse.PROCESSING_FAILURE
        try:
            keep_request(
                self._site.commitments / self.tally.device,
                fragments,
                meta=self._file_meta(command, context),
                most=self._site.limits.max_commitment,
            )
        except InstanceTooLargeError as error:
            raise AbortError("storage commitment request larger than allowed") from error
        except OSError:
            return dimse.PROCESSING_FAILURE
        return dimse.SUCCESS

    def _store(
        self, command: dimse.Command, *, context: ContextAnswer, folder: Folder
    ) -> tuple[int, Landing | None]:
        fragments = self._messages.data(context.id)
        landing = None
        try:
            landing = Landing(
                folder, self._stage, self._file_meta(command, context), limits=self._site.limits
            )
            for fragment in fragments:
                landing.write(fragment)
            landing.commit()
        except InstanceTooLargeError as error:
            raise AbortError("instance larger than allowed") from error
        except (OutOfSpaceError, OSError) as error:
            self.tally.refused += 1
            status = _status_of(error)
        else:
            return dimse.SUCCESS, landing
        finally:
            if landing is not None and not landing.is_durable:
                landing.close()
        for _ in fragments:
            pass
        return status, None

    def _file_meta(self, command: dimse.Command, context: ContextAnswer) -> bytes:
        return file_meta(
            sop_class=command.sop_class,
            sop_instance=command.sop_instance,
            transfer_syntax=context.transfer_syntax,
            source=self.tally.calling,
        )


def _status_of(error: Exception) -> int:
    is_full = isinstance(error, OutOfSpaceError) or (
        isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT)
    )
    return dimse.OUT_OF_RESOURCES if is_full else dimse.PROCESSING_FAILURE


def _status_without_storage(command: dimse.Command, *, verification: bool) -> int | None:
    if command.field == dimse.C_CANCEL_RQ:
        return None
    if command.field == dimse.C_ECHO_RQ:
        return dimse.SUCCESS if verification else dimse.SOP_CLASS_NOT_SUPPORTED
    if command.field == dimse.C_STORE_RQ:
        return dimse.SOP_CLASS_NOT_SUPPORTED if verification else dimse.PROCESSING_FAILURE
    return dimse.UNRECOGNIZED_OPERATION
