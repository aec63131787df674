"""What operations a file holds that carries a graph, read from its bytes without loading it, and which are allowed.

A SavedModel is a program: TensorFlow runs whatever its graph says, and a graph can write files. So it is read here as
the protocol buffer that it is, before TensorFlow sees it, and held against the few operations that Magenta's network
needs: convolution, resizing, arithmetic, shapes, variables, calls of functions. Whatever is not on that list is refused
by its name, in functions within functions too. Formats: https://protobuf.dev/programming-guides/encoding/ and
tensorflow/core/protobuf/{saved_model,meta_graph,saved_object_graph}.proto; LiteRT's schema.fbs.

Every SavedModel of TensorFlow 2 also holds the two functions that once saved its variables, which do write and read
files. They may be there, under the names that TensorFlow gives them, since loading never calls them: what loading
calls is named in the object graph, and that must not name them, nor may any other function.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

#: More than any picture network needs; a longer list is refused rather than walked.
MAX_NODES = 200_000
MAX_BYTES = 512 * 2**20

_ARITHMETIC = """
    Abs Add AddN AddV2 BatchMatMul BatchMatMulV2 BiasAdd BiasAddV1 Ceil ClipByValue Cos Div DivNoNan Einsum Erf Exp
    Expm1 Floor FloorDiv FloorMod Inv Log Log1p MatMul Maximum Minimum Mod Mul MulNoNan Neg Pow RealDiv Reciprocal Rint
    Round Rsqrt Sigmoid Sign Sin Softplus Softsign Sqrt Square SquaredDifference Sub Tan Tanh TruncateDiv Xdivy Xlogy
    Elu LeakyRelu LogSoftmax Relu Relu6 Selu Softmax Mean Max Min Prod Sum All Any ArgMax ArgMin Cumsum L2Loss
    Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalNot LogicalOr NotEqual Select SelectV2 IsFinite IsNan
"""
_PICTURES = """
    AvgPool Conv2D Conv2DBackpropInput DepthwiseConv2dNative FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LRN
    MaxPool MaxPoolV2 MirrorPad Pad PadV2 ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor
    BatchToSpace BatchToSpaceND CropAndResize DepthToSpace SpaceToBatch SpaceToBatchND SpaceToDepth
"""
_SHAPES = """
    BroadcastArgs BroadcastTo Cast Concat ConcatV2 Const EnsureShape ExpandDims Fill Gather GatherNd GatherV2 Identity
    IdentityN LinSpace NoOp OneHot OnesLike Pack ParallelConcat Placeholder PlaceholderV2 PlaceholderWithDefault
    PreventGradient Range Rank Reshape Reverse ReverseV2 Shape ShapeN Size Slice Snapshot Split SplitV Squeeze
    StopGradient StridedSlice Tile Transpose Unpack Where ZerosLike
"""
_VARIABLES = """
    Assign AssignAddVariableOp AssignSubVariableOp AssignVariableOp IsVariableInitialized ReadVariableOp VarHandleOp
    VarIsInitializedOp VariableShape VariableV2 RandomStandardNormal RandomUniform TruncatedNormal
"""
_FLOW = """
    Assert Enter Exit If LoopCond Merge NextIteration PartitionedCall StatefulPartitionedCall StatelessIf
    StatelessWhile Switch While
"""
ALLOWED = frozenset(" ".join((_ARITHMETIC, _PICTURES, _SHAPES, _VARIABLES, _FLOW)).split())
#: What the functions that save and restore variables hold besides; only they may.
_OF_SAVERS = frozenset(
    [
        "SaveV2",
        "RestoreV2",
        "MergeV2Checkpoints",
        "ShardedFilename",
        "StringJoin",
        "StaticRegexFullMatch",
        "DisableCopyOnRead",
    ]
)
_SAVER = re.compile(rb"__inference__traced_(save|restore)(_\d+)?")
#: Kinds of objects that loading makes by running more than the functions above, or that hold code of other libraries.
_REFUSED_OBJECTS = {5: "an asset", 13: "a registered class", 14: "a serialized class", 16: "a registered saver"}

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class MalformedError(ValueError):
    """The bytes are not what their format says."""


def saved_model_faults(content: bytes) -> list[str]:
    """Return sentences about what a `saved_model.pb` holds that is not allowed; empty where there is nothing.

    Nothing is executed. Only SavedModels of TensorFlow 2 are let through: loading one of TensorFlow 1 runs operations
    that its graph names, and those may save.
    """
    try:
        return _saved_model_faults(content)
    except MalformedError as error:
        return [f"saved_model.pb is not a SavedModel ({error})."]


def _saved_model_faults(content: bytes) -> list[str]:
    if len(content) > MAX_BYTES:
        raise MalformedError(f"it has more than {MAX_BYTES // 2**20} MB")
    graphs = [value for number, value in _messages(content, {2}) if number == 2]
    if len(graphs) != 1:
        raise MalformedError(f"it holds {len(graphs)} graphs instead of one")
    parts: dict[int, list[bytes]] = {2: [], 7: []}
    for number, value in _messages(graphs[0], {2, 6, 7}):
        if number == 6:
            return ["saved_model.pb brings files along (assets), which Magenta's network does not have."]
        parts[number].append(value)
    if not any(parts[7]):
        return ["saved_model.pb is of TensorFlow 1, whose loading runs parts of the graph; it is not loaded."]
    functions: list[bytes] = []
    nodes: list[bytes] = []
    for graph in parts[2]:
        for number, value in _messages(graph, {1, 2}):
            if number == 1:
                nodes.append(value)
            else:
                functions += [each for found, each in _messages(value, {1}) if found == 1]
    found = _faults_of_nodes(nodes, functions)
    return found or _faults_of_objects(parts[7], _savers(functions))


def _faults_of_nodes(nodes: list[bytes], functions: list[bytes]) -> list[str]:
    """Hold every node, those of all functions too, against the list."""
    savers = _savers(functions)
    # A function is called by an operation of its own name, or by one that names it in its attributes.
    allowed = ALLOWED | {name.decode("utf-8", "replace") for name in map(_name_of, functions) if name not in savers}
    refused = {op for node in nodes for op in _operations_of(node) if op not in allowed}
    count = len(nodes)
    for function in functions:
        is_saver = _name_of(function) in savers
        if not is_saver:
            refused |= {saver.decode() for saver in savers if saver in function}
        body = [value for _, value in _messages(function, {3})]
        count += len(body)
        refused |= {op for node in body for op in _operations_of(node)} - allowed - (_OF_SAVERS if is_saver else set())
    if count > MAX_NODES:
        raise MalformedError(f"its graph has more than {MAX_NODES} nodes")
    if not refused:
        return []
    named = ", ".join(sorted(map(_printable, refused))[:5])
    return [f"saved_model.pb holds operations that Magenta's network does not need, and is not loaded: {named}."]


def _faults_of_objects(graphs: list[bytes], savers: set[bytes]) -> list[str]:
    """Look through the objects that loading makes, and the functions that it may call for them."""
    for graph in graphs:
        for saver in savers:
            if saver in graph:
                return [f"saved_model.pb has {_printable(saver.decode())} called when it is loaded; it is not loaded."]
        for number, node in _messages(graph, {1}):
            if number != 1:
                continue
            for kind, _ in _fields(node):
                if kind in _REFUSED_OBJECTS:
                    return [f"saved_model.pb holds {_REFUSED_OBJECTS[kind]}, and is not loaded."]
    return []


def _savers(functions: list[bytes]) -> set[bytes]:
    return {name for name in map(_name_of, functions) if _SAVER.fullmatch(name)}


def _name_of(function: bytes) -> bytes:
    """Return the name in a FunctionDef's signature; of several, the last, as the format has it."""
    signatures = [value for _, value in _messages(function, {1})]
    names = [value for signature in signatures for number, value in _messages(signature, {1}) if number == 1]
    if not names:
        raise MalformedError("a function has no name")
    return names[-1]


def _operations_of(node: bytes) -> list[str]:
    """Return every operation that a NodeDef names: one, unless somebody wrote more to hide it."""
    found = [value.decode("utf-8", "replace") for number, value in _messages(node, {2}) if number == 2]
    if not found:
        raise MalformedError("a node has no operation")
    return found


def _messages(content: bytes, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the wanted fields, which all hold bytes. Raises MalformedError where one is written in another way."""
    for number, value in _fields(content):
        if number in wanted:
            if value is None:
                raise MalformedError(f"field {number} is not what it should be")
            yield number, value


def _fields(content: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Yield each field's number, and its bytes where it holds such."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, kind = tag >> 3, tag & 7
        if not 0 < number < 2**29:
            raise MalformedError("a field has no number")
        value = None
        if kind == _VARINT:
            _, at = _varint(content, at)
        elif kind == _BYTES:
            size, at = _varint(content, at)
            value, at = content[at : at + size], at + size
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise MalformedError(f"a field is of the kind {kind}")
        if at > len(content):
            raise MalformedError("it is cut off")
        yield number, value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(content[at : at + 10]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, at + count + 1
    raise MalformedError("it is cut off")


def custom_operations(path: Path) -> list[str]:
    """Return the names of the custom operations in a .tflite file, which are code that comes from elsewhere.

    Raises OSError, and MalformedError where the file is not of that format.
    """
    content = path.read_bytes()
    try:
        model = _table(content, _u32(content, 0))
        found = []
        for at in _vector(content, model.get(1)):
            code = _table(content, at + _u32(content, at))
            is_custom = 32 in (_i8(content, code.get(0)), _i32(content, code.get(3)))
            name = code.get(1)
            if is_custom or name is not None:
                start = 0 if name is None else name + _u32(content, name)
                text = b"?" if name is None else content[start + 4 : start + 4 + _u32(content, start)]
                found.append(_printable(text.decode("utf-8", "replace")))
        return found
    except (struct.error, IndexError):
        raise MalformedError(f"{path.name} is not a LiteRT network") from None


def _table(content: bytes, at: int) -> dict[int, int]:
    """Return where each field of a FlatBuffers table lies that is there."""
    layout = at - struct.unpack_from("<i", content, at)[0]
    if layout < 0:
        raise IndexError
    (size,) = struct.unpack_from("<H", content, layout)
    offsets = struct.unpack_from(f"<{(size - 4) // 2}H", content, layout + 4)
    return {number: at + offset for number, offset in enumerate(offsets) if offset}


def _vector(content: bytes, field: int | None) -> Iterator[int]:
    """Yield where each offset of a vector of offsets lies."""
    if field is None:
        return
    start = field + _u32(content, field)
    for number in range(_u32(content, start)):
        yield start + 4 + 4 * number


def _u32(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", content, at)[0])


def _i32(content: bytes, at: int | None) -> int:
    return 0 if at is None else int(struct.unpack_from("<i", content, at)[0])


def _i8(content: bytes, at: int | None) -> int:
    return 0 if at is None else int(struct.unpack_from("<b", content, at)[0])


def _printable(name: str) -> str:
    """A name from a stranger's file, short and without what a terminal would obey."""
    return re.sub(r"[^\w./:-]", "?", name)[:60]
