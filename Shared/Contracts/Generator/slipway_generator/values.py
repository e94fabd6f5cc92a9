"""Writes the value types."""
from .model import Member, Message, Oneof, Package
from .text import HEADER, doc_lines


def values_file(package: Package) -> str:
    lines = [HEADER, *doc_lines(package.doc, 0), f"public enum {package.namespace} {{"]
    for index, message in enumerate(package.messages):
        lines += [""] if index else []
        lines += struct(message, 1)
    return "\n".join(lines + ["}"]) + "\n"


def struct(message: Message, depth: int) -> list[str]:
    indent = "  " * depth
    lines = doc_lines(message.doc, depth)
    lines.append(f"{indent}public struct {message.name}: Sendable, Hashable {{")
    for nested in message.nested:
        lines += struct(nested, depth + 1) + [""]
    for member in message.members:
        if isinstance(member, Oneof):
            lines += oneof_enum(member, depth + 1) + [""]
    for member in message.members:
        lines += doc_lines(member.doc, depth + 1) if member.doc else []
        lines.append(f"{indent}  public var {member.swift}: {member.type}")
    lines += [""] if message.members else []
    return lines + initializer(message.members, depth + 1) + [indent + "}"]


def oneof_enum(oneof: Oneof, depth: int) -> list[str]:
    indent = "  " * depth
    lines = doc_lines(oneof.doc or f"What `{oneof.proto}` holds.", depth)
    lines.append(f"{indent}public enum {oneof.type_name}: Sendable, Hashable {{")
    for case in oneof.cases:
        lines += doc_lines(case.doc, depth + 1) if case.doc else []
        lines.append(f"{indent}  case {case.swift}({case.element})")
    return lines + [indent + "}"]


def initializer(members: list[Member], depth: int) -> list[str]:
    indent = "  " * depth
    if not members:
        return [f"{indent}public init() {{}}"]
    parameters = ", ".join(
        f"{member.swift}: {member.type} = {member.default}" for member in members)
    return [
        f"{indent}public init({parameters}) {{",
        *(f"{indent}  self.{member.swift} = {member.swift}" for member in members),
        indent + "}"]
