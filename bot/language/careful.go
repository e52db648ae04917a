package language

import (
	"regexp"
	"strings"

	"ginnel/bot"
)

// findable is what tells who somebody is, or where: a title with a name, a telephone number, a house in a street.
var findable = regexp.MustCompile(`\b(Mr|Mrs|Miss|Ms)\.? [A-Z]\p{L}+|(\+44|\b0)[ -]?\d([ -]?\d){8,9}\b|` +
	`\b\d{1,4}[a-z]? ([A-Z]\p{L}+ ){1,3}(Street|St|Road|Rd|Lane|Avenue|Ave|Close|Drive|Terrace|Crescent|Court|Place|Way|Row|Gardens|Grove)\b|` +
	`\b[\w.+-]+@[\w-]+\.[\w.]+\b`)

// Findable tells whether text tells how somebody is found or called who has not been asked. It misses much.
func Findable(text string) bool { return findable.MatchString(bot.OneLine(text)) }

// nameless is how people say that their name is not to be told.
var nameless = regexp.MustCompile(`(?i)[,;]?\s*\b(without (our|my|saying our|giving our|telling our) names?|without saying who (we are|i am)|anonymously|in confidence|confidentially)\b[,;]?`)

// CutNameless takes out of what somebody asks for that their name is not to be told; asked is false when they did not say so.
func CutNameless(text string) (rest string, asked bool) {
	if !nameless.MatchString(text) {
		return text, false
	}
	return strings.Trim(bot.OneLine(nameless.ReplaceAllString(text, " ")), " ,;?"), true
}
