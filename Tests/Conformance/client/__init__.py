"""A client of Slipway, written from Shared/Wire/PROTOCOL.md and Shared/Contracts/proto alone."""
