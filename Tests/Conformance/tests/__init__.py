"""The server held against PROTOCOL.md."""
