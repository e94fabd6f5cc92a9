"""What the generator refuses, and why."""
from typing import Sequence

from google.protobuf.descriptor_pb2 import (
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto)

from .names import FIELD_NAMES_TAKEN, MESSAGE_NAMES_TAKEN, NAMESPACES


class Refused(Exception):
    """The protos hold something that has no safe or agreed form in Swift."""


def check(files: Sequence[FileDescriptorProto]) -> None:
    for file in files:
        check_file(file)
    check_no_recursion(files)


def check_file(file: FileDescriptorProto) -> None:
    if file.syntax != "proto3":
        raise Refused(f"`{file.name}` is not proto3: write `syntax = \"proto3\";`")
    if file.package not in NAMESPACES:
        raise Refused(
            f"package `{file.package}` has no Swift namespace: add it to NAMESPACES in names.py")
    if file.enum_type:
        raise Refused(f"enum `{file.package}.{file.enum_type[0].name}`: enums are not supported")
    if len(file.service) > 1:
        raise Refused(f"`{file.name}` has {len(file.service)} services: one package holds one")
    for message in file.message_type:
        check_message(message, f"{file.package}.{message.name}")


def check_message(message: DescriptorProto, full_name: str) -> None:
    if message.name in MESSAGE_NAMES_TAKEN or message.name in NAMESPACES.values():
        raise Refused(f"message `{full_name}` would hide a Swift type: call it something else")
    if message.enum_type:
        raise Refused(f"enum `{full_name}.{message.enum_type[0].name}`: enums are not supported")
    if message.extension or message.extension_range:
        raise Refused(f"message `{full_name}`: extensions are not supported")
    for field in message.field:
        check_field(field, f"{full_name}.{field.name}")
    for nested in message.nested_type:
        if nested.options.map_entry:
            raise Refused(
                f"`{full_name}` has a map field: write the repeated entry message that it is on "
                "the wire")
        check_message(nested, f"{full_name}.{nested.name}")


def check_field(field: FieldDescriptorProto, full_name: str) -> None:
    if field.type == FieldDescriptorProto.TYPE_GROUP:
        raise Refused(f"field `{full_name}` is a group: use a message")
    if field.proto3_optional:
        raise Refused(
            f"field `{full_name}` is `optional`, which protobuf-c does not support: use a oneof or "
            "a sub-message")
    if field.name in FIELD_NAMES_TAKEN or field.name.startswith("n_"):
        raise Refused(f"field `{full_name}` has a name that C takes: call it something else")


def check_no_recursion(files: Sequence[FileDescriptorProto]) -> None:
    edges: dict[str, list[str]] = {}
    for file in files:
        for message in file.message_type:
            collect_edges(message, f"{file.package}.{message.name}", edges)
    finished: set[str] = set()
    for name in edges:
        visit(name, [], edges, finished)


def collect_edges(message: DescriptorProto, full_name: str, edges: dict[str, list[str]]) -> None:
    edges[full_name] = [field.type_name[1:] for field in message.field if field.type_name]
    for nested in message.nested_type:
        collect_edges(nested, f"{full_name}.{nested.name}", edges)


def visit(name: str, path: list[str], edges: dict[str, list[str]], finished: set[str]) -> None:
    if name in path:
        cycle = " -> ".join(path[path.index(name):] + [name])
        raise Refused(
            f"recursive message: {cycle}. A small body could nest it deep enough to overflow the "
            "stack")
    if name not in finished:
        for target in edges.get(name, []):
            visit(target, path + [name], edges, finished)
        finished.add(name)
