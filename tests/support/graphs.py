"""SavedModels written by hand: protocol buffers with just the fields that a check of their operations reads."""


def field(number: int, value: bytes) -> bytes:
    """One field that holds bytes."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    written = b""
    while value > 0x7F:
        written += bytes([value & 0x7F | 0x80])
        value >>= 7
    return written + bytes([value])


def node(operation: str, name: str = "n", more: bytes = b"") -> bytes:
    return field(1, name.encode()) + field(2, operation.encode()) + more


def function(name: str, *nodes: bytes) -> bytes:
    return field(1, field(1, name.encode())) + b"".join(field(3, each) for each in nodes)


def saved_model(*nodes: bytes, functions: tuple[bytes, ...] = (), objects: bytes = b"", more: bytes = b"") -> bytes:
    """A SavedModel with these nodes besides the inputs and the output of Magenta's network."""
    own = [node("Placeholder", "placeholder"), node("Placeholder", "placeholder_1"), node("Identity", "output_0")]
    graph = b"".join(field(1, each) for each in (*own, *nodes))
    if functions:
        graph += field(2, b"".join(field(1, each) for each in functions))
    return b"\x08\x01" + field(2, field(2, graph) + field(7, objects or field(1, field(4, b""))) + more)
