"""Pictures through a pipe between two processes, without holding up the other threads of either. For the worker only.

`Connection.send` would copy a large picture several times while no other thread of Python's can run: the window stands
still for a tenth of a second over a picture of 2048 px. Here arrays travel beside the message, a slice at a time.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: To copy so much takes a fifth of a millisecond.
SLICE_BYTES = 2**20


def send(connection: Connection, message: object) -> None:
    """Send what can be pickled; one thread at a time. Raises OSError where the other end is gone."""
    buffers: list[pickle.PickleBuffer] = []
    words = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    connection.send((words, [part.nbytes for part in parts]))
    for part in parts:
        for start in range(0, part.nbytes, SLICE_BYTES):
            connection.send_bytes(part[start : start + SLICE_BYTES])


def receive(connection: Connection) -> Any:
    """Receive what `send` sent, waiting for it; its arrays can be written to. Raises EOFError or OSError at the end."""
    words, sizes = connection.recv()
    parts: list[NDArray[np.uint8]] = []
    for size in sizes:
        part = np.empty(size, np.uint8)
        for start in range(0, size, SLICE_BYTES):
            connection.recv_bytes_into(part[start : start + SLICE_BYTES].data)
        parts.append(part)
    return pickle.loads(words, buffers=parts)
