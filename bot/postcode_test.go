package bot

import "testing"

func TestPartsOfAPostcode(t *testing.T) {
	for _, c := range []struct {
		code          Postcode
		outcode, area string
	}{
		{"M12 4AB", "M12", "M"},
		{"EC1A 1BB", "EC1A", "EC"},
		{"QX3", "QX3", "QX"},
		{"", "", ""},
	} {
		if c.code.Outcode() != c.outcode || c.code.Area() != c.area || c.code.String() != string(c.code) {
			t.Errorf("%q: outcode %q, area %q", c.code, c.code.Outcode(), c.code.Area())
		}
	}
}
