// Package sample is a town that does not exist, for trying the program and for its tests.
//
// Sixty groups of Harthwaite say what they do, offer and need. Forty-eight of them have somebody who speaks
// for them, each with a first name of their own; nobody has claimed the other twelve, which are as they would
// come from a public register. Much that one needs another offers, in other words; some of it nobody does.
package sample

import _ "embed"

// Organisations is a spreadsheet as register.OpenSheet reads it. Its column “speaks” has the first name of the
// steward, empty where a group is unclaimed. Postcodes begin with QX, which no place has, and web addresses end
// in .example, which nobody can own.
//
//go:embed organisations.csv
var Organisations []byte

// Places is a CSV file of the town's districts, a heading and then one a line: outward code, name, latitude
// and longitude in degrees. They lie half a kilometre to twelve kilometres apart.
//
//go:embed places.csv
var Places []byte
