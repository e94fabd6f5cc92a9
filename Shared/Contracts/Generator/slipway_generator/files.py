"""Which files are written."""
from typing import Sequence

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from .api import api_file
from .bridge import bridge_file
from .checks import check
from .model import Package, packages
from .randoms import randoms_file
from .text import HEADER, string
from .values import values_file


def swift_files(files: Sequence[FileDescriptorProto], part: str) -> dict[str, str]:
    check(files)
    all_packages = packages(files)
    if part == "tests":
        return {
            f"{package.namespace}+Random.swift": randoms_file(package) for package in all_packages}
    result = {"EveryMessage.swift": index_file(all_packages)}
    for package in all_packages:
        result[f"{package.namespace}.swift"] = values_file(package)
        result[f"{package.namespace}+Bridge.swift"] = bridge_file(package)
        if package.service:
            result[f"{package.namespace}+API.swift"] = api_file(package)
    return result


def index_file(all_packages: list[Package]) -> str:
    lines = [
        HEADER, "package import RPC", "",
        "/// Every message type, so that tests and fuzzing miss none.",
        "package enum EveryMessage {",
        "  /// By proto name, in the order of the proto files.",
        "  package static let types: KeyValuePairs<String, any (WireMessage & Hashable).Type> = ["]
    for package in all_packages:
        lines += [
            f"    {string(message.full_name)}: {message.swift}.self,"
            for message in package.all_messages()]
    return "\n".join(lines + ["  ]", "}"]) + "\n"
