"""Answers of the other side of an association, none of which may get lost."""

from pynetdicom.association import Association


def keep_answers(association: Association) -> None:
    """Let only who waits for an answer take it; for requestors that serve no requests of the other side.

    A thread of the library looks for such requests. It is paused while a question is asked, but now and then too
    late, and throws away the answer (pynetdicom issue 875): a study seems to hold nothing.
    """
    take = association.dimse.get_msg

    def take_when_waiting(block: bool = False) -> object:
        return take(block=True) if block else (None, None)

    association.dimse.get_msg = take_when_waiting  # type: ignore[assignment, method-assign]
