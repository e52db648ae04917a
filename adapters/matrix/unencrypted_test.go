//go:build !goolm

package matrix_test

import "testing"

// TestEncryption is here so that a run without the tag says what it leaves out.
func TestEncryption(t *testing.T) {
	t.Skip("built without -tags goolm: nothing of Matrix is tried on the homeserver")
}
