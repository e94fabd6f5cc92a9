"""Who may send how much: section 10 of PROTOCOL.md."""

from client.frames import Flag, Frame, Kind

SURCHARGE = 64


def cost(frame: Frame) -> int:
    """What a frame takes from both balances of its sender."""
    if frame.kind not in (Kind.CALL, Kind.MESSAGE, Kind.END):
        return 0
    is_end = frame.kind == Kind.END or frame.flags & Flag.END and not frame.flags & Flag.MORE
    if frame.kind != Kind.CALL and not frame.body and is_end:
        return 0
    return len(frame.body) + SURCHARGE


class Balances:
    """What one side may still send, on the connection (0) and on each of its streams."""

    def __init__(self, stream: int, connection: int):
        self._window = stream
        self._balances = {0: connection}

    def __getitem__(self, stream: int) -> int:
        return self._balances.get(stream, self._window)

    def may_send(self, frame: Frame) -> bool:
        """Whether a frame may be sent now."""
        return not cost(frame) or self[0] > 0 and self[frame.stream] > 0

    def take(self, frame: Frame) -> None:
        """A frame has been sent."""
        for stream in (0, frame.stream):
            self._balances[stream] = self[stream] - cost(frame)

    def grant(self, stream: int, credit: int) -> None:
        """More may be sent."""
        self._balances[stream] = self[stream] + credit

    def forget(self, stream: int) -> None:
        """The stream has ended."""
        self._balances.pop(stream, None)
