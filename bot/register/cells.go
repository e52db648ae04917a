package register

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// isBlank knows what people put into a cell that they have nothing for.
func isBlank(cell string) bool {
	return cell == "" || slices.Contains(blanks, strings.ToLower(cell))
}

// readEntries reads a cell of several offers or needs, parted by “;”, “|” or line ends.
func readEntries(side bot.Side, cell string, warn func(string, ...any)) []bot.Entry {
	var entries []bot.Entry
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(clean.Text(cell), partsEntries) {
		text := clean.OneLine(part)
		if isBlank(text) {
			continue
		}
		if n := utf8.RuneCountInString(text); n > longestEntry {
			warn("the %s %s was cut from %d characters to %d", side, quoteHeading(text), n, longestEntry)
			text = clean.Shorten(text, longestEntry)
		}
		if seen[clean.Fold(text)] {
			continue
		}
		if len(entries) == mostEntries {
			warn("of more than %d entries (%s) the rest were left out", mostEntries, side)
			break
		}
		seen[clean.Fold(text)] = true
		e := bot.Entry{Side: side, Text: text, Imported: true}
		if side == bot.Offer {
			e.Terms = ReadTerms(text)
		}
		entries = append(entries, e)
	}
	return entries
}

func partsEntries(r rune) bool { return r == ';' || r == '|' || r == '\n' }

// readWeb reads a public web address, with https put before it where there is no scheme. An address with a user's
// name in it can look like somebody else's, and is refused.
func readWeb(text string) (string, bool) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !hostName.MatchString(u.Host) {
		return "", false
	}
	web := u.Scheme + strings.ReplaceAll(text[len(u.Scheme):], " ", "%20")
	if len(web) > longestWeb || strings.ContainsAny(web, "<>\"") {
		return "", false
	}
	return web, true
}

var hostName = regexp.MustCompile(`^([\pL\pN]([\pL\pN\pM_-]*[\pL\pN\pM])?\.)+\pL[\pL\pN\pM-]*\.?(:[0-9]{1,5})?$`)

// readPounds reads an amount such as “75186.0” or “£75,186” to the nearest pound; -1 when it is none.
func readPounds(text string) (int64, bool) {
	const most = 1e13
	text = strings.ReplaceAll(strings.ToUpper(text), " ", "")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "GBP"), "£")
	pounds, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil || pounds > most || !amount.MatchString(text) {
		return -1, false
	}
	return int64(math.Round(pounds)), true
}

var amount = regexp.MustCompile(`^([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?(E\+?[0-9]{1,2})?$`)

// readRole refuses what holds an address or a telephone number: people fill this column with themselves.
func readRole(text string) (string, bool) {
	if strings.ContainsAny(text, "@0123456789") || utf8.RuneCountInString(text) > longestRole {
		return "", false
	}
	return text, true
}
