package blossom

// A due event is something that happens to the tree when its clock shows a time. What a and b are, its maker knows.
type due struct {
	at   int64
	a, b int32
}

// A dueHeap gives what is due soonest. Nothing is ever taken out of its middle: what has become void is noticed
// when it comes out, which costs less than keeping track of where it is. It has four children to a node, since it
// is put into much more often than taken from.
type dueHeap []due

func (h *dueHeap) push(e due) {
	s := append(*h, e)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 4
		if s[up].at <= e.at {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = e
	*h = s
}

func (h *dueHeap) pop() due {
	s := *h
	top, last := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return top
	}
	i := 0
	for {
		first := 4*i + 1
		if first >= len(s) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(s)); c++ {
			if s[c].at < s[least].at {
				least = c
			}
		}
		if last.at <= s[least].at {
			break
		}
		s[i] = s[least]
		i = least
	}
	s[i] = last
	return top
}
