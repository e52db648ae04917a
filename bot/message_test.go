package bot

import "testing"

func TestLanesDoNotCollide(t *testing.T) {
	seen := map[string]Address{}
	for _, a := range []Address{
		{People: []UserID{"a"}},
		{People: []UserID{"a"}, Home: true},
		{People: []UserID{"a", "home"}},
		{People: []UserID{"a", "b"}},
		{People: []UserID{"a"}, Gather: "b"},
		{People: []UserID{"a"}, Gather: "home"},
		{Room: "a"},
		{Room: "a", People: []UserID{"b"}},
	} {
		if b, is := seen[a.Lane()]; is {
			t.Errorf("%+v and %+v have one lane", a, b)
		}
		seen[a.Lane()] = a
	}
}
