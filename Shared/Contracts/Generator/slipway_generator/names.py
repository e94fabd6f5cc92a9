"""How things are called in Swift and in the C code that protoc-c writes."""
import re

NAMESPACES: dict[str, str] = {
    "inference": "Inference",
    "slipway.registry.v1": "Registry",
    "slipway.gateway.v1": "Gateway",
    "slipway.policy.v1": "Policies",
    "slipway.worker.v1": "Worker",
    "slipway.log.v1": "TransparencyLog",
    "slipway.monitor.v1": "Monitor",
    "slipway.content.v1": "Content",
    # Compared with the hand-written head codec by tests and tools only.
    "slipway.wire.v1": "WireHeads",
}

ACRONYMS = {"id": "ID", "url": "URL", "http": "HTTP"}

SWIFT_KEYWORDS = set(
    "as associatedtype break case catch class continue default defer deinit do else enum extension "
    "fallthrough false fileprivate for func guard if import in init inout internal is let nil "
    "operator precedencegroup private protocol public repeat rethrows return self static struct "
    "subscript super switch throw throws true try typealias var where while".split())

# A message of such a name would hide a Swift type that the generated code names.
MESSAGE_NAMES_TAKEN = set(
    "API Any Array Bool Bytes DecodeError DecodeLimits Double Float Hashable Int32 Int64 "
    "MethodDescriptor Optional Packer Protocol Raw RawSpan Self Sendable String Type UInt32 UInt64 "
    "UInt8 WireMessage".split())

# protoc-c renames fields of these names, or C refuses them.
FIELD_NAMES_TAKEN = set(
    "alignas and asm auto base bool bitand bitor break case catch char class compl const continue "
    "default delete do double else enum explicit export extern false float for friend goto if "
    "inline int long mutable namespace new not operator or private protected public register "
    "restrict return short signed sizeof static struct switch template this throw true try "
    "typedef typeid typename union unsigned using virtual void volatile while xor".split())


def swift_member(name: str) -> str:
    """`worker_id` is `workerID`."""
    first, *others = name.split("_")
    camel = first + "".join(ACRONYMS.get(word, word[:1].upper() + word[1:]) for word in others)
    return f"`{camel}`" if camel in SWIFT_KEYWORDS else camel


def swift_type(name: str) -> str:
    """`parameter_choice` is `ParameterChoice`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def swift_method(name: str) -> str:
    """`CommitPush` is `commitPush`."""
    return name[:1].lower() + name[1:]


def c_type(full_name: str) -> str:
    """`slipway.wire.v1.GoAway` is `Slipway__Wire__V1__GoAway`."""
    return "__".join(swift_type(part) for part in full_name.split("."))


def c_function_prefix(full_name: str) -> str:
    """`slipway.wire.v1.GoAway` is `slipway__wire__v1__go_away`; like protoc-c's CamelToLower."""
    return "__".join(
        re.sub(r"(?<=[^A-Z])([A-Z])", r"_\1", part).lower() for part in full_name.split("."))


def c_oneof_constant(full_name: str, name: str) -> str:
    """The constant of a oneof's case, such as `INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_BOOL_PARAM`."""
    return f"{c_function_prefix(full_name)}__{name}".upper()
