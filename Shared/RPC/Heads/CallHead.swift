package import Wire

/// Head of a call frame: what routing and admission need, without the body.
///
/// Variable fields are kept as their place in the head's bytes, so that reading one costs no
/// allocation. The message is `CallHeader` of `wire.proto`.
package struct CallHead: Sendable, Hashable {
  package var method: UInt32 = 0
  /// 0 for no deadline.
  package var timeoutNanoseconds: UInt64 = 0
  package var traceparent: Range<Int> = 0..<0
  package var model: Range<Int> = 0..<0
  package var version: Range<Int> = 0..<0
  package var priority: UInt32 = 0
  package var routingKey: Range<Int> = 0..<0
  package var assertionSlot: UInt32 = 0
  package var requestID: Range<Int> = 0..<0

  package init(decoding head: RawSpan) throws(ProtobufError) {
    var reader = ProtobufReader(head)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .integer(let method)): self.method = UInt32(truncatingIfNeeded: method)
      case (2, .integer(let timeout)): timeoutNanoseconds = timeout
      case (3, .bytes(let range)): traceparent = range
      case (4, .bytes(let range)): model = range
      case (5, .bytes(let range)): version = range
      case (6, .integer(let priority)): self.priority = UInt32(truncatingIfNeeded: priority)
      case (7, .bytes(let range)): routingKey = range
      case (8, .integer(let slot)): assertionSlot = UInt32(truncatingIfNeeded: slot)
      case (9, .bytes(let range)): requestID = range
      case (1...9, _): throw .malformed
      default: break
      }
    }
  }

  /// Refuses fields that are longer than they may be.
  ///
  /// - Throws: `invalidArgument`.
  func checkLimits() throws(RPCError) {
    guard traceparent.isEmpty || traceparent.count == TraceParent.byteCount else {
      throw RPCError(.invalidArgument, "a traceparent has \(TraceParent.byteCount) bytes")
    }
    try CallHeadLimits.check(
      model: model.count, version: version.count, routingKey: routingKey.count,
      requestID: requestID.count)
  }
}

/// What a caller puts into the head of a call frame, beside the call's metadata.
package struct OutgoingCallHead: Sendable {
  package var method: UInt32
  package var timeoutNanoseconds: UInt64
  package var assertionSlot: UInt32

  package init(method: UInt32, timeoutNanoseconds: UInt64, assertionSlot: UInt32 = 0) {
    self.method = method
    self.timeoutNanoseconds = timeoutNanoseconds
    self.assertionSlot = assertionSlot
  }

  package func byteCount(_ metadata: CallMetadata) -> Int {
    ProtobufWriter.byteCount(UInt64(method)) + ProtobufWriter.byteCount(timeoutNanoseconds)
      + (metadata.traceparent == nil ? 0 : 2 + TraceParent.byteCount)
      + ProtobufWriter.byteCount(bytes: metadata.model.count)
      + ProtobufWriter.byteCount(bytes: metadata.version.count)
      + ProtobufWriter.byteCount(UInt64(metadata.priority))
      + ProtobufWriter.byteCount(bytes: metadata.routingKey.count)
      + ProtobufWriter.byteCount(UInt64(assertionSlot))
      + ProtobufWriter.byteCount(bytes: metadata.requestID.count)
  }

  @_lifetime(output: copy output)
  package func encode(_ metadata: CallMetadata, into output: inout OutputRawSpan) {
    ProtobufWriter.write(UInt64(method), field: 1, into: &output)
    ProtobufWriter.write(timeoutNanoseconds, field: 2, into: &output)
    if let traceparent = metadata.traceparent {
      ProtobufWriter.writeTag(field: 3, byteCount: TraceParent.byteCount, into: &output)
      traceparent.encode(into: &output)
    }
    ProtobufWriter.write(metadata.model, field: 4, into: &output)
    ProtobufWriter.write(metadata.version, field: 5, into: &output)
    ProtobufWriter.write(UInt64(metadata.priority), field: 6, into: &output)
    ProtobufWriter.write(metadata.routingKey, field: 7, into: &output)
    ProtobufWriter.write(UInt64(assertionSlot), field: 8, into: &output)
    ProtobufWriter.write(metadata.requestID, field: 9, into: &output)
  }

  package func encoded(_ metadata: CallMetadata) -> [UInt8] {
    [UInt8](byteCount: byteCount(metadata)) { encode(metadata, into: &$0) }
  }
}
