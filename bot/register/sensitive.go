package register

import (
	"strings"
	"unicode"
)

// LikelySensitive tells whether words about an organisation speak of people whom somebody may be looking for:
// those who fled violence, seek asylum or recover from addiction. It errs on the side of yes; an organisation
// that is none of these says so.
func LikelySensitive(texts ...string) bool {
	for _, text := range texts {
		text = unapostrophed.Replace(strings.ToLower(text))
		for word, rest := firstWord(text); word != ""; word, rest = firstWord(rest) {
			for _, phrase := range sensitive[word] {
				if beginsWith(rest, phrase) {
					return true
				}
			}
		}
	}
	return false
}

func beginsWith(text string, words []string) bool {
	for _, w := range words {
		var first string
		if first, text = firstWord(text); first != w {
			return false
		}
	}
	return true
}

func firstWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, betweenWords)
	if end := strings.IndexFunc(text, betweenWords); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func betweenWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

var unapostrophed = strings.NewReplacer("'", "", "’", "")

// sensitive leads from the first word of what makes an organisation likely to be sensitive to the words
// that must follow it.
var sensitive = byFirstWord(
	"refuge", "refuges", "safe house", "safe houses", "safehouse", "womens aid", "place of safety",
	"domestic abuse", "domestic violence", "domestically abused", "family violence", "partner violence", "honour based",
	"violence against women", "forced marriage", "coercive control", "stalking", "fgm", "genital mutilation",
	"rape", "raped", "sexual violence", "sexual abuse", "sexually abused", "sexual assault", "sexual assaults",
	"sexual exploitation", "sexually exploited", "incest", "child abuse", "abuse survivors", "survivors of abuse", "abused women",
	"abused children", "battered women", "battered wives", "prostitution", "prostitutes", "sex workers", "sex work",
	"asylum", "refugee", "refugees", "city of sanctuary", "sanctuary seekers", "undocumented", "human trafficking",
	"trafficking", "trafficked", "modern slavery", "modern day slavery", "torture",
	"recovery", "addiction", "addictions", "addict", "addicts", "addicted", "rehab", "detox", "detoxification",
	"alcoholic", "alcoholics", "alcoholism", "alcohol abuse", "alcohol misuse", "alcohol dependency", "alcohol dependence",
	"drug abuse", "drug misuse", "drugs misuse", "drug dependency", "drug dependence", "drug rehabilitation", "drug users",
	"substance abuse", "substance misuse", "substance use", "twelve step", "12 step", "narcotics",
	"mother and baby", "mothers and babies", "mother and child unit",
)

func byFirstWord(phrases ...string) map[string][][]string {
	table := map[string][][]string{}
	for _, p := range phrases {
		words := strings.Fields(p)
		table[words[0]] = append(table[words[0]], words[1:])
	}
	return table
}
