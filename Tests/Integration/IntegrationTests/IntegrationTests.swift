import Testing

/// Everything here runs real processes, one suite after the other: two at once on a small machine would
/// measure each other.
@Suite(.serialized) enum IntegrationTests {}
