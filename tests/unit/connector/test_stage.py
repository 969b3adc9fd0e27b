"""What arrives in pieces stands in the file as one, whatever its size; the patch of the first page comes last."""

import os
from pathlib import Path

import pytest

from treadle.connector.receive.stage import Stage

PATCH, AT = b"patch", 300
PIECE, PAGE = 1 << 20, 4096


@pytest.mark.parametrize(
    "size",
    [400, PAGE, PIECE // 2, PIECE - 1, PIECE, PIECE + 1, PIECE + PAGE, 2 * PIECE + 742, 3 * PIECE + PAGE],
)
def test_files_of_every_size_hold_what_was_added(tmp_path: Path, size: int) -> None:
    stage = Stage()
    for number, step in enumerate((size, 65_530)):  # the second file finds the buffers used
        data = bytearray(os.urandom(size))
        path = tmp_path / str(number)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT)
        stage.begin(handle)
        for start in range(0, size, step):
            stage.add(bytes(data[start : start + step]))
        stage.finish(PATCH, at=AT)
        os.close(handle)
        data[AT : AT + len(PATCH)] = PATCH
        assert path.read_bytes() == bytes(data)
