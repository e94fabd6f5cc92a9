"""Section 6, last of all: ends the suite."""

import os
import subprocess

from client.messages import METHODS
from tests.suite import GOLDENS, MODEL_INFER, UNAVAILABLE, WHO_AM_I, SuiteTestCase

DOWN_SECONDS_MAX = 60


class GoingAwayTests(SuiteTestCase):
    def test_a_server_that_drains_finishes_what_is_in_flight_and_refuses_the_rest(self):
        connection, idle, golden = self.connect(), self.connect(), GOLDENS[1]
        head, body = self.head(connection, MODEL_INFER), golden.request().SerializeToString()
        first, last = connection.request(connection.stream_id(), head, [body[:100], body[100:]])
        connection.send(first)
        self.assert_alive(connection)  # The server has read the call.
        down = subprocess.Popen([os.environ["CONFORMANCE_SLIPWAY"], "down"], stdout=subprocess.DEVNULL)
        try:
            while not connection.go_away:
                connection.take_frame()
            self.assertEqual(connection.go_away.code, 0, connection.go_away.message)
            self.assert_fails(UNAVAILABLE, "", lambda: connection.call(WHO_AM_I))
            self.assert_alive(connection)
            connection.send(last)
            response = METHODS[MODEL_INFER][1].FromString(connection.finish(first.stream))
            self.assert_golden(golden, response)
            for closing in [connection, idle]:  # By the server, a second after the last call.
                closed = closing.read_until_closed()
                self.assertIsNotNone(closed.go_away)
                self.assertEqual(closed.go_away.code, 0, closed.go_away.message)
        finally:
            status = down.wait(DOWN_SECONDS_MAX)
        self.assertEqual(status, 0)
