"""Writes the conformances to `WireMessage`: between a Swift value and its protobuf-c struct."""
from .model import Field, Message, Oneof, Package
from .names import c_function_prefix, c_oneof_constant, c_type
from .text import HEADER, string

NOTE = """\
// Each `raw` is a whole, initialised struct of its own type that lives in an arena for as long as the
// call: unpacked by protobuf-c from its own descriptor, or placed by a `Packer`. A count beside a
// pointer is the number of elements behind it. A case is read only under its own tag.
"""
ENCODE = "_ write: (_ byteCount: Int, _ fill: (_ output: inout OutputRawSpan) -> Void) -> Void"


def bridge_file(package: Package) -> str:
    lines = [HEADER, NOTE, "import CProtobufC", "import CSchema", "package import RPC"]
    for message in package.all_messages():
        lines += ["", *conformance(message), "", *bridge(message)]
    return "\n".join(lines) + "\n"


def conformance(message: Message) -> list[str]:
    return [
        f"extension {message.swift}: WireMessage {{",
        "  package init(decoding body: RawSpan, limits: DecodeLimits) throws(DecodeError) {",
        "    self = unsafe try Self.unpacked(from: body, limits: limits)",
        "  }",
        "",
        f"  package func encode({ENCODE}) {{",
        "    unsafe Packer.encode(self, write)",
        "  }",
        "}"]


def bridge(message: Message) -> list[str]:
    prefix = c_function_prefix(message.full_name)
    return [
        f"extension {message.swift}: @unsafe BridgedMessage {{",
        f"  static var protoName: StaticString {{ {string(message.full_name)} }}",
        "",
        f"  static func initialize(_ raw: UnsafeMutablePointer<{c_type(message.full_name)}>) {{",
        f"    unsafe {prefix}__init(raw)",
        "  }",
        "",
        *reader(message),
        "",
        *filler(message),
        "}"]


def reader(message: Message) -> list[str]:
    signature = (
        f"  init(reading raw: UnsafePointer<{c_type(message.full_name)}>) throws(DecodeError) {{")
    if not message.members:
        return [signature, "    self.init()", "  }"]
    lines = [signature]
    for member in message.members:
        if isinstance(member, Oneof):
            lines += oneof_reader(message, member)
    arguments = ", ".join(
        f"{member.swift}: {member.swift if isinstance(member, Oneof) else read(member)}"
        for member in message.members)
    attempt = "unsafe " if "raw." in arguments else ""
    attempt += "try " if any(throwing(member) for member in message.members) else ""
    return lines + [f"    {attempt}self.init({arguments})", "  }"]


def throwing(member: Field | Oneof) -> bool:
    return isinstance(member, Field) and (member.is_message or member.element == "String")


def read(field: Field) -> str:
    raw = f"raw.pointee.{field.proto}"
    if field.repeated:
        count = f"raw.pointee.n_{field.proto}"
        if field.is_message:
            return f"Self.messages({count}, {raw})"
        return {
            "String": f"Self.texts({count}, {raw}, {string(field.proto)})",
            "[UInt8]": f"Self.byteArrays({count}, {raw})",
            "Bool": f"Self.booleans({count}, {raw})",
        }.get(field.element, f"Self.numbers({count}, {raw})")
    if field.is_message:
        return f"Self.message({raw})"
    return {
        "String": f"Self.text({raw}, {string(field.proto)})",
        "[UInt8]": f"Self.bytes({raw})",
        "Bool": f"{raw} != 0",
    }.get(field.element, raw)


def oneof_reader(message: Message, oneof: Oneof) -> list[str]:
    name = oneof.swift.strip("`")
    lines = [
        f"    let {name}: {message.swift}.{oneof.type_name}?",
        f"    switch unsafe raw.pointee.{oneof.proto}_case {{"]
    for case in oneof.cases:
        constant = c_oneof_constant(message.full_name, f"{oneof.proto}_{case.proto}")
        attempt = "try " if throwing(case) else ""
        value = f"unsafe {attempt}{read(case)}"
        lines.append(f"    case {constant}:")
        if case.is_message:
            lines.append(f"      {name} = {value}.map({{ .{case.swift}($0) }})")
        else:
            lines.append(f"      {name} = .{case.swift}({value})")
    return lines + ["    default:", f"      {name} = nil", "    }"]


def filler(message: Message) -> list[str]:
    lines = [
        f"  func fill(_ raw: UnsafeMutablePointer<{c_type(message.full_name)}>, "
        "_ packer: inout Packer) {"]
    for member in message.members:
        lines += oneof_filler(message, member) if isinstance(member, Oneof) else fill(member)
    return lines + ["  }"]


def fill(field: Field) -> list[str]:
    raw = f"raw.pointee.{field.proto}"
    if not field.repeated:
        slot = f" {{ unsafe raw.pointer(to: \\.{field.proto}) }}" if field.element == "[UInt8]" else ""
        return [f"    unsafe {raw} = {placed(field, field.swift)}{slot}"]
    kind = {"String": "texts", "[UInt8]": "byteArrays", "Bool": "booleans"}.get(
        field.element, "messages" if field.is_message else "numbers")
    return [
        f"    unsafe {raw} = packer.{kind}({field.swift})",
        f"    unsafe raw.pointee.n_{field.proto} = {field.swift}.count"]


def placed(field: Field, value: str) -> str:
    if field.is_message:
        return f"packer.message({value})"
    return {
        "String": f"packer.text({value})",
        "[UInt8]": f"packer.bytes({value})",
        "Bool": f"{value} ? 1 : 0",
    }.get(field.element, value)


def oneof_filler(message: Message, oneof: Oneof) -> list[str]:
    lines = [f"    switch {oneof.swift} {{"]
    for case in oneof.cases:
        constant = c_oneof_constant(message.full_name, f"{oneof.proto}_{case.proto}")
        lines += [
            f"    case .{case.swift}(let value):",
            f"      unsafe raw.pointee.{oneof.proto}_case = {constant}",
            f"      unsafe raw.pointee.{case.proto} = {placed(case, 'value')}"]
    return lines + ["    case nil: break", "    }"]
