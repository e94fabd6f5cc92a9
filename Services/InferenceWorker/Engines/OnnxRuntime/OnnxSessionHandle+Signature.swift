internal import COnnxRuntime
internal import InferenceWorkerCore

/// Reading what a loaded model says of its inputs and outputs.
extension OnnxSessionHandle {
  private typealias TypeInfo = UnsafeMutablePointer<OnnxTypeInfo>

  /// What a model says of itself, and what carries each of its inputs and outputs.
  struct Description {
    var signature: ModelSignature
    var inputs: [OnnxPlace]
    /// Those that can be had.
    var outputs: [OnnxPlace]
  }

  /// - Throws: `modelUnsupported` for an input that tensors of known datatypes can't carry, or if that holds
  ///   for every output.
  func description() throws(EngineError) -> Description {
    var inputs: [OnnxPlace] = []
    for index in 0..<(try count(ofInputs: true)) {
      let name = try self.name(at: index, ofInputs: true)
      let type = unsafe try self.type(at: index, ofInputs: true)
      defer { unsafe library.table.pointee.releaseTypeInfo(type) }
      guard let place = unsafe try place(name, type) else {
        throw EngineError(
          .modelUnsupported,
          "input \(quoted(name)) of the model is \(try unsafe kind(type)); expected tensors, or a "
            + "sequence or a map of them")
      }
      inputs.append(place)
    }
    var outputs: [OnnxPlace] = []
    var unavailable: [ModelSignature.UnavailableOutput] = []
    for index in 0..<(try count(ofInputs: false)) {
      let name = try self.name(at: index, ofInputs: false)
      let type = unsafe try self.type(at: index, ofInputs: false)
      defer { unsafe library.table.pointee.releaseTypeInfo(type) }
      if let place = unsafe try place(name, type) {
        outputs.append(place)
      } else {
        unavailable.append(.init(name: name, kind: try unsafe kind(type)))
      }
    }
    do {
      return Description(
        signature: try ModelSignature(
          inputs: inputs.flatMap(\.specs), outputs: outputs.flatMap(\.specs),
          unavailableOutputs: unavailable), inputs: inputs, outputs: outputs)
    } catch {
      throw EngineError(.modelUnsupported, error.description)
    }
  }

  /// Nil for what tensors of the protocol's datatypes can't carry.
  private func place(_ name: String, _ type: TypeInfo) throws(EngineError) -> OnnxPlace? {
    switch unsafe try number(kindOf: type) {
    case OnnxValueKind.tensor: return unsafe try tensorSpec(name, type).map(OnnxPlace.init)
    case OnnxValueKind.optional:
      return unsafe try withContained(of: type) { contained throws(EngineError) in
        unsafe try place(name, contained)
      }
    case OnnxValueKind.sequence:
      return unsafe try withElement(of: type) { element throws(EngineError) in
        if unsafe try number(kindOf: element) == OnnxValueKind.map {
          return unsafe try mapTypes(element).map {
            OnnxPlace(name: name, form: .maps(key: $0.key, value: $0.value))
          }
        }
        guard unsafe try number(kindOf: element) == OnnxValueKind.tensor else { return nil }
        return unsafe try tensorSpec(name, element).map {
          OnnxPlace(name: name, form: .sequence(of: $0.datatype))
        }
      }
    case OnnxValueKind.map:
      return unsafe try mapTypes(type).map {
        OnnxPlace(name: name, form: .map(key: $0.key, value: $0.value))
      }
    default: return nil
    }
  }

  private func mapTypes(
    _ type: TypeInfo
  ) throws(EngineError) -> (key: TensorDataType, value: TensorDataType)? {
    var map: UnsafePointer<OnnxMapType>?
    unsafe try library.table.check(
      library.table.pointee.mapTypeOf(type, &map), orThrow: unreadable)
    guard let map = unsafe map else { return nil }
    let key = unsafe try library.table.read(Int32(0), orThrow: unreadable) { table, key in
      unsafe table.pointee.mapKeyType(map, key)
    }
    let value = unsafe try library.table.create(orThrow: unreadable) { table, value in
      unsafe table.pointee.mapValueType(map, value)
    }
    defer { unsafe library.table.pointee.releaseTypeInfo(value) }
    guard let key = OnnxElementType.datatype(of: key),
      let spec = unsafe try tensorSpec("", value)
    else { return nil }
    return (key, spec.datatype)
  }

  private func withElement(
    of type: TypeInfo, _ body: (TypeInfo) throws(EngineError) -> OnnxPlace?
  ) throws(EngineError) -> OnnxPlace? {
    var sequence: UnsafePointer<OnnxSequenceType>?
    unsafe try library.table.check(
      library.table.pointee.sequenceTypeOf(type, &sequence), orThrow: unreadable)
    guard let sequence = unsafe sequence else { return nil }
    let element = unsafe try library.table.create(orThrow: unreadable) { table, element in
      unsafe table.pointee.sequenceElementType(sequence, element)
    }
    defer { unsafe library.table.pointee.releaseTypeInfo(element) }
    return unsafe try body(element)
  }

  private func withContained(
    of type: TypeInfo, _ body: (TypeInfo) throws(EngineError) -> OnnxPlace?
  ) throws(EngineError) -> OnnxPlace? {
    var optional: UnsafePointer<OnnxOptionalType>?
    unsafe try library.table.check(
      library.table.pointee.optionalTypeOf(type, &optional), orThrow: unreadable)
    guard let optional = unsafe optional else { return nil }
    let contained = unsafe try library.table.create(orThrow: unreadable) { table, contained in
      unsafe table.pointee.optionalContainedType(optional, contained)
    }
    defer { unsafe library.table.pointee.releaseTypeInfo(contained) }
    return unsafe try body(contained)
  }

  private var unreadable: EngineError {
    EngineError(.modelInvalid, "the model's inputs and outputs can't be read")
  }

  private func count(ofInputs: Bool) throws(EngineError) -> Int {
    unsafe try library.table.read(0, orThrow: unreadable) { table, count in
      ofInputs
        ? unsafe table.pointee.inputCount(pointer, count)
        : unsafe table.pointee.outputCount(pointer, count)
    }
  }

  private func name(at index: Int, ofInputs: Bool) throws(EngineError) -> String {
    let name = unsafe try library.table.create(orThrow: unreadable) { table, name in
      ofInputs
        ? unsafe table.pointee.inputName(pointer, index, library.allocator, name)
        : unsafe table.pointee.outputName(pointer, index, library.allocator, name)
    }
    defer {
      // Fails only for a null allocator; the status would have nothing to say.
      _ = unsafe library.table.failure(
        library.table.pointee.allocatorFree(library.allocator, name))
    }
    guard let text = unsafe String(validatingCString: name) else {
      throw EngineError(
        .modelUnsupported, "the name of an input or output of the model is not UTF-8")
    }
    return text
  }

  /// The caller releases it.
  private func type(at index: Int, ofInputs: Bool) throws(EngineError) -> TypeInfo {
    unsafe try library.table.create(orThrow: unreadable) { table, type in
      ofInputs
        ? unsafe table.pointee.inputType(pointer, index, type)
        : unsafe table.pointee.outputType(pointer, index, type)
    }
  }

  /// Nil if the type is no tensor or its elements have no datatype in the protocol.
  private func tensorSpec(_ name: String, _ type: TypeInfo) throws(EngineError) -> TensorSpec? {
    guard unsafe try number(kindOf: type) == OnnxValueKind.tensor else { return nil }
    var borrowed: UnsafePointer<OnnxTensorShape>?
    unsafe try library.table.check(
      library.table.pointee.tensorTypeOf(type, &borrowed), orThrow: unreadable)
    guard let shape = unsafe borrowed,
      let datatype = OnnxElementType.datatype(of: try unsafe elementType(of: shape))
    else { return nil }
    return TensorSpec(name: name, datatype: datatype, shape: try unsafe dimensions(of: shape))
  }

  private func number(kindOf type: TypeInfo) throws(EngineError) -> Int32 {
    unsafe try library.table.read(0, orThrow: unreadable) { table, kind in
      unsafe table.pointee.kindOf(type, kind)
    }
  }

  private func elementType(
    of shape: UnsafePointer<OnnxTensorShape>
  ) throws(EngineError) -> Int32 {
    unsafe try library.table.read(0, orThrow: unreadable) { table, number in
      unsafe table.pointee.elementType(shape, number)
    }
  }

  private func dimensions(
    of shape: UnsafePointer<OnnxTensorShape>
  ) throws(EngineError) -> [TensorSpec.Dimension]? {
    let table = unsafe library.table
    // Sound: the slot is read only in releases that have it.
    if library.hasShapeIsKnown, unsafe !table.pointee.tensorShapeIsKnown(shape) { return nil }
    let rank = unsafe try table.read(0, orThrow: unreadable) { table, rank in
      unsafe table.pointee.rank(shape, rank)
    }
    var lengths = [Int64](repeating: 0, count: rank)
    var names = unsafe [UnsafePointer<CChar>?](repeating: nil, count: rank)
    unsafe try table.check(
      table.pointee.dimensions(shape, &lengths, rank), orThrow: unreadable)
    unsafe try table.check(
      table.pointee.dimensionNames(shape, &names, rank), orThrow: unreadable)
    return (0..<rank).map { axis in
      if lengths[axis] >= 0 { return .fixed(Int(lengths[axis])) }
      // The names are the shape's own, which its type keeps alive.
      let name = unsafe names[axis].map { unsafe String(cString: $0) } ?? ""
      return name.isEmpty ? .any : .symbol(name)
    }
  }

  /// For people, such as `sequence(map(INT64, FP32))`.
  private func kind(_ type: TypeInfo) throws(EngineError) -> String {
    let table = unsafe library.table
    switch unsafe try number(kindOf: type) {
    case OnnxValueKind.tensor:
      var shape: UnsafePointer<OnnxTensorShape>?
      unsafe try table.check(table.pointee.tensorTypeOf(type, &shape), orThrow: unreadable)
      guard let shape = unsafe shape else { return "a tensor" }
      return "a tensor of \(OnnxElementType.name(of: try unsafe elementType(of: shape)))"
    case OnnxValueKind.sequence:
      var sequence: UnsafePointer<OnnxSequenceType>?
      unsafe try table.check(table.pointee.sequenceTypeOf(type, &sequence), orThrow: unreadable)
      guard let sequence = unsafe sequence else { return "a sequence" }
      let element = unsafe try table.create(orThrow: unreadable) { table, element in
        unsafe table.pointee.sequenceElementType(sequence, element)
      }
      defer { unsafe table.pointee.releaseTypeInfo(element) }
      return "sequence(\(try unsafe kind(element)))"
    case OnnxValueKind.map:
      var map: UnsafePointer<OnnxMapType>?
      unsafe try table.check(table.pointee.mapTypeOf(type, &map), orThrow: unreadable)
      guard let map = unsafe map else { return "a map" }
      let key = unsafe try table.read(Int32(0), orThrow: unreadable) { table, key in
        unsafe table.pointee.mapKeyType(map, key)
      }
      let value = unsafe try table.create(orThrow: unreadable) { table, value in
        unsafe table.pointee.mapValueType(map, value)
      }
      defer { unsafe table.pointee.releaseTypeInfo(value) }
      return "map(\(OnnxElementType.name(of: key)), \(try unsafe kind(value)))"
    case OnnxValueKind.sparse: return "a sparse tensor"
    case OnnxValueKind.optional: return "an optional value"
    default: return "of an unknown kind"
    }
  }
}
