package identify

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Numbers and addresses are told by their form alone.
var (
	// British numbers have ten or eleven digits; 03 and 08 numbers are never of a person.
	phone = regexp.MustCompile(`(?:\+\s?44|\b0044|\b0)[\s().-]*(?:\d[\s().-]*){9,10}\b|\+\d(?:[\s().-]*\d){7,13}\b`)
	email = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`)
	// so that it is not found: “bob at chess dot org dot uk”
	saidEmail = regexp.MustCompile(`(?i)\b[\w.+-]+\s*(?:\(at\)|\[at\]|\{at\}|\sat\s)\s*[\w-]+(?:\s*(?:\(dot\)|\[dot\]|\{dot\}|\sdot\s|\.)\s*[\w-]+)*\s*(?:\(dot\)|\[dot\]|\sdot\s|\.)\s*(?:com|org|net|uk|eu|info|io|me|ie|wales|scot)\b`)
	insurance = regexp.MustCompile(`(?i)\b[a-ceghj-prtw-z][a-ceghj-nprstw-z][ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[a-d]\b`)
	health    = regexp.MustCompile(`(?i)\bnhs\b.{0,12}?\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`)
	bank      = regexp.MustCompile(`\b\d\d-\d\d-\d\d\b\D{0,24}\b\d{8}\b|\b\d{8}\b\D{0,24}\b\d\d-\d\d-\d\d\b`)
	birth     = regexp.MustCompile(`(?i)\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?)\b[\s:.]*(?:the )?\d{1,2}(?:st|nd|rd|th)?(?:[\s./-]+(?:of )?(?:\d{1,2}|\p{L}{3,9})[\s./-]+(?:\d{4}|\d{2}))\b`)
	plate     = regexp.MustCompile(`\b[A-Z]{2}\d{2} ?[A-Z]{3}\b`)
	beside    = regexp.MustCompile(`\b(?:[A-Z]{2} ?\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z]|[a-z]{2}\d{2}[a-z]{3})\b`)
	postcode  = regexp.MustCompile(`(?i)\b(?:number|no\.?|house|flat|at)?\s*\d{1,4}[a-z]?(?:[,\s]+[\p{L}'’]+){0,3}?[,\s]+[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b`)
)

// patterns finds what has a form of its own.
func patterns(text string) (found []Finding) {
	add := func(k Kind, r *regexp.Regexp, unless func(start int, s string) bool) {
		for _, at := range r.FindAllStringIndex(text, -1) {
			if s := text[at[0]:at[1]]; unless == nil || !unless(at[0], s) {
				found = append(found, Finding{Kind: k, Start: at[0], End: at[1]})
			}
		}
	}
	if strings.Contains(text, "@") {
		for _, at := range email.FindAllStringIndex(text, -1) {
			k := Email
			if first, _, _ := strings.Cut(strings.ToLower(text[at[0]:at[1]]), "@"); lists().has("mailbox", first) {
				k = Mailbox
			}
			found = append(found, Finding{Kind: k, Start: at[0], End: at[1]})
		}
	}
	add(Email, saidEmail, nil)
	if strings.IndexFunc(text, unicode.IsDigit) < 0 {
		return found // each of the others has one
	}
	add(Phone, phone, func(_ int, s string) bool { return nobodys(s) })
	add(Insurance, insurance, nil)
	add(Health, health, nil)
	add(Bank, bank, nil)
	add(Birth, birth, nil)
	add(Plate, plate, nil)
	add(Plate, beside, func(start int, _ string) bool { return !lists().cars.MatchString(text[max(0, start-plateNear):start]) })
	venue := func(start int, _ string) bool { return isVenue(text[:start]) }
	add(House, postcode, venue)
	add(House, lists().streets, func(start int, s string) bool {
		return venue(start, s) || slices.ContainsFunc(strings.Fields(strings.ToLower(s)), func(w string) bool { return lists().has("between", w) })
	})
	return found
}

// plateNear is how many bytes before its plate a car is spoken of.
const plateNear = 50

// nobodys tells numbers that belong to no person: those that are free or cost the same from everywhere.
func nobodys(number string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	for _, prefix := range []string{"0044", "44", "0"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok {
			return strings.HasPrefix(rest, "3") || strings.HasPrefix(rest, "8")
		}
	}
	return false
}

// isVenue tells whether the last words before an address say that a group is there.
func isVenue(before string) bool {
	words := strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return r == ' ' || r == ',' || r == '\n' })
	for _, w := range words[max(0, len(words)-5):] {
		if lists().has("venue", strings.Trim(w, ".:;()'’")) {
			return true
		}
	}
	return false
}
