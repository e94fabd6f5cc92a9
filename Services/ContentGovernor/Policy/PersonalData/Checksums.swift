internal import Crypto

/// The sums by which numbers tell that they are what they look like. Digits come as their values.
enum Checksums {
  static func digits(_ text: some Sequence<UInt8>) -> [Int] {
    text.compactMap { (0x30...0x39).contains($0) ? Int($0) - 0x30 : nil }
  }

  /// Letters and digits in capitals.
  static func letters(_ text: some Sequence<UInt8>) -> [UInt8] {
    text.compactMap { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A: byte
      case 0x61...0x7A: byte & 0xDF
      default: nil
      }
    }
  }

  static func weighted(_ digits: some Sequence<Int>, _ weights: [Int]) -> Int {
    zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// ISO/IEC 7812.
  static func luhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let value = place % 2 == 1 ? digit * 2 : digit
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0 && digits.contains { $0 != 0 }
  }

  /// ISO 7064 MOD 97-10 over letters and digits, the first four moved to the end (ISO 13616).
  static func iban(_ letters: [UInt8]) -> Bool {
    var rest = 0
    for byte in letters.dropFirst(4) + letters.prefix(4) {
      if byte <= 0x39 {
        rest = (rest * 10 + Int(byte) - 0x30) % 97
      } else {
        rest = (rest * 100 + Int(byte) - 55) % 97
      }
    }
    return rest == 1
  }

  /// ISO 7064 MOD 11,10; the last digit checks the others.
  static func mod11and10(_ digits: [Int]) -> Bool {
    var product = 10
    for digit in digits.dropLast() {
      var sum = (digit + product) % 10
      if sum == 0 { sum = 10 }
      product = sum * 2 % 11
    }
    return (11 - product) % 10 == digits.last
  }

  /// Verhoeff's, over the dihedral group of order ten.
  static func verhoeff(_ digits: [Int]) -> Bool {
    var check = 0
    for (place, digit) in digits.reversed().enumerated() {
      check = multiplied(check, permuted(digit, place % 8))
    }
    return check == 0
  }

  private static func multiplied(_ left: Int, _ right: Int) -> Int {
    switch (left < 5, right < 5) {
    case (true, true): (left + right) % 5
    case (true, false): (left + right - 5) % 5 + 5
    case (false, true): (left - 5 - right + 5) % 5 + 5
    case (false, false): (left - right + 5) % 5
    }
  }

  private static func permuted(_ digit: Int, _ times: Int) -> Int {
    (0..<times).reduce(digit) { digit, _ in [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][digit] }
  }

  /// Base58Check of 25 bytes, as Bitcoin writes addresses.
  static func base58(_ text: some Sequence<UInt8>) -> Bool {
    let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    var number = [UInt8](repeating: 0, count: 25)
    for byte in text {
      guard var carry = alphabet.firstIndex(of: byte) else { return false }
      for place in number.indices.reversed() {
        carry += Int(number[place]) * 58
        number[place] = UInt8(carry & 0xFF)
        carry >>= 8
      }
      if carry != 0 { return false }
    }
    let twice = SHA256.hash(data: Array(SHA256.hash(data: Array(number.prefix(21)))))
    return Array(twice.prefix(4)) == Array(number.suffix(4))
  }

  /// BIP 173 and BIP 350, for `bc`; in small letters.
  static func bech32(_ text: [UInt8]) -> Bool {
    let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    let values = text.dropFirst(3).compactMap { alphabet.firstIndex(of: $0) }
    guard values.count == text.count - 3, values.count >= 8 else { return false }
    let generators: [UInt32] = [
      0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3,
    ]
    var check: UInt32 = 1
    for value in [3, 3, 0, 2, 3] + values {
      let top = check >> 25
      check = (check & 0x1FF_FFFF) << 5 ^ UInt32(value)
      for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 {
        check ^= generator
      }
    }
    return check == (values[0] == 0 ? 1 : 0x2BC8_30A3)
  }
}
