package bot

import "strings"

// Postcode is a UK postcode as it is written on a letter, “M12 4AB”, or its outward half alone, “M12”;
// "" is no postcode. language.ReadPostcode makes one.
type Postcode string

// String is the postcode in capitals, with one space between its halves.
func (p Postcode) String() string { return string(p) }

// Outcode is the outward half, such as “M12”: a district of some ten thousand homes.
func (p Postcode) Outcode() string {
	out, _, _ := strings.Cut(string(p), " ")
	return out
}

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Area is the letters the postcode begins with, such as “M”: a city or a county, and so nobody's address.
func (p Postcode) Area() string {
	return string(p[:len(p)-len(strings.TrimLeft(string(p), capitals))])
}
