package language

import (
	"strings"

	"ginnel/bot"
)

// The letters that no inward half has, being too easily misread by hand.
const notInward = "CIKMOV"

// The areas of one letter: the eight there are, and two that nobody has, for samples.
const shortAreas = "BEGLMNSWXZ"

// Districts with a letter at the end exist in the middle of London alone.
var letteredDistricts = map[string]string{
	"E1": "W", "N1": "CP", "NW1": "W", "SE1": "P", "SW1": "AEHPVWXY", "W1": "ABCDFGHJKMPSTUW",
	"EC1": "AMNPRVY", "EC2": "AMNPRVY", "EC3": "AMNPRVY", "EC4": "AMNPRVY",
	"WC1": "ABEHNRVX", "WC2": "ABEHNRVX",
}

// ReadPostcode reads s, in any case and spacing, as a whole postcode or as an outward half. The pattern is
// that of the Royal Mail's Programmers' Guide, without its list of areas: any one or two letters may be an
// area, so that samples can live in towns that do not exist.
//
// An outward half alone is told from other short words more strictly: an area of one letter must be a real
// one (or X or Z), and nothing stands between its digits. So A1 (a road), K9, C2C, B2B and U3A (a learning
// group) are no places; M6, which is a road and also Salford, is.
func ReadPostcode(s string) (bot.Postcode, bool) {
	const longest = 16 // AA9A 9AA with a space after every letter, and a few around it
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) > longest {
		return "", false
	}
	whole := strings.ReplaceAll(s, " ", "")
	if cut := len(whole) - 3; cut >= 2 && isInward(whole[cut:]) && isOutward(whole[:cut]) {
		return bot.Postcode(whole[:cut] + " " + whole[cut:]), true
	}
	area := areaOf(whole)
	if !isOutward(whole) || len(area) == 1 && !strings.Contains(shortAreas, area) {
		return "", false
	}
	// “a 4 bed house” and “M1 2” are not places: an outward half is written in one piece.
	return bot.Postcode(whole), whole == s
}

func isInward(s string) bool {
	return isDigit(s[0]) && isInwardLetter(s[1]) && isInwardLetter(s[2])
}

func isInwardLetter(b byte) bool {
	return 'A' <= b && b <= 'Z' && strings.IndexByte(notInward, b) < 0
}

func isOutward(s string) bool {
	area := areaOf(s)
	district := s[len(area):]
	if len(area) < 1 || len(area) > 2 || len(district) < 1 || len(district) > 2 || !isDigit(district[0]) {
		return false
	}
	if len(district) == 1 {
		return true
	}
	if isDigit(district[1]) {
		return district[0] != '0'
	}
	return strings.IndexByte(letteredDistricts[area+district[:1]], district[1]) >= 0
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// areaOf is the letters that s begins with.
func areaOf(s string) string { return string(bot.Postcode(s).Area()) }
