"""The blocks of PROTOCOL.md, read by this client: what the document shows is what the client does."""

import re

from client.frames import HEADER, PREFACE, Flag, Frame, Header, Kind, Malformed
from client.handshake import transcript
from tests.suite import INVALID_ARGUMENT, ROOT, SuiteTestCase

DOCUMENT = (ROOT / "Shared/Wire/PROTOCOL.md").read_text()


def blocks(kind: str) -> list[tuple[bytes, list[str]]]:
    """The bytes and the expectations of every block of a kind."""
    found = []
    for block in re.findall(rf"^```{kind}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL):
        lines = block.splitlines()
        content = bytes.fromhex("".join(line for line in lines if not line.startswith("=>")))
        found.append((content, [line[3:] for line in lines if line.startswith("=>")]))
    return found


def read(content: bytes) -> str:
    """What a frame is, in the document's words."""
    try:
        header = Header.read(content)
        size = HEADER.size + header.payload
        if len(content) < size:
            return f"incomplete {size}"
        if header.is_ignorable:
            return f"ignorable {size}"
        Frame.of(header, content[HEADER.size :])
    except Malformed:
        return "malformed"
    first, *rest = Kind(header.kind).name.split("_")
    name = first.lower() + "".join(word.title() for word in rest)
    flags = ",".join(flag.name.lower() for flag in Flag if header.flags & flag) or "-"
    body = header.payload - header.head
    return f"{name} stream={header.stream} flags={flags} head={header.head} body={body} inflated={header.inflated}"


class DocumentTests(SuiteTestCase):
    def test_every_frame_of_the_document_is_read_as_it_says(self):
        frames = blocks("frame")
        self.assertGreater(len(frames), 20)
        for content, expected in frames:
            with self.subTest(content.hex(" ")):
                self.assertEqual(read(content), expected[0])

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
        malformed = [content for content, expected in blocks("frame") if expected == ["malformed"]]
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
