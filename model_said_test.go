package main

import (
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"ginnel/bot"
)

// What people say to the model, and who they are.

const modelNetwork = "talk"

// modelPeople have names and ids that stand nowhere else, so that they are found wherever they are kept.
var modelPeople = []bot.Speaker{
	{Network: modelNetwork, ID: "U-amina-7", Name: "Amina Quillfeather"},
	{Network: modelNetwork, ID: "U-tom-7", Name: "Tom Zeppelinski"},
	{Network: modelNetwork, ID: "U-priya-7", Name: "Priya Vexford"},
	{Network: modelNetwork, ID: "U-maryam-7", Name: "Maryam Jaxworth"},
}

// modelGroups are the names people give, each with its place. The first two are in the register before.
var modelGroups = []struct{ name, place string }{
	{"Old Mill Minibuses", "QX5"},
	{"Tally Trust", "QX2"},
	{"Harthwaite Chess Club", "QX7"},
	{"Rowan Street Kitchen", "QX1"},
	{"Weir Bank Allotments", "QX3"},
}

const modelImport = `name,postcode,offers,needs
Old Mill Minibuses,QX5,two minibuses with drivers,
Tally Trust,QX2,book-keeping,a laptop
`

// modelThings are what is offered and needed, with the terms that stand in the words. Some are in one
// another.
var modelThings = []struct {
	text  string
	terms bot.Terms
}{
	{"a van", bot.Unsaid},
	{"a van with a ramp", bot.Unsaid},
	{"bicycle repairs, free", bot.Free},
	{"payroll at cost", bot.AtCost},
	{"two trestle tables", bot.Unsaid},
}

// modelOther are things said that change nothing in the register, whatever they are.
var modelOther = []string{
	"who can help with payroll?", "does anyone know someone with a van?", "who has two trestle tables?",
	"help", "privacy", "what do we offer?", "tell me about Tally Trust", "sorted", "hello",
	"", "yes", "<!channel> & <b>", "'; drop table post; --", "{{what}} {what} %s", "\u202eesrever\u202c \u200b",
	"broken \xff\xfe utf-8", "http://example.org/?a=1&b=2", "🙂", strings.Repeat("very long ", 500),
}

// sentence draws something to say.
func (k *model) sentence(t *rapid.T) string {
	thing := func() string { return rapid.SampledFrom(modelThings).Draw(t, "thing").text }
	name := func() struct{ name, place string } { return rapid.SampledFrom(modelGroups).Draw(t, "group") }
	day := func(least int) string {
		ahead := rapid.IntRange(least-1, 30).Draw(t, "days ahead")
		if ahead < least {
			return ""
		}
		return " until " + bot.DateOf(k.now.In(k.zone)).AddDays(ahead).String()
	}
	change := func() string {
		switch rapid.SampledFrom([]string{"offer", "need", "gone", "true", "full", "month", "room", "lines", "undo"}).Draw(t, "what") {
		case "offer":
			return "we can offer " + thing() + day(0)
		case "need":
			return "we need " + thing() + day(0)
		case "gone":
			return rapid.SampledFrom([]string{"gone", "gone " + thing()}).Draw(t, "which")
		case "true":
			return rapid.SampledFrom([]string{"still true", "still true " + thing()}).Draw(t, "which")
		case "full":
			return "we are full" + day(1)
		case "month":
			return strconv.Itoa(rapid.IntRange(1, 4).Draw(t, "asks")) + " asks a month"
		case "lines":
			return "we can offer " + thing() + "\nwe need " + thing()
		case "undo":
			return "take it back"
		default:
			return "we have room again"
		}
	}
	switch rapid.SampledFrom([]string{"change", "change for", "we", "list", "list as", "number", "data", "forget", "other"}).Draw(t, "kind") {
	case "change":
		return change()
	case "change for":
		return "for “" + name().name + "”: " + strings.ReplaceAll(change(), "\n", " and ")
	case "we":
		g := name()
		return "we are " + g.name + ", " + g.place
	case "list":
		return rapid.SampledFrom([]string{"list us", "not yet"}).Draw(t, "answer")
	case "list as":
		g := name()
		return "list us as " + g.name + ", " + g.place
	case "number":
		return strconv.Itoa(rapid.IntRange(1, 3).Draw(t, "number"))
	case "data":
		return rapid.SampledFrom([]string{"my data", "what's happening?", "keep me"}).Draw(t, "data")
	case "forget":
		return rapid.SampledFrom([]string{"forget me", "forget me for good"}).Draw(t, "how")
	default:
		return rapid.SampledFrom(modelOther).Draw(t, "other")
	}
}
