"""The protos as the writers of Swift want them."""
from dataclasses import dataclass, field as dataclass_field
from typing import Iterator, Optional, Sequence, Union

from google.protobuf.descriptor_pb2 import (
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, ServiceDescriptorProto)

from . import names
from .checks import Refused

Path = tuple[int, ...]
Comments = dict[Path, str]

SCALARS: dict[int, str] = {
    FieldDescriptorProto.TYPE_DOUBLE: "Double",
    FieldDescriptorProto.TYPE_FLOAT: "Float",
    FieldDescriptorProto.TYPE_INT64: "Int64",
    FieldDescriptorProto.TYPE_SINT64: "Int64",
    FieldDescriptorProto.TYPE_SFIXED64: "Int64",
    FieldDescriptorProto.TYPE_UINT64: "UInt64",
    FieldDescriptorProto.TYPE_FIXED64: "UInt64",
    FieldDescriptorProto.TYPE_INT32: "Int32",
    FieldDescriptorProto.TYPE_SINT32: "Int32",
    FieldDescriptorProto.TYPE_SFIXED32: "Int32",
    FieldDescriptorProto.TYPE_UINT32: "UInt32",
    FieldDescriptorProto.TYPE_FIXED32: "UInt32",
    FieldDescriptorProto.TYPE_BOOL: "Bool",
    FieldDescriptorProto.TYPE_STRING: "String",
    FieldDescriptorProto.TYPE_BYTES: "[UInt8]",
}
DEFAULTS = {"Bool": "false", "String": '""', "[UInt8]": "[]"}
EFFECTS = ("safe", "idempotent", "mutating")


@dataclass
class Field:
    proto: str
    swift: str
    doc: str
    # Swift type of one element.
    element: str
    is_message: bool
    repeated: bool

    @property
    def type(self) -> str:
        if self.repeated:
            return f"[{self.element}]"
        return f"{self.element}?" if self.is_message else self.element

    @property
    def default(self) -> str:
        if self.repeated:
            return "[]"
        return "nil" if self.is_message else DEFAULTS.get(self.element, "0")


@dataclass
class Oneof:
    proto: str
    swift: str
    type_name: str
    doc: str
    cases: list[Field] = dataclass_field(default_factory=list)

    @property
    def type(self) -> str:
        return f"{self.type_name}?"

    @property
    def default(self) -> str:
        return "nil"


Member = Union[Field, Oneof]


@dataclass
class Message:
    full_name: str
    name: str
    # With its namespace and the messages that it is nested in.
    swift: str
    doc: str
    members: list[Member]
    nested: list["Message"]

    def flattened(self) -> Iterator["Message"]:
        yield self
        for message in self.nested:
            yield from message.flattened()


@dataclass
class Method:
    full_name: str
    name: str
    swift: str
    doc: str
    request: str
    response: str
    shape: str
    effect: str
    roles: list[str]
    peers: list[str]


@dataclass
class Package:
    proto: str
    namespace: str
    doc: str
    messages: list[Message]
    service: Optional[str]
    service_doc: str
    methods: list[Method]

    def all_messages(self) -> Iterator[Message]:
        for message in self.messages:
            yield from message.flattened()


def packages(files: Sequence[FileDescriptorProto]) -> list[Package]:
    types = {}
    for file in files:
        for message in file.message_type:
            collect_types(message, file.package, names.NAMESPACES[file.package], types)
    return [package(file, types) for file in files]


def collect_types(
        message: DescriptorProto, scope: str, swift_scope: str, types: dict[str, str]) -> None:
    full_name, swift = f"{scope}.{message.name}", f"{swift_scope}.{message.name}"
    types[full_name] = swift
    for nested in message.nested_type:
        collect_types(nested, full_name, swift, types)


def package(file: FileDescriptorProto, types: dict[str, str]) -> Package:
    comments: Comments = {
        tuple(location.path): location.leading_comments.strip()
        for location in file.source_code_info.location if location.leading_comments}
    service = file.service[0] if file.service else None
    methods = service_methods(service, file.package, comments, types) if service else []
    messages = [
        build_message(message, file.package, (4, index), comments, types, methods)
        for index, message in enumerate(file.message_type)]
    return Package(
        file.package, names.NAMESPACES[file.package], comments.get((12,), ""), messages,
        service.name if service else None, comments.get((6, 0), ""), methods)


def build_message(
        message: DescriptorProto, scope: str, path: Path, comments: Comments,
        types: dict[str, str], methods: list[Method]) -> Message:
    full_name = f"{scope}.{message.name}"
    nested = [
        build_message(nested, full_name, path + (3, index), comments, types, [])
        for index, nested in enumerate(message.nested_type)]
    doc = comments.get(path) or default_doc(full_name, types[full_name], methods)
    return Message(
        full_name, message.name, types[full_name], doc, members(message, path, comments, types),
        nested)


def default_doc(full_name: str, swift: str, methods: list[Method]) -> str:
    for method in methods:
        if method.request == swift:
            return f"What `{method.name}` is asked."
        if method.response == swift:
            return f"What `{method.name}` answers."
    return f"`{full_name}`"


def members(
        message: DescriptorProto, path: Path, comments: Comments,
        types: dict[str, str]) -> list[Member]:
    result: list[Member] = []
    oneofs: dict[int, Oneof] = {}
    for index, descriptor in enumerate(message.field):
        field = build_field(descriptor, comments.get(path + (2, index), ""), types)
        if not descriptor.HasField("oneof_index"):
            result.append(field)
            continue
        if descriptor.oneof_index not in oneofs:
            name = message.oneof_decl[descriptor.oneof_index].name
            doc = comments.get(path + (8, descriptor.oneof_index), "")
            oneof = Oneof(name, names.swift_member(name), names.swift_type(name), doc)
            oneofs[descriptor.oneof_index] = oneof
            result.append(oneof)
        oneofs[descriptor.oneof_index].cases.append(field)
    return result


def build_field(descriptor: FieldDescriptorProto, doc: str, types: dict[str, str]) -> Field:
    is_message = descriptor.type == FieldDescriptorProto.TYPE_MESSAGE
    element = types[descriptor.type_name[1:]] if is_message else SCALARS[descriptor.type]
    return Field(
        descriptor.name, names.swift_member(descriptor.name), doc, element, is_message,
        descriptor.label == FieldDescriptorProto.LABEL_REPEATED)


def service_methods(
        service: ServiceDescriptorProto, scope: str, comments: Comments,
        types: dict[str, str]) -> list[Method]:
    result = []
    for index, method in enumerate(service.method):
        full_name = f"{scope}.{service.name}/{method.name}"
        doc, notes = annotations(comments.get((6, 0, 2, index), ""), full_name)
        result.append(Method(
            full_name, method.name, names.swift_method(method.name), doc,
            types[method.input_type[1:]], types[method.output_type[1:]],
            shape(method.client_streaming, method.server_streaming), effect(notes, full_name),
            notes.get("role", []), notes.get("peer", [])))
    return result


def shape(client: bool, server: bool) -> str:
    if client:
        return "twoWayStream" if server else "clientStream"
    return "serverStream" if server else "unary"


def effect(notes: dict[str, list[str]], full_name: str) -> str:
    values = notes.get("effect", [])
    if len(values) != 1 or values[0] not in EFFECTS:
        raise Refused(f"`{full_name}` needs a line `@effect` with one of {', '.join(EFFECTS)}")
    return values[0]


def annotations(comment: str, full_name: str) -> tuple[str, dict[str, list[str]]]:
    """Splits a method's comment into what is for people and what is for us."""
    doc, notes = [], {}
    for line in comment.splitlines():
        if not line.strip().startswith("@"):
            doc.append(line)
            continue
        name, _, value = line.strip()[1:].partition(" ")
        values = [word.strip() for word in value.split(",") if word.strip()]
        if name not in ("effect", "role", "peer"):
            raise Refused(f"`{full_name}` has an unknown annotation `@{name}`")
        if name in notes or not values:
            raise Refused(f"`{full_name}`: `@{name}` must stand once, with a value")
        notes[name] = values
    return "\n".join(doc).strip(), notes
