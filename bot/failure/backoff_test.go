package failure

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	b := Backoff{First: 2 * time.Second, Max: 10 * time.Minute}
	for tries, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		if got := b.Wait(tries); got != want*time.Second {
			t.Errorf("after %d tries it waits %v", tries, got)
		}
	}
	if b.Wait(1000) != b.Max || b.Wait(-1) != b.First {
		t.Error("it overflows")
	}
	b.Chance = NewChance(1)
	for range 1000 {
		if w := b.Wait(3); w < 8*time.Second || w >= 16*time.Second {
			t.Fatalf("by chance it waits %v", w)
		}
	}
}
