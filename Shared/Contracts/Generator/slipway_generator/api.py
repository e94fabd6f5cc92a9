"""Writes the descriptors of a service's methods."""
from .model import Method, Package
from .text import HEADER, doc_lines, string, string_list


def api_file(package: Package) -> str:
    doc = package.service_doc or f"The methods of `{package.proto}.{package.service}`."
    lines = [
        HEADER, "package import RPC", "", f"extension {package.namespace} {{",
        *doc_lines(doc, 1), "  package enum API {"]
    for method in package.methods:
        lines += method_lines(method) + [""]
    lines += ["    /// Every method of the service, in the order of its proto file."]
    lines += ["    package static let all: [MethodDescriptor] = ["]
    lines += [f"      {method.swift}.descriptor," for method in package.methods]
    return "\n".join(lines + ["    ]", "  }", "}"]) + "\n"


def method_lines(method: Method) -> list[str]:
    arguments = [
        f"name: {string(method.full_name)}", f"shape: .{method.shape}", f"effect: .{method.effect}"]
    arguments += [f"roles: {string_list(method.roles)}"] if method.roles else []
    arguments += [f"peers: {string_list(method.peers)}"] if method.peers else []
    return [
        *doc_lines(method.doc or f"`{method.full_name}`", 2),
        f"    package static let {method.swift} = Method<{method.request}, {method.response}>(",
        f"      MethodDescriptor({', '.join(arguments)}))"]
