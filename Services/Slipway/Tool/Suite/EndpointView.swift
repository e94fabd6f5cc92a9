/// Where a service of the suite listens.
struct EndpointView: PresentableRow {
  static let columns = ["SERVICE", "ENDPOINT"]
  var service: String
  var endpoint: String
  var row: [String] { [service, endpoint] }
}
