"""Writes makers of random messages for the tests."""
from .model import Field, Message, Oneof, Package
from .text import HEADER


def randoms_file(package: Package) -> str:
    lines = [HEADER, "import Contracts", ""]
    for message in package.all_messages():
        lines += maker(message) + [""]
    return "\n".join(lines)


def maker(message: Message) -> list[str]:
    arguments = ", ".join(f"{member.swift}: {value(member)}" for member in message.members)
    return [
        f"extension {message.swift}: RandomMessage {{",
        "  static func random(from chance: inout Chance) -> Self {",
        f"    Self({arguments})",
        "  }",
        "}"]


def value(member: Field | Oneof) -> str:
    if isinstance(member, Oneof):
        cases = ", ".join(f"{{ .{case.swift}({element(case)}) }}" for case in member.cases)
        return f"chance.pick([{{ _ in nil }}, {cases}])".replace("{ .", "{ chance in .")
    if member.repeated:
        return f"chance.several {{ chance in {element(member)} }}"
    if member.is_message:
        return f"chance.perhaps {{ chance in {element(member)} }}"
    return element(member)


def element(field: Field) -> str:
    if field.is_message:
        return ".random(from: &chance)"
    return {
        "Bool": "chance.boolean()", "String": "chance.text()", "[UInt8]": "chance.bytes()",
    }.get(field.element, "chance.number()")
