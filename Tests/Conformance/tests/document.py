"""The blocks and tables of PROTOCOL.md, held against this client: what the document shows is what the client does."""

import re

from google.protobuf.message import DecodeError

from client.frames import CONTROL_BIT, HEADER, PREFACE, Flag, Frame, Header, Kind, Malformed, inflate
from client.handshake import transcript
from client.messages import HEADS
from tests.suite import INVALID_ARGUMENT, ROOT, SuiteTestCase

DOCUMENT = (ROOT / "Shared/Wire/PROTOCOL.md").read_text()
FIELD = re.compile(r'(\d+)=("[^"]*"|0x[0-9a-f]+|\d+)')


def blocks(kind: str) -> list[tuple[bytes, list[str]]]:
    """The bytes and the expectations of every block of a kind."""
    found = []
    for block in re.findall(rf"^```{kind}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL):
        lines = block.splitlines()
        content = bytes.fromhex("".join(line for line in lines if not line.startswith("=>")))
        found.append((content, [line[3:] for line in lines if line.startswith("=>")]))
    return found


def table(*head: str) -> list[list[str]]:
    """The cells of the rows below a table's head."""
    lines = DOCUMENT.splitlines()
    start = lines.index("| " + " | ".join(head).replace("|  |", "| |") + " |") + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def name(kind: int) -> str:
    """A kind in the document's words."""
    first, *rest = Kind(kind).name.split("_")
    return first.lower() + "".join(word.title() for word in rest)


def raw(content: bytes) -> list[str]:
    """What stands in a header, and behind it."""
    payload, inflated, stream, head, kind, flags = HEADER.unpack_from(content)
    said = [
        f"header payload={payload} inflated={inflated} stream={stream} head={head} "
        f"kind={kind:#04x} flags={flags:#04x}"
    ]
    return said + [f"payload 0x{content[HEADER.size :].hex()}"] * (len(content) > HEADER.size)


def fields(kind: int, head: bytes) -> str:
    """A head's fields as its message has them, texts and bytes as the document writes them."""
    said = []
    for field, value in HEADS[kind].FromString(head).ListFields():
        for one in value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]:
            said.append(f"{field.number}={text(one)}")
    return " ".join(said)


def text(value) -> str:
    """A field's value."""
    if isinstance(value, str):
        return f'"{value}"'
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)


def as_written(expected: str, said: str) -> str:
    """The document writes bytes that are text as text; here they are compared as bytes."""
    wanted, got = FIELD.findall(expected), FIELD.findall(said)
    if len(wanted) != len(got):
        return said
    same = [
        number == other and (value == found or as_bytes(value) == as_bytes(found))
        for (number, value), (other, found) in zip(wanted, got)
    ]
    return expected if all(same) else said


def as_bytes(value: str) -> bytes:
    """The bytes of a text or of hex digits."""
    return bytes.fromhex(value[2:]) if value.startswith("0x") else value.strip('"').encode()


def read(content: bytes, expected: list[str]) -> list[str]:
    """All that this client makes of a frame's bytes, in the document's words."""
    try:
        header = Header.read(content)
    except Malformed as malformed:
        return [f"malformed: {malformed.reason}", *raw(content)]
    size = HEADER.size + header.payload
    if len(content) < size:
        return [f"incomplete {size}", *raw(content)]
    if header.is_ignorable:
        return [f"ignorable {size}", *raw(content)]
    flags = ",".join(flag.name.lower() for flag in Flag if header.flags & flag) or "-"
    length = header.payload - header.head
    said = [
        f"{name(header.kind)} stream={header.stream} flags={flags} head={header.head} body={length} "
        f"inflated={header.inflated}"
    ]
    head, body = content[HEADER.size :][: header.head], content[HEADER.size + header.head : size]
    if head and header.kind in HEADS:
        try:
            found = fields(header.kind, head)
            packed = HEADS[header.kind].FromString(head).SerializeToString()
        except DecodeError:
            return [*said, "no message"]
        # Unknown fields would be kept unseen.
        said.append(as_written(expected[1] if len(expected) > 1 else "", found))
        said += ["the head has more than its fields"] * (len(packed) != len(head) or packed != head)
    elif head:
        said.append(f"head 0x{head.hex()}")
    if header.flags & Flag.COMPRESSED:
        said.append(f"wire 0x{body.hex()}")
        try:
            body = inflate(body, header.inflated)
        except Malformed as malformed:
            return [*said, str(malformed)]
    if body:
        is_one = len(body) > 64 and len(set(body)) == 1
        shown = (body[:1] if is_one else body).decode(errors="replace")
        said.append(f"body {len(body)} times " * is_one + "body " * (not is_one) + f'"{shown}"')
    return said


def flipped(content: bytes):
    """The content with each of its bits turned."""
    for bit in range(len(content) * 8):
        yield content[: bit // 8] + bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1 :]


class DocumentTests(SuiteTestCase):
    def test_every_frame_of_the_document_is_read_as_it_says(self):
        frames = blocks("frame")
        self.assertGreater(len(frames), 20)
        for content, expected in frames:
            with self.subTest(content.hex(" ")):
                self.assertEqual(read(content, expected), expected)

    def test_a_document_with_any_other_bit_is_found_out(self):
        for content, expected in blocks("frame"):
            for other in flipped(content):
                self.assertNotEqual(read(other, expected), expected, other.hex(" "))

    def test_every_frame_of_the_document_is_packed_as_it_says(self):
        for content, expected in blocks("frame"):
            if "stream=" not in expected[0] or "compressed" in expected[0]:
                continue  # Another zstd may compress otherwise.
            header = Header.read(content)
            with self.subTest(content.hex(" ")):
                self.assertEqual(Frame.of(header, content[HEADER.size :]).pack(), content)

    def test_the_tables_of_the_document_are_the_client_s(self):
        kinds = {int(row[0], 16): row[1] for row in table("kind", "", "stream", "sent by", "head", "body")}
        self.assertEqual(kinds, {int(kind): name(kind) for kind in Kind})
        for row in table("kind", "", "stream", "sent by", "head", "body"):
            self.assertEqual(row[2] == "0", bool(int(row[0], 16) & CONTROL_BIT), row)
        flags = {int(row[0], 16): row[1] for row in table("flag", "", "meaning")}
        self.assertEqual(flags, {int(flag): flag.name.lower() for flag in Flag if flag})
        offsets = [(int(row[0]), int(row[1])) for row in table("offset", "size", "field")]
        self.assertEqual(offsets, [(0, 4), (4, 4), (8, 4), (12, 2), (14, 1), (15, 1)])

    def test_the_preface_is_the_document_s(self):
        self.assertEqual([content for content, _ in blocks("preface")], [PREFACE])

    def test_the_transcript_is_the_document_s(self):
        ((content, (expected,)),) = blocks("transcript")
        said = dict(word.split("=") for word in expected.split())
        nonces = bytes(range(32)), bytes(range(32, 64))
        roles = said["client"], said["server"]
        made = transcript(said["side"], int(said["version"]), nonces, roles, said["address"])
        self.assertEqual(made, content)

    def test_every_malformed_frame_of_the_document_breaks_its_connection_only(self):
        malformed = [content for content, expected in blocks("frame") if "malformed" in expected[0]]
        self.assertGreater(len(malformed), 5)
        for content in malformed:
            with self.subTest(content.hex(" ")):
                connection = self.connect()
                connection.send_bytes(content)
                self.assert_broken(connection, INVALID_ARGUMENT, "frame")

    def test_every_ignorable_frame_of_the_document_is_skipped(self):
        ignorable = [content for content, expected in blocks("frame") if "ignorable" in expected[0]]
        self.assertTrue(ignorable)
        connection = self.connect()
        connection.send_bytes(b"".join(ignorable))
        self.assert_alive(connection)
