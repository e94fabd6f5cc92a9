"""Where things are: the repository, what the benchmarks build, and nothing outside of it."""

from __future__ import annotations

from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent.parent
REFERENCES = BENCHMARKS / "References"
BUILD = REPOSITORY / ".build-bench"
"""Ignored by git; delete it to begin anew."""
VENV_PYTHON = BUILD / "venv" / "bin" / "python"
