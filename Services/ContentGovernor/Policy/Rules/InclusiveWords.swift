/// Words that exclude people, and what to say instead: what editors' guides agree on. A bundle adds its
/// own.
enum InclusiveWords {
  static let pairs: [(String, String)] = [
    ("blacklist", "blocklist"), ("black list", "blocklist"), ("blacklisted", "blocked"),
    ("whitelist", "allowlist"), ("white list", "allowlist"), ("whitelisted", "allowed"),
    ("master/slave", "primary/replica"), ("slave", "replica"), ("chairman", "chair"),
    ("chairmen", "chairs"), ("businessman", "businessperson"), ("businessmen", "business people"),
    ("fireman", "firefighter"), ("firemen", "firefighters"), ("policeman", "police officer"),
    ("policemen", "police officers"), ("salesman", "salesperson"), ("salesmen", "sales staff"),
    ("mankind", "humanity"), ("manpower", "workforce"), ("man-hours", "person-hours"),
    ("manmade", "artificial"), ("man-made", "artificial"), ("stewardess", "flight attendant"),
    ("waitress", "server"), ("housewife", "homemaker"), ("guys", "everyone"),
    ("sanity check", "quick check"), ("sanity test", "quick test"), ("crazy", "surprising"),
    ("insane", "extreme"), ("lame", "weak"), ("crippled", "limited"), ("cripple", "limit"),
    ("wheelchair-bound", "uses a wheelchair"), ("confined to a wheelchair", "uses a wheelchair"),
    ("handicapped", "disabled"), ("normal people", "most people"),
    ("the disabled", "disabled people"),
    ("the elderly", "older people"), ("elderly people", "older people"),
    ("illegal alien", "undocumented immigrant"), ("third-world", "developing"),
    ("gypped", "cheated"), ("grandfathered", "exempted"), ("tone deaf", "insensitive"),
    ("dummy value", "placeholder"), ("spirit animal", "favourite"),
    ("tribal knowledge", "unwritten knowledge"),
  ]
}
