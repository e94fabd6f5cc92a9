/// Syllables of English words, by their vowels: right for most, the same for ever.
enum Syllables {
  static func count(in word: String) -> Int {
    let letters = Array(word.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic })
    guard letters.count > 3 else { return 1 }
    var count = 0
    var wasVowel = false
    for letter in letters {
      let isVowel = vowels.contains(letter)
      if isVowel, !wasVowel { count += 1 }
      wasVowel = isVowel
    }
    let last = letters[letters.count - 1]
    let before = letters[letters.count - 2]
    let third = letters[letters.count - 3]
    if last == "e", !vowels.contains(before), !(before == "l" && !vowels.contains(third)) {
      count -= 1
    } else if last == "s" || last == "d", before == "e", !vowels.contains(third),
      !(last == "d" ? ["t", "d"] : ["s", "x", "z", "c", "g", "h"]).contains(third)
    {
      count -= 1
    }
    return max(count, 1)
  }

  private static let vowels: Set<Unicode.Scalar> = [
    "a", "e", "i", "o", "u", "y", "ä", "ö", "ü", "á", "à", "â", "é", "è", "ê", "í", "î", "ó", "ô",
    "ú", "û",
  ]
}
