package intent

// offered are the examples of what can be offered that are marked in examples of other things.
func offered(examples []example) []example {
	var found []example
	for _, e := range examples {
		if e.intent != "register.offer" && e.intent != "register.need" && e.intent != "question.ask" {
			continue
		}
		for _, m := range e.marks {
			if m.slot == "what" {
				found = append(found, example{intent: "yes", text: e.text[m.start:m.end]})
			}
		}
	}
	return found
}

// learnOffers learns what can be offered from words that stand under “yes” and “no”.
func (r *Reader) learnOffers(judged []example) {
	names := []string{"no", "yes"}
	var instances []instance
	for i := range judged {
		k := 0
		if judged[i].intent == "yes" {
			k = 1
		}
		instances = append(instances, instance{k, 1, r.features(judged[i].text, Situation{})})
	}
	r.offers = round(names, learn(instances, len(names)), 0.02)
}
