"""From proto descriptors to Swift; see README.md."""
